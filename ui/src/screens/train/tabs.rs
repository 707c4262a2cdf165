//! The row of tabs on the Train screen.

use leptos::prelude::*;

use super::form::Form;
use super::tab::Tab;
use crate::widgets::roving;

/// The row of views.
#[component]
pub(super) fn Tabs() -> impl IntoView {
    let form = expect_context::<Form>();
    view! {
        <div use:roving class="tabs" role="tablist">
            {Tab::ALL.map(|tab| view! {
                <button role="tab" data-testid=tab.testid() aria-selected=move || (form.tab.get() == tab).to_string()
                    on:click=move |_| form.tab.set(tab)>{tab.label()}</button>
            })}
        </div>
    }
}
