//! Adds, loads, switches and removes models.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hub::files;
use ipc::command::{
    AddModel, CheckModels, FindModel, ForgetModel, LoadModel, ReadMachine, SetPrecision, SwitchModel,
    UnloadModel,
};
use ipc::event::Event;
use ipc::files::{Access, FileRef};
use ipc::job::{Job, JobState};
use ipc::model::{FileState, Machine, MachineDevice, Model, ModelFacts, ModelOrigin, ModelState, Switch};
use ipc::{Code, Failure, Id};
use store::{jobs, loads, models};
use vectors::model::{MatmulPrecision, model_path};

use super::App;
use crate::engine::lanes::Lane;
use crate::engine::models::{EvictionPolicy, give_up, load, most_in_memory, unload};
use crate::engine::{priority, registry};
use crate::library::{self, watch};
use crate::{Error, memory};

impl App {
    /// Adds a model's file or folder to the list and loads it, unless a job needs the memory. A model that is in the
    /// list already is loaded again.
    ///
    /// # Errors
    /// Returns an error if it is missing or its header cannot be used.
    pub async fn add_model(&self, request: AddModel) -> Result<Model, Error> {
        let path = model_at(&self.state.permissions.file(&request.file, Access::Read)?)?;
        // The header is read before anything is stored, so that no unusable model enters the list.
        let facts = watch::read(path.clone()).await?;
        let (id, _) = watch::make_known(&self.state, &path, &facts).await?;
        if self.held_by_job(id).await?.is_none() {
            load(&self.state, id, EvictionPolicy::UpToLimit).await?;
        }
        Ok(self.state.model(models::find(self.state.store.read(), id).await?))
    }

    /// Checks the models' files for changes that were made outside Tiller.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read or written.
    pub async fn check_models(&self, request: CheckModels) -> Result<(), Error> {
        let CheckModels {} = request;
        let state = Arc::clone(&self.state);
        blocking(move || watch::check(&state)).await?
    }

    /// Sets a new path for a model whose file was moved, or reads the file at the old path again.
    ///
    /// # Errors
    /// Returns an error if there is no such file, it is another model, or it is in the list already.
    pub async fn find_model(&self, request: FindModel) -> Result<Model, Error> {
        let row = models::find(self.state.store.read(), request.model).await?;
        // The old path was confirmed when the model was added.
        let path = if request.file == FileRef::typed(row.path.as_str()) {
            PathBuf::from(&row.path)
        } else {
            self.state.permissions.file(&request.file, Access::Read)?
        };
        let path = model_at(&path)?;
        let text = path.to_string_lossy().into_owned();
        let facts = watch::read(path.clone()).await?;
        if let Some(before) = &row.facts {
            check_same(before, &library::facts(&facts), &row.name)?;
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        match models::at_path(&mut *db, &text).await? {
            Some(other) if other != row.id => {
                let other = models::find(&mut *db, other).await?;
                let message = format!("This file is in the list already, as \u{201c}{}\u{201d}.", other.name);
                return Err(Error::invalid(message, "Use that one, and forget the other."));
            }
            _ => models::set_path(&mut db, row.id, &text).await?,
        }
        models::set_facts(&mut db, row.id, &library::facts(&facts), files::stamp(&path).as_deref()).await?;
        db.commit().await?;
        let model = self.state.model(models::find(self.state.store.read(), row.id).await?);
        change.send(&Event::Model(model.clone()));
        drop(change);
        if matches!(model.state, ModelState::Failed { .. }) {
            unload(&self.state, row.id).await?;
        }
        Ok(self.state.model(models::find(self.state.store.read(), row.id).await?))
    }

    /// Removes a model from the list, and on request its file from the disk.
    ///
    /// # Errors
    /// Returns an error if the model comes with Tiller, a job needs it, or its file cannot be deleted or nobody confirmed
    /// that.
    pub async fn forget_model(&self, request: ForgetModel) -> Result<(), Error> {
        self.check_permissions(&request).await?;
        let row = models::find(self.state.store.read(), request.model).await?;
        let model = self.state.model(row);
        if model.origin == ModelOrigin::Starter {
            return Err(Error::invalid("This model comes with Tiller.", "Unload it if it takes memory."));
        }
        let (path, is_cached) = (PathBuf::from(&model.path), matches!(model.origin, ModelOrigin::Hub { .. }));
        if request.delete_file && path.is_dir() && !is_cached {
            return Err(Error::invalid(
                "Tiller deletes no folders that it did not make.",
                "Delete the folder yourself; the list notices.",
            ));
        }
        for job in self.open_engine_jobs().await? {
            if self.models_of(job.kind).await?.contains(&model.id) {
                let message = format!("{} needs this model.", job.title);
                return Err(Error::invalid(message, "Stop the job first."));
            }
        }
        unload(&self.state, model.id).await?;
        if request.delete_file && model.file != FileState::Gone {
            let to_delete = path.clone();
            let deleted = blocking(move || files::delete(&to_delete, is_cached)).await?;
            deleted.map_err(|source| Error::Unwritable { path, source })?;
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        models::hide(&mut db, model.id).await?;
        loads::end(&mut db, model.id).await?;
        db.commit().await?;
        self.state.models.forget_unfinished(model.id);
        change.send(&Event::ModelForgotten(model.id));
        Ok(())
    }

    /// Loads a model of the list in the background.
    ///
    /// # Errors
    /// Returns an error if the model is not known, or a job uses one that would have to leave.
    pub async fn load_model(&self, request: LoadModel) -> Result<(), Error> {
        if let Some((job, name)) = self.held_by_job(request.model).await? {
            let failure = Failure::new(Code::ModelInUse, format!("{} uses {name}.", job.title));
            let next =
                "Pause the job and switch, load this model beside the other one, or wait for the job's end.";
            return Err(Error::Failure(failure.next(next)));
        }
        load(&self.state, request.model, EvictionPolicy::UpToLimit).await
    }

    /// Loads a model of the list although a job uses another one.
    ///
    /// # Errors
    /// Returns an error if the model is not known or the store cannot be written.
    pub async fn switch_model(&self, request: SwitchModel) -> Result<(), Error> {
        match request.switch {
            Switch::Beside => load(&self.state, request.model, EvictionPolicy::KeepAll).await,
            Switch::PauseJobs => {
                // Queued jobs are paused as well, because the next of them would load its model at once.
                for job in self.open_engine_jobs().await? {
                    let is_active = matches!(job.state, JobState::Running | JobState::Queued);
                    if is_active && self.models_of(job.kind).await? != [request.model] {
                        let change = self.state.events.change().await;
                        self.pause(&change, jobs::find(self.state.store.read(), job.id).await?).await?;
                    }
                }
                load(&self.state, request.model, EvictionPolicy::UpToLimit).await
            }
        }
    }

    /// Removes a model from memory.
    ///
    /// # Errors
    /// Returns an error if a job uses it.
    pub async fn unload_model(&self, request: UnloadModel) -> Result<(), Error> {
        if let Some(job) = self.state.lanes.engine.job()
            && self.models_of(job.kind).await?.contains(&request.model)
        {
            let failure = Failure::new(Code::ModelInUse, format!("{} uses this model.", job.title));
            return Err(Error::Failure(failure.next("Pause the job first, or wait for its end.")));
        }
        unload(&self.state, request.model).await
    }

    /// Sets the precision of a model's weights in memory. A loaded model is loaded again, unless a job uses it.
    ///
    /// # Errors
    /// Returns an error if the model is not known or the store cannot be written.
    pub async fn set_precision(&self, request: SetPrecision) -> Result<(), Error> {
        self.change_model(request.model, async |db| {
            Ok(models::set_precision(db, request.model, request.precision).await?)
        })
        .await
    }

    /// Changes how a model is used, sends the event about it, and reloads a model that is in memory or could not be
    /// loaded.
    pub(super) async fn change_model(
        &self,
        id: Id,
        write: impl AsyncFnOnce(&mut sqlx::SqliteConnection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        models::find(self.state.store.read(), id).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        write(&mut db).await?;
        db.commit().await?;
        change.send(&Event::Model(self.state.model(models::find(self.state.store.read(), id).await?)));
        drop(change);
        let is_used = match self.state.lanes.engine.job() {
            Some(job) => self.models_of(job.kind).await?.contains(&id),
            None => false,
        };
        let state = self.state.models.state(id);
        if state == ModelState::Unloaded || is_used {
            return Ok(());
        }
        unload(&self.state, id).await?;
        // A model that could not be loaded may load now, but no other model is removed from a job for it.
        match self.held_by_job(id).await? {
            Some(_) => Ok(()),
            None => load(&self.state, id, EvictionPolicy::UpToLimit).await,
        }
    }

    /// Returns the machine's memory and devices.
    ///
    /// # Errors
    /// Returns an error if the system does not report them.
    pub async fn read_machine(&self, request: ReadMachine) -> Result<Machine, Error> {
        let ReadMachine {} = request;
        let limit = memory::Limit::of(&self.state).await?;
        let (free_bytes, installed_bytes) = blocking(memory::free_and_total).await??;
        let (free_bytes, total_bytes) = limit.of_machine((free_bytes, installed_bytes));
        let devices = blocking(vectors::model::Device::all).await?;
        let devices = devices
            .into_iter()
            .map(|device| MachineDevice { name: device.to_string(), label: library::device_label(device) });
        let devices = devices.collect();
        Ok(Machine {
            free_bytes,
            total_bytes,
            installed_bytes,
            threads: priority::processor_threads() as u32,
            engine_threads: rayon::current_num_threads() as u32,
            devices,
            has_bf16: MatmulPrecision::Bf16.is_available(),
        })
    }

    /// Returns the running job and the name of its model, if that model would have to be removed for another one.
    async fn held_by_job(&self, id: Id) -> Result<Option<(Job, String)>, Error> {
        let Some(job) = self.state.lanes.engine.job() else { return Ok(None) };
        let used = self.models_of(job.kind).await?;
        let leaves = self.state.models.leaves(id, most_in_memory(&self.state).await?);
        match used.into_iter().find(|used| leaves.contains(used)) {
            Some(used) => Ok(Some((job, models::find(self.state.store.read(), used).await?.name))),
            None => Ok(None),
        }
    }

    /// Returns the jobs that are not over and need the engine.
    async fn open_engine_jobs(&self) -> Result<Vec<Job>, Error> {
        let jobs = jobs::open(self.state.store.read()).await?;
        Ok(jobs.into_iter().filter(|job| registry::job(job.kind).lane() == Lane::Engine).collect())
    }

    /// Returns the loaded model to compute with, or why it cannot be used: a large model is read from its file all along.
    pub(super) async fn usable_model(&self) -> Result<(Id, Arc<vectors::model::Model>), Error> {
        let (id, model) = self.loaded_model()?;
        match model.check_files() {
            Ok(()) => Ok((id, model)),
            Err(changed) => Err(give_up(&self.state, id, changed).await),
        }
    }

    /// Returns the loaded model, or why there is none.
    pub(super) fn loaded_model(&self) -> Result<(Id, Arc<vectors::model::Model>), Error> {
        self.state.models.loaded().ok_or_else(|| {
            let next = "Wait until a model is loaded, or load one under Models.";
            Error::Failure(Failure::new(Code::ModelNotLoaded, "No model is in memory yet.").next(next))
        })
    }
}

/// Refuses a file that holds another model than the moved one.
fn check_same(before: &ModelFacts, now: &ModelFacts, name: &str) -> Result<(), Error> {
    let shape =
        |facts: &ModelFacts| (facts.architecture.clone(), facts.blocks, facts.hidden_size, facts.vocabulary);
    if shape(before) == shape(now) {
        return Ok(());
    }
    let message = format!(
        "This is not {name}: that one is a {} with {} layers of {}, this one a {} with {} layers of {}.",
        before.architecture, before.blocks, before.hidden_size, now.architecture, now.blocks, now.hidden_size
    );
    Err(Error::invalid(message, "Choose another file, or add this one as a model of its own."))
}

/// Returns the path under which the list has a model.
fn model_at(path: &Path) -> Result<PathBuf, Error> {
    // A folder has only one name without a slash at its end. A model of several files has only one name, whichever of
    // its files is named.
    let path = model_path(&path.components().collect::<PathBuf>());
    if path.is_dir() && !path.join(files::CONFIG).exists() {
        let failure = Failure::new(Code::Invalid, "This folder is no model: it has no config.json.");
        let next = "Search it for models, or choose the folder with the weights.";
        return Err(Error::Failure(failure.detail(path.display().to_string()).next(next)));
    }
    Ok(path)
}

/// Does work that would block the async runtime.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| Error::Panic(panic.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_model_is_not_taken_for_the_one_that_moved() {
        let facts = |blocks| ModelFacts {
            family: "Llama".into(),
            architecture: "llama".into(),
            quantization: "Q4_1".into(),
            blocks,
            hidden_size: 576,
            vocabulary: 10,
            context_length: 10,
            parameters: 10,
            file_bytes: 10,
            weight_bytes: 10,
            feed_forward: 1536,
            heads: 9,
            kv_heads: 3,
            head_size: 64,
        };
        let requantized = ModelFacts { quantization: "Q8_0".into(), ..facts(30) };
        check_same(&facts(30), &requantized, "Smol").expect("the same model");
        let refused = check_same(&facts(30), &facts(24), "Smol").expect_err("another one");
        assert!(refused.to_string().contains("24 layers"), "{refused}");
    }
}
