//! Plans and queues jobs that bake a vector into copies of a model.

use std::path::{Path, PathBuf};

use ipc::bake::{Bake, BakePlan, BakedCopy, MOST_STRENGTHS, PlannedCopy};
use ipc::command::{ListBakes, PlanBake, StartBake};
use ipc::files::Access;
use ipc::job::Job;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use store::bakes::{self, NewBake};
use store::models::ModelRow;
use store::{jobs, models, origins, vectors as vector_rows};
use vectors::bake::{Plan, free_space, plan};

use super::App;
use super::models::blocking;
use crate::baking::{BakingError, ModelCopy, Order, WrongEnding, check, file_name, targets, wrong_ending};
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::model_copies::{other_weights, recipe};
use crate::{Error, clock, printable};

/// The most letters of a suggested file's name.
const LONGEST_NAME: usize = 80;

impl App {
    /// Says what baking a vector into a model would write, or why it cannot be baked.
    ///
    /// # Errors
    /// Returns an error if the vector or the model does not exist, a strength is no number, or the file was not chosen.
    pub async fn plan_bake(&self, request: PlanBake) -> Result<BakePlan, Error> {
        let multipliers = checked(&request.multipliers)?;
        let file = request.file.as_ref();
        let chosen = file.map(|file| self.state.permissions.file(file, Access::Write)).transpose()?;
        let (vector, model) = self.vector_and_model(request.vector, request.model).await?;
        let others = self.has_other_weights(vector.id, &model).await?;
        let name = suggested(&vector, &model, &multipliers);
        let typed = request.name.map(PathBuf::from).filter(|typed| typed.file_name().is_some());
        let is_named = chosen.is_some() || typed.is_some();
        let out = chosen.clone().or(typed).unwrap_or_else(|| PathBuf::from(&name));
        let mut db = self.state.store.read().acquire().await?;
        let mut recipes = Vec::new();
        for multiplier in &request.multipliers {
            recipes.push(recipe(&mut db, vector.id, *multiplier).await?);
        }
        drop(db);
        let source = PathBuf::from(&model.path);
        let plans = blocking(move || {
            let refused = |error| Failure::from(Error::from(BakingError::bake(&source, &source, error)));
            let plan = |recipe| plan(&source, recipe).map_err(refused);
            recipes.iter().map(plan).collect::<Result<Vec<Plan>, _>>()
        });
        let (plans, refusal) = match plans.await? {
            Ok(plans) => (plans, None),
            Err(refusal) => (vec![], Some(refusal)),
        };
        let is_folder = plans.first().is_some_and(|plan| plan.is_folder);
        let out = if is_named || is_folder { out } else { out.with_file_name(format!("{name}.gguf")) };
        let paths = targets(&out, &multipliers).map_err(twice)?;
        let copies = request.multipliers.iter().zip(paths).zip(&plans);
        let copies = copies.map(|((multiplier, path), plan)| PlannedCopy {
            multiplier: *multiplier,
            name: file_name(&path),
            bytes: plan.bytes,
        });
        let mut notes: Vec<String> = plans.iter().flat_map(|plan| plan.notes.iter().cloned()).collect();
        notes.dedup();
        Ok(BakePlan {
            copies: copies.collect(),
            is_folder,
            name,
            free: chosen.as_deref().and_then(free_space),
            notes,
            other_weights: others,
            refusal,
        })
    }

    /// Queues a job that bakes a vector into copies of a model and proves them.
    ///
    /// # Errors
    /// Returns an error if the vector, the model or a strength cannot be used, something is there that may not be replaced, the
    /// disk has too little room, or the store cannot be written.
    pub async fn start_bake(&self, request: StartBake) -> Result<Job, Error> {
        let out = self.state.permissions.file(&request.file, Access::Write)?;
        let multipliers = checked(&request.multipliers)?;
        let (vector, model) = self.vector_and_model(request.vector, request.model).await?;
        check_asked(&self.state, model.id).await?;
        if !request.other_weights && self.has_other_weights(vector.id, &model).await? {
            return Err(other_weights(&model.name));
        }
        let paths = targets(&out, &multipliers).map_err(twice)?;
        let mut db = self.state.store.read().acquire().await?;
        let mut copies = Vec::new();
        for (path, multiplier) in paths.into_iter().zip(&request.multipliers) {
            let recipe = recipe(&mut db, vector.id, *multiplier).await?;
            copies.push(ModelCopy { path, multiplier: *multiplier as f32, recipe, is_begun: false });
        }
        drop(db);
        // The desktop's dialog asks about the one name that was chosen there.
        let replace = request.replace && copies.len() == 1;
        let order = Order { source: PathBuf::from(&model.path), copies, replace };
        let checking = blocking(move || {
            check_ending(&order.source, &out)?;
            check(&order)?;
            Ok::<_, Error>(order)
        });
        let order = checking.await??;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let taken = bakes::open_paths(&mut *db).await?;
        let copies: Vec<BakedCopy> = order.copies.iter().zip(&request.multipliers).map(waiting).collect();
        if let Some(copy) = copies.iter().find(|copy| taken.contains(&copy.path)) {
            let name = file_name(Path::new(&copy.path));
            return Err(Error::invalid(format!("Another job writes {name}."), "Choose another name."));
        }
        let new = NewBake {
            vector: vector.id,
            model: model.id,
            replace,
            other_weights: request.other_weights,
            copies: &copies,
        };
        let now = clock::now();
        let title = format!("Baking \u{201c}{}\u{201d} into {}", vector.name, model.name);
        let job = jobs::insert(&mut db, &title, now).await?;
        bakes::insert(&mut db, &new, job, now).await?;
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(job)
    }

    /// Lists what was baked of a vector, newest first.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn list_bakes(&self, request: ListBakes) -> Result<Vec<Bake>, Error> {
        Ok(bakes::list(self.state.store.read(), request.vector).await?)
    }

    async fn vector_and_model(&self, vector: Id, model: Id) -> Result<(Vector, ModelRow), Error> {
        let read = self.state.store.read();
        Ok((vector_rows::find(read, vector).await?, models::find(read, model).await?))
    }

    /// Returns whether a model is known to have other weights than the one that a vector was made on.
    async fn has_other_weights(&self, vector: Id, model: &ModelRow) -> Result<bool, Error> {
        let origin = origins::origin(self.state.store.read(), vector).await?;
        Ok(origin.has_other_weights(model.fingerprint.as_deref()))
    }
}

/// Returns the strengths in the engine's type.
fn checked(multipliers: &[f64]) -> Result<Vec<f32>, Error> {
    if multipliers.is_empty() || multipliers.len() > MOST_STRENGTHS {
        let message = format!("Between one and {MOST_STRENGTHS} strengths can be baked at once.");
        return Err(Error::invalid(message, "Type them, separated by commas."));
    }
    let number = |multiplier: &f64| Some(*multiplier as f32).filter(|number| number.is_finite());
    let numbers: Option<Vec<f32>> = multipliers.iter().map(number).collect();
    numbers.ok_or_else(|| Error::invalid("A strength is no number.", "Type numbers such as 1 or -0.5."))
}

/// Refuses a name that would not say whether a file or a folder is there.
fn check_ending(source: &Path, out: &Path) -> Result<(), Error> {
    let (message, next) = match wrong_ending(source, out) {
        Some(WrongEnding::NoGguf) => {
            ("The model is a GGUF file, and so is its copy.", "Let the name end in .gguf.")
        }
        Some(WrongEnding::Gguf) => {
            ("The model is a folder, and so is its copy.", "Take a name that does not end in .gguf.")
        }
        None => return Ok(()),
    };
    Err(Error::invalid(message, next))
}

fn twice(multiplier: f32) -> Error {
    Error::invalid(format!("The strength {multiplier} is there twice."), "Take one of them away.")
}

/// Suggests a file's name: the model, the vector, and the strength where there is one.
fn suggested(vector: &Vector, model: &ModelRow, multipliers: &[f32]) -> String {
    let own = Path::new(&model.path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let strength = match multipliers {
        [only] => format!("-x{only}"),
        _ => String::new(),
    };
    let vector = printable::line(&vector.name);
    let base: String = format!("{own}-{vector}").chars().take(LONGEST_NAME).collect();
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.+".contains(letter);
    let plain: String = base.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    format!("{plain}{strength}")
}

fn waiting((copy, multiplier): (&ModelCopy, &f64)) -> BakedCopy {
    BakedCopy {
        multiplier: *multiplier,
        path: copy.path.display().to_string(),
        is_begun: false,
        bytes: 0,
        notes: vec![],
        proof: None,
    }
}
