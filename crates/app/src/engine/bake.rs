//! Bakes a vector into copies of a model as a job. A copy appears as a whole or not at all, and the row says which were begun
//! and which are proved: a job that was killed goes on with the first copy that is not proved. The only copy of an adapter is
//! its exported file, which is proved alone (`prove_adapter.rs`).

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::bake::{Bake, BakedCopy};
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::models::{self as model_rows, ModelRow};
use store::vectors as vector_rows;
use store::{bakes, origins};
use vectors::bake::{Recipe, is_baked_by};
use vectors::model::{Model, ModelError};

use super::job::{Interrupt, Job, Stored, continue_unless_halting, is_halting, report_part};
use super::models;
use super::pace::Phase;
use super::prove_adapter;
use super::running_job::JobRequest;
use crate::Error;
use crate::app_state::AppState;
use crate::baking::{Baker, BakingError, ModelCopy, Order, Proved, Step, Unkept, bake_and_prove};
use crate::exports::Noted;
use crate::model_copies::{other_weights, recipe, shown_proof};

/// Progress of writing is counted in megabytes.
const MEGABYTE: usize = 1_000_000;

/// Bakes and proves copies: fills the row of `bakes` with this id.
pub(super) struct BakeJob(pub(super) Id);

impl Job for BakeJob {
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>> {
        Box::pin(async { Ok(vec![bakes::find(db, self.0).await?.model]) })
    }

    fn run(&self, state: &Arc<AppState>, _id: Id) -> Result<(), Interrupt> {
        let (bake, is_file) = state.block_on(async {
            let mut db = state.store.read().acquire().await?;
            let bake = bakes::find(&mut *db, self.0).await?;
            let is_file = is_file_of_adapter(&mut db, &bake).await?;
            Ok::<_, Error>((bake, is_file))
        })?;
        if is_file { prove_adapter::run(state, bake) } else { run(state, bake) }
    }

    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(Some(Event::Bake(bakes::find(db, self.0).await?))) })
    }

    /// Removes what a stopped job leaves without a proof. The file of an adapter stays: it was there before the job began.
    fn finish<'a>(&'a self, db: &'a mut SqliteConnection, _project: Id) -> Stored<'a, Option<Event>> {
        Box::pin(async move {
            let mut bake = bakes::find(&mut *db, self.0).await?;
            if is_file_of_adapter(&mut *db, &bake).await? {
                return Ok(Some(Event::Bake(bake)));
            }
            for place in 0..bake.copies.len() {
                let copy = &bake.copies[place];
                if !copy.is_begun || copy.proof.is_some() {
                    continue;
                }
                let path = PathBuf::from(&copy.path);
                let recipe = recipe(&mut *db, bake.vector, copy.multiplier).await?;
                if is_baked_by(&path, &recipe) {
                    drop(Unkept::new(&path, true));
                }
                bake.copies[place].is_begun = false;
            }
            bakes::set_copies(&mut *db, self.0, &bake.copies).await?;
            Ok(Some(Event::Bake(bake)))
        })
    }
}

/// Returns whether a job proves the exported file of an adapter, which is baked into nothing.
async fn is_file_of_adapter(db: &mut SqliteConnection, bake: &Bake) -> Result<bool, Error> {
    Ok(vector_rows::find(db, bake.vector).await?.adapter.is_some())
}

/// Stores how far the copies are, and shows them.
pub(super) fn store_copies(state: &AppState, bake: &Bake) -> Result<(), Error> {
    state.block_on(async {
        let change = state.events.change().await;
        let mut db = state.store.begin().await?;
        bakes::set_copies(&mut db, bake.id, &bake.copies).await?;
        db.commit().await?;
        if state.shows_running_job() {
            let bake = bakes::find(state.store.read(), bake.id).await?;
            change.send(&Event::Bake(bake));
        }
        Ok(())
    })
}

fn run(state: &Arc<AppState>, bake: Bake) -> Result<(), Interrupt> {
    let (model, recipes) = state.block_on(read(state, &bake))?;
    let places: Vec<usize> = open_places(&bake).collect();
    let copy = |(place, recipe): (&usize, Recipe)| {
        let BakedCopy { path, multiplier, is_begun, .. } = &bake.copies[*place];
        ModelCopy { path: path.into(), multiplier: *multiplier as f32, recipe, is_begun: *is_begun }
    };
    let copies = places.iter().zip(recipes).map(copy).collect();
    let order = Order { source: PathBuf::from(&model.path), copies, replace: bake.replace };
    let folder = order.copies.first().and_then(|copy| copy.path.parent()).map(Path::to_owned);
    let noted = folder.map(|folder| state.exports.note(&folder));
    let mut baker = JobBaker { state, bake, model, places, phase: None, _noted: noted };
    // What is paused goes on later; what is stopped is removed when the job ends.
    let goes_on = |interrupt: &Interrupt| matches!(interrupt, Interrupt::Halted);
    bake_and_prove(&order, &mut baker, goes_on)
}

/// Returns the places of the copies that are not proved.
fn open_places(bake: &Bake) -> impl Iterator<Item = usize> + '_ {
    let open = |(_, copy): &(usize, &BakedCopy)| copy.proof.is_none();
    bake.copies.iter().enumerate().filter(open).map(|(place, _)| place)
}

/// Reads the model of a row, and the recipe of each copy that is not proved.
async fn read(state: &AppState, bake: &Bake) -> Result<(ModelRow, Vec<Recipe>), Error> {
    let mut db = state.store.read().acquire().await?;
    let model = model_rows::find(&mut *db, bake.model).await?;
    let mut recipes = Vec::new();
    for place in open_places(bake) {
        recipes.push(recipe(&mut db, bake.vector, bake.copies[place].multiplier).await?);
    }
    Ok((model, recipes))
}

/// Bakes as a job: models are loaded by the application's list, and every step is stored.
struct JobBaker<'a> {
    state: &'a Arc<AppState>,
    bake: Bake,
    model: ModelRow,
    /// The copies of the order, as places in the row.
    places: Vec<usize>,
    phase: Option<(Step, Phase)>,
    /// While it lives, the next start of the application cleans the folder that is written to.
    _noted: Option<Noted<'a>>,
}

impl JobBaker<'_> {
    fn store(&self) -> Result<(), Error> {
        store_copies(self.state, &self.bake)
    }
}

impl Baker for JobBaker<'_> {
    type Error = Interrupt;

    fn load_original(&mut self, _: &Path) -> Result<(Arc<Model>, Option<String>), Interrupt> {
        let state = self.state;
        let (model, _) = models::wait(state, self.bake.model, || is_halting(state))?;
        let (row, origin) = state.block_on(async {
            let row = model_rows::find(state.store.read(), self.bake.model).await?;
            let origin = origins::origin(state.store.read(), self.bake.vector).await?;
            Ok::<_, Error>((row, origin))
        })?;
        self.model = row;
        let fingerprint = self.model.fingerprint.clone();
        if origin.has_other_weights(fingerprint.as_deref()) && !self.bake.other_weights {
            return Err(other_weights(&self.model.name).into());
        }
        Ok((model, fingerprint))
    }

    fn load_copy(&mut self, path: &Path) -> Result<Arc<Model>, Interrupt> {
        self.phase = None;
        self.state.block_on(models::displace(self.state, self.bake.model))?;
        models::load_like(self.state, &self.model, path)
    }

    fn tell(&mut self, step: Step, done: usize, total: usize) -> ControlFlow<()> {
        let (name, unit, scale) = match step {
            Step::MeasureOriginal => ("Measuring the steered original", "step", 1),
            Step::Write => ("Writing the copy", "MB", MEGABYTE),
            Step::MeasureCopy => ("Proving the copy", "step", 1),
        };
        let is_other = self.phase.as_ref().is_none_or(|(of, _)| *of != step);
        if is_other {
            self.phase = Some((step, Phase::new(name, unit)));
        }
        if let Some((_, phase)) = &mut self.phase {
            report_part(self.state, phase, done / scale, (total / scale).max(1), None);
        }
        continue_unless_halting(self.state)
    }

    fn begins(&mut self, place: usize) -> Result<(), Interrupt> {
        self.bake.copies[self.places[place]].is_begun = true;
        Ok(self.store()?)
    }

    fn proved(&mut self, place: usize, _: &ModelCopy, proved: &Proved) -> Result<(), Interrupt> {
        // A stop that came while the last numbers were computed counts.
        if self.state.lanes.engine.request() == Some(JobRequest::Stop) {
            return Err(Interrupt::Halted);
        }
        let copy = &mut self.bake.copies[self.places[place]];
        copy.bytes = proved.bytes;
        copy.notes.clone_from(&proved.notes);
        copy.proof = Some(shown_proof(&proved.proof));
        Ok(self.store()?)
    }
}

impl From<BakingError> for Interrupt {
    fn from(error: BakingError) -> Self {
        match error {
            BakingError::Model { path, source } => {
                let failed = |source| Error::Model { path: path.display().to_string(), source };
                let source = *source;
                match source {
                    // The numbers and not the file are what is wrong.
                    ModelError::NotFinite { .. } => Self::new(source, Error::Compute),
                    source => Self::new(source, failed),
                }
            }
            error => Self::Failed(error.into()),
        }
    }
}
