//! The frame of a sheet, which lies over the screen.

use leptos::prelude::*;

use crate::state::store;

/// What lies over the screen; a click beside it takes it away.
#[component]
pub fn SheetFrame(
    /// What it is.
    label: &'static str,
    /// For tests.
    testid: &'static str,
    /// Whether it shows a table.
    #[prop(optional)]
    wide: bool,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let store = store();
    view! {
        <div class="sheet-shade" on:click=move |_| store.sheet.set(None)>
            <div class="sheet" class:wide=wide role="dialog" aria-modal="true" aria-label=label data-testid=testid
                on:click=|event| event.stop_propagation()>
                {children()}
            </div>
        </div>
    }
}
