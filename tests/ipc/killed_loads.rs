//! Tests what becomes of a model whose loading ended the last process, by a scheduler that kills, for example: nothing loads it by
//! itself, and whatever a person asks for with it loads it again.

use std::path::{Path, PathBuf};

use hub::HubEnvironment;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::distil::DistilSettings;
use ipc::drafts::{DraftSettings, DraftSource, DraftTask};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{Job, JobAction, JobState};
use ipc::model::{Model, ModelState};
use ipc::train::{AnswerPosition, TrainSettings};
use ipc::{Code, Id, analysis};
use sqlx::{Connection as _, SqliteConnection};

use crate::opened::{Opened, add, is_ready};
use crate::support::{small_run, sweep_of};

fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf")
}

async fn open(data: &Path) -> Opened {
    Opened::without_model(data, HubEnvironment::inside(data)).await
}

/// Writes into the store of a closed application what a killed one leaves.
async fn leave(data: &Path, statement: &'static str, id: Id) {
    let file = data.join("tiller.sqlite");
    let mut store =
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("the store");
    sqlx::query(statement).bind(id).execute(&mut store).await.expect("a row");
    store.close().await.expect("the store closes");
}

fn is_done(id: Id) -> impl Fn(Event) -> Option<()> {
    move |event| match event {
        Event::Job(Job { id: of, state: JobState::Failed { failure }, .. }) if of == id => {
            panic!("{failure:?}")
        }
        Event::Job(job) => (job.id == id && job.state == JobState::Done).then_some(()),
        _ => None,
    }
}

/// Makes a data set that a run needs.
async fn pairs(opened: &Opened) -> Id {
    let set = CreateDataSet { name: "Pairs".into(), description: String::new() };
    let data_set = opened.app.create_data_set(set).await.expect("a data set").id;
    for number in 0..6 {
        let content = PairContent {
            prompt: format!("the cat {number}"),
            wanted: "sat on the mat".into(),
            opposite: "ran to the dog".into(),
            split: if number < 4 { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        opened.app.add_pair(AddPair { data_set, content, after: None }).await.expect("a pair");
    }
    data_set
}

/// The commands that name a model, each of which makes a job.
#[derive(Debug)]
enum Asked {
    Train,
    Sweep,
    Analysis,
    Margins,
    Drafts,
    Bake { into: PathBuf },
    Distil,
}

async fn ask(opened: &Opened, what: &Asked, model: Id, data_set: Id, vector: Id) -> Id {
    let app = &opened.app;
    match what {
        Asked::Train => {
            let settings = TrainSettings { layers: vec![0], seed: 8, ..small_run(1) };
            let train = Train { name: String::new(), model, data_set, settings };
            app.train(train).await.expect("a run").job
        }
        Asked::Sweep => {
            let settings = sweep_of(vector, data_set, &[1.0]);
            app.start_sweep(StartSweep { model, settings }).await.expect("a sweep").job
        }
        Asked::Analysis => {
            let question = analysis::Question::Steerability { position: AnswerPosition::Last };
            let asked = StartAnalysis { model, data_set, question };
            app.start_analysis(asked).await.expect("an analysis").job
        }
        Asked::Margins => {
            let asked = MeasureMargins { data_set, model, most: 2 };
            app.measure_margins(asked).await.expect("a measurement").id
        }
        Asked::Drafts => {
            let settings = DraftSettings {
                source: DraftSource::Model { model },
                wanted_prompt: "the cat".into(),
                opposite_prompt: "the dog".into(),
                max_new_tokens: 2,
                temperature: 0.0,
                seed: 1,
            };
            let task = DraftTask::Pairs { questions: vec!["the mat".into()] };
            app.start_drafts(StartDrafts { data_set, task, settings }).await.expect("drafts").id
        }
        Asked::Bake { into } => {
            let file = FileRef::typed(into.display().to_string());
            let multipliers = vec![1.0];
            let asked = StartBake { vector, model, multipliers, file, replace: false, other_weights: false };
            opened.allow(&asked).await;
            app.start_bake(asked).await.expect("a job").id
        }
        Asked::Distil => {
            let settings = DistilSettings { rank: 1, steps: 1, ..DistilSettings::default() };
            let asked = StartDistil { vector, multiplier: 1.0, data_set, settings };
            app.start_distil(asked).await.expect("a job").id
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_names_a_model_loads_it_again_after_a_kill() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = open(data.path()).await;
    let model = add(&opened, &tiny_model()).await.id;
    opened.model(is_ready(model));
    let data_set = pairs(&opened).await;
    let settings = TrainSettings { layers: vec![0], ..small_run(1) };
    let train = Train { name: "First".into(), model, data_set, settings };
    let first = opened.app.train(train).await.expect("a run").job;
    let vector = opened.wait(|event| match event {
        Event::Vector(vector) if vector.run.is_some() => Some(vector.id),
        _ => None,
    });
    opened.app.close().await;

    let is_kept = |model: &Model| matches!(&model.state, ModelState::Failed { failure } if failure.code == Code::ModelEndedTiller);
    let bake = Asked::Bake { into: data.path().join("baked.gguf") };
    let asked =
        [Asked::Train, Asked::Sweep, Asked::Analysis, Asked::Margins, Asked::Drafts, bake, Asked::Distil];
    for what in asked {
        leave(data.path(), "INSERT INTO loads (model, begun) VALUES (?, 1)", model).await;
        let opened = open(data.path()).await;
        assert!(opened.picture.models.iter().any(|known| known.id == model && is_kept(known)), "{what:?}");
        let job = ask(&opened, &what, model, data_set, vector).await;
        opened.wait(is_done(job));
        opened.app.close().await;
    }

    // A job that would begin by itself is paused instead, and says why. Resumed, it goes on.
    leave(data.path(), "INSERT INTO loads (model, begun) VALUES (?, 1)", model).await;
    leave(data.path(), "UPDATE jobs SET state = 'queued' WHERE id = ?", first).await;
    let opened = open(data.path()).await;
    let paused = opened.picture.jobs.iter().find(|job| job.id == first).expect("the job");
    assert_eq!(paused.state, JobState::Paused);
    let why = paused.paused_by.as_ref().expect("a reason");
    assert_eq!(why.code, Code::ModelEndedTiller);
    let resumed = ControlJob { job: first, action: JobAction::Resume };
    opened.app.control_job(resumed).await.expect("it is resumed");
    opened.wait(is_done(first));
    opened.app.close().await;
}
