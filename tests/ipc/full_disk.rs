//! Tests Tiller on a disk that becomes full: everything says so, nothing is lost, and it goes on when there is room.

use std::path::Path;

use hub::HubEnvironment;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::train::TrainSettings;
use ipc::{Code, Failure, Id};

use crate::opened::{Opened, add, is_ready};
use crate::support::{SmallDisk, small_run};

/// Opens Tiller on the disk with a tiny model and short pairs. Returns the ids of the model and the set.
async fn open(disk: &SmallDisk) -> (Opened, Id, Id) {
    open_in(&disk.path().join("data")).await
}

/// The same in a data folder.
pub(crate) async fn open_in(data: &Path) -> (Opened, Id, Id) {
    let opened = Opened::without_model(data, HubEnvironment::inside(data)).await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf");
    let model = add(&opened, &path).await;
    opened.model(is_ready(model.id));
    let set = opened
        .app
        .create_data_set(CreateDataSet { name: "Cats".into(), description: String::new() })
        .await
        .expect("a set");
    for number in 0..6 {
        let split = if number < 4 { Split::Train } else { Split::HeldOut };
        let content = PairContent { split, ..pair(&format!("the cat {number}")) };
        opened.app.add_pair(AddPair { data_set: set.id, content, after: None }).await.expect("a pair");
    }
    (opened, model.id, set.id)
}

pub(crate) fn pair(prompt: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: "sat on the mat".into(),
        opposite: "ran to the dog".into(),
        ..PairContent::default()
    }
}

fn says_full(failure: &Failure) -> bool {
    failure.code == Code::Storage && failure.message.contains("disk is full")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_on_a_full_disk_is_refused_and_the_next_one_is_kept_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(12 << 10) else { return };
    let (opened, _, data_set) = open(&disk).await;
    let first = opened.app.list_pairs(ListPairs { data_set }).await.expect("the pairs")[0].id;
    disk.fill();
    for _ in 0..3 {
        let long = pair(&"long ".repeat(1_600_000));
        let refused =
            opened.app.edit_pair(EditPair { pair: first, content: long }).await.expect_err("no room");
        let failure = Failure::from(refused);
        assert!(says_full(&failure), "{failure:?}");
    }
    disk.empty();
    opened.app.edit_pair(EditPair { pair: first, content: pair("kept") }).await.expect("there is room");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_training_on_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(12 << 10) else { return };
    let (opened, model, data_set) = open(&disk).await;
    let settings = TrainSettings { layers: vec![0], system_prompt: String::new(), ..small_run(5_000) };
    let train = Train { name: "Run".into(), model, data_set, settings };
    let run = opened.app.train(train).await.expect("a run");
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));
    disk.fill();
    let (mut job, mut shown, mut storage_failure) = (None, None, None);
    opened.wait(|event| {
        match event {
            Event::Job(now) if now.id == run.job => {
                if let JobState::Failed { failure } = now.state {
                    job = Some(failure);
                }
            }
            Event::Run(now) if now.id == run.id => {
                if let JobState::Failed { failure } = now.state {
                    shown = Some(failure);
                }
            }
            Event::Storage(Some(failure)) => storage_failure = Some(failure),
            _ => {}
        }
        (job.is_some() && shown.is_some()).then_some(())
    });
    assert!(
        job.as_ref().is_some_and(says_full) && shown.as_ref().is_some_and(says_full),
        "{job:?} {shown:?}"
    );

    disk.empty();
    if storage_failure.is_some() {
        opened.wait(|event| matches!(event, Event::Storage(None)).then_some(()));
    }
    let resume = ControlJob { job: run.job, action: JobAction::Resume };
    opened.app.control_job(resume).await.expect("it goes on");
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));
    let stop = ControlJob { job: run.job, action: JobAction::Stop };
    opened.app.control_job(stop).await.expect("it is stopped");
    opened.wait(|event| match event {
        Event::Vector(vector) => (vector.run == Some(run.id)).then_some(()),
        _ => None,
    });
    opened.app.close().await;
}
