//! Tests what happens when a large model's file, whose weights stay in it, is cut off or written while it is in use.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::chat;
use crate::model_files::short_pairs;
use crate::opened::{Opened, is_ready};
use crate::support;
use hub::HubEnvironment;
use ipc::Code;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::model::{Model, ModelState};
use ipc::train::{Run, TrainSettings};

/// Names the data folder for the process that is ended by a signal.
const CHILD: &str = "TILLER_TEST_CUT_OFF";
/// Files that are larger stay mapped.
const LARGE: u64 = (1 << 30) + (1 << 20);

/// Makes a copy of the starter model that is as long as a large one. The end of it takes no place on the disk.
fn large_model(folder: &Path) -> PathBuf {
    let path = folder.join("large.gguf");
    fs::copy(support::starter_model(), &path).expect("a copy");
    lengthen(&path);
    path
}

fn lengthen(path: &Path) {
    File::options().append(true).open(path).expect("the model").set_len(LARGE).expect("a longer file");
}

/// Cuts the model off behind its header, which takes two megabytes.
fn cut(path: &Path) {
    File::options().append(true).open(path).expect("the model").set_len(4 << 20).expect("a shorter file");
}

async fn with_large_model(data: &Path) -> Opened {
    let opened = Opened::without_model(data, HubEnvironment::inside(data)).await;
    let path = large_model(data);
    let added = crate::opened::add(&opened, &path).await;
    opened.app.load_model(LoadModel { model: added.id }).await.expect("it is loaded");
    opened.model(|model| is_ready(added.id)(model) && model.fingerprint.is_some());
    opened
}

async fn train(opened: &Opened, model: ipc::Id, epochs: u32) -> Run {
    let settings = TrainSettings { layers: vec![20], ..support::small_run(epochs) };
    // Of a starter set, the preparation alone would read the model for a minute.
    let data_set = short_pairs(opened).await;
    let train = Train { name: "Large".into(), model, data_set, settings };
    opened.app.train(train).await.expect("a run")
}

fn cut_off(model: &Model) -> bool {
    matches!(&model.state, ModelState::Failed { failure }
        if failure.code == Code::ModelUnusable && failure.message.contains("cut off"))
}

/// Runs in the process that is ended by a signal: trains, and prints its steps.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test starts"]
async fn child() {
    let data = std::env::var(CHILD).expect("a data folder");
    let opened = with_large_model(Path::new(&data)).await;
    let model = opened.picture.models.len() as ipc::Id + 1;
    let run = train(&opened, model, 500).await;
    opened.wait(|event| match event {
        Event::Steps { run: of, steps } if of == run.id => {
            println!("made {}", steps.last().expect("a step").step);
            None
        }
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(()),
        _ => None,
    });
}

fn start(data: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "cut_off::child", "--ignored", "--nocapture"]).env(CHILD, data);
    child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a second process")
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_cut_off_under_a_run_ends_the_process_with_a_sentence_and_the_run_says_why() {
    let data = support::folder();
    let path = data.path().join("large.gguf");
    let mut child = start(data.path());
    // The output stays open: the child would end by itself where nobody reads it.
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let steps = lines.by_ref().take_while(|line| !line.contains("made ")).count();
    cut(&path);
    let mut stderr = String::new();
    child.stderr.take().expect("its errors").read_to_string(&mut stderr).expect("words");
    let ended = child.wait().expect("it has ended");
    drop(lines);
    assert_eq!(ended.code(), Some(1), "{ended} after {steps} lines: {stderr}");
    assert!(stderr.contains("a model's file was cut off while it was read"), "{stderr}");
    assert!(stderr.contains(&path.display().to_string()), "{stderr}");

    // The store is whole, and the run is paused with the reason.
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    is_whole(data.path()).await;
    let [job] = &opened.picture.jobs[..] else { panic!("{:?}", opened.picture.jobs) };
    assert_eq!(job.state, JobState::Paused);
    let why = job.paused_by.as_ref().expect("a reason");
    assert!(why.message.contains("cut off") && why.detail.as_deref() == path.to_str(), "{why:?}");
    assert!(opened.picture.runs[0].state == JobState::Paused);

    // Resuming it without the file fails with a sentence; with the file it goes on.
    let resume = ControlJob { job: job.id, action: JobAction::Resume };
    opened.app.control_job(resume.clone()).await.expect("it is queued");
    let failed = opened.wait(|event| match event {
        Event::Job(now) if now.id == job.id && now.state.is_over() => Some(now),
        _ => None,
    });
    assert!(
        matches!(&failed.state, JobState::Failed { failure } if failure.message.contains("cut off")),
        "{failed:?}"
    );
    fs::copy(support::starter_model(), &path).expect("the file again");
    lengthen(&path);
    let model = opened.picture.runs[0].model;
    opened.app.load_model(LoadModel { model }).await.expect("it is loaded");
    opened.model(|now| is_ready(model)(now) && now.fingerprint.is_some());
    let queued = opened.app.control_job(resume).await.expect("it is queued");
    assert_eq!(queued.paused_by, None);
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));
    opened.app.close().await;
    assert!(!data.path().join("cut-off").exists(), "an orderly end leaves no marker");
}

async fn is_whole(data: &Path) {
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("tiller.sqlite")).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("the store");
    let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.expect("a check");
    assert_eq!(check, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_was_cut_off_or_written_since_it_was_loaded_is_refused_before_it_is_read() {
    let data = support::folder();
    let opened = with_large_model(data.path()).await;
    let path = data.path().join("large.gguf");
    let model = opened.picture.models.len() as ipc::Id + 1;
    cut(&path);
    let begin = BeginConversation { desk: chat::desk(&[], &[0.0], 2) };
    let begun = opened.app.begin_conversation(begin).await.expect("a conversation");
    let refused = opened.app.say(chat::say(begun.id, "Hello?")).await.expect_err("it is refused");
    let failure = ipc::Failure::from(refused);
    assert!(failure.message.contains("cut off"), "{failure:?}");
    opened.model(cut_off);

    // The file is there again, and then another program writes into it.
    fs::copy(support::starter_model(), &path).expect("the file again");
    lengthen(&path);
    opened.app.load_model(LoadModel { model }).await.expect("it is loaded");
    opened.model(|now| is_ready(model)(now) && now.fingerprint.is_some());
    let file = File::options().append(true).open(&path).expect("the model");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("another time");
    let run = train(&opened, model, 1).await;
    let failed = opened.wait(|event| match event {
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(now.state),
        _ => None,
    });
    assert!(
        matches!(&failed, JobState::Failed { failure } if failure.message.contains("has changed since")),
        "{failed:?}"
    );
    opened.app.close().await;
}
