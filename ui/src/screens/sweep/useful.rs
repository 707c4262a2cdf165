//! The useful range of a vector, and why it has none.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::score::Score;
use ipc::sweep::{Curve, Sweep, SweepPoint};

use crate::charts::curve::{self, NotUseful};
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

/// Returns the first curve of an arm that measures the behaviour.
pub(super) fn behavior_curve(sweep: &Sweep, arm: u32) -> Option<Curve> {
    let of_behavior =
        |curve: &Curve| curve.arm == arm && sweep.settings.scores[curve.score as usize].is_behavior();
    sweep.settings.curves().into_iter().find(of_behavior)
}

/// Returns the useful range of an arm: where its first behaviour score moves, by its paired intervals, and perplexity stays within
/// `factor` times its unsteered value.
pub(super) fn useful_range(
    sweep: &Sweep,
    changes: &[SweepPoint],
    arm: u32,
    factor: f64,
) -> Result<(f64, f64), WhyNot> {
    let scores = &sweep.settings.scores;
    let behavior = behavior_curve(sweep, arm).ok_or(WhyNot::NoBehavior)?;
    let perplexity =
        scores.iter().position(|score| *score == Score::Perplexity).ok_or(WhyNot::NoPerplexity)?;
    let perplexity = sweep.curve(Curve { arm, set: None, score: perplexity as u32 });
    let perplexity: Vec<[f64; 2]> = perplexity.iter().map(|p| [p.multiplier, p.value]).collect();
    let changed = curve_of(changes, behavior);
    let changed: Vec<[f64; 3]> = changed.iter().map(|p| [p.multiplier, p.low, p.high]).collect();
    if changed.len() < 2 {
        return Err(WhyNot::Waiting);
    }
    let name =
        || sweep.settings.score_on(behavior.score, behavior.set).map_or_else(String::new, |s| s.name());
    curve::useful_range(&changed, &perplexity, factor).map_err(|why| match why {
        NotUseful::NoUnsteered => WhyNot::Waiting,
        NotUseful::NothingMoves => WhyNot::NothingMoves(name()),
        NotUseful::MovesBeyond => WhyNot::MovesBeyond(name(), factor),
    })
}

/// Returns the changes of one curve, by multiplier.
pub(super) fn curve_of(changes: &[SweepPoint], curve: Curve) -> Vec<SweepPoint> {
    let mut points: Vec<SweepPoint> =
        changes.iter().filter(|point| point.curve() == curve).copied().collect();
    points.sort_by(|a, b| a.multiplier.total_cmp(&b.multiplier));
    points
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
