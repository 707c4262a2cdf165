//! Tests the window on a data folder whose engine another process runs: it shows the state, sends its commands there, and takes
//! the engine over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::door::{Engine, Guest};
use app::{App, Permission, Purpose};
use hub::HubEnvironment;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::EngineProcess;
use ipc::files::{Access, FileRef, PairFormat};
use ipc::job::{JobAction, JobState};
use ipc::model::{Model, ModelState};
use ipc::train::TrainSettings;
use ipc::{Event, Id};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::support::{folder, paths_without_model, small_run};
use crate::window::Tiller;

/// Enough that the run is paused, and its process ends, in the middle: every epoch is one step, which is stored.
const EPOCHS: u32 = 400;

fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf")
}

/// Runs the engine as the command line does.
async fn serve(data: &Path) -> Arc<App> {
    let opened = App::open_for(Purpose::Jobs, &paths_without_model(data), HubEnvironment::inside(data)).await;
    let app = Arc::new(opened.expect("the application opens"));
    app.serve("tiller-cli").expect("a socket");
    app
}

fn export(data_set: Id, file: FileRef) -> ExportPairs {
    ExportPairs {
        data_set,
        split: None,
        tags: vec![],
        file,
        format: PairFormat::TrlJsonl,
        everything: true,
        guard_formulas: false,
        replace: true,
    }
}

fn is_engine(of: Option<u32>) -> impl Fn(&Event) -> Option<()> {
    move |event| match event {
        Event::Engine(engine) => (engine.as_ref().map(|engine| engine.pid) == of).then_some(()),
        _ => None,
    }
}

/// Makes pairs, adds the tiny model, and trains with it. Returns the job.
fn train(tiller: &Tiller) -> Id {
    let data_set = tiller.get(CreateDataSet { name: "Mine".into(), description: String::new() }).id;
    for number in 0..6 {
        let content = PairContent {
            prompt: format!("the cat {number}"),
            wanted: "sat on the mat".into(),
            opposite: "ran to the dog".into(),
            split: if number < 4 { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        tiller.get(AddPair { data_set, content, after: None });
    }
    let model = tiller.get(AddModel { file: FileRef::typed(tiny_model().display().to_string()) }).id;
    let is_ready = |known: &Model| known.id == model && matches!(known.state, ModelState::Ready { .. });
    tiller.wait_for(|event| matches!(event, Event::Model(known) if is_ready(known)).then_some(()));
    let settings = TrainSettings { layers: vec![0], batch_pairs: 4, ..small_run(EPOCHS) };
    tiller.get(Train { name: "Run".into(), model, data_set, settings }).job
}

fn until(tiller: &Tiller, after: usize, job: Id, is_so: impl Fn(&JobState, u32) -> bool) {
    tiller.wait_for_after(after, |event| match event {
        Event::Job(now) if now.id == job => is_so(&now.state, now.progress.done).then_some(()),
        _ => None,
    });
}

#[test]
fn a_window_works_through_the_process_that_runs_the_engine_and_takes_over_when_it_ends() {
    let data = folder();
    let runtime = Runtime::new().expect("a runtime");
    let holder = runtime.block_on(serve(data.path()));
    let tiller = Tiller::open(&paths_without_model(data.path()));
    assert_eq!(tiller.watch().data_sets.len(), 3);
    tiller.wait_for(is_engine(Some(std::process::id())));
    let who = Event::Engine(Some(EngineProcess { program: "tiller-cli".into(), pid: std::process::id() }));
    assert!(tiller.events().contains(&who));

    // What one makes the other has, either way.
    let made = tiller.get(CreateDataSet { name: "Window's".into(), description: String::new() }).id;
    runtime.block_on(holder.list_pairs(ListPairs { data_set: made })).expect("the set is there");
    let set = CreateDataSet { name: "Command line's".into(), description: String::new() };
    let others = runtime.block_on(holder.create_data_set(set)).expect("a set").id;
    tiller.wait_for(|event| matches!(event, Event::DataSet(set) if set.id == others).then_some(()));
    let refused = tiller.call(ListPairs { data_set: 9999 }).expect_err("there is no such set");
    assert_eq!(refused.code, ipc::Code::NotFound);

    // A typed path is confirmed here, and written there.
    let out = data.path().join("pairs.jsonl");
    let typed = || FileRef::typed(out.display().to_string());
    tiller.allow(false);
    let refused = tiller.call(export(others, typed())).expect_err("the person refuses");
    assert!(refused.message.contains("may not write") && !out.exists(), "{refused:?}");
    tiller.allow(true);
    tiller.get(export(1, typed()));
    assert_eq!(tiller.asked(), [Permission::Write(out.clone()), Permission::Write(out.clone())]);
    assert!(out.exists());

    // A run is begun, paused and resumed from here, and goes on when its process ends.
    let job = train(&tiller);
    until(&tiller, 0, job, |_, done| done > 3);
    let mark = tiller.events().len();
    tiller.get(ControlJob { job, action: JobAction::Pause });
    until(&tiller, mark, job, |state, _| *state == JobState::Paused);
    let mark = tiller.events().len();
    tiller.get(ControlJob { job, action: JobAction::Resume });
    until(&tiller, mark, job, |state, done| *state == JobState::Running && done > 5);
    let mark = tiller.events().len();
    runtime.block_on(holder.close());
    drop(holder);
    tiller.wait_for_after(mark, is_engine(None));
    assert!(tiller.events()[mark..].iter().any(|event| matches!(event, Event::Restored(_))));
    until(&tiller, mark, job, |state, _| *state == JobState::Done);
    assert_eq!(Engine::read(data.path()).map(|engine| engine.program), Some(Engine::WINDOW.to_owned()));
    tiller.get(ListPairs { data_set: made });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_to_be_read_is_not_written_through_another_process() {
    let data = folder();
    let holder = serve(data.path()).await;
    let guest = Guest::connect(data.path(), Engine::WINDOW).await.expect("a connection");
    let out = data.path().join("out.jsonl");
    let asks = async |file: FileRef| {
        let request = serde_json::to_value(export(1, file)).expect("JSON");
        (guest.unconfirmed(ExportPairs::NAME, request.clone()).await, request)
    };
    let read = guest.choose(&out, Access::Read);
    let (reached, _) = asks(read.into()).await;
    assert_eq!(reached.expect("an answer"), [Permission::Write(out.clone())]);
    let write = guest.choose(&out, Access::Write);
    let (reached, request) = asks(write.into()).await;
    assert_eq!(reached.expect("an answer"), []);
    guest.call_confirmed(ExportPairs::NAME, request).await.expect("an export");
    assert!(out.exists());
    let unknown = json!({"file": {"by": "chosen", "handle": u64::MAX}});
    let refused = guest.unconfirmed(ExportPairs::NAME, unknown).await.expect_err("nobody chose it");
    assert!(refused.next.is_some_and(|next| next.contains("Choose it again")));
    holder.close().await;
    let refused = guest.call(ListPairs::NAME, json!({"data_set": 1})).await.expect_err("it has ended");
    assert!(refused.message.contains("has ended"), "{refused:?}");
}
