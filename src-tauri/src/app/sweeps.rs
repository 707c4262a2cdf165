//! Sweeps: starting them and reading what lies behind a point.

use ipc::command::{ReadPoint, StartSweep};
use ipc::model::ModelState;
use ipc::steering::Acts;
use ipc::sweep::{PairScore, Sweep};

use super::App;
use super::training::{check_pairs, held_out_count};
use crate::content::{Snapshot, held_out, sha256, to_bytes, to_json};
use crate::engine::acts::Steering;
use crate::store::sweeps::{self, Key};
use crate::store::{data_sets, jobs, models, pair_scores, pairs, snapshots, vectors};
use crate::{Error, clock};

/// More multipliers than this are a slip of the keyboard.
const MOST_MULTIPLIERS: usize = 101;

impl App {
    /// Queues a sweep. One of the same content that is finished or under way is returned instead.
    ///
    /// # Errors
    /// Where the vector, the pairs, the multipliers or the model cannot be used, or the store cannot be written.
    pub async fn start_sweep(&self, request: StartSweep) -> Result<Sweep, Error> {
        let multipliers = check_multipliers(&request.multipliers, MOST_MULTIPLIERS)?;
        let change = self.core.hub.change().await;
        let mut db = self.core.store.begin().await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let model = models::find(&mut *db, vector.model).await?;
        if let ModelState::Failed { failure } = self.core.models.state(model.id) {
            return Err(Error::Told(failure));
        }
        let contents = pairs::contents(&mut *db, data_set.id).await?;
        check_pairs(&contents)?;
        if held_out_count(&contents) == 0 {
            let message = format!(
                "No pair of \u{201c}{}\u{201d} is held out, so there is nothing to measure on.",
                data_set.name
            );
            return Err(Error::invalid(message, "Mark some pairs as held out under Data."));
        }
        let snapshot = Snapshot::of(&held_out(&contents))?;
        let key = Key {
            vector_hash: vector_hash(&vectors::steering(&mut *db, vector.id).await?)?,
            snapshot: snapshot.hash.clone(),
            system_prompt: vectors::system_prompt(&mut *db, vector.id).await?,
            model_fingerprint: model.fingerprint.as_ref().map(|print| model.identity(print)),
        };
        if let Some(same) = sweeps::same(&mut db, vector.id, &key, &multipliers).await? {
            return sweeps::find(&mut db, same).await;
        }
        snapshots::keep(&mut db, &snapshot).await?;
        let now = clock::now();
        let job = jobs::insert(&mut db, &format!("Sweep of \u{201c}{}\u{201d}", vector.name), now).await?;
        let id = sweeps::insert(&mut db, vector.id, data_set.id, job, &multipliers, &key, now).await?;
        let sweep = sweeps::find(&mut db, id).await?;
        db.commit().await?;
        self.core.say_job(&change, job).await?;
        self.wake();
        Ok(sweep)
    }

    /// What every held-out pair contributed to a sweep's point.
    ///
    /// # Errors
    /// Where the sweep or the point does not exist or the store cannot be read.
    pub async fn read_point(&self, request: ReadPoint) -> Result<Vec<PairScore>, Error> {
        let mut db = self.core.store.read().begin().await?;
        sweeps::find(&mut db, request.sweep).await?;
        let scores = pair_scores::list(&mut db, request.sweep, request.multiplier + 0.0).await?;
        if scores.is_empty() { Err(Error::Gone("point of the sweep")) } else { Ok(scores) }
    }
}

/// The hash of what a vector does: its numbers, their layers, and where and how they act.
pub(super) fn vector_hash(steering: &Steering) -> Result<String, Error> {
    let mut bytes = vec![];
    for part in &steering.parts {
        bytes.extend((part.layer as u32).to_le_bytes());
        bytes.extend(to_bytes(&part.values));
    }
    // What is added at every token has the hash that it had before there was anything else.
    if steering.acts != Acts::default() {
        bytes.extend(to_json("acts of a vector", &steering.acts)?.into_bytes());
    }
    Ok(sha256(&bytes))
}

/// Refuses multipliers that cannot be used; returns them ascending. Minus zero is zero.
pub(super) fn check_multipliers(multipliers: &[f64], most: usize) -> Result<Vec<f64>, Error> {
    let mut sorted: Vec<f64> = multipliers.iter().map(|multiplier| multiplier + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let refuse = |message: String| Err(Error::invalid(message, "Change the multipliers, then try again."));
    if sorted.is_empty() {
        return refuse("No multiplier is given.".into());
    }
    if sorted.len() > most {
        return refuse(format!(
            "{} multipliers are more than the {most} that can be taken at once.",
            sorted.len()
        ));
    }
    if let Some(odd) = sorted.iter().find(|multiplier| !multiplier.is_finite()) {
        return refuse(format!("{odd} is not a multiplier."));
    }
    let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
    if let Some((twice, _)) = neighbours.find(|(one, next)| one.total_cmp(next).is_eq()) {
        return refuse(format!("The multiplier {twice} is given twice."));
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipliers_come_back_ascending_with_one_zero() {
        assert_eq!(check_multipliers(&[2.0, -0.0, -1.5], 9).expect("they can be used"), [-1.5, 0.0, 2.0]);
    }

    #[test]
    fn multipliers_that_cannot_be_used_are_refused() {
        for multipliers in [&[][..], &[0.0, -0.0], &[f64::NAN], &[f64::INFINITY], &[1.0, 2.0, 3.0, 4.0]] {
            assert!(check_multipliers(multipliers, 3).is_err(), "{multipliers:?}");
        }
    }
}
