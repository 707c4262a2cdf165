//! The useful range of a vector, and why it has none.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::sweep::{Curve, NotUseful, Sweep, SweepPoint};

use crate::format;
use crate::state::Store;

/// Why an arm has no useful range.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WhyNot {
    /// No behaviour score is measured.
    NoBehavior,
    /// Perplexity is not measured.
    NoPerplexity,
    /// Points or their changes are not there yet.
    Waiting,
    /// The score of this name moves nowhere.
    NothingMoves(String),
    /// The score of this name moves only where perplexity is over this multiple.
    MovesBeyond(String, f64),
}

impl WhyNot {
    /// Says which condition failed; `None` while points are missing.
    pub(super) fn sentence(&self) -> Option<String> {
        match self {
            Self::Waiting => None,
            Self::NoBehavior => Some("No score of the behaviour was measured.".to_owned()),
            Self::NoPerplexity => {
                Some("Perplexity was not measured, so that nothing says where the text suffers.".to_owned())
            }
            Self::NothingMoves(score) => Some(format!(
                "{score} moves nowhere: the interval of its change holds 0 at every multiplier."
            )),
            Self::MovesBeyond(score, factor) => Some(format!(
                "{score} moves only where perplexity is over {} times its unsteered value.",
                format::number(*factor, 2)
            )),
        }
    }
}

/// Returns the useful range of an arm; the error says in words why there is none.
pub(super) fn useful_range(
    sweep: &Sweep,
    changes: &[SweepPoint],
    arm: u32,
    factor: f64,
) -> Result<(f64, f64), WhyNot> {
    let name = || {
        let curve = sweep.behavior_curve(arm);
        let score = curve.and_then(|curve| sweep.settings.score_on(curve.score, curve.set));
        score.map_or_else(String::new, |score| score.name())
    };
    sweep.useful_range(changes, arm, factor).map_err(|why| match why {
        NotUseful::NoBehavior => WhyNot::NoBehavior,
        NotUseful::NoPerplexity => WhyNot::NoPerplexity,
        NotUseful::Waiting => WhyNot::Waiting,
        NotUseful::NothingMoves => WhyNot::NothingMoves(name()),
        NotUseful::MovesBeyond => WhyNot::MovesBeyond(name(), factor),
    })
}

/// Changes by their sweep, curve and multiplier, as bits.
pub(super) type ChangesByPlace = HashMap<(Id, Curve, u64), SweepPoint>;

/// Returns the known changes of some sweeps.
pub(super) fn changes_of(store: Store, sweeps: impl Iterator<Item = Id>) -> ChangesByPlace {
    let sweeps: HashSet<Id> = sweeps.collect();
    let of_sweep = |sweep: Id| {
        let key = move |point: SweepPoint| ((sweep, point.curve(), point.multiplier.to_bits()), point);
        store.changes.of(sweep).into_iter().map(key)
    };
    sweeps.into_iter().flat_map(of_sweep).collect()
}
