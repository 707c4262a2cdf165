//! The range of multipliers in which the last sweep of a vector found it useful.

use ipc::Id;
use ipc::job::JobState;
use ipc::sweep::{Arm, Prompting, Sweep};
use leptos::prelude::*;

use super::useful::useful_range;
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
        useful_range(sweep, &store.changes.of(sweep.id), arm, FIRST_FACTOR).ok()
    })
}

/// Returns the complete sweeps that measure a vector by itself, the last one first, with the arm that does.
fn alone(sweeps: &[Sweep], vector: Id) -> Vec<(&Sweep, u32)> {
    let mut done: Vec<&Sweep> =
        sweeps.iter().filter(|sweep| sweep.state == JobState::Done && sweep.stale.is_none()).collect();
    done.sort_by_key(|sweep| std::cmp::Reverse(sweep.created));
    let arms = |sweep: &'_ Sweep| {
        let arms = (0_u32..).zip(&sweep.settings.arms).filter(|(_, arm)| is_alone(arm, vector));
        arms.map(|(place, _)| place).collect::<Vec<_>>()
    };
    done.into_iter().flat_map(|sweep| arms(sweep).into_iter().map(move |arm| (sweep, arm))).collect()
}

/// Whether an arm's multiplier is that of this vector alone.
fn is_alone(arm: &Arm, vector: Id) -> bool {
    match arm.terms.as_slice() {
        [term] => {
            let is_plain = !term.fixed
                && term.gate.is_none()
                && term.caps.is_none()
                && term.epoch.is_none()
                && (term.weight - 1.0).abs() < 1e-9;
            term.vector == vector && is_plain && arm.prompting == Prompting::AsTrained
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_vector_by_itself_says_what_its_slider_does() {
        let alone = Arm::vector(3);
        assert!(is_alone(&alone, 3) && !is_alone(&alone, 4));
        let mut heavy = alone.clone();
        heavy.terms[0].weight = 2.0;
        assert!(!is_alone(&heavy, 3));
        let mut gated = alone.clone();
        let gate = ipc::steering::Gate { layer: 1, above: 0.0, soft: None, at: ipc::steering::GateAt::Token };
        gated.terms[0].gate = Some(ipc::steering::TermGate { vector: 3, gate });
        assert!(!is_alone(&gated, 3));
        let mut sum = alone;
        sum.terms.extend(Arm::vector(4).terms);
        assert!(!is_alone(&sum, 3));
        assert!(super::alone(&[], 3).is_empty());
    }
}
