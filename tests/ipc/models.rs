//! Tests models whose files move, and models that are loaded and switched, with the real engine.

use std::fs;
use std::path::Path;

use crate::hub::COMMIT;
use crate::opened::{Opened, add, is_away, is_ready, keep_few_pairs, second_model};
use crate::support::small_run;
use hub::HubEnvironment;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::model::{FileState, Model, ModelState, Precision, Scan, Switch};
use ipc::project::Settings;
use ipc::{Code, Id};

#[tokio::test(flavor = "multi_thread")]
async fn models_are_switched_and_a_job_keeps_its_own() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::ready(data.path()).await;
    let app = &opened.app;
    let first: Id = 1;
    keep_few_pairs(app, 1).await;
    let settings = small_run(200);
    let train = Train { name: String::new(), model: first, data_set: 1, settings };
    let run = app.train(train).await.expect("a run");
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));

    // A job uses the first model, so adding the second one must not replace it in memory.
    let second = add(&opened, &second_model(data.path())).await;
    assert_eq!(second.state, ModelState::Unloaded);
    let refused = app.load_model(LoadModel { model: second.id }).await.expect_err("a job uses the other one");
    assert_eq!(ipc::Failure::from(refused).code, Code::ModelInUse);
    let refused = app.unload_model(UnloadModel { model: first }).await.expect_err("a job uses it");
    assert_eq!(ipc::Failure::from(refused).code, Code::ModelInUse);

    // `Switch::Beside` keeps both in memory.
    app.switch_model(SwitchModel { model: second.id, switch: Switch::Beside }).await.expect("it is loaded");
    let there = opened.model(is_ready(second.id));
    assert!(there.in_memory.is_some_and(|there| there.bytes > 50_000_000));
    app.unload_model(UnloadModel { model: second.id }).await.expect("it leaves");
    opened.model(is_away(second.id));

    // `Switch::PauseJobs` pauses the job and unloads its model before it loads the other one.
    app.switch_model(SwitchModel { model: second.id, switch: Switch::PauseJobs })
        .await
        .expect("it is loaded");
    let (mut has_paused, mut has_left) = (false, false);
    opened.wait(|event| {
        match event {
            Event::Job(job) => has_paused |= job.id == run.job && job.state == JobState::Paused,
            Event::Model(model) if is_ready(second.id)(&model) => return Some(()),
            Event::Model(model) => has_left |= is_away(first)(&model),
            _ => {}
        }
        None
    });
    assert!(has_paused && has_left, "the other model comes when the first one is away");

    // The job resumes with its own model. After it, the person's model is loaded again.
    app.control_job(ControlJob { job: run.job, action: JobAction::Resume }).await.expect("it goes on");
    let displaced = opened.model(is_away(second.id));
    assert!(displaced.waits_for.is_some(), "it is said why the model is away");
    opened.model(is_ready(first));
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));
    app.control_job(ControlJob { job: run.job, action: JobAction::Stop }).await.expect("it is stopped");
    opened.model(is_ready(second.id));
    app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn precision_is_stored_and_a_loaded_model_is_loaded_anew() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::ready(data.path()).await;
    let f32 = SetPrecision { model: 1, precision: Precision::F32 };
    opened.app.set_precision(f32).await.expect("a precision");
    let is_f32 = |model: &Model| model.in_memory.is_some_and(|there| there.precision == Precision::F32);
    let loaded = opened.model(is_f32);
    let there = loaded.in_memory.expect("it is in memory");
    let estimated = loaded.need().expect("an estimate").load;
    let ratio = there.bytes as f64 / estimated as f64;
    assert!((0.95..1.05).contains(&ratio), "{} bytes, estimated {estimated}", there.bytes);
    opened.app.close().await;
    let again = Opened::ready(data.path()).await;
    assert_eq!(again.picture.models[0].precision, Precision::F32);
    again.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_loaded_where_the_settings_say_and_a_missing_card_is_named() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::ready(data.path()).await;
    let machine = opened.app.read_machine(ReadMachine {}).await.expect("the machine");
    assert_eq!(machine.devices[0].name, "cpu");
    let device = |name: &str| Settings { device: Some(name.to_owned()), ..opened.picture.settings.clone() };
    let load = async |name: &str| {
        opened.app.unload_model(UnloadModel { model: 1 }).await.expect("it leaves");
        opened.app.save_settings(SaveSettings { settings: device(name) }).await.expect("kept");
        opened.app.load_model(LoadModel { model: 1 }).await.expect("it is asked for");
    };
    load("candle").await;
    opened.model(|model| matches!(&model.state, ModelState::Ready { device } if device == "CPU, by candle"));
    load("cuda:7").await;
    let failed = opened.model(|model| matches!(model.state, ModelState::Failed { .. }));
    let ModelState::Failed { failure } = failed.state else { panic!("it fails") };
    assert!(format!("{failure:?}").contains("cuda:7"), "{failure:?}");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_moves_is_noticed_and_found_again() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let path = second_model(data.path());
    let model = add(&opened, &path).await;
    opened.model(|known| known.id == model.id && known.fingerprint.is_some());
    opened.app.unload_model(UnloadModel { model: model.id }).await.expect("it leaves");
    opened.app.check_models(CheckModels {}).await.expect("a look");

    let moved = data.path().join("elsewhere.gguf");
    fs::rename(&path, &moved).expect("the file moves");
    opened.app.check_models(CheckModels {}).await.expect("a look");
    opened.model(|known| known.id == model.id && known.file == FileState::Gone);
    opened.app.load_model(LoadModel { model: model.id }).await.expect("it is tried");
    let failed =
        opened.model(|known| known.id == model.id && matches!(known.state, ModelState::Failed { .. }));
    let ModelState::Failed { failure } = failed.state else { panic!("it failed") };
    assert_eq!(failure.code, Code::ModelMissing);

    let other = data.path().join("other.gguf");
    fs::write(&other, "something else").expect("a file");
    let find = |path: &Path| FindModel { model: model.id, file: opened.read(path) };
    opened.app.find_model(find(&other)).await.expect_err("it is no model");
    let found = opened.app.find_model(find(&moved)).await.expect("it is found");
    assert_eq!((found.file, found.state), (FileState::Present, ModelState::Unloaded));
    assert!(found.fingerprint.is_some(), "a move does not change what it is");

    fs::File::open(&moved)
        .and_then(|file| file.set_modified(std::time::SystemTime::now()))
        .expect("a new time");
    opened.app.check_models(CheckModels {}).await.expect("a look");
    opened.model(|known| known.id == model.id && known.file == FileState::Changed);

    let forget = |delete_file| ForgetModel { model: model.id, delete_file };
    opened.app.forget_model(forget(false)).await.expect("it is forgotten");
    assert!(moved.exists(), "a file is not deleted unasked");
    opened.app.restore_model(RestoreModel { model: model.id }).await.expect("it is back in the list");
    opened.model(|known| known.id == model.id && known.name == model.name);
    opened.app.forget_model(forget(false)).await.expect("it is forgotten again");
    let again = add(&opened, &moved).await;
    assert_eq!(again.id, model.id, "it is the same model");
    opened.app.forget_model(forget(true)).await.expect_err("nobody was asked");
    opened.allow(&forget(true)).await;
    opened.app.forget_model(forget(true)).await.expect("it is deleted");
    assert!(!moved.exists());
    let starter = opened.app.forget_model(ForgetModel { model: 1, delete_file: true }).await;
    let starter = starter.expect_err("it comes with Tiller").to_string();
    assert!(starter.contains("comes with Tiller"), "{starter}");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_searched_and_the_hubs_cache_is_listed() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = HubEnvironment::inside(data.path());
    let commit = hub.cache.join("models--org--cached/snapshots").join(COMMIT);
    fs::create_dir_all(&commit).expect("a cache");
    second_model(&commit);
    let opened = Opened::without_model(data.path(), hub).await;
    let is_cached = |model: &Model| matches!(&model.origin, ipc::model::ModelOrigin::Hub { repository, .. } if repository == "org/cached");
    if !opened.picture.models.iter().any(is_cached) {
        opened.model(is_cached);
    }

    let folder = data.path().join("models");
    fs::create_dir_all(folder.join("deep/er")).expect("folders");
    second_model(&folder.join("deep/er"));
    fs::write(folder.join("broken.gguf"), "GGUF and nothing more").expect("a file");
    opened.app.scan_folder(ScanFolder { file: opened.read(&folder) }).await.expect("a search begins");
    let ended = |event| match event {
        Event::Scan(scan) if !scan.is_running => Some(scan),
        _ => None,
    };
    let scan: Scan = opened.wait(ended);
    assert_eq!((scan.added, scan.known, scan.refused, &scan.cut_short), (1, 0, 1, &None));
    assert!(scan.first_refused[0].path.ends_with("broken.gguf"));
    opened.app.scan_folder(ScanFolder { file: opened.read(&folder) }).await.expect("again");
    assert_eq!(opened.wait(ended).known, 1);
    let nowhere = ScanFolder { file: opened.read(&data.path().join("nowhere")) };
    opened.app.scan_folder(nowhere).await.expect_err("there is no such folder");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_in_ollamas_store_has_the_name_of_its_manifest() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let store = data.path().join("models");
    let manifests = store.join("manifests/models.ollama.example/library/tiny");
    for folder in [&manifests, &store.join("blobs")] {
        fs::create_dir_all(folder).expect("folders");
    }
    let digits = "5".repeat(64);
    let family = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/oracles/families/llama3.gguf");
    fs::copy(family, store.join(format!("blobs/sha256-{digits}"))).expect("a content");
    let layer =
        format!(r#"{{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:{digits}"}}"#);
    fs::write(manifests.join("1b"), format!(r#"{{"layers": [{layer}]}}"#)).expect("a manifest");
    opened.app.scan_folder(ScanFolder { file: opened.read(&store) }).await.expect("a search begins");
    let name: String = opened.wait(|event| match event {
        Event::Model(model) if model.path.contains("sha256-") => Some(model.name),
        _ => None,
    });
    assert_eq!(name, "tiny:1b");
    opened.app.close().await;
}
