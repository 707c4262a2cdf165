//! The state of the Vectors screen, which outlives its views.

use std::collections::BTreeSet;

use ipc::Id;
use ipc::vector::Vector;
use leptos::prelude::*;

use super::filter::{Column, Filter, NEWEST_FIRST, filtered};
use crate::state::Store;
use crate::text::message;
use crate::widgets::{SortOrder, focus};

/// The element id of the field with the name of the shown vector.
pub(super) const NAME_FIELD: &str = "vector-name";

/// The tabs beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// Facts, tags and note of the vector.
    Vector,
    /// New vectors made from it.
    Arithmetic,
    /// The tokens that it points to.
    LogitLens,
    /// Transfer to other models.
    Transfer,
    /// Cosines of the ticked vectors.
    Similarity,
}

impl Tab {
    pub(super) const ALL: [Self; 5] =
        [Self::Vector, Self::Arithmetic, Self::LogitLens, Self::Transfer, Self::Similarity];

    /// Returns the message of its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Arithmetic => "vectors-tab-make",
            Self::LogitLens => "vectors-nearest-words",
            Self::Transfer => "vectors-tab-transfer",
            Self::Similarity => "vectors-how-alike",
        }
    }

    /// Returns its name.
    pub(super) fn label(self) -> String {
        message(self.name(), &[])
    }

    pub(super) fn testid(self) -> &'static str {
        match self {
            Self::Vector => "vectors-tab-vector",
            Self::Arithmetic => "vectors-tab-derive",
            Self::LogitLens => "vectors-tab-lens",
            Self::Transfer => "vectors-tab-transfer",
            Self::Similarity => "vectors-tab-similarity",
        }
    }
}

/// The state of the Vectors screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct VectorLibrary {
    pub(super) tab: RwSignal<Tab>,
    pub(super) filter: RwSignal<Filter>,
    pub(super) order: RwSignal<SortOrder<Column>>,
    /// The vector that was clicked; `None` for the first one.
    pub(super) chosen: RwSignal<Option<Id>>,
    /// The vectors that are compared.
    pub(super) ticked: RwSignal<BTreeSet<Id>>,
    /// The vectors that the filter leaves, in their order.
    pub(super) shown: Memo<Vec<Vector>>,
    /// The vector that is shown.
    pub(super) id: Memo<Option<Id>>,
}

impl VectorLibrary {
    /// Shows the newest vectors first, with nothing ticked.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let (filter, order) = (RwSignal::new(Filter::default()), RwSignal::new(NEWEST_FIRST));
        let chosen = RwSignal::new(None::<Id>);
        let shown = Memo::new(move |_| {
            filtered(&store.vectors.read(), &store.models.read(), &filter.read(), order.get())
        });
        // The chosen vector stays visible when the filter excludes it.
        let id = Memo::new(move |_| {
            let is_there = |id: &Id| store.vectors.read().iter().any(|vector| vector.id == *id);
            let first = || shown.read().first().map(|vector| vector.id);
            chosen.get().filter(is_there).or_else(first)
        });
        let tab = RwSignal::new(Tab::Vector);
        Self { tab, filter, order, chosen, ticked: RwSignal::default(), shown, id }
    }

    /// Shows a vector that was just made.
    pub fn show(self, id: Id) {
        self.filter.set(Filter::default());
        self.chosen.set(Some(id));
        self.tab.set(Tab::Vector);
    }

    /// Shows a vector with the focus on its name.
    pub fn rename(self, id: Id) {
        self.show(id);
        focus::give_to_shown(NAME_FIELD);
    }

    /// Returns the messages of the tabs' names, in their order.
    #[must_use]
    pub fn views() -> Vec<&'static str> {
        Tab::ALL.into_iter().map(Tab::name).collect()
    }

    /// Shows the tab at this place.
    pub fn show_view(self, at: usize) {
        if let Some(tab) = Tab::ALL.get(at) {
            self.tab.set(*tab);
        }
    }
}
