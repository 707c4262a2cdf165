//! The readers of Tiller's own files, which come from others as well: passports, projects and the plans of studies.

use std::path::Path;
use std::sync::LazyLock;

use store::project_file::{ProjectFile, export};
use store::{Store, data_sets, pairs, projects};
use study::{Plan, cells};
use tokio::runtime::{Builder, Runtime};
use vectors::files::{Provenance, SteeringFile, VectorFile};
use vectors::passport::{Package, Passport};
use vectors::steering::SteeringVector;

use super::readers::{Place, zip_of};

/// Where files of SQLite are read.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

/// Reads an archive, and what was read once more.
pub fn passport(bytes: &[u8]) {
    let Ok(package) = Package::parse(bytes) else { return };
    let again = Package::parse(&package.to_archive().expect("an archive")).expect("our own archive");
    assert_eq!(again, package);
}

/// Reads the bytes as the record of a passport whose other files are sound.
pub fn passport_record(bytes: &[u8]) {
    let mut files = tiny_passport().all_files().expect("files");
    files[0].1 = bytes.to_vec();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    passport(&zip_of(&files));
}

/// Returns a passport of a vector of four numbers.
pub fn tiny_passport() -> Package {
    let values = [0.5, -1.0, 2.0, 0.0];
    let vector = SteeringVector { layer: 3, values: values.into() };
    let file = VectorFile::new(vec![vector], Provenance::default()).expect("a vector");
    let file = SteeringFile::Vectors(file);
    let passport = Passport::new("seed".into(), &file, "Tiller".into());
    Package::new(passport, file, vec![("README.md", b"# seed".to_vec())]).expect("a passport")
}

pub fn project(bytes: &[u8]) {
    is_project(bytes);
}

/// Returns whether the bytes are read as a project.
pub fn is_project(bytes: &[u8]) -> bool {
    let place = Place::new();
    let path = place.write("project.tiller", bytes);
    let read = RUNTIME.block_on(ProjectFile::open(&path));
    read.is_ok_and(|file| file.info().is_ok())
}

/// Returns a file of a project with two pairs.
pub fn tiny_project() -> Vec<u8> {
    let place = Place::new();
    let exported = async {
        let store = Store::open(&place.path("tiller.sqlite")).await?;
        let mut change = store.begin().await?;
        let project = projects::insert(&mut change, "seed", "Tiller", 1).await?;
        let set = data_sets::insert(&mut change, project, "fruit", "", 1).await?;
        let pair = |prompt: &str| ipc::data::PairContent {
            prompt: prompt.into(),
            wanted: "A banana.".into(),
            opposite: "A plum.".into(),
            ..Default::default()
        };
        pairs::append(&mut change, set, vec![pair("Which fruit?"), pair("And then?")], 1).await?;
        change.commit().await?;
        let bytes = export(&store, project).await?;
        store.close().await;
        Ok::<_, Box<dyn std::error::Error>>(bytes)
    };
    RUNTIME.block_on(exported).expect("a project")
}

/// Reads a plan, counts its cells, and reads once more what is written of it.
pub fn plan(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let path = Path::new("plan.toml");
    let Ok(plan) = Plan::parse(path, text) else { return };
    drop(cells(&plan, 3));
    let written = study::write(&plan).expect("a plan that was read");
    assert_eq!(Plan::parse(path, &written).expect("our own plan"), plan);
}
