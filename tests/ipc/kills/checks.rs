//! What must be true after a kill: of every store, and of the work that was killed.

use std::fs;
use std::path::Path;

use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{Job, JobAction, JobState};
use ipc::model::{Model, ModelState};
use ipc::{Code, Id};
use sqlx::Connection as _;

use super::fixture::{
    self, Fixture, IMPORTED, OLDER_SCHEMA, PAIR, SET, TINY, data, database, exported, numbers, plain,
};
use super::work::Work;
use crate::hub::sum;
use crate::opened::{Opened, is_ready};

/// Opens the application where a process was killed and checks everything.
pub(super) async fn check(work: Work, folder: &Path, fixture: &Fixture, lines: &[String]) {
    fixture.restore_hub();
    if work == Work::Migrate {
        a_copy_comes_first(folder).await;
    }
    let opened = fixture::open(folder, &fixture.hub()).await;
    let run = match work {
        Work::Import => imports(&opened, lines).await,
        Work::Edit => edits(&opened, lines).await,
        Work::Train => training(&opened, lines).await,
        Work::Sweep => sweep(&opened, fixture, lines).await,
        Work::Chat => chat(&opened, lines).await,
        Work::Download => download(&opened, folder, fixture, lines).await,
        Work::Export => export(folder, fixture, lines),
        Work::Migrate => migrated(&opened).await,
    };
    opened.app.close().await;
    if let Some(run) = run {
        assert_eq!(numbers(folder, run).await, fixture.trained, "the vector must be the same bit for bit");
    }
    is_whole(folder).await;
}

/// Checks the database itself.
async fn is_whole(folder: &Path) {
    let mut db = plain(&database(folder)).await;
    let faults: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await.expect("a check");
    assert_eq!(faults, ["ok"]);
    let foreign = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut db).await.expect("a check");
    assert!(foreign.is_empty(), "{} rows point to nothing", foreign.len());
    let half_made: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM jobs WHERE state = 'running') + (SELECT count(*) FROM turns WHERE answer_end = 'open')",
    )
    .fetch_one(&mut db)
    .await
    .expect("a count");
    assert_eq!(half_made, 0);
    db.close().await.expect("it closes");
}

/// Returns the last number after this word. `None` if the process has not printed the word.
fn last(lines: &[String], word: &str) -> Option<u32> {
    lines.iter().rev().find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
}

async fn imports(opened: &Opened, lines: &[String]) -> Option<Id> {
    let sets = &opened.picture.data_sets;
    let imported: Vec<_> = sets.iter().filter(|set| set.name.starts_with("Import")).collect();
    for set in &imported {
        let pairs = opened.app.list_pairs(ListPairs { data_set: set.id }).await.expect("the pairs");
        assert_eq!(pairs.len() as u32, IMPORTED, "{} is there as a whole or not at all", set.name);
    }
    let (confirmed, attempt) =
        (last(lines, "confirmed").map_or(0, |n| n + 1), last(lines, "attempt").map_or(0, |n| n + 1));
    let there = imported.len() as u32;
    assert!(
        (confirmed..=attempt.max(confirmed + 1)).contains(&there),
        "{there} imports, {confirmed} confirmed, {attempt} tried"
    );
    None
}

async fn edits(opened: &Opened, lines: &[String]) -> Option<Id> {
    let pairs = opened.app.list_pairs(ListPairs { data_set: SET }).await.expect("the pairs");
    let edited = &pairs.iter().find(|pair| pair.id == PAIR).expect("the pair").content.prompt;
    let there: Option<u32> = edited.strip_prefix("edit ").map(|number| number.parse().expect("a number"));
    let (confirmed, attempt) = (last(lines, "confirmed"), last(lines, "attempt"));
    // An edit that was about to be confirmed may be there, and its confirmation or its attempt may not have been received.
    assert!(
        there >= confirmed && there <= attempt.map_or(Some(0), |n| Some(n + 1)),
        "{there:?}, {confirmed:?}, {attempt:?}"
    );
    for line in lines.iter().filter(|line| line.starts_with("added")) {
        assert!(pairs.iter().any(|pair| pair.content.prompt == *line), "{line} is gone");
    }
    None
}

fn is_ended(id: Id) -> impl Fn(&Model) -> bool {
    move |model| {
        matches!(&model.state, ModelState::Failed { failure } if failure.code == Code::ModelEndedTiller)
            && model.id == id
    }
}

/// Resumes a job that was killed and waits for its end. A job that had not begun begins by itself.
async fn resume(opened: &Opened, job: Id, state: &JobState) {
    let done = |job: &Job| match &job.state {
        JobState::Failed { failure } => panic!("{failure:?}"),
        state => *state == JobState::Done,
    };
    match state {
        JobState::Done => return,
        JobState::Paused => {
            if opened.picture.models.iter().any(is_ended(TINY)) {
                // The process was killed while it loaded the model, so a person is asked before it is loaded again.
                opened.app.load_model(LoadModel { model: TINY }).await.expect("it is tried again");
                opened.model(is_ready(TINY));
            }
            let resumed = ControlJob { job, action: JobAction::Resume };
            opened.app.control_job(resumed).await.expect("it is resumed");
        }
        JobState::Queued | JobState::Running => {}
        JobState::Stopped | JobState::Failed { .. } => panic!("{state:?}"),
    }
    opened.wait(|event| match event {
        Event::Job(now) if now.id == job && done(&now) => Some(()),
        _ => None,
    });
}

async fn training(opened: &Opened, lines: &[String]) -> Option<Id> {
    let run = opened.picture.runs.iter().find(|run| run.name == "Run");
    let Some(run) = run else {
        assert!(!lines.iter().any(|line| line == "confirmed"), "a confirmed run is gone");
        return None;
    };
    let kept =
        opened.app.read_history(ReadHistory { run: run.id }).await.expect("the history").steps.len() as u32;
    assert!(kept >= last(lines, "steps").unwrap_or(0), "{kept} steps are left of {lines:?}");
    let Some(job) = opened.picture.jobs.iter().find(|job| job.id == run.job) else {
        assert_eq!(run.state, JobState::Done);
        return Some(run.id);
    };
    assert!(
        kept == 0 || (job.progress.done > 0 && job.progress.total > 0),
        "{kept} steps: {:?}",
        job.progress
    );
    resume(opened, run.job, &run.state).await;
    Some(run.id)
}

async fn sweep(opened: &Opened, fixture: &Fixture, lines: &[String]) -> Option<Id> {
    let Some(sweep) = opened.picture.sweeps.first() else {
        assert!(!lines.iter().any(|line| line == "confirmed"), "a confirmed sweep is gone");
        return None;
    };
    let received = lines.iter().filter(|line| *line == "point").count();
    assert!(sweep.points.len() >= received, "{} points are left of {received}", sweep.points.len());
    resume(opened, sweep.job, &sweep.state).await;
    let again = opened.app.start_sweep(fixture::sweep()).await.expect("the same sweep");
    assert_eq!(again.id, sweep.id, "a finished sweep is used again");
    let mut points = again.points;
    points.sort_by(|one, other| one.multiplier.total_cmp(&other.multiplier));
    let mut expected = fixture.points.clone();
    expected.sort_by(|one, other| one.multiplier.total_cmp(&other.multiplier));
    assert_eq!(points, expected);
    None
}

async fn chat(opened: &Opened, lines: &[String]) -> Option<Id> {
    let mut conversations: Vec<Id> = opened.picture.conversations.iter().map(|known| known.id).collect();
    conversations.sort_unstable();
    let confirmed = last(lines, "confirmed").map_or(0, |n| n + 1) as usize;
    let answered = last(lines, "answered").map_or(0, |n| n + 1) as usize;
    let mut said = 0;
    for conversation in conversations {
        let read = ReadTurns { conversation };
        let turns = opened.app.read_turns(read).await.expect("the turns");
        if turns.is_empty() {
            // It was killed before anything was said.
            continue;
        }
        assert_eq!(turns.len(), 6, "a message is there with its answers");
        for answer in turns.iter().filter_map(crate::chat::answer) {
            assert_ne!(answer.end, AnswerEnd::Open);
            if said < answered {
                assert!(matches!(answer.end, AnswerEnd::EndOfTurn | AnswerEnd::Length), "{answer:?}");
            }
        }
        said += 1;
    }
    assert!(said >= confirmed, "{said} conversations are left of {confirmed}");
    None
}

async fn download(opened: &Opened, folder: &Path, fixture: &Fixture, lines: &[String]) -> Option<Id> {
    let Some(download) = opened.picture.downloads.first() else {
        assert!(!lines.iter().any(|line| line == "confirmed"), "a confirmed download is gone");
        return None;
    };
    resume(opened, download.job, &download.state).await;
    let blob = data(folder).join("hub/models--org--model/blobs").join(&fixture.downloaded);
    assert_eq!(sum(&fs::read(blob).expect("the file")), fixture.downloaded);
    None
}

fn export(folder: &Path, fixture: &Fixture, lines: &[String]) -> Option<Id> {
    match fs::read(exported(folder)) {
        Ok(bytes) => assert!(fixture.exports.contains(&bytes), "{} bytes are no whole export", bytes.len()),
        Err(_) => assert!(last(lines, "confirmed").is_none(), "a confirmed export is gone"),
    }
    for entry in fs::read_dir(folder).expect("the folder").flatten() {
        let name = entry.file_name();
        assert!(!name.to_string_lossy().ends_with(".part"), "{} is left behind", name.display());
    }
    None
}

async fn schema_version(database: &Path) -> i64 {
    let mut db = plain(database).await;
    let schema = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut db).await;
    db.close().await.expect("it closes");
    schema.expect("a schema version")
}

/// Checks that nothing is migrated before there is a copy of the older schema. It looks at a copy of the killed store, which stays
/// as it is.
async fn a_copy_comes_first(folder: &Path) {
    let aside = tempfile::tempdir().expect("a temporary folder");
    super::copy_folder(&data(folder), aside.path());
    let copies = fs::read_dir(aside.path().join("copies")).into_iter().flatten().flatten();
    let copies: Vec<_> = copies
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sqlite"))
        .collect();
    let now = schema_version(&aside.path().join("tiller.sqlite")).await;
    assert!(now == OLDER_SCHEMA || !copies.is_empty(), "schema {now} without a copy");
    for copy in copies {
        assert_eq!(schema_version(&copy).await, OLDER_SCHEMA);
        let mut db = plain(&copy).await;
        let pairs: i64 =
            sqlx::query_scalar("SELECT count(*) FROM pairs").fetch_one(&mut db).await.expect("a count");
        assert_eq!(pairs, Fixture::OLDER_COUNT, "a copy is whole");
    }
}

async fn migrated(opened: &Opened) -> Option<Id> {
    let pairs = opened.app.list_pairs(ListPairs { data_set: 1 }).await.expect("the pairs");
    assert_eq!(pairs.len() as i64, Fixture::OLDER_COUNT);
    assert_eq!((opened.picture.runs.len(), opened.picture.sweeps.len()), (2, 1));
    None
}
