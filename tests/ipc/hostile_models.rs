//! Tests that a model that would end the process is refused, that the application goes on, and that the next start does as
//! well. Files that really end a process are in `tests/trials.rs`; here the program that tries them stands for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::opened::{Opened, add, is_away, is_ready};
use crate::support::{paths_without_model, sandbox_program};
use app::{AppPaths, SandboxProgram};
use hub::HubEnvironment;
use ipc::command::*;
use ipc::model::{Model, ModelState};
use ipc::project::Settings;
use ipc::{Code, Failure, Id};
use sqlx::{Connection as _, SqliteConnection};

fn families(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

/// Copies a model's folder.
fn copy(name: &str, to: &Path) -> PathBuf {
    fs::create_dir_all(to).expect("a folder");
    for file in fs::read_dir(families(name)).expect("the oracle").flatten() {
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
    to.to_owned()
}

async fn open(data: &Path, sandbox_program: SandboxProgram) -> Opened {
    let paths = AppPaths { sandbox_program, ..paths_without_model(data) };
    Opened::with(&paths, HubEnvironment::inside(data)).await
}

/// Returns the models in the store whose loading began and has not ended.
async fn loads(data: &Path) -> Vec<Id> {
    let mut store = store(data).await;
    sqlx::query_scalar("SELECT model FROM loads").fetch_all(&mut store).await.expect("a query")
}

async fn store(data: &Path) -> SqliteConnection {
    let file = data.join("tiller.sqlite");
    SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("the store")
}

/// Uses a model from now on, as the window does before the model is loaded.
async fn choose(opened: &Opened, model: Id) {
    let settings = Settings { model: Some(model), ..opened.picture.settings.clone() };
    opened.app.save_settings(SaveSettings { settings }).await.expect("a setting");
}

fn failure(model: &Model) -> &Failure {
    match &model.state {
        ModelState::Failed { failure } => failure,
        other => panic!("{other:?}"),
    }
}

fn is_failed(id: Id) -> impl Fn(&Model) -> bool {
    move |model| model.id == id && matches!(model.state, ModelState::Failed { .. })
}

/// Writes a shell script that stands for the program that tries files.
#[cfg(unix)]
fn script(folder: &Path, commands: &str) -> SandboxProgram {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(format!("trial-{}.sh", commands.len()));
    fs::write(&path, format!("#!/bin/sh\n{commands}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may run");
    SandboxProgram::new(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_template_is_refused_at_every_start_and_nothing_ends() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = copy("llama3", &data.path().join("hostile"));
    let config = path.join("tokenizer_config.json");
    let mut json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&config).expect("a file")).expect("JSON");
    json["chat_template"] =
        "{% set n = namespace() %}{% set n.a = [n, n] %}{{ n }}{{ raise_exception('No') }}".into();
    fs::write(&config, json.to_string()).expect("a file");

    let opened = open(data.path(), sandbox_program()).await;
    let hostile = add(&opened, &path).await.id;
    choose(&opened, hostile).await;
    let failed = opened.model(is_failed(hostile));
    let found = failure(&failed);
    assert_eq!(found.code, Code::ModelUnusable);
    let detail = found.detail.clone().unwrap_or_default();
    assert!(detail.contains("its chat template") && detail.contains("hostile"), "{detail}");
    // Another model works, and so does the next start.
    let sound = add(&opened, &copy("qwen3", &data.path().join("sound"))).await.id;
    opened.model(is_ready(sound));
    opened.app.close().await;
    assert!(loads(data.path()).await.is_empty());

    let opened = open(data.path(), sandbox_program()).await;
    if !opened.picture.models.iter().any(is_failed(hostile)) {
        opened.model(is_failed(hostile));
    }
    opened.app.load_model(LoadModel { model: sound }).await.expect("it is loaded");
    opened.model(is_ready(sound));
    opened.app.close().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_ends_the_sandbox_is_not_loaded() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = copy("llama3", &data.path().join("hostile"));
    for (commands, words) in [
        ("kill -SEGV $$", "is nested without end"),
        ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", "needs more than"),
        ("kill -XCPU $$", "seconds"),
        ("exit 3", "exit status: 3"),
    ] {
        let opened = open(data.path(), script(data.path(), commands)).await;
        let hostile = add(&opened, &path).await.id;
        choose(&opened, hostile).await;
        let failed = opened.model(is_failed(hostile));
        let found = failure(&failed);
        assert_eq!(found.code, Code::ModelUnusable);
        assert!(found.message.contains("would end Tiller"), "{found:?}");
        assert!(found.detail.as_ref().is_some_and(|detail| detail.contains(words)), "{found:?}");
        opened.app.check_models(CheckModels {}).await.expect("the application goes on");
        opened.app.close().await;
        assert!(loads(data.path()).await.is_empty(), "the load has ended");
    }
    // What was refused is tried again, and found sound by the real program. That is remembered.
    let opened = open(data.path(), sandbox_program()).await;
    let id = opened.picture.models.iter().find(|model| model.name == "hostile").expect("the model").id;
    if !opened.picture.models.iter().any(is_ready(id)) {
        opened.model(is_ready(id));
    }
    opened.app.close().await;
    let opened = open(data.path(), script(data.path(), "kill -SEGV $$")).await;
    if !opened.picture.models.iter().any(is_ready(id)) {
        opened.model(is_ready(id));
    }
    opened.app.close().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stopping_a_load_ends_its_work_at_once() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = copy("llama3", &data.path().join("slow"));
    let note = data.path().join("process");
    let slow =
        script(data.path(), &format!("echo $$ > {0}.new; mv {0}.new {0}; exec sleep 100", note.display()));
    let opened = open(data.path(), slow.clone()).await;
    let id = add(&opened, &path).await.id;
    let process = until(|| fs::read_to_string(&note).ok());
    let process = Path::new("/proc").join(process.trim());
    assert_eq!(loads(data.path()).await, [id], "the store knows before anything is read");
    opened.app.unload_model(UnloadModel { model: id }).await.expect("it stops");
    opened.model(is_away(id));
    until(|| (!process.exists()).then_some(()));
    until_async(async || loads(data.path()).await.is_empty()).await;
    fs::remove_file(&note).expect("the note");

    // The closing application ends it as well: it has not ended by itself.
    opened.app.load_model(LoadModel { model: id }).await.expect("it begins");
    let process = until(|| fs::read_to_string(&note).ok());
    let process = Path::new("/proc").join(process.trim());
    opened.app.close().await;
    until(|| (!process.exists()).then_some(()));
    assert!(loads(data.path()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_ended_the_last_process_is_not_begun_again_before_a_person_asks() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = open(data.path(), sandbox_program()).await;
    let mut ids = Vec::new();
    for name in ["first", "second"] {
        let id = add(&opened, &copy("llama3", &data.path().join(name))).await.id;
        opened.model(is_ready(id));
        ids.push(id);
    }
    let [first, second] = ids[..] else { panic!("two models") };
    choose(&opened, first).await;
    opened.app.close().await;
    let mut store = store(data.path()).await;
    for id in [first, second] {
        let note = sqlx::query("INSERT INTO loads (model, begun) VALUES (?, 1)").bind(id);
        note.execute(&mut store).await.expect("a note");
    }
    store.close().await.expect("the store closes");

    // Twice: what was found at start is found at the next start as well.
    for _ in 0..2 {
        let opened = open(data.path(), sandbox_program()).await;
        for model in opened.picture.models.iter().filter(|model| ids.contains(&model.id)) {
            let found = failure(model);
            assert_eq!(found.code, Code::ModelEndedTiller);
            assert!(found.message.contains(&model.name), "{found:?}");
        }
        let is_used =
            |model: &Model| matches!(model.state, ModelState::Loading { .. } | ModelState::Ready { .. });
        assert!(!opened.picture.models.iter().any(is_used), "nothing is loaded");
        opened.app.close().await;
    }
    let opened = open(data.path(), sandbox_program()).await;
    opened.app.load_model(LoadModel { model: first }).await.expect("it is tried again");
    opened.model(is_ready(first));
    opened.app.forget_model(ForgetModel { model: second, delete_file: false }).await.expect("it is removed");
    opened.app.close().await;
    assert!(loads(data.path()).await.is_empty());
    let opened = open(data.path(), sandbox_program()).await;
    if !opened.picture.models.iter().any(is_ready(first)) {
        opened.model(is_ready(first));
    }
    opened.app.close().await;
}

/// The longest wait for what happens at once.
const AT_ONCE: Duration = Duration::from_secs(20);

fn until<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < AT_ONCE, "it did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn until_async(mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < AT_ONCE, "it did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
