//! A sweep as a job: multiplier by multiplier, each point into the store as soon as it is known.

use std::ops::ControlFlow;
use std::sync::Arc;

use ipc::Id;
use ipc::event::Event;
use ipc::sweep::{Sweep, SweepPoint};
use vectors::score::{PairLogProbs, Scorer, bootstrap_interval};

use super::encode::Encoded;
use super::models;
use super::pace::Phase;
use super::runner::{Outcome, is_halting};
use super::train::{reporter, say};
use crate::Error;
use crate::core::Core;
use crate::store::{pair_scores, snapshots, sweep_points, sweeps, vectors as vector_rows};

/// Seeds the bootstrap: the same scores always get the same interval.
const BOOTSTRAP_SEED: u64 = 11;

/// Runs a sweep over the multipliers that are still missing, or until it is to halt.
pub(super) fn run(core: &Arc<Core>, id: Id) -> Result<Outcome, Error> {
    let (sweep, key, pairs, steering, model) = core.block_on(async {
        let mut db = core.store.read().acquire().await?;
        let sweep = sweeps::find(&mut db, id).await?;
        let key = sweeps::key(&mut db, id).await?;
        let pairs = snapshots::read(&mut *db, &key.snapshot).await?;
        let vector = vector_rows::find(&mut *db, sweep.vector).await?;
        let steering = vector_rows::steering(&mut *db, sweep.vector).await?;
        Ok::<_, Error>((sweep, key, pairs, steering, vector.model))
    })?;
    say(core, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(core, model, || is_halting(core))?;
    let pairs =
        Encoded::of(&model, &key.system_prompt, &pairs, &mut reporter(core, "Reading pairs", "pair"))?
            .held_out;
    let done = core.block_on(begin(core, id, &fingerprint))?;
    let scorer = Scorer::prepare(model, &pairs, steering.lowest(), &mut reporter(core, "Preparing", "pair"))?;

    let missing: Vec<f64> = missing(&sweep, &done).collect();
    let total = missing.len() * pairs.len();
    let mut phase = Phase::new("Measuring", "pair");
    for (index, multiplier) in missing.into_iter().enumerate() {
        let log_probs = scorer.log_probs(&steering.terms(multiplier), &mut |pair, _| {
            say(core, &mut phase, index * pairs.len() + pair, total);
            if is_halting(core) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        core.block_on(keep(core, id, multiplier, &log_probs))?;
    }
    Ok(Outcome::Done)
}

fn missing<'a>(sweep: &'a Sweep, done: &'a [SweepPoint]) -> impl Iterator<Item = f64> + 'a {
    let is_done = |multiplier: f64| done.iter().any(|point| point.multiplier.total_cmp(&multiplier).is_eq());
    sweep.multipliers.iter().copied().filter(move |multiplier| !is_done(*multiplier))
}

/// Notes which model is measured; returns the points that are known and hold for it.
async fn begin(core: &Core, id: Id, fingerprint: &str) -> Result<Vec<SweepPoint>, Error> {
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    sweeps::set_model(&mut db, id, fingerprint).await?;
    let sweep = sweeps::find(&mut db, id).await?;
    db.commit().await?;
    change.say(&Event::Sweep(sweep.clone()));
    Ok(sweep.points)
}

async fn keep(core: &Core, id: Id, multiplier: f64, log_probs: &[PairLogProbs]) -> Result<(), Error> {
    let point = point(multiplier, log_probs);
    let change = core.hub.change().await;
    let mut db = core.store.begin().await?;
    sweep_points::insert(&mut db, id, &point).await?;
    pair_scores::insert(&mut db, id, multiplier, log_probs.iter().map(|pair| (pair.wanted, pair.opposite)))
        .await?;
    db.commit().await?;
    change.say(&Event::SweepPoint { sweep: id, point });
    Ok(())
}

fn point(multiplier: f64, log_probs: &[PairLogProbs]) -> SweepPoint {
    let margins: Vec<f64> = log_probs.iter().map(|pair| pair.wanted - pair.opposite).collect();
    let count = margins.len().max(1) as f64;
    let (low, high) = bootstrap_interval(&margins, BOOTSTRAP_SEED);
    SweepPoint {
        multiplier,
        score: margins.iter().sum::<f64>() / count,
        low,
        high,
        wins: margins.iter().filter(|margin| **margin > 0.0).count() as f64 / count,
        pairs: margins.len() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_the_mean_margin_with_the_share_of_wins() {
        let pair = |wanted, opposite| PairLogProbs { wanted, opposite };
        let point = point(0.5, &[pair(-1.0, -3.0), pair(-5.0, -4.0)]);
        assert_eq!((point.score, point.wins, point.pairs), (0.5, 0.5, 2));
        assert!(point.low <= point.score && point.score <= point.high);
    }
}
