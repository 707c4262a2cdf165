//! Tests that the settings act: on loading and training, on the engine's threads, and in every project.

use std::path::Path;
use std::process::Command;

use hub::HubEnvironment;
use ipc::analysis::Question;
use ipc::command::*;
use ipc::distil::DistilSettings;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::model::ModelState;
use ipc::project::{Settings, Theme};
use ipc::{Failure, Id};

use crate::opened::Opened;
use crate::support::{folder, small_run};

/// Names the data folder for the process that opens it with one thread.
const CHILD: &str = "TILLER_TEST_THREADS";

/// Less than the starter model takes.
const LITTLE: u64 = 50_000_000;

async fn save(opened: &Opened, change: impl FnOnce(&mut Settings)) {
    let mut settings = opened.picture.settings.clone();
    change(&mut settings);
    opened.app.save_settings(SaveSettings { settings }).await.expect("the settings are kept");
}

/// Waits until a job has failed. Returns why.
fn failed(opened: &Opened, job: Id) -> Failure {
    opened.wait(|event| match event {
        Event::Job(now) if now.id == job => match now.state {
            JobState::Failed { failure } => Some(failure),
            state => {
                assert!(!state.is_over(), "{state:?}");
                None
            }
        },
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_more_memory_than_the_settings_allow_is_refused_and_they_are_named() {
    let data = folder();
    let opened = Opened::ready(data.path()).await;
    let app = &opened.app;
    save(&opened, |settings| settings.memory_limit = Some(LITTLE)).await;
    let machine = app.read_machine(ReadMachine {}).await.expect("the machine");
    assert!(machine.installed_bytes > LITTLE, "{machine:?}");
    assert_eq!((machine.free_bytes, machine.total_bytes), (0, LITTLE), "the model alone takes more");

    let train = Train { name: "Large".into(), model: 1, data_set: 1, settings: small_run(1) };
    let run = app.train(train).await.expect("a run");
    let ended = opened.wait(|event| match event {
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(now.state),
        _ => None,
    });
    let JobState::Failed { failure } = ended else { panic!("{ended:?}") };
    assert!(failure.message.starts_with("Training takes about "), "{failure:?}");
    assert!(failure.message.ends_with("the limit of the settings leaves 0.00 GB."), "{failure:?}");
    assert!(failure.next.is_some_and(|next| next.contains("Settings")));

    // So does whatever else trains: a distillation, and a search of layers.
    let vector = opened.picture.vectors[0].id;
    let distil = StartDistil { vector, multiplier: 1.0, data_set: 1, settings: DistilSettings::default() };
    let failure = failed(&opened, app.start_distil(distil).await.expect("a job").id);
    assert!(failure.message.starts_with("Distilling takes about "), "{failure:?}");
    let (layers, rates) = (vec![25, 26], vec![0.01]);
    let question = Question::Search { settings: Box::new(small_run(1)), layers, rates, budget: 8 };
    let search = StartAnalysis { model: 1, data_set: 1, question };
    let failure = failed(&opened, app.start_analysis(search).await.expect("an analysis").job);
    assert!(failure.message.starts_with("Training takes about "), "{failure:?}");

    app.unload_model(UnloadModel { model: 1 }).await.expect("it leaves");
    app.load_model(LoadModel { model: 1 }).await.expect("it is asked for");
    let refused = opened.model(|model| matches!(model.state, ModelState::Failed { .. }));
    let ModelState::Failed { failure } = refused.state else { panic!("{refused:?}") };
    assert!(failure.message.contains("Loading the model takes about 0.10 GB, and the limit"), "{failure:?}");

    save(&opened, |settings| settings.memory_limit = None).await;
    app.load_model(LoadModel { model: 1 }).await.expect("it is asked for");
    opened.model(|model| matches!(model.state, ModelState::Ready { .. }));
    opened.app.close().await;
}

/// Runs in a process of its own, because a process makes the engine's threads once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test starts"]
async fn child() {
    let data = std::env::var(CHILD).expect("a data folder");
    let data = Path::new(&data);
    let opened = Opened::without_model(data, HubEnvironment::inside(data)).await;
    let machine = opened.app.read_machine(ReadMachine {}).await.expect("the machine");
    println!("{} of {} threads", machine.engine_threads, machine.threads);
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_has_the_threads_of_the_settings_from_the_next_start_on() {
    let data = folder();
    let threads = || {
        let ran = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "settings::child", "--ignored", "--nocapture"])
            .env(CHILD, data.path())
            .env_remove("RAYON_NUM_THREADS")
            .output()
            .expect("a second process");
        let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
        let line = printed.lines().find_map(|line| line.strip_suffix(" threads")).expect("a line");
        // The harness may write the test's name before it.
        let mut words = line.rsplit(' ').filter_map(|word| word.parse::<usize>().ok());
        let (all, engine) = (words.next().expect("a number"), words.next().expect("a number"));
        (engine, all)
    };
    let (engine, all) = threads();
    assert_eq!(engine, all, "all of them at first");
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    save(&opened, |settings| settings.threads = Some(1)).await;
    opened.app.close().await;
    assert_eq!(threads(), (1, all));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_the_sheet_hold_in_every_project_and_what_is_chosen_stays_in_its_own() {
    let data = folder();
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let other = NewProject { name: "Other".into(), open: false };
    let other = opened.app.new_project(other).await.expect("a second project");
    save(&opened, |settings| {
        (settings.theme, settings.memory_limit) = (Theme::Dark, Some(LITTLE));
        (settings.data_set, settings.notifications_off) = (Some(1), true);
    })
    .await;
    opened.app.open_project(OpenProject { project: other.id }).await.expect("it opens");
    let shown = opened.wait(|event| match event {
        Event::Overview(shown) if shown.project_id == other.id => Some(shown.settings),
        _ => None,
    });
    let common = (shown.theme, shown.memory_limit, shown.notifications_off);
    assert_eq!(common, (Theme::Dark, Some(LITTLE), true));
    assert_eq!(shown.data_set, None, "the other project has no such data set");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folders_are_named_as_they_are() {
    let data = folder();
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let folders = opened.app.read_folders(ReadFolders {}).await.expect("the folders");
    assert_eq!(Path::new(&folders.data), data.path());
    assert_eq!(Path::new(&folders.logs), data.path().join("logs"));
    opened.app.close().await;
}
