//! The model of a plan in the store.

use std::fs;
use std::path::{Path, PathBuf};

use ipc::command::FindModel;
use ipc::model::{FileState, Model};
use ipc::project::Overview;
use study::ModelPlan;

use crate::data::fingerprint;
use crate::door::{Door, file, library};
use crate::halt::Halt;

/// Returns the path of a plan's model that has a file, or of the starter model.
pub(super) fn path(plan: &ModelPlan, folder: &Path) -> PathBuf {
    plan.file.as_ref().map_or_else(app::starter_model, |file| folder.join(file))
}

/// Returns the model of a plan, which is added to the store if it has none of this path and content. Where the store refers to
/// a model of this content whose file is missing, as after the import of a project file, it gets this file.
pub(super) fn model(
    door: &mut Door,
    overview: &Overview,
    plan: &ModelPlan,
    folder: &Path,
) -> Result<Model, Halt> {
    if let Some(name) = &plan.name {
        let models = &overview.models;
        let found = library::only("model", name, models, |model| (model.id, model.name.as_str()))?.clone();
        let print = match (&found.fingerprint, &plan.sha256) {
            (None, Some(_)) => Some(fingerprint(Path::new(&found.path))?),
            (known, _) => known.clone(),
        };
        check(plan, print.as_deref(), &found.path)?;
        return Ok(found);
    }
    let path = path(plan, folder);
    let lost: Vec<&Model> = overview.models.iter().filter(|model| is_lost(model)).collect();
    let print = if plan.sha256.is_some() || !lost.is_empty() {
        Some(fingerprint(&vectors::model::model_path(&path))?)
    } else {
        None
    };
    check(plan, print.as_deref(), &path.display().to_string())?;
    let known = |model: &&Model| fs::canonicalize(&model.path).ok() == fs::canonicalize(&path).ok();
    let has_path = overview.models.iter().any(|model| model.file == FileState::Present && known(&model));
    match lost.iter().find(|model| model.fingerprint == print) {
        Some(lost) if !has_path => door.call(FindModel { model: lost.id, file: file(&path)? }),
        _ => library::model(door, overview, &path),
    }
}

fn is_lost(model: &Model) -> bool {
    model.file != FileState::Present && model.fingerprint.is_some()
}

fn check(plan: &ModelPlan, print: Option<&str>, path: &str) -> Result<(), Halt> {
    match (&plan.sha256, print) {
        (Some(wanted), Some(found)) if !wanted.eq_ignore_ascii_case(found) => Err(Halt::Refused(format!(
            "{path} has SHA-256 {found}, and the plan wants {wanted}. Name the model that the plan was made for, or leave \
             sha256 out."
        ))),
        _ => Ok(()),
    }
}
