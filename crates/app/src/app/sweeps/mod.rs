//! Starts and deletes sweeps, and reads the items behind their points.

mod arms;
mod sets;
mod settings;

use data::content::held_out;
use ipc::command::{
    DeleteSweep, DescribeSweep, EstimateSweep, ReadChanges, ReadItems, ReadPoint, StartSweep,
};
use ipc::deletion::Deletion;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::score::{Needs, Score};
use ipc::sweep::{ItemCurves, PointItem, PromptSet, Sweep, SweepEstimate, SweepPoint, SweepSettings};
use store::sweeps::{self, NewSweep};
use store::{jobs, models, pairs};

use super::App;
use super::deletions::recorded;
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::engine::sweep::{estimate, prompts_as_pairs, with_suffixes};
use crate::{Error, clock};
use arms::{check_arms, check_gates, complete_arms, complete_templates};
use settings::{add_unsteered, check_scores, keep_used_rubrics, keep_used_suffixes};

pub(super) use sets::save_set;
pub(super) use settings::check_multipliers;

/// More multipliers are most likely a typing mistake.
const MOST_MULTIPLIERS: usize = 101;

impl App {
    /// Queues a sweep. If one of the same content is finished or under way, that one is returned instead.
    ///
    /// # Errors
    /// Returns an error if a vector, a set, the multipliers or the model cannot be used, nobody confirmed a file of
    /// questions or a judge's address, or the store cannot be written.
    pub async fn start_sweep(&self, request: StartSweep) -> Result<Sweep, Error> {
        self.check_permissions(&request).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let mut settings = request.settings;
        settings.multipliers = check_multipliers(&settings.multipliers, MOST_MULTIPLIERS)?;
        add_unsteered(&mut settings);
        keep_used_rubrics(&mut settings);
        keep_used_suffixes(&mut settings)?;
        // A person rates answers, so another score has to generate them.
        let makes_answers = |score: &Score| score.needs() == Needs::Answers && *score != Score::Rating;
        if settings.scores.contains(&Score::Rating) && !settings.scores.iter().any(makes_answers) {
            settings.scores.push(Score::Length);
        }
        complete_templates(&mut settings.arms)?;
        let model = complete_arms(&mut db, &mut settings.arms, request.model).await?;
        check_scores(&settings)?;
        check_gates(&settings)?;
        check_arms(&settings)?;
        let model = models::find(&mut *db, model).await?;
        check_asked(&self.state, model.id).await?;
        let identity = model.fingerprint.as_ref().map(|print| model.identity(print));
        let mut kept = Vec::with_capacity(settings.sets.len());
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        for set in &mut settings.sets {
            kept.push(save_set(&mut db, set, shots, seed).await?);
        }
        if let Some(same) = sweeps::same(&mut db, model.id, identity.as_deref(), &settings, &kept).await? {
            return Ok(sweeps::find(&mut db, same).await?);
        }
        let now = clock::now();
        let job = jobs::insert(&mut db, &title(&settings), now).await?;
        let new = NewSweep {
            project: self.state.project(),
            model: model.id,
            identity: identity.as_deref(),
            job,
            settings: &settings,
            sets: &kept,
        };
        let id = sweeps::insert(&mut db, &new, now).await?;
        let sweep = sweeps::find(&mut db, id).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(sweep)
    }

    /// Estimates the time that a sweep would take, by the speeds that earlier sweeps have measured.
    ///
    /// # Errors
    /// Returns an error if the model or a data set does not exist, or the store cannot be read.
    pub async fn estimate_sweep(&self, request: EstimateSweep) -> Result<SweepEstimate, Error> {
        let mut settings = request.settings;
        add_unsteered(&mut settings);
        let mut db = self.state.store.read().acquire().await?;
        let row = models::find(&mut *db, request.model).await?;
        let mut sets = Vec::with_capacity(settings.sets.len());
        for set in &settings.sets {
            let items = match set {
                PromptSet::HeldOut { data_set, .. } => held_out(&pairs::contents(&mut *db, *data_set).await?),
                PromptSet::List { prompts, .. } | PromptSet::Answers { prompts, .. } => {
                    prompts_as_pairs(prompts)
                }
            };
            sets.push(with_suffixes(&items, &settings.suffixes_of(sets.len() as u32)));
        }
        drop(db);
        Ok(SweepEstimate { seconds: estimate(&self.state, &row, &settings, &sets).await? })
    }

    /// Returns the items behind a sweep's point, with the value of each.
    ///
    /// # Errors
    /// Returns an error if the sweep or the point does not exist or the store cannot be read.
    pub async fn read_point(&self, request: ReadPoint) -> Result<Vec<PointItem>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::point(&mut db, &sweep, request.curve, request.multiplier + 0.0).await
    }

    /// Returns the values of each item over the multipliers of one curve.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be read.
    pub async fn read_items(&self, request: ReadItems) -> Result<ItemCurves, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::curves(&mut db, &sweep, request.curve).await
    }

    /// Returns how far the points of some curves lie from the unsteered model, with paired intervals.
    ///
    /// # Errors
    /// Returns an error if the sweep or a curve does not exist or the store cannot be read.
    pub async fn read_changes(&self, request: ReadChanges) -> Result<Vec<SweepPoint>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        super::sweep_items::changes(db, &sweep, &request.curves).await
    }

    /// Changes the name and the note of a sweep.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be written.
    pub async fn describe_sweep(&self, request: DescribeSweep) -> Result<Sweep, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let name = Some(request.name.trim()).filter(|name| !name.is_empty());
        sweeps::describe(&mut db, request.sweep, name, request.note.trim_end()).await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        db.commit().await?;
        change.send(&Event::Sweep(sweep.clone()));
        Ok(sweep)
    }

    /// Deletes a sweep that does not run.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or runs, or the store cannot be written.
    pub async fn delete_sweep(&self, request: DeleteSweep) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        if sweep.state == JobState::Running {
            return Err(Error::invalid("The sweep is running.", "Stop it first."));
        }
        let mut job = jobs::find(&mut *db, sweep.job).await?;
        let arms: Vec<&str> = sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect();
        let title = format!("the sweep of \u{201c}{}\u{201d}", arms.join(", "));
        let deletion = recorded(db, title, async |db| sweeps::delete(db, sweep.id).await).await?;
        if !job.state.is_over() {
            job.state = JobState::Stopped;
            change.send(&Event::Job(job));
        }
        change.send(&Event::SweepDeleted(sweep.id));
        Ok(deletion)
    }
}

fn title(settings: &SweepSettings) -> String {
    match settings.arms.as_slice() {
        [arm] => format!("Sweep of \u{201c}{}\u{201d}", arm.name),
        arms => format!("Sweep of {} curves", arms.len()),
    }
}
