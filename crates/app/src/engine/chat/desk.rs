//! The vectors of a conversation's desk, as the engine takes them.

use std::collections::HashMap;
use std::sync::Arc;

use ipc::Id;
use ipc::conversation::{Desk, Strip, StripRecord};
use store::steering::Steering;
use vectors::steering::{SteeringVector, Term, TermGate, capped, gated};

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
            // Caps that do not fit are refused before the desk is loaded.
            let Ok(terms) = capped(loaded.steering.terms(multiplier as f32), strip.caps.as_ref()) else {
                continue;
            };
            all.terms.extend(gated(terms, self.gate(strip).as_ref()));
            all.first = all.first.or_else(|| loaded.steering.parts.first().cloned());
            all.records.push(StripRecord {
                vector: strip.vector,
                name: loaded.name.clone(),
                hash: loaded.hash.clone(),
                multiplier,
                gate: strip.gate.clone(),
                caps: strip.caps.clone(),
            });
        }
        Some(all)
    }

    fn gate(&self, strip: &Strip) -> Option<Arc<TermGate>> {
        let gate = strip.gate.as_ref()?;
        let loaded = self.vectors.get(&gate.vector)?;
        let condition = loaded.steering.direction(gate.gate.layer)?.values.to_vec();
        Some(Arc::new(TermGate { condition, gate: gate.gate }))
    }
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
