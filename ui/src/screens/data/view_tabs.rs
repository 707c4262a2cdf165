//! The tabs that choose what stands beside the list: the open pair, the quality check, the drafts or the A/B choice.

use leptos::prelude::*;

use super::pairs::Pairs;
use super::shown_view::ShownView;
use crate::actions::{DataView, PairAction};
use crate::t;
use crate::text::message;
use crate::widgets::roving;

/// Every view with the id of its name, and its id in tests.
const VIEWS: [(DataView, &str, &str); 4] = [
    (DataView::Pair, "data-view-pair", "view-pair"),
    (DataView::Quality, "data-view-check", "view-quality"),
    (DataView::Drafts, "data-view-drafts", "view-drafts"),
    (DataView::Choice, "data-view-choice", "view-choice"),
];

/// The choice of the view.
#[component]
pub(super) fn ViewTabs() -> impl IntoView {
    let (views, pairs) = (expect_context::<ShownView>(), expect_context::<Pairs>());
    let show = move |view| pairs.act(PairAction::Show(view));
    view! {
        <nav use:roving class="tabs" aria-label=t!("data-views")>
            {VIEWS.map(|(view, name, testid)| view! {
                <button data-testid=testid aria-current=move || views.is(view).then_some("page") on:click=move |_| show(view)>{message(name, &[])}</button>
            })}
        </nav>
    }
}
