//! Distils a steered model into an adapter as a job. The state of the optimizer is stored every few seconds, so a job that was
//! halted or killed goes on from there and ends in the same bits. Once the adapter is in the library, it is compared with the
//! steered model.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data::benchmarks::neutral_text;
use data::content::data_hash;
use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::distil::{DistilSettings as Asked, Distillation as Row, Remaining};
use ipc::event::Event;
use ipc::steering::Intervention;
use sqlx::SqliteConnection;
use store::distillations;
use store::models as model_rows;
use store::steering::adapter_sizes;
use store::vectors::{self as vector_rows, NewVector};
use store::{jobs, origins, snapshots};
use vectors::adapter::Adapter;
use vectors::bake::Recipe;
use vectors::distil::{DistilSettings, Distillation, memory_estimate};
use vectors::files::Provenance;
use vectors::model::Model;
use vectors::prove::{Proof, Verdict, measure};
use vectors::train::{Checkpoint, LoraConfig};

use super::encode::{check_length, preference};
use super::job::{Interrupt, Job, Stored, is_halting, report_part, report_progress, reporter, save_progress};
use super::models;
use super::pace::Phase;
use crate::adapter_proof::measure_with;
use crate::app_state::AppState;
use crate::distilling::{DistilledFrom, Samples, remaining};
use crate::model_copies::{recipe, shown_proof};
use crate::{Error, clock, memory};

/// The interval at which the state of the optimizer is stored.
const SAVE_EVERY: Duration = Duration::from_secs(2);

/// Distils a steered model: fills the row of `distillations` with this id.
pub(super) struct DistilJob(pub(super) Id);

impl Job for DistilJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![distillations::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
        let work = state.block_on(Work::read(state, self.0, id))?;
        let made = match work.row.made {
            Some(made) => made,
            None => work.run(state)?,
        };
        if work.row.proof.is_some() { Ok(()) } else { work.prove(state, made) }
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Distillation(distillations::find(db, self.0).await?))) })
    }
}

/// Returns the engine's settings.
pub(crate) fn settings(asked: &Asked) -> DistilSettings {
    DistilSettings {
        lora: LoraConfig { rank: asked.rank, alpha: 2.0 * f64::from(asked.rank) },
        on: asked.on,
        steps: asked.steps,
        batch: asked.batch,
        learning_rate: asked.learning_rate,
        warmup_steps: asked.steps / 20,
        seed: asked.seed,
        ..DistilSettings::default()
    }
}

/// Everything that a job starts from.
struct Work {
    job: Id,
    row: Row,
    recipe: Recipe,
    pairs: Vec<PairContent>,
    system_prompt: String,
    checkpoint: Option<Vec<u8>>,
}

impl Work {
    async fn read(state: &AppState, id: Id, job: Id) -> Result<Self, Error> {
        let mut db = state.store.read().acquire().await?;
        let row = distillations::find(&mut *db, id).await?;
        let snapshot = distillations::snapshot(&mut *db, id).await?;
        Ok(Self {
            job,
            recipe: recipe(&mut db, row.vector, row.multiplier).await?,
            pairs: snapshots::read(&mut *db, &snapshot).await?,
            system_prompt: origins::system_prompt(&mut *db, row.vector).await?,
            checkpoint: jobs::checkpoint(&mut *db, job).await?,
            row,
        })
    }

    /// Trains the adapter, measures what is left and stores both. Returns the adapter's id.
    fn run(&self, state: &Arc<AppState>) -> Result<Id, Interrupt> {
        report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
        let (model, _) = models::wait(state, self.row.model, || is_halting(state))?;
        let fingerprint = state.block_on(model_rows::find(state.store.read(), self.row.model))?.fingerprint;
        let fingerprint = fingerprint.ok_or(Error::Gone("fingerprint of the model"))?;
        let Samples { train, held_out } = self.samples(state, &model)?;
        let checkpoint = self.checkpoint.as_deref().map(Checkpoint::from_bytes).transpose()?;
        let settings = settings(&self.row.settings);
        memory::check(state, "Distilling", memory_estimate(&model, &train, &held_out, &settings))?;
        let mut run = Distillation::new(Arc::clone(&model), &self.recipe.terms(), train, settings.clone())
            .held_out(held_out)
            .checkpoint(checkpoint)
            .progress(&mut reporter(state, "Reading the steered model", "sample"))
            .prepare()?;
        let before = run.measure_plain(Some(&mut reporter(state, "Measuring the plain model", "sample")))?;
        self.train(state, &mut run)?;
        let left = run.measure(Some(&mut reporter(state, "Measuring what is left", "sample")))?;
        let data_hash = data_hash(&self.pairs).map_err(Error::from)?;
        let from = DistilledFrom {
            recipe: &self.recipe,
            settings: &settings,
            model_fingerprint: &fingerprint,
            data_hash: &data_hash,
        };
        let provenance = from.provenance(Some(self.name()), &model);
        Ok(state.block_on(self.save(state, &run.adapter(), &provenance, &remaining(&before, &left)))?)
    }

    /// Compares the model with the adapter with the steered model. However near it comes, what was distilled is an
    /// approximation.
    fn prove(&self, state: &Arc<AppState>, made: Id) -> Result<(), Interrupt> {
        report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
        let (model, _) = models::wait(state, self.row.model, || is_halting(state))?;
        let adapter = state.block_on(vector_rows::steering(state.store.read(), made))?.adapter;
        let adapter = adapter.ok_or(Error::Gone("vector"))?;
        let mut tell = reporter(state, "Measuring the steered original", "step");
        let steered = measure(&model, &self.recipe.terms(), &neutral_text(), Some(&mut tell))?;
        let mut tell = reporter(state, "Proving the adapter", "step");
        let student = measure_with(&model, &adapter, 1.0, &mut tell)?;
        let proof = Proof { verdict: Verdict::NotExact, ..Proof::new(&steered, &student) };
        state.block_on(async {
            let mut db = state.store.begin().await?;
            distillations::set_proof(&mut db, self.row.id, &shown_proof(&proof)).await?;
            db.commit().await?;
            Ok::<_, Error>(())
        })?;
        Ok(())
    }

    /// Encodes the pairs and the neutral text.
    fn samples(&self, state: &AppState, model: &Model) -> Result<Samples, Interrupt> {
        let mut progress = reporter(state, "Reading pairs", "pair");
        let mut pairs = Vec::with_capacity(self.pairs.len());
        for (index, content) in self.pairs.iter().enumerate() {
            if progress(index, self.pairs.len()).is_break() {
                return Err(Interrupt::Halted);
            }
            let number = index + 1;
            let pair = model
                .encode_pair(&self.system_prompt, &preference(content))
                .map_err(|source| Error::Tokens { pair: Some(number), source })?;
            check_length(number, &pair, model.facts().context_length)?;
            pairs.push((pair, content.split == Split::HeldOut));
        }
        Ok(Samples::new(model, pairs).map_err(|source| Error::Tokens { pair: None, source })?)
    }

    /// Makes all steps that are left.
    fn train(&self, state: &AppState, run: &mut Distillation) -> Result<(), Interrupt> {
        let (mut phase, mut saved) = (Phase::new("Distilling", "step"), Instant::now());
        while run.done() < run.steps() {
            report_part(state, &mut phase, run.done(), run.steps(), None);
            if is_halting(state) {
                self.keep(state, run)?;
                return Err(Interrupt::Halted);
            }
            run.step()?;
            if saved.elapsed() >= SAVE_EVERY {
                self.keep(state, run)?;
                saved = Instant::now();
            }
        }
        Ok(())
    }

    /// Stores the state from which the job goes on.
    fn keep(&self, state: &AppState, run: &Distillation) -> Result<(), Error> {
        state.block_on(async {
            let mut db = state.store.begin().await?;
            jobs::set_checkpoint(&mut db, self.job, &run.checkpoint().to_bytes()).await?;
            save_progress(state, &mut db).await?;
            Ok(db.commit().await?)
        })
    }

    fn name(&self) -> String {
        let names: Vec<&str> = self.recipe.ingredients.iter().map(|one| one.name.as_str()).collect();
        format!("{} \u{d7} {} distilled", names.join(" + "), self.row.multiplier)
    }

    /// Adds the adapter to the library, with what is left of the divergence in its note.
    async fn save(
        &self,
        state: &AppState,
        adapter: &Adapter,
        provenance: &Provenance,
        found: &Remaining,
    ) -> Result<Id, Error> {
        let change = state.events.change().await;
        let mut db = state.store.begin().await?;
        let project = vector_rows::project(&mut *db, self.row.vector).await?;
        let name = self.name();
        let snapshot = distillations::snapshot(&mut *db, self.row.id).await?;
        let new = NewVector {
            project,
            name: &name,
            method: None,
            layers: &[],
            intervention: Intervention::default(),
            values: adapter.values(),
            adapter: Some(adapter_sizes(adapter)),
            norm: adapter.norm(),
            residual_norm: None,
            model: self.row.model,
            model_fingerprint: provenance.model_fingerprint.as_deref(),
            run: None,
            epoch: None,
            data_set: self.row.data_set,
            snapshot: Some(&snapshot),
            settings: None,
            steps: self.row.settings.steps,
            provenance: Some(provenance),
            derivation: None,
        };
        let made = vector_rows::insert(&mut db, &new, clock::now()).await?;
        vector_rows::describe(&mut db, made, &[], &found.text()).await?;
        distillations::set_made(&mut db, self.row.id, made, found).await?;
        let vector = vector_rows::find(&mut *db, made).await?;
        let row = distillations::find(&mut *db, self.row.id).await?;
        db.commit().await?;
        if state.shows_running_job() {
            change.send(&Event::Vector(vector));
            change.send(&Event::Distillation(row));
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_defaults_are_the_engines() {
        assert_eq!(settings(&Asked::default()), DistilSettings::default());
    }
}
