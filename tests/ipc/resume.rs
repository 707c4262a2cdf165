//! Tests that a run whose process was killed resumes, and ends with the same curves and vector as an uninterrupted run,
//! bit for bit.
//!
//! The killed process is this test program, started a second time to run [`child`].

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::model_files::make_short_pairs;
use crate::support::{app_paths, small_run};
use app::App;
use ipc::command::{ControlJob, ReadHistory, Train};
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::train::{EpochPoint, Run, StepPoint};

/// The environment variable that gives the killed process its data folder.
const CHILD: &str = "TILLER_TEST_CHILD";

/// The maximum time to wait for an event.
const TIME_LIMIT: Duration = Duration::from_mins(3);

/// Enough epochs that the process can be killed in the middle, although the pairs are short.
const EPOCHS: u32 = 40;

async fn open(data: &Path) -> (App, Receiver<Event>) {
    let app = App::open(&app_paths(data)).await.expect("the application opens");
    let (sender, events) = channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    (app, events)
}

/// Starts the run that all tests of this file compare.
async fn start(app: &App) -> Run {
    let data_set = make_short_pairs(app).await;
    let train = Train { name: "Run".into(), model: 1, data_set, settings: small_run(EPOCHS) };
    app.train(train).await.expect("a run")
}

fn wait_until_over(events: &Receiver<Event>, run: &Run) -> Run {
    loop {
        match events.recv_timeout(TIME_LIMIT).expect("the run comes to an end") {
            Event::Run(now) if now.id == run.id && now.state.is_over() => return now,
            _ => {}
        }
    }
}

/// Returns the results to compare: all but the seconds of the steps.
async fn outcome(app: &App, data: &Path, run: &Run) -> (Vec<StepPoint>, Vec<EpochPoint>, Vec<u8>) {
    let history = app.read_history(ReadHistory { run: run.id }).await.expect("the history");
    let steps = history.steps.into_iter().map(|step| StepPoint { seconds: 0.0, ..step }).collect();
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("tiller.sqlite")).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("the store");
    let numbers = sqlx::query_scalar("SELECT numbers FROM vectors WHERE run = ?").bind(run.id);
    (steps, history.epochs, numbers.fetch_one(&pool).await.expect("the vector"))
}

/// Runs in the process that is killed: trains and prints its steps.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test kills"]
async fn child() {
    let data = std::env::var(CHILD).expect("a data folder");
    let (app, events) = open(Path::new(&data)).await;
    let run = start(&app).await;
    for event in events {
        match event {
            Event::Steps { run: of, steps } if of == run.id => {
                println!("made {}", steps.last().expect("a step").step);
            }
            _ => {}
        }
    }
}

/// Starts the child process and kills it after this number of steps.
fn train_and_kill(data: &Path, steps: u32) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "resume::child", "--ignored", "--nocapture"])
        .env(CHILD, data)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut made =
        lines.map_while(Result::ok).filter_map(|line| line.split("made ").nth(1)?.trim().parse::<u32>().ok());
    let is_made = made.any(|made| made >= steps);
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    assert!(is_made, "it made {steps} steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_ends_in_the_same_bits() {
    let whole = tempfile::tempdir().expect("a temporary folder");
    let (app, events) = open(whole.path()).await;
    let run = start(&app).await;
    assert_eq!(wait_until_over(&events, &run).state, JobState::Done);
    let expected = outcome(&app, whole.path(), &run).await;
    assert_eq!((expected.0.len(), expected.1.len()), (2 * EPOCHS as usize, EPOCHS as usize + 1));
    app.close().await;

    let killed = tempfile::tempdir().expect("a temporary folder");
    train_and_kill(killed.path(), 5);
    let (app, events) = open(killed.path()).await;
    let Event::Overview(picture) = events.recv().expect("the picture") else {
        panic!("the picture comes first")
    };
    let run = picture.runs[0].clone();
    assert_eq!(run.state, JobState::Paused, "a run that was killed waits to be resumed");
    let kept = app.read_history(ReadHistory { run: run.id }).await.expect("the history").steps.len();
    assert!((4..2 * EPOCHS as usize).contains(&kept), "{kept} steps outlived the kill");
    app.control_job(ControlJob { job: run.job, action: JobAction::Resume }).await.expect("it is resumed");
    assert_eq!(wait_until_over(&events, &run).state, JobState::Done);
    assert_eq!(outcome(&app, killed.path(), &run).await, expected);
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_is_stopped_without_its_model_and_keeps_its_vector() {
    let data = tempfile::tempdir().expect("a temporary folder");
    train_and_kill(data.path(), 3);
    let mut paths = app_paths(data.path());
    paths.starter_model = data.path().join("nowhere.gguf");
    let app = App::open(&paths).await.expect("the application opens");
    let (sender, events) = channel();
    app.subscribe("test", Box::new(move |event| sender.send(event).is_ok())).await.expect("a subscription");
    let Event::Overview(picture) = events.recv().expect("the picture") else {
        panic!("the picture comes first")
    };
    let stopped = app.control_job(ControlJob { job: picture.runs[0].job, action: JobAction::Stop }).await;
    assert_eq!(stopped.expect("it is stopped").state, JobState::Stopped);
    assert!(events.try_iter().any(|event| matches!(event, Event::Vector(vector) if vector.norm > 0.0)));
    app.close().await;
}
