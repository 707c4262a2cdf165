//! Tests that a store of every schema that was released is brought to the newest one, with all that is in it, after a copy.

use std::fs;
use std::path::{Path, PathBuf};

use ipc::analysis::Question;
use ipc::conversation::Said;
use ipc::job::JobState;
use sqlx::{AssertSqlSafe, Connection as _};
use store::{
    Store, StoreError, analyses, column_mappings, conversations, copies, data_sets, downloads, edits, loads,
    pairs, presets, projects, runs, settings, steps, sweeps, transfers, turns, vectors,
};

use super::{assert_whole, database, plain};

fn fixtures() -> Vec<(i64, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let dumps = fs::read_dir(folder).expect("the fixtures").flatten().map(|file| file.path());
    let mut schemas: Vec<(i64, PathBuf)> = dumps
        .filter_map(|path| {
            let schema = path.file_stem()?.to_str()?.strip_prefix("schema-")?.parse().ok()?;
            Some((schema, path))
        })
        .collect();
    schemas.sort();
    schemas
}

/// Makes a store of an older schema from its dump.
async fn restore(dump: &Path, file: &Path) {
    let mut db = plain(file).await;
    let text = fs::read_to_string(dump).expect("a dump");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut db).await.expect("the dump is SQL");
    db.close().await.expect("it closes");
}

async fn schema_version(file: &Path) -> i64 {
    let mut db = plain(file).await;
    let schema = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut db).await;
    db.close().await.expect("it closes");
    schema.expect("a schema version")
}

/// Returns the names of all tables, columns and indexes.
async fn schema(store: &Store) -> Vec<(String, String)> {
    let query = "SELECT sqlite_schema.name, coalesce(columns.name || ' ' || columns.type || ' ' || columns.\"notnull\", '')
        FROM sqlite_schema LEFT JOIN pragma_table_info(sqlite_schema.name) AS columns
        WHERE sqlite_schema.name NOT LIKE 'sqlite_%' ORDER BY 1, 2";
    sqlx::query_as(query).fetch_all(store.read()).await.expect("the schema")
}

async fn holds_what_it_held(store: &Store, schema: i64) -> Result<(), StoreError> {
    let mut db = store.begin().await?;
    let sets = data_sets::list(&mut *db, 1).await?;
    assert_eq!((sets.len(), sets[0].name.as_str(), sets[0].train, sets[0].held_out), (1, "Cats", 1, 1));
    if schema >= 17 {
        let rubric = sets[0].rubric.as_ref().map(|rubric| rubric.behavior.as_str());
        assert_eq!((rubric, sets[0].suffixes.as_slice()), (Some("care for cats"), &["!!".to_owned()][..]));
    }
    let all = pairs::list(&mut *db, 1).await?;
    let prompts: Vec<&str> = all.iter().map(|pair| pair.content.prompt.as_str()).collect();
    assert_eq!(prompts, ["Why?", "Käse 猫 🙂"]);
    if schema >= 4 {
        assert_eq!(
            (all[1].content.tags.as_slice(), all[1].content.turns.len()),
            (&["one".to_owned()][..], 1)
        );
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM versions").fetch_one(&mut *db).await?;
        assert_eq!(kept, 1);
    }
    let found = runs::list(&mut *db, 1).await?;
    assert_eq!(
        (found[1].name.as_str(), &found[1].state, found[1].settings.layers.as_slice()),
        ("Paused", &JobState::Paused, &[3][..])
    );
    assert_eq!(store::jobs::checkpoint(&mut *db, 1).await?.as_deref(), Some(&[0, 255][..]));
    assert_eq!(runs::partial_vector(&mut *db, 1).await?.map(|so_far| so_far.values), Some(vec![1.0]));
    assert_eq!(steps::list(&mut *db, 1).await?.len(), 1);
    vectors::complete(&mut db).await?;
    let found = vectors::list(&mut *db, 1).await?;
    let vector = found.iter().find(|vector| vector.name == "V").expect("the vector");
    assert_eq!((vector.layer, vector.size, vector.run), (3, 2, Some(2)));
    assert!((vector.norm - 5.0_f64.sqrt()).abs() < 1e-12, "{}", vector.norm);
    assert_eq!(found.len(), if schema >= 2 { 2 } else { 1 });
    let sweep = sweeps::find(&mut db, 1).await?;
    assert_eq!((sweep.points.len(), sweep.points[0].value), (1, 0.25));
    if schema >= 17 {
        assert_eq!((sweep.name.as_deref(), sweep.note.as_str()), (Some("Cats by strength"), "first"));
    }
    let asked = conversations::list(&mut db, 1).await?;
    let answers = if schema >= 14 { 2 } else { 1 };
    assert_eq!((asked.len(), asked[0].name.as_str(), asked[0].turns), (1, "Who?", 2 * answers));
    let desk = &asked[0].desk;
    assert_eq!((desk.strips[0].vector, desk.columns.len() as u32), (1, answers));
    let said = turns::list(&mut db, asked[0].id).await?;
    let last = said.last().map(|turn| &turn.said);
    assert!(
        matches!(last, Some(Said::Model(answer)) if answer.text == "I." && answer.steering[0].terms[0].multiplier.to_bits() == 1.0_f64.to_bits())
    );
    assert_eq!(settings::read(&mut *db, 1).await?.theme, ipc::project::Theme::Dark);
    assert_eq!(downloads::list(&mut db).await?.len(), usize::from(schema >= 3));
    if schema >= 6 {
        let found = analyses::list(&mut db, 1).await?;
        assert!(found.iter().any(|one| matches!(one.question, Question::Steerability { .. })), "{found:?}");
    }
    if schema >= 10 {
        transfers::find(&mut *db, 1).await?;
    }
    if schema >= 12 {
        assert_eq!(loads::unfinished(&mut *db).await?, [1]);
    }
    if schema >= 13 {
        let columns = column_mappings::find(&mut *db, "h").await?.expect("the columns");
        assert_eq!((columns.prompt.as_str(), columns.opposite.as_str()), ("frage", "schlecht"));
    }
    if schema >= 15 {
        let kept = presets::list(&mut db, 1).await?;
        assert_eq!((kept.len(), kept[0].name.as_str()), (1, "Preset"));
    }
    if schema >= 7 {
        // What was judged before there were several projects belongs to the first one.
        let of: Vec<(i64, String)> =
            sqlx::query_as("SELECT project, verdict FROM project_verdicts").fetch_all(&mut *db).await?;
        assert_eq!(of, [(1, "k".to_owned())]);
    }
    let opens = projects::first(&mut *db).await?.map(|(id, _)| id);
    assert_eq!(opens, Some(if schema >= 16 { 2 } else { 1 }), "the project that was opened last");
    edits::walk(&mut db, 1, edits::Direction::Undo).await?.expect("an edit to undo");
    assert_eq!(pairs::list(&mut *db, 1).await?[0].content.prompt, "Wherefore?");
    Ok(())
}

#[tokio::test]
async fn a_store_of_every_released_form_is_migrated_after_a_copy() {
    let schemas = fixtures();
    let new = tempfile::tempdir().expect("a folder");
    let wanted = schema(&Store::open(&database(new.path())).await.expect("a new store")).await;
    let newest = schema_version(&database(new.path())).await;
    // The newest schema is under work until another one follows it.
    let last = schemas.last().expect("a fixture").0;
    assert!(last >= newest - 1, "schema {} lacks its fixture: see fixtures/make.py", newest - 1);
    for (number, (older, dump)) in schemas.into_iter().enumerate() {
        assert_eq!(older, number as i64 + 1, "every schema has a fixture");
        let dir = tempfile::tempdir().expect("a folder");
        let file = database(dir.path());
        restore(&dump, &file).await;
        let store = Store::open(&file).await.unwrap_or_else(|error| panic!("schema {older}: {error:?}"));
        holds_what_it_held(&store, older).await.unwrap_or_else(|error| panic!("schema {older}: {error:?}"));
        assert_eq!(schema(&store).await, wanted, "schema {older}");
        store.close().await;
        assert_whole(dir.path()).await;

        let copies = copies::list(&file);
        assert_eq!(copies.len(), usize::from(older < newest), "schema {older}");
        if let Some(copy) = copies.first() {
            assert_eq!(
                schema_version(&dir.path().join("copies").join(&copy.name)).await,
                older,
                "{}",
                copy.name
            );
        }
        Store::open(&file).await.expect("it opens again").close().await;
        assert_eq!(copies::list(&file), copies, "what has this schema already is not copied");
    }
}

#[tokio::test]
async fn three_copies_are_kept_and_the_newest_comes_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    for (older, dump) in fixtures().into_iter().take(5) {
        if file.exists() {
            fs::remove_file(&file).expect("the last round's");
            fs::remove_file(file.with_extension("session")).expect("the last round's");
        }
        restore(&dump, &file).await;
        Store::open(&file).await.unwrap_or_else(|error| panic!("schema {older}: {error:?}")).close().await;
    }
    let mut schemas = vec![];
    for copy in copies::list(&file) {
        schemas.push(schema_version(&dir.path().join("copies").join(&copy.name)).await);
    }
    assert_eq!(schemas, [5, 4, 3]);
}

#[tokio::test]
async fn nothing_is_migrated_without_a_copy() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    restore(&fixtures()[7].1, &file).await;
    fs::write(dir.path().join("copies"), "no folder").expect("a file in the way");
    let refused = Store::open(&file).await.expect_err("it cannot be copied");
    assert!(matches!(refused, StoreError::NoCopy(_)), "{refused:?}");
    assert_eq!(schema_version(&file).await, 8);
    fs::remove_file(dir.path().join("copies")).expect("out of the way");
    Store::open(&file).await.expect("and then it goes on").close().await;
}
