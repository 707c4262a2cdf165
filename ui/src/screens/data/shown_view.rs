//! Holds the choice of the view beside the list of pairs.

use leptos::prelude::*;

use crate::actions::DataView;

/// The view that is shown. Copies point to the same signal.
#[derive(Clone, Copy)]
pub struct ShownView {
    shown: RwSignal<DataView>,
}

impl ShownView {
    /// Returns the state in which the open pair is shown.
    pub(super) fn new() -> Self {
        Self { shown: RwSignal::new(DataView::Pair) }
    }

    /// Returns whether this view is shown.
    pub(super) fn is(self, view: DataView) -> bool {
        self.shown.get() == view
    }

    /// Shows another view.
    pub(super) fn show(self, view: DataView) {
        self.shown.set(view);
    }

    /// Shows the pair that was chosen in the list, as it is shown already: as a pair or as a choice.
    pub(super) fn show_a_pair(self) {
        if self.shown.get_untracked() != DataView::Choice {
            self.shown.set(DataView::Pair);
        }
    }
}
