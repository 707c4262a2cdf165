//! Transfers a vector to another model as a job. Both models read the same texts, one after the other, then a linear
//! map between their residual streams is fitted. The activations stay in memory, so a halted job begins again.

use std::path::Path;
use std::sync::Arc;

use data::benchmarks::neutral_text;
use data::content::data_hash;
use ipc::Id;
use ipc::data::PairContent;
use ipc::derive::{Change, Derivation, LearnedMap, Source};
use ipc::event::Event;
use ipc::vector::Vector;
use sqlx::SqliteConnection;
use store::models::{self as model_rows, ModelRow};
use store::origins::{self, Origin};
use store::snapshots;
use store::steering::Steering;
use store::transfers::{self, Transfer};
use store::vectors::{self as vector_rows, NewVector};
use vectors::files::Provenance;
use vectors::tokens::Tokenizer;
use vectors::transfer::{self, Alignment, MapFacts, PairedRows, Reader, Reading, TransferredVector};

use super::encode::preference;
use super::job::{Interrupt, Job, Stored, is_halting, report_progress, reporter};
use super::models;
use super::pace::Phase;
use crate::app_state::AppState;
use crate::{Error, clock};

/// The vector to transfer, with everything that the transfer needs.
struct Work {
    transfer: Transfer,
    vector: Vector,
    steering: Steering,
    pairs: Vec<PairContent>,
}

/// Transfers a vector to another model: fills the row of `transfers` with this id.
pub(super) struct TransferJob(pub(super) Id);

impl Job for TransferJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async {
            let transfer = transfers::find(&mut *db, self.0).await?;
            Ok(vec![vector_rows::find(db, transfer.vector).await?.model, transfer.model])
        })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        run(state, self.0)
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async {
            match transfers::find(&mut *db, self.0).await?.made {
                Some(made) => Ok(Some(Event::Vector(vector_rows::find(db, made).await?))),
                None => Ok(None),
            }
        })
    }
}

/// Transfers the vector, unless the job did so before the application ended.
fn run(state: &Arc<AppState>, id: Id) -> Result<(), Interrupt> {
    let work = state.block_on(read(state, id))?;
    if work.transfer.made.is_some() {
        return Ok(());
    }
    report_progress(state, &mut Phase::new("Pairing the texts", ""), 0, 0);
    let plan = work.plan(state)?;
    let (from, from_fingerprint) = rows(
        state,
        work.vector.model,
        work.transfer.from_layer,
        &plan.source,
        "Reading the vector\u{2019}s model",
    )?;
    let (to, fingerprint) =
        rows(state, work.transfer.model, work.transfer.layer, &plan.target, "Reading the other model")?;
    let pairs = PairedRows { source: from, target: to, splits: plan.splits };
    let part = work.steering.parts.iter().find(|part| part.layer == work.transfer.from_layer as usize);
    let part = part.ok_or(Error::Gone("layer of the vector"))?;
    let transferred = transfer::transfer_vector(
        &pairs,
        &part.values,
        Some(&mut reporter(state, "Fitting the map", "step")),
    )?;
    drop(pairs);
    state.block_on(work.save(state, id, &transferred, from_fingerprint, &fingerprint))?;
    Ok(())
}

async fn read(state: &AppState, id: Id) -> Result<Work, Error> {
    let mut db = state.store.read().acquire().await?;
    let transfer = transfers::find(&mut *db, id).await?;
    let pairs = match &transfer.snapshot {
        Some(hash) => snapshots::read(&mut *db, hash).await?,
        None => vec![],
    };
    let vector = vector_rows::find(&mut *db, transfer.vector).await?;
    let steering = vector_rows::steering(&mut *db, transfer.vector).await?;
    Ok(Work { transfer, vector, steering, pairs })
}

/// Returns a model's residual rows after a layer, and the model's identity. The model is dropped at the end.
fn rows(
    state: &Arc<AppState>,
    model: Id,
    layer: u32,
    readings: &[Reading],
    phase: &'static str,
) -> Result<(Vec<f32>, String), Interrupt> {
    report_progress(state, &mut Phase::new("Loading the model", ""), 0, 0);
    let (model, fingerprint) = models::wait(state, model, || is_halting(state))?;
    Ok((
        model.residual_rows(layer as usize, readings, Some(&mut reporter(state, phase, "row")))?,
        fingerprint,
    ))
}

/// Converts the facts of a fitted map to the type that the window and files use.
#[must_use]
pub fn learned_map(facts: &MapFacts, layers: [usize; 2], texts: String) -> LearnedMap {
    let [from_layer, layer] = layers.map(|layer| layer as u32);
    LearnedMap {
        from_layer,
        layer,
        texts,
        data_hash: None,
        from_fingerprint: None,
        rows: facts.rows as u32,
        left_out: facts.left_out as u32,
        lambda: facts.lambda,
        r_squared: facts.r_squared,
        shuffled_r_squared: facts.shuffled_r_squared,
        mapped_norm: facts.mapped_norm,
        from_norm: facts.source_norm,
        norm: facts.target_norm,
    }
}

impl Work {
    /// Plans the texts that both models read. This needs their tokenizers and no weights.
    fn plan(&self, state: &AppState) -> Result<Alignment, Interrupt> {
        let open = |id: Id| {
            let row = state.block_on(model_rows::find(state.store.read(), id))?;
            models::check_in_sandbox(state, &row, &|| is_halting(state))?;
            let read = Tokenizer::read(Path::new(&row.path));
            let tokenizer = read.map_err(|source| Error::Model { path: row.path.clone(), source })?;
            let longest = row.facts.as_ref().map_or(usize::MAX, |facts| facts.context_length as usize);
            Ok::<_, Interrupt>((tokenizer, longest))
        };
        let (own, other) = (open(self.vector.model)?, open(self.transfer.model)?);
        let reader = |(tokenizer, longest)| Reader { tokenizer, longest };
        let pairs: Vec<_> = self.pairs.iter().map(preference).collect();
        let passages = transfer::passages(&neutral_text(), &pairs);
        Ok(Alignment::new(reader((&own.0, own.1)), reader((&other.0, other.1)), &passages)?)
    }

    /// Adds the transferred vector to the library.
    async fn save(
        &self,
        state: &AppState,
        id: Id,
        transferred: &TransferredVector,
        from_fingerprint: String,
        fingerprint: &str,
    ) -> Result<(), Error> {
        let _change = state.events.change().await;
        let mut db = state.store.begin().await?;
        let from = model_rows::find(&mut *db, self.vector.model).await?;
        let to = model_rows::find(&mut *db, self.transfer.model).await?;
        let layers = [self.transfer.from_layer, self.transfer.layer].map(|layer| layer as usize);
        let map = LearnedMap {
            data_hash: (!self.pairs.is_empty()).then(|| data_hash(&self.pairs)).transpose()?,
            from_fingerprint: Some(from_fingerprint),
            ..learned_map(&transferred.facts, layers, self.transfer.texts.clone())
        };
        let source = Source {
            vector: self.vector.id,
            name: self.vector.name.clone(),
            hash: self.vector.hash.clone(),
            model: from.name,
        };
        let change = Change::Transfer { model: to.id };
        let made = Derivation { change, from: vec![source], map: Some(map) };
        let origin = origins::origin(&mut *db, self.vector.id).await?;
        let Origin { snapshot, settings, steps, provenance, .. } = origin;
        let provenance = provenance.map(|provenance| about(provenance, &to, fingerprint));
        let name = format!("{} transferred to {}", self.vector.name, to.name);
        let new = NewVector {
            project: vector_rows::project(&mut *db, self.vector.id).await?,
            name: &name,
            method: self.vector.method,
            layers: &[self.transfer.layer],
            intervention: self.vector.intervention,
            values: &transferred.values,
            adapter: None,
            norm: vectors::algebra::dot(&transferred.values, &transferred.values).sqrt(),
            residual_norm: Some(transferred.facts.target_norm),
            model: to.id,
            model_fingerprint: Some(fingerprint),
            run: None,
            epoch: None,
            data_set: self.vector.data_set,
            snapshot: snapshot.as_deref(),
            settings: settings.as_ref(),
            steps,
            provenance: provenance.as_ref(),
            derivation: Some(&made),
        };
        let vector = vector_rows::insert(&mut db, &new, clock::now()).await?;
        transfers::set_made(&mut db, id, vector).await?;
        Ok(db.commit().await?)
    }
}

/// Adapts the provenance in a vector's file to the model that the vector was transferred to.
fn about(provenance: Provenance, to: &ModelRow, fingerprint: &str) -> Provenance {
    Provenance {
        model: Some(to.name.clone()),
        architecture: to.facts.as_ref().map(|facts| facts.architecture.clone()),
        model_fingerprint: Some(fingerprint.to_owned()),
        ..provenance
    }
}
