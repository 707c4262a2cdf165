//! The vectors that steer the answers of a question: the one in use, and others beside it, each with its own weight.

use ipc::sweep::SteeringTerm;
use leptos::prelude::*;

use crate::state::Store;

/// A weighted sum of vectors. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct VectorMix {
    /// The weight of the vector in use; 1 while it is alone.
    pub(super) weight: RwSignal<f64>,
    /// The others.
    pub(super) more: RwSignal<Vec<SteeringTerm>>,
}

impl VectorMix {
    /// Only the vector in use, with the weight 1.
    pub(super) fn new() -> Self {
        Self { weight: RwSignal::new(1.0), more: RwSignal::default() }
    }

    /// Leaves only the vector in use.
    pub(super) fn clear(self) {
        self.weight.set(1.0);
        self.more.set(vec![]);
    }

    /// Returns the vectors with their weights. A deleted vector is left out; without any vector the list is empty.
    pub(super) fn terms(self, store: Store) -> Vec<SteeringTerm> {
        let Some(first) = store.vector() else { return vec![] };
        let vectors = store.vectors.read();
        let more = self.more.read();
        let more = more.iter().filter(|term| vectors.iter().any(|vector| vector.id == term.vector)).copied();
        let weight = if self.more.read().is_empty() { 1.0 } else { self.weight.get() };
        std::iter::once(SteeringTerm { weight, ..SteeringTerm::new(first.id) }).chain(more).collect()
    }

    /// Adds a vector: the first one of the same model that is not in the mix, else the vector in use.
    pub(super) fn add(self, store: Store) {
        let Some(first) = store.vector() else { return };
        let used: Vec<_> = self.terms(store).iter().map(|term| term.vector).collect();
        let vectors = store.vectors.read_untracked();
        let fits = |vector: &&ipc::vector::Vector| vector.model == first.model;
        let next = vectors.iter().filter(fits).find(|vector| !used.contains(&vector.id));
        let vector = next.map_or(first.id, |vector| vector.id);
        self.more.update(|all| all.push(SteeringTerm::new(vector)));
    }

    /// Changes the vector at a place among the others.
    pub(super) fn change(self, place: usize, change: impl FnOnce(&mut SteeringTerm)) {
        self.more.update(|all| {
            if let Some(term) = all.get_mut(place) {
                change(term);
            }
        });
    }
}
