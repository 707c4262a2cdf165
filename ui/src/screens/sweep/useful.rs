//! Says why a vector has no useful range, and finds the changes by which it is known.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::sweep::{Curve, NotUseful, Sweep, SweepPoint};

use crate::format;
use crate::state::Store;
use crate::t;
use crate::text::said;

/// Says why an arm has no useful range; `None` while points are missing.
pub(super) fn why_not(sweep: &Sweep, arm: u32, factor: f64, why: NotUseful) -> Option<String> {
    let name = || {
        let curve = sweep.behavior_curve(arm);
        let score = curve.and_then(|curve| sweep.settings.score_on(curve.score, curve.set));
        score.map_or_else(String::new, |score| said(&score.name()))
    };
    match why {
        NotUseful::Waiting => None,
        NotUseful::NoBehavior => Some(t!("sweep-useful-no-behaviour")),
        NotUseful::NoPerplexity => Some(t!("sweep-useful-no-perplexity")),
        NotUseful::NothingMoves => Some(t!("sweep-useful-nothing-moves", score = name())),
        NotUseful::MovesBeyond => {
            Some(t!("sweep-useful-moves-beyond", score = name(), factor = format::number(factor, 2)))
        }
    }
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
