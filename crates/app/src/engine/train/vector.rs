//! Makes vectors or adapters from a run: from its end, and from the epochs that a person picks.

use ipc::Id;
use ipc::steering::{Intervention, InterventionOp, Positions};
use ipc::train::Run;
use ipc::vector::Adapter;
use sqlx::SqliteConnection;
use store::runs::{self, PartialVector};
use store::steering::steering;
use store::vectors::{self as vector_rows, NewVector};
use store::{epoch_vectors, models, steps};

use crate::Error;

/// Makes a vector from a run's latest values, if it has any and has no vector yet.
pub(crate) async fn save_vector(
    db: &mut SqliteConnection,
    project: Id,
    run: Id,
) -> Result<Option<Id>, Error> {
    let run = runs::find(&mut *db, run).await?;
    let Some(partial) = runs::partial_vector(&mut *db, run.id).await?.filter(|_| run.vector.is_none()) else {
        return Ok(None);
    };
    let steps = steps::list(&mut *db, run.id).await?.last().map_or(0, |step| step.step);
    let trained = TrainedVector { name: &run.name, partial: &partial, epoch: None, steps };
    insert(db, project, &run, &trained).await.map(Some)
}

/// Makes a vector from a run's epoch.
pub(crate) async fn pick(db: &mut SqliteConnection, project: Id, run: Id, epoch: u32) -> Result<Id, Error> {
    let run = runs::find(&mut *db, run).await?;
    let (steps, values) = epoch_vectors::find(&mut *db, run.id, epoch).await?;
    let residual_norm =
        runs::partial_vector(&mut *db, run.id).await?.map_or(0.0, |partial| partial.residual_norm);
    let partial = PartialVector { values, residual_norm };
    let name = format!("{} epoch {epoch}", run.name);
    insert(db, project, &run, &TrainedVector { name: &name, partial: &partial, epoch: Some(epoch), steps })
        .await
}

/// Returns the sizes of the adapter that a run trains. Returns `None` if it trains a vector.
pub(crate) async fn sizes(db: &mut SqliteConnection, run: &Run) -> Result<Option<Adapter>, Error> {
    if !run.settings.method.makes_adapter() {
        return Ok(None);
    }
    let facts = models::find(&mut *db, run.model).await?.facts.ok_or(Error::Gone("model of the run"))?;
    Ok(Some(Adapter::new(&facts, run.settings.lora)))
}

struct TrainedVector<'a> {
    name: &'a str,
    partial: &'a PartialVector,
    epoch: Option<u32>,
    steps: u32,
}

async fn insert(
    db: &mut SqliteConnection,
    project: Id,
    run: &Run,
    trained: &TrainedVector<'_>,
) -> Result<Id, Error> {
    let model_fingerprint = runs::model_fingerprint(&mut *db, run.id).await?;
    let values = &trained.partial.values;
    let adapter = sizes(db, run).await?;
    let on = if adapter.is_some() { Positions::Everywhere } else { run.settings.positions };
    let intervention = Intervention { positions: on, op: InterventionOp::Add };
    let steering = steering(adapter.as_ref(), &run.settings.layers, values, intervention)?;
    let layers = if adapter.is_some() { &[][..] } else { &run.settings.layers };
    let vector = NewVector {
        project,
        name: trained.name,
        method: Some(run.settings.method),
        layers,
        adapter,
        intervention,
        norm: steering.norms().iter().map(|norm| norm.powi(2)).sum::<f64>().sqrt(),
        values,
        // An adapter changes weights, so its norm cannot be compared with that of the residual stream.
        residual_norm: Some(trained.partial.residual_norm).filter(|_| adapter.is_none()),
        model: run.model,
        model_fingerprint: model_fingerprint.as_deref(),
        run: Some(run.id),
        epoch: trained.epoch,
        data_set: Some(run.data_set),
        snapshot: Some(&runs::snapshot(&mut *db, run.id).await?),
        settings: Some(&run.settings),
        provenance: None,
        derivation: None,
        steps: trained.steps,
    };
    Ok(vector_rows::insert(db, &vector, crate::clock::now()).await?)
}
