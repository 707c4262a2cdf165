//! What stands beside the list: the pair that is open, the check of the data set, the drafts, the choices.

use ipc::Id;
use leptos::prelude::*;

use super::Pairs;

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The pair that is open.
    Pair,
    /// The check of the data set.
    Quality,
    /// Pairs that a model drafts.
    Drafts,
    /// The pair as a choice between (A) and (B).
    Choice,
}

/// Every view with its name and its id in tests.
const VIEWS: [(View, &str, &str); 4] = [
    (View::Pair, "Pair", "view-pair"),
    (View::Quality, "Check", "view-quality"),
    (View::Drafts, "Drafts", "view-drafts"),
    (View::Choice, "A/B choice", "view-choice"),
];

/// Which view is shown. Copies point to the same signal.
#[derive(Clone, Copy)]
pub(super) struct Views {
    shown: RwSignal<View>,
}

impl Views {
    /// The pair is shown at first.
    pub(super) fn new() -> Self {
        Self { shown: RwSignal::new(View::Pair) }
    }

    /// Whether this view is shown.
    pub(super) fn is(self, view: View) -> bool {
        self.shown.get() == view
    }

    /// Shows a pair.
    pub(super) fn open(self, pairs: Pairs, pair: Id) {
        pairs.open(pair);
        self.shown.set(View::Pair);
    }
}

/// The choice of the view.
#[component]
pub(super) fn ViewChoice() -> impl IntoView {
    let (views, pairs) = (expect_context::<Views>(), expect_context::<Pairs>());
    let show = move |view| {
        pairs.keep_typed();
        views.shown.set(view);
    };
    view! {
        <nav class="tabs" aria-label="What stands beside the list">
            {VIEWS.map(|(view, name, testid)| view! {
                <button data-testid=testid aria-current=move || views.is(view).then_some("page") on:click=move |_| show(view)>{name}</button>
            })}
        </nav>
    }
}
