//! Reads the settings of a sweep from its exported file or from a vector's passport, so that it can be run again elsewhere. The
//! file names vectors and data sets by their content, which is looked for in the store.

use std::path::PathBuf;

use ::vectors::passport::{Package, is_passport};
use data::content::{Snapshot, measured};
use ipc::command::ReadSweepFile;
use ipc::files::Access;
use ipc::sweep::{PromptSet, SavedSweep, SteeringTerm, SweepSettings};
use serde::Deserialize;
use sqlx::SqliteConnection;
use store::steering::{LoadedTerm, Steering};
use store::{data_sets, pairs, vectors};

use super::App;
use super::models::blocking;
use super::passport_curves::{PassportCurves, measured_again};
use crate::Error;
use crate::conversation_files::read_text;

/// The part of an exported file that is read.
#[derive(Deserialize)]
struct ExportedFile {
    sweeps: Vec<ExportedSweep>,
}

#[derive(Deserialize)]
struct ExportedSweep {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    note: String,
    vector_sha256: Vec<String>,
    set_sha256: Vec<String>,
    settings: SweepSettings,
}

impl App {
    /// Reads the first sweep of an exported file, with this project's vectors and data sets of the same content. Nothing is
    /// stored or started, but for the curves of a passport.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is no exported sweep, or a vector or a data set of that content is not
    /// in the project.
    pub async fn read_sweep_file(&self, request: ReadSweepFile) -> Result<SavedSweep, Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        if is_passport(&path) {
            return self.read_passport(path).await;
        }
        let text = blocking(move || read_text(&path)).await??;
        let ExportedSweep { name, note, vector_sha256, set_sha256, settings } = first_sweep(&text)?;
        let settings = self.of_this_project(settings, &vector_sha256, &set_sha256).await?;
        Ok(SavedSweep { settings, name: name.unwrap_or_default(), note, passport: None })
    }

    /// Stores the curves of a passport, and returns the settings of the same sweep.
    async fn read_passport(&self, path: PathBuf) -> Result<SavedSweep, Error> {
        let from = path.clone();
        let package = blocking(move || Package::read(&from)).await?;
        let passport = package.map_err(|source| Error::VectorFile { path, source })?.passport;
        let Some(sweep) = passport.sweep else {
            return Err(Error::invalid(
                "The passport has no curves, so there is no sweep to run again.",
                "Sweep the vector by hand.",
            ));
        };
        let settings: SweepSettings = serde_json::from_value(sweep.settings).map_err(|_| no_sweep())?;
        let settings = self.of_this_project(settings, &sweep.vector_hashes, &sweep.set_hashes).await?;
        let again = measured_again(settings.clone())?;
        let (name, model) = (passport.name, sweep.model_fingerprint);
        let curves =
            PassportCurves { name: name.clone(), note: sweep.note, model, settings, curves: sweep.curves };
        let stored = self.keep_curves(&curves).await?;
        let name = format!("{name} (verified here)");
        Ok(SavedSweep { settings: again, name, note: String::new(), passport: Some(stored) })
    }

    /// Puts this project's vectors and data sets of the same content into settings.
    async fn of_this_project(
        &self,
        mut settings: SweepSettings,
        vector_sha256: &[String],
        set_sha256: &[String],
    ) -> Result<SweepSettings, Error> {
        let mut db = self.state.store.read().acquire().await?;
        let mut hashes = vector_sha256.iter();
        for arm in &mut settings.arms {
            for term in &mut arm.terms {
                let hash = hashes.next().ok_or_else(no_sweep)?;
                *term = find_term(&mut db, self.state.project(), term, hash)
                    .await?
                    .ok_or_else(|| missing(&format!("The vector of \u{201c}{}\u{201d}", arm.name), hash))?;
            }
        }
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        for (place, set) in settings.sets.iter_mut().enumerate() {
            let PromptSet::HeldOut { data_set, name } = set else { continue };
            let hash = set_sha256.get(place).ok_or_else(no_sweep)?;
            *data_set = find_data_set(&mut db, self.state.project(), hash, (shots, seed))
                .await?
                .ok_or_else(|| missing(&format!("The data set \u{201c}{name}\u{201d}"), hash))?;
        }
        Ok(settings)
    }
}

fn first_sweep(text: &str) -> Result<ExportedSweep, Error> {
    let file: Result<ExportedFile, _> = serde_json::from_str(text);
    file.ok().and_then(|file| file.sweeps.into_iter().next()).ok_or_else(no_sweep)
}

fn no_sweep() -> Error {
    Error::invalid(
        "The file is no sweep that Tiller exported.",
        "Export the sweep as JSON under \u{201c}Export\u{201d}, with this version of Tiller or a newer one.",
    )
}

fn missing(what: &str, hash: &str) -> Error {
    let hash: String = hash.chars().take(12).collect();
    Error::invalid(
        format!("{what} is not in this project: nothing has its content, SHA-256 {hash}\u{2026}"),
        "Import it as it was, then try again.",
    )
}

/// Returns a term with the vector that does what this hash says, and with that of its gate, if there are such vectors.
async fn find_term(
    db: &mut SqliteConnection,
    project: ipc::Id,
    term: &SteeringTerm,
    hash: &str,
) -> Result<Option<SteeringTerm>, Error> {
    let known = vectors::list(&mut *db, project).await?;
    let mut conditions = vec![];
    if term.gate.is_some() {
        for vector in &known {
            conditions.push((vector.id, vectors::steering(&mut *db, vector.id).await?));
        }
    }
    for vector in &known {
        let here = SteeringTerm { vector: vector.id, ..term.clone() };
        // A vector without such an epoch is another one.
        let Ok(own) = vectors::steering_of(&mut *db, &here).await else { continue };
        let with = |condition: Option<&(ipc::Id, Steering)>| {
            let mut here = here.clone();
            if let (Some(gate), Some((vector, _))) = (&mut here.gate, condition) {
                gate.vector = *vector;
            }
            // Where a gate or caps do not fit, it is another vector.
            let loaded = LoadedTerm::new(here, own.clone(), condition.map(|(_, steering)| steering)).ok()?;
            (loaded.hash == hash).then_some(loaded.term)
        };
        let found = match term.gate {
            None => with(None),
            Some(_) => conditions.iter().find_map(|condition| with(Some(condition))),
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Returns the data set whose held-out pairs and worked examples have this hash, if there is one.
async fn find_data_set(
    db: &mut SqliteConnection,
    project: ipc::Id,
    hash: &str,
    (shots, seed): (u32, Option<u64>),
) -> Result<Option<ipc::Id>, Error> {
    for set in data_sets::list(&mut *db, project).await? {
        let contents = pairs::contents(&mut *db, set.id).await?;
        if Snapshot::new(&measured(&contents, shots, seed))?.hash == hash {
            return Ok(Some(set.id));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_exported_sweep_is_refused() {
        for text in ["", "[]", "{}", "{\"sweeps\":[]}", "{\"sweeps\":[{\"settings\":3}]}", "\u{0}"] {
            assert!(first_sweep(text).is_err(), "{text}");
        }
    }
}
