//! The left side of the Train screen: the settings of the next run, or the list of those that there are.

use leptos::prelude::*;

use super::form::{Form, Pane};
use super::run_list::RunList;
use super::settings_form::SettingsForm;
use crate::state::store;
use crate::t;
use crate::widgets::roving;

/// Both panes. Each stays when the other is shown, so that nothing typed and no place in the list is lost.
#[component]
pub(super) fn LeftPanes() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    // Who comes back to runs looks at them first.
    if form.pane.get_untracked().is_none() {
        let is_new = store.runs.read_untracked().is_empty();
        form.pane.set(Some(if is_new { Pane::New } else { Pane::List }));
    }
    let is = move |wanted: Pane| form.pane.get() == Some(wanted);
    let tab = move |wanted: Pane, testid: &'static str| {
        let label = move || match (wanted, store.runs.read().len()) {
            (Pane::New, _) => t!("train-pane-new"),
            (Pane::List, 0) => t!("train-runs"),
            (Pane::List, count) => t!("train-pane-list", count = count),
        };
        view! {
            <button role="tab" data-testid=testid aria-selected=move || is(wanted).to_string() on:click=move |_| form.pane.set(Some(wanted))>{label}</button>
        }
    };
    view! {
        <div use:roving class="tabs" role="tablist" aria-label=t!("train-panes")>
            {tab(Pane::New, "train-pane-new")}
            {tab(Pane::List, "train-pane-list")}
        </div>
        <div class="left-pane" class:hidden=move || !is(Pane::New)><div class="pane roomy"><SettingsForm /></div></div>
        <div class="left-pane" class:hidden=move || !is(Pane::List)><RunList /></div>
    }
}
