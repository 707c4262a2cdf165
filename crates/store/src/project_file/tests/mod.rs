//! Tests project files: what they hold, and that merging loses nothing and doubles nothing.

mod builder;
mod everything;
mod hostile;
mod random;

use std::collections::BTreeMap;

use proptest::prelude::*;

use self::builder::{Builder, MOST_STEPS};
use self::everything::{exported, with_everything};
use self::random::{Random, random};
use super::plan::THINGS;
use super::tables::table;
use super::*;
use crate::tests::temporary;
use crate::{models, pairs, runs, sweeps, vectors};

/// What a project file leaves out, and why.
const LEFT_OUT: &[(&str, &[&str])] = &[
    // The project is the one that the rows go to; `turn` is the place in a store's queue.
    ("jobs", &["turn"]),
    ("data_sets", &["project"]),
    ("vectors", &["project"]),
    ("sweeps", &["project"]),
    ("conversations", &["project"]),
    ("presets", &["project"]),
    ("settings", &["project"]),
    // What belongs to a model's file on one machine, and to how a person uses it there.
    (
        "models",
        &[
            "path",
            "expected_fingerprint",
            "fingerprint_of",
            "seconds_per_token_block",
            "created",
            "precision",
            "template",
            "stamp",
            "hidden",
            "sandbox_key",
        ],
    ),
];

/// The tables that no project file has: what is about a machine, and what is measured again in a moment.
const LEFT_OUT_TABLES: [&str; 13] = [
    "projects",
    "project_verdicts",
    "downloads",
    "download_files",
    "loads",
    "column_mappings",
    "job_outs",
    "bakes",
    "distillations",
    "residual_norms",
    "projection_percentiles",
    "margin_checks",
    "margins",
];

#[tokio::test]
async fn every_column_of_the_store_is_in_a_project_file_or_left_out_on_purpose() {
    let (store, _dir) = temporary().await;
    let all: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> '_sqlx_migrations'",
    )
    .fetch_all(store.read())
    .await
    .expect("the schema");
    for (name, column) in all {
        let is_left_out = LEFT_OUT_TABLES.contains(&name.as_str())
            || LEFT_OUT.iter().any(|(table, columns)| *table == name && columns.contains(&column.as_str()));
        let is_in = table(&name).is_some_and(|(_, table)| table.place(&column).is_some());
        assert!(is_in != is_left_out, "{name}.{column} must be in tables.rs or in LEFT_OUT, and not in both");
    }
}

/// Returns the number of things of each identity.
fn things(content: &Content) -> BTreeMap<(&'static str, String), usize> {
    let ids = Identities::of(content).expect("identities");
    let mut all = BTreeMap::new();
    for table in THINGS {
        for row in content.rows(table) {
            *all.entry((table, ids.get(table, Some(row.id())))).or_default() += 1;
        }
    }
    all
}

/// Returns the number of rows of the tables whose rows grow.
fn grown(content: &Content) -> BTreeMap<&'static str, usize> {
    ["steps", "sweep_points", "measurements", "turns", "pairs"]
        .into_iter()
        .map(|table| (table, content.rows(table).count()))
        .collect()
}

async fn new_project(db: &mut SqliteConnection, name: &str) -> Id {
    projects::insert(db, name, "0.1.0", 1).await.expect("a project")
}

async fn read(db: &mut SqliteConnection, project: Id) -> Content {
    let mut content = Content::of_store(db, project).await.expect("the project");
    content.make_portable().expect("a portable project");
    content
}

async fn take(db: &mut SqliteConnection, source: &Content, project: Id) -> Merged {
    let mut source = source.clone();
    source.check().expect("a sound source");
    let file = ProjectFile { content: source };
    file.merge(db, project, 1).await.expect("a merge")
}

async fn merging(one: &Random, other: &Random) {
    let (a, b) = (one.content(), other.content());
    let (store, dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let [ab, ba] = [new_project(&mut db, "AB").await, new_project(&mut db, "BA").await];
    take(&mut db, &a, ab).await;
    take(&mut db, &b, ba).await;
    let hash = content_hash(&mut db, ab).await.expect("a hash");
    assert_eq!(
        hash,
        Identities::of(&a).expect("identities").content_hash(&a).expect("a hash"),
        "nothing is lost"
    );
    let again = take(&mut db, &a, ab).await;
    assert_eq!((again.added, again.continued), (vec![], 0), "nothing is doubled");
    assert_eq!(content_hash(&mut db, ab).await.expect("a hash"), hash);

    take(&mut db, &b, ab).await;
    take(&mut db, &a, ba).await;
    let (left, right) = (read(&mut db, ab).await, read(&mut db, ba).await);
    assert_eq!(things(&left), things(&right), "both ways hold the same things");
    assert_eq!(grown(&left), grown(&right));
    for source in [&a, &b] {
        for (thing, count) in things(source) {
            assert!(things(&left).get(&thing).is_some_and(|there| *there >= count), "{thing:?} is missing");
        }
    }
    let hash = content_hash(&mut db, ab).await.expect("a hash");
    for source in [&b, &a, &right] {
        let again = take(&mut db, source, ab).await;
        assert_eq!((again.added, again.continued), (vec![], 0), "a merge that is repeated changes nothing");
    }
    assert_eq!(content_hash(&mut db, ab).await.expect("a hash"), hash);
    db.commit().await.expect("a commit");

    let (file, again) = (dir.path().join("one.tiller"), dir.path().join("two.tiller"));
    std::fs::write(&file, export(&store, ab).await.expect("an export")).expect("a file");
    let exported = ProjectFile::open(&file).await.expect("it is sound");
    assert_eq!(exported.info().expect("facts").content_hash, hash);
    let mut db = store.begin().await.expect("a change");
    let copy = new_project(&mut db, "Copy").await;
    exported.merge(&mut db, copy, 1).await.expect("an import");
    db.commit().await.expect("a commit");
    std::fs::write(&again, export(&store, copy).await.expect("an export")).expect("a file");
    let exported = ProjectFile::open(&again).await.expect("it is sound");
    assert_eq!(exported.info().expect("facts").content_hash, hash, "export, import, export");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn merging_loses_nothing_and_doubles_nothing(one in random(), other in random()) {
        tokio::runtime::Runtime::new().expect("a runtime").block_on(merging(&one, &other));
    }
}

#[tokio::test]
async fn a_file_holds_no_path_no_address_and_nothing_of_the_machine() {
    let (file, _store, dir) = exported().await;
    let bytes = std::fs::read(&file).expect("the file");
    for secret in ["/home/me", ".gguf", "secret.example", "mirror.example", &dir.path().to_string_lossy()] {
        let is_in = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in, "{secret}");
    }
    let parts = std::fs::read_dir(dir.path()).expect("the folder").flatten();
    assert!(parts.map(|part| part.file_name()).all(|name| !name.to_string_lossy().ends_with(".part")));
    let read = ProjectFile::open(&file).await.expect("it is sound");
    let states: Vec<&str> = read.content.rows("jobs").map(|job| job.text("state")).collect();
    assert_eq!(states, ["paused", "stopped", "stopped", "paused"], "what needs an address is over");
    assert!(read.content.rows("turns").all(|turn| turn.text("answer_end") != "open"));
    let info = read.info().expect("facts");
    assert_eq!((info.name.as_str(), info.format, info.models.len()), ("Test", FORMAT, 1));
    assert!(info.counts.contains(&("vectors".to_owned(), 1)), "{info:?}");
}

#[tokio::test]
async fn a_project_comes_into_another_store_where_its_model_is_not() {
    let (file, source, _dir) = exported().await;
    let (store, _other) = temporary().await;
    let read = ProjectFile::open(&file).await.expect("it is sound");
    let mut db = store.begin().await.expect("a change");
    // So that ids differ.
    crate::data_sets::tests::filled(&mut db, &[ipc::data::Split::Train; 3]).await;
    let project = new_project(&mut db, "Imported").await;
    let merged = read.merge(&mut db, project, 5).await.expect("an import");
    assert!(merged.added.contains(&("sweeps".to_owned(), 1)), "{merged:?}");
    let found = vectors::list(&mut *db, project).await.expect("the vectors");
    let model = models::find(&mut *db, found[0].model).await.expect("its model");
    assert_eq!((model.fingerprint.as_deref(), model.path.starts_with("not-here/")), (Some("ab"), true));
    let run = runs::list(&mut *db, project).await.expect("the runs").remove(0);
    assert_eq!((found[0].run, found[0].data_set), (Some(run.id), Some(run.data_set)));
    let then = pairs::contents(source.read(), 1).await.expect("pairs");
    assert_eq!(pairs::contents(&mut *db, run.data_set).await.expect("pairs"), then);
    let sweep = sweeps::list(&mut db, project).await.expect("the sweeps").remove(0);
    assert_eq!(
        (sweep.settings.arms[0].terms[0].vector, sweep.settings.sets[0].data_set()),
        (found[0].id, Some(run.data_set))
    );
    let settings = crate::settings::read(&mut *db, project).await.expect("settings");
    assert_eq!((settings.vector, settings.endpoint, settings.hub_endpoint), (Some(found[0].id), None, None));

    // The model comes: another project finds it by its fingerprint.
    let here = models::insert(&mut db, "Here", "/here.gguf", Some("ab"), 1).await.expect("a model");
    sqlx::query("DELETE FROM models WHERE id <> ? AND id NOT IN (SELECT model FROM runs)")
        .bind(here)
        .execute(&mut *db)
        .await
        .expect("a deletion");
    sqlx::query("UPDATE models SET fingerprint = NULL WHERE id <> ?")
        .bind(here)
        .execute(&mut *db)
        .await
        .expect("an update");
    let second = new_project(&mut db, "Second").await;
    read.merge(&mut db, second, 6).await.expect("an import");
    assert_eq!(vectors::list(&mut *db, second).await.expect("the vectors")[0].model, here);
    let twice = read.merge(&mut db, second, 7).await.expect("a merge");
    assert_eq!((twice.added, twice.continued), (vec![], 0));
}

#[tokio::test]
async fn a_longer_run_takes_the_place_of_its_beginning_and_one_that_contradicts_it_stands_beside_it() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let project = new_project(&mut db, "P").await;
    let of = |steps: i64, noise: i64| {
        let mut builder = Builder::new();
        let set = builder.data_set("S", &[1]);
        builder.run(set, 7, steps, noise);
        builder.content
    };
    take(&mut db, &of(1, 0), project).await;
    let merged = take(&mut db, &of(2, 0), project).await;
    assert_eq!((merged.added, merged.continued), (vec![], 1));
    assert_eq!(take(&mut db, &of(1, 0), project).await.continued, 0, "the shorter one adds nothing");
    let merged = take(&mut db, &of(MOST_STEPS, 0), project).await;
    assert_eq!((merged.added, merged.continued), (vec![("vectors".to_owned(), 1)], 1));
    let run = runs::list(&mut *db, project).await.expect("the runs").remove(0);
    assert_eq!((run.state, run.vector.is_some()), (ipc::job::JobState::Done, true));
    take(&mut db, &of(2, 1), project).await;
    assert_eq!(runs::list(&mut *db, project).await.expect("the runs").len(), 2);
}

#[tokio::test]
async fn a_copy_of_a_project_holds_the_same_and_is_its_own() {
    let (store, _dir) = with_everything().await;
    let mut db = store.begin().await.expect("a change");
    let copy = duplicate(&mut db, 1, "Copy", "0.1.0", 9).await.expect("a copy");
    let hash = content_hash(&mut db, 1).await.expect("a hash");
    assert_eq!(content_hash(&mut db, copy).await.expect("a hash"), hash);
    let models =
        |all: Vec<ipc::vector::Vector>| all.into_iter().map(|vector| vector.model).collect::<Vec<_>>();
    let ours = models(vectors::list(&mut *db, 1).await.expect("vectors"));
    assert_eq!(models(vectors::list(&mut *db, copy).await.expect("vectors")), ours, "models belong to all");
    projects::delete(&mut db, 1).await.expect("a deletion");
    assert_eq!(content_hash(&mut db, copy).await.expect("a hash"), hash);
}
