//! The vectors of a conversation's desk, as the engine takes them.

use std::collections::HashMap;
use std::sync::Arc;

use ipc::Id;
use ipc::conversation::{Desk, Strip, StripGate, StripRecord};
use store::steering::Steering;
use vectors::steering::{SteeringVector, Term, TermGate};

/// A desk with what its strips steer by.
#[derive(Debug, Clone)]
pub(crate) struct LoadedDesk {
    /// The desk.
    pub(crate) desk: Desk,
    /// The model that answers.
    pub(crate) model: Id,
    /// The vectors and adapters that steer or decide a gate.
    pub(crate) vectors: HashMap<Id, LoadedVector>,
}

/// A vector or an adapter of the library, as it is now.
#[derive(Debug, Clone)]
pub(crate) struct LoadedVector {
    pub(crate) steering: Arc<Steering>,
    pub(crate) name: String,
    /// The result of [`Steering::hash`].
    pub(crate) hash: String,
}

/// What steers a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnSteering {
    pub(crate) terms: Vec<Term>,
    pub(crate) records: Vec<StripRecord>,
    /// The vector of the first strip that steers, along which tokens are observed.
    pub(crate) first: Option<SteeringVector>,
}

impl LoadedDesk {
    /// Returns what steers a column. `None` where the desk has it no longer.
    pub(crate) fn steering(&self, column: u32) -> Option<ColumnSteering> {
        let column = self.desk.column(column)?;
        let mut all = ColumnSteering::default();
        for (strip, multiplier) in self.desk.steering(column) {
            let Some(loaded) = self.vectors.get(&strip.vector) else { continue };
            let mut terms = loaded.steering.terms(multiplier as f32);
            if let Some(gate) = self.gate(strip) {
                for term in &mut terms {
                    if let Term::Vector { gate: of_term, .. } = term {
                        *of_term = Some(Arc::clone(&gate));
                    }
                }
            }
            all.terms.extend(terms);
            all.first = all.first.or_else(|| loaded.steering.parts.first().cloned());
            all.records.push(StripRecord {
                vector: strip.vector,
                name: loaded.name.clone(),
                hash: loaded.hash.clone(),
                multiplier,
                gate: strip.gate.clone(),
            });
        }
        Some(all)
    }

    fn gate(&self, strip: &Strip) -> Option<Arc<TermGate>> {
        let gate = strip.gate.as_ref()?;
        let loaded = self.vectors.get(&gate.vector)?;
        let condition = condition(&loaded.steering, gate)?.values.to_vec();
        Some(Arc::new(TermGate { condition, gate: gate.gate }))
    }
}

/// Returns the part of a vector whose direction decides a gate: the one at the gate's layer, or the only one.
pub(crate) fn condition<'a>(steering: &'a Steering, gate: &StripGate) -> Option<&'a SteeringVector> {
    let at_layer = steering.parts.iter().find(|part| part.layer == gate.gate.layer as usize);
    at_layer.or(match steering.parts.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

/// Returns the vectors that a desk needs: those of strips that steer a column, and of their gates.
pub(crate) fn needed(desk: &Desk) -> Vec<Id> {
    let mut needed = Vec::new();
    for column in &desk.columns {
        for (strip, _) in desk.steering(column) {
            needed.push(strip.vector);
            needed.extend(strip.gate.as_ref().map(|gate| gate.vector));
        }
    }
    needed.sort_unstable();
    needed.dedup();
    needed
}
