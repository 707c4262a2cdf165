//! The range of multipliers in which the last sweep of a vector found it useful.

use ipc::Id;
use ipc::job::JobState;
use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::view_state::FIRST_FACTOR;
use crate::state::Store;

/// Returns the useful range of a vector by the last complete sweep that has one, of the vector alone. What a change is not yet
/// known of is read, and an effect or a memo that calls this runs again.
#[must_use]
pub fn last_useful_range(store: Store, vector: Id) -> Option<(f64, f64)> {
    let sweeps = store.sweeps.read();
    alone(&sweeps, vector).into_iter().find_map(|(sweep, arm)| {
        let curve = sweep.behavior_curve(arm)?;
        store.read_changes(sweep, &[curve]);
        sweep.useful_range(&store.changes.of(sweep.id), arm, FIRST_FACTOR).ok()
    })
}

/// Returns the complete sweeps that measure a vector by itself, the last one first, with the arm that does.
fn alone(sweeps: &[Sweep], vector: Id) -> Vec<(&Sweep, u32)> {
    let mut done: Vec<&Sweep> =
        sweeps.iter().filter(|sweep| sweep.state == JobState::Done && sweep.stale.is_none()).collect();
    done.sort_by_key(|sweep| std::cmp::Reverse(sweep.created));
    done.into_iter()
        .flat_map(|sweep| sweep.arms_of_vector_alone(vector).map(move |arm| (sweep, arm)))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn without_a_sweep_nothing_is_known() {
        assert!(super::alone(&[], 3).is_empty());
    }
}
