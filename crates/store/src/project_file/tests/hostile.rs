//! Tests that a file which Tiller did not write is refused, before anything of it is stored.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _};

use super::super::{ProjectFile, ProjectFileError};
use super::everything::exported;
use super::new_project;
use crate::tests::temporary;

/// Changes a file by SQL.
async fn change(file: &Path, statement: &str) {
    let mut db = sqlx::SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file))
        .await
        .expect("it opens");
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut db).await.expect("a change");
    db.close().await.expect("it closes");
}

/// Says whether a refusal is the one that is expected.
type IsExpected = fn(&ProjectFileError) -> bool;

#[tokio::test]
async fn a_file_that_tiller_has_not_written_is_refused_and_nothing_of_it_is_stored() {
    let cases: [(&str, IsExpected); 15] = [
        ("CREATE TRIGGER t AFTER INSERT ON pairs BEGIN DELETE FROM runs; END", is_unsound),
        (
            "DROP TABLE verdicts; CREATE VIEW verdicts AS SELECT 'k' AS key, 't' AS text, 1 AS prompt_tokens, 1 AS answer_tokens, 1 AS created",
            is_unsound,
        ),
        ("CREATE TABLE more (x)", is_unsound),
        ("CREATE INDEX i ON pairs (length(prompt))", is_unsound),
        ("ALTER TABLE pairs ADD COLUMN more TEXT", is_unsound),
        ("DELETE FROM project", is_unsound),
        ("UPDATE vectors SET settings = '{\"layers\": \"all\"}'", is_unsound),
        ("UPDATE pairs SET tags = '[[[['", is_unsound),
        ("UPDATE pairs SET data_set = 99", is_unsound),
        ("UPDATE snapshots SET content = '[]'", is_unsound),
        ("UPDATE vectors SET numbers = x'0000c07f0000c07f'", is_unsound),
        ("UPDATE turns SET given = 2", is_unsound),
        ("UPDATE pairs SET prompt = CAST(zeroblob(2000000) AS TEXT)", |error| {
            matches!(error, ProjectFileError::TooLarge(_))
        }),
        ("PRAGMA application_id = 7", |error| matches!(error, ProjectFileError::Foreign)),
        ("PRAGMA user_version = 2", |error| matches!(error, ProjectFileError::Newer { found: 2, known: 1 })),
    ];
    let (file, _store, dir) = exported().await;
    for (statement, is_refusal) in cases {
        let bad = dir.path().join("bad.tiller");
        std::fs::copy(&file, &bad).expect("a copy");
        change(&bad, statement).await;
        let refused = ProjectFile::open(&bad).await.expect_err(statement);
        assert!(is_refusal(&refused), "{statement}: {refused:?}");
    }
}

#[tokio::test]
async fn what_only_the_stores_own_tables_refuse_is_refused_as_well() {
    let (file, _source, dir) = exported().await;
    let (store, _other) = temporary().await;
    for statement in [
        "UPDATE jobs SET state = 'dancing'",
        "UPDATE pairs SET split = 'neither'",
        "UPDATE vectors SET color = 4000",
        "UPDATE runs SET steps = -1",
        "UPDATE turns SET said_by = 'nobody'",
    ] {
        let bad = dir.path().join("bad.tiller");
        std::fs::copy(&file, &bad).expect("a copy");
        change(&bad, statement).await;
        let read = ProjectFile::open(&bad).await.expect("its form is right");
        let mut db = store.begin().await.expect("a change");
        let project = new_project(&mut db, "Bad").await;
        let refused = read.merge(&mut db, project, 1).await.expect_err(statement);
        assert!(is_unsound(&refused), "{statement}: {refused:?}");
    }
}

fn is_unsound(error: &ProjectFileError) -> bool {
    matches!(error, ProjectFileError::Unsound { .. })
}

#[tokio::test]
async fn a_file_that_is_cut_off_changed_or_no_project_is_refused() {
    let (file, _store, dir) = exported().await;
    let whole = std::fs::read(&file).expect("the file");
    let bad = dir.path().join("bad.tiller");
    for length in [0, 50, 100, 4096, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&bad, &whole[..length]).expect("a file");
        let refused = ProjectFile::open(&bad).await.expect_err("it is cut off");
        assert!(
            matches!(refused, ProjectFileError::Foreign | ProjectFileError::Damaged(_)),
            "{length}: {refused:?}"
        );
    }
    assert!(matches!(ProjectFile::open(dir.path()).await, Err(ProjectFileError::Foreign)), "a folder");
    assert!(matches!(ProjectFile::open(&dir.path().join("none")).await, Err(ProjectFileError::File { .. })));
    let other = dir.path().join("tiller.sqlite");
    assert!(
        matches!(ProjectFile::open(&other).await, Err(ProjectFileError::Foreign)),
        "a store is no project file"
    );
    // Whatever bytes are changed, it is read or refused, and no more.
    for place in (100..whole.len()).step_by(whole.len() / 60) {
        let mut changed = whole.clone();
        for byte in &mut changed[place..(place + 8).min(whole.len())] {
            *byte ^= 0x5a;
        }
        std::fs::write(&bad, &changed).expect("a file");
        drop(ProjectFile::open(&bad).await);
    }
}
