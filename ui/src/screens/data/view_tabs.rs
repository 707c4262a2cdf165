//! The tabs that choose what stands beside the list: the open pair, the quality check, the drafts or the A/B choice.

use leptos::prelude::*;

use super::pairs::Pairs;
use super::shown_view::ShownView;
use crate::actions::{DataView, PairAction};
use crate::widgets::roving;

/// Every view with its name and its id in tests.
const VIEWS: [(DataView, &str, &str); 4] = [
    (DataView::Pair, "Pair", "view-pair"),
    (DataView::Quality, "Check", "view-quality"),
    (DataView::Drafts, "Drafts", "view-drafts"),
    (DataView::Choice, "A/B choice", "view-choice"),
];

/// The choice of the view.
#[component]
pub(super) fn ViewTabs() -> impl IntoView {
    let (views, pairs) = (expect_context::<ShownView>(), expect_context::<Pairs>());
    let show = move |view| pairs.act(PairAction::Show(view));
    view! {
        <nav use:roving class="tabs" aria-label="What stands beside the list">
            {VIEWS.map(|(view, name, testid)| view! {
                <button data-testid=testid aria-current=move || views.is(view).then_some("page") on:click=move |_| show(view)>{name}</button>
            })}
        </nav>
    }
}
