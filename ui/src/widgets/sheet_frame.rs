//! The frame of a sheet, which lies over the screen.

use leptos::prelude::*;

use crate::state::store;

/// The frame of a sheet. A click beside it closes the sheet.
#[component]
pub fn SheetFrame(
    /// The name of the sheet, for screen readers.
    label: &'static str,
    /// For tests.
    testid: &'static str,
    /// Whether it shows a table.
    #[prop(optional)]
    wide: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let store = store();
    view! {
        <div class="sheet-shade" on:click=move |_| store.close_sheet()>
            <div class="sheet" class:wide=wide role="dialog" aria-modal="true" aria-label=label data-testid=testid
                on:click=|event| event.stop_propagation()>
                {children()}
            </div>
        </div>
    }
}
