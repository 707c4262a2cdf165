//! The left side of the Sweep screen: the form of the next sweep, or the list of those that there are.

use leptos::prelude::*;

use super::form::{Form, Pane};
use super::settings_form::SettingsForm;
use super::sweep_list::SweepList;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::roving;

impl Form {
    /// Returns the pane that is shown: the one that was chosen, else the list as soon as there is a sweep when the screen is first
    /// shown.
    pub(super) fn shown_pane(self, store: Store) -> Pane {
        self.pane
            .get()
            .unwrap_or_else(|| if store.sweeps.read_untracked().is_empty() { Pane::New } else { Pane::List })
    }
}

/// Both panes. The form stays when the list is shown, so that nothing in it is lost.
#[component]
pub(super) fn LeftPanes() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    // What the first look decides stays, also once there is a sweep.
    form.pane.set(Some(untrack(|| form.shown_pane(store))));
    let pane = Memo::new(move |_| form.shown_pane(store));
    let tab = move |wanted: Pane, testid: &'static str| {
        let label = move || match wanted {
            Pane::New => t!("sweep-pane-new"),
            Pane::List => match store.sweeps.read().len() {
                0 => t!("sweep-list"),
                count => t!("sweep-pane-list", count = count),
            },
        };
        view! {
            <button role="tab" data-testid=testid aria-selected=move || (pane.get() == wanted).to_string()
                on:click=move |_| form.pane.set(Some(wanted))>{label}</button>
        }
    };
    view! {
        <div use:roving class="tabs" role="tablist" aria-label=t!("sweep-panes")>
            {tab(Pane::New, "sweep-pane-new")}
            {tab(Pane::List, "sweep-pane-list")}
        </div>
        <div class="left-pane" class:hidden=move || pane.get() != Pane::New><SettingsForm /></div>
        <Show when=move || pane.get() == Pane::List><div class="left-pane"><SweepList /></div></Show>
    }
}
