//! Models as files that people move, load, switch and download, with the real engine.
//!
//! The process that is killed in the middle of a download is this test program itself, started a second time.

#[path = "support/hub.rs"]
mod hub;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hub::{COMMIT, Fault, TestHub, sum};
use ipc::command::*;
use ipc::download::Download;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::model::{FileState, Model, ModelState, Precision, Scan, Switch};
use ipc::project::{Overview, Settings};
use ipc::{Code, Id};
use support::{places, small_run, starter_model};
use tiller::{App, HubPlaces, Places};

/// How long to wait for an event.
const PATIENCE: Duration = Duration::from_mins(3);
/// Names the data folder and the hub of the process that is to be killed.
const CHILD: &str = "TILLER_TEST_DOWNLOADER";

/// An open application and what it says.
struct Opened {
    app: App,
    events: Receiver<Event>,
    picture: Overview,
}

impl Opened {
    async fn with(places: &Places, hub: HubPlaces) -> Self {
        let app = App::open_with(places, hub).await.expect("the application opens");
        let (sender, events) = channel();
        app.subscribe("test", Box::new(move |event| sender.send(event).is_ok()))
            .await
            .expect("a subscription");
        let Event::Overview(picture) = events.recv().expect("the picture") else {
            panic!("the picture comes first")
        };
        Self { app, events, picture: *picture }
    }

    /// With the starter model, loaded.
    async fn ready(data: &Path) -> Self {
        let opened = Self::with(&places(data), HubPlaces::inside(data)).await;
        let is_ready = |model: &Model| matches!(model.state, ModelState::Ready { .. });
        if !opened.picture.models.iter().any(is_ready) {
            opened.model(|model| is_ready(model) && model.fingerprint.is_some());
        }
        opened
    }

    /// Without any model that could be loaded: quick to open.
    async fn without_model(data: &Path, hub: HubPlaces) -> Self {
        let places = Places { data: data.to_owned(), starter_model: data.join("nowhere.gguf") };
        Self::with(&places, hub).await
    }

    /// Waits until something is heard.
    fn wait<T>(&self, find: impl Fn(Event) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if let Some(found) = find(self.events.recv_timeout(left).expect("it happens in time")) {
                return found;
            }
        }
    }

    /// Waits until a model is so.
    fn model(&self, is_so: impl Fn(&Model) -> bool) -> Model {
        self.wait(|event| match event {
            Event::Model(model) if is_so(&model) => Some(model),
            _ => None,
        })
    }

    fn download(&self, is_so: impl Fn(&JobState) -> bool) -> Download {
        self.wait(|event| match event {
            Event::Download(download) if is_so(&download.state) => Some(download),
            _ => None,
        })
    }

    async fn start(&self, address: &str) -> Download {
        let address = address.to_owned();
        let listing = self.app.list_repository(ListRepository { address }).await.expect("a listing");
        let files = listing.choices[listing.suggested.expect("a choice") as usize].files.clone();
        let request = StartDownload { repository: listing.repository, commit: listing.commit, files };
        self.app.start_download(request).await.expect("a download")
    }
}

fn is_ready(id: Id) -> impl Fn(&Model) -> bool {
    move |model| model.id == id && matches!(model.state, ModelState::Ready { .. })
}

fn is_away(id: Id) -> impl Fn(&Model) -> bool {
    move |model| model.id == id && model.state == ModelState::Unloaded
}

/// The starter model's content at another place.
fn second_model(folder: &Path) -> PathBuf {
    let path = folder.join("second.gguf");
    if fs::hard_link(starter_model(), &path).is_err() {
        fs::copy(starter_model(), &path).expect("a copy");
    }
    path
}

async fn add(opened: &Opened, path: &Path) -> Model {
    opened.app.add_model(AddModel { path: path.display().to_string() }).await.expect("a model")
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_switched_and_a_job_keeps_its_own() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::ready(data.path()).await;
    let app = &opened.app;
    let first: Id = 1;
    let settings = small_run(200);
    let train = Train { name: String::new(), model: first, data_set: 1, settings };
    let run = app.train(train).await.expect("a run");
    opened.wait(|event| matches!(event, Event::Steps { .. }).then_some(()));

    // A job uses the first model: the second is known, and is not loaded in its place by accident.
    let second = add(&opened, &second_model(data.path())).await;
    assert_eq!(second.state, ModelState::Unloaded);
    let refused = app.load_model(LoadModel { model: second.id }).await.expect_err("a job uses the other one");
    assert_eq!(ipc::Failure::from(refused).code, Code::ModelInUse);
    let refused = app.unload_model(UnloadModel { model: first }).await.expect_err("a job uses it");
    assert_eq!(ipc::Failure::from(refused).code, Code::ModelInUse);

    // Beside it, there are two.
    app.switch_model(SwitchModel { model: second.id, switch: Switch::Beside }).await.expect("it is loaded");
    let there = opened.model(is_ready(second.id));
    assert!(there.in_memory.is_some_and(|there| there.bytes > 50_000_000));
    app.unload_model(UnloadModel { model: second.id }).await.expect("it leaves");
    opened.model(is_away(second.id));

    // In its place: the job pauses, its model leaves, then the other one comes.
    app.switch_model(SwitchModel { model: second.id, switch: Switch::PauseJobs })
        .await
        .expect("it is loaded");
    opened.model(is_away(first));
    opened.wait(|event| match event {
        Event::Job(job) if job.id == run.job && job.state == JobState::Paused => Some(()),
        _ => None,
    });
    opened.model(is_ready(second.id));

    // The job goes on with its own model; after it, the person's comes back.
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
async fn precision_is_kept_and_a_loaded_model_is_loaded_anew() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::ready(data.path()).await;
    let f32 = SetPrecision { model: 1, precision: Precision::F32 };
    opened.app.set_precision(f32).await.expect("a precision");
    let loaded = opened.model(|model| is_ready(1)(model) && model.in_memory.is_some());
    let there = loaded.in_memory.expect("it is in memory");
    assert_eq!(there.precision, Precision::F32);
    let estimated = loaded.need().expect("an estimate").load;
    let ratio = there.bytes as f64 / estimated as f64;
    assert!((0.95..1.05).contains(&ratio), "{} bytes, estimated {estimated}", there.bytes);
    opened.app.close().await;
    let again = Opened::ready(data.path()).await;
    assert_eq!(again.picture.models[0].precision, Precision::F32);
    again.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_moves_is_noticed_and_found_again() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::without_model(data.path(), HubPlaces::inside(data.path())).await;
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
    let find = |path: &Path| FindModel { model: model.id, path: path.display().to_string() };
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
    let again = add(&opened, &moved).await;
    assert_eq!(again.id, model.id, "it is the same model");
    opened.app.forget_model(forget(true)).await.expect("it is deleted");
    assert!(!moved.exists());
    opened
        .app
        .forget_model(ForgetModel { model: 1, delete_file: true })
        .await
        .expect_err("it comes with Tiller");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_searched_and_the_hubs_cache_is_listed() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = HubPlaces::inside(data.path());
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
    let path = folder.display().to_string();
    opened.app.scan_folder(ScanFolder { path }).await.expect("a search begins");
    let ended = |event| match event {
        Event::Scan(scan) if !scan.is_running => Some(scan),
        _ => None,
    };
    let scan: Scan = opened.wait(ended);
    assert_eq!((scan.added, scan.known, scan.refused, &scan.cut_short), (1, 0, 1, &None));
    assert!(scan.first_refused[0].path.ends_with("broken.gguf"));
    opened.app.scan_folder(ScanFolder { path: folder.display().to_string() }).await.expect("again");
    assert_eq!(opened.wait(ended).known, 1);
    let nowhere = ScanFolder { path: data.path().join("nowhere").display().to_string() };
    opened.app.scan_folder(nowhere).await.expect_err("there is no such folder");
    opened.app.close().await;
}

/// A hub that has the starter model.
fn model_hub() -> TestHub {
    let content = fs::read(starter_model()).expect("the starter model");
    TestHub::start(&[("smol.Q4_1.gguf", &content), ("README.md", b"Small.")])
}

fn hub_places(data: &Path, address: &str) -> HubPlaces {
    HubPlaces { endpoint: Some(address.to_owned()), ..HubPlaces::inside(data) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_downloaded_paused_resumed_and_can_be_loaded() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = model_hub();
    let opened = Opened::without_model(data.path(), hub_places(data.path(), &hub.address())).await;
    hub.fail(&[Fault::Slow(Duration::from_secs(60))]);
    let download = opened.start("org/model").await;
    assert_eq!(opened.start("org/model").await.id, download.id, "the same is not fetched twice");
    opened.wait(|event| match event {
        Event::Job(job) if job.id == download.job && job.progress.done > 40 => Some(()),
        _ => None,
    });
    let began = Instant::now();
    let control = |action| ControlJob { job: download.job, action };
    opened.app.control_job(control(JobAction::Pause)).await.expect("it is paused");
    opened.download(|state| *state == JobState::Paused);
    assert!(began.elapsed() < Duration::from_secs(20), "a request that waits is left at once");

    opened.app.control_job(control(JobAction::Resume)).await.expect("it goes on");
    let model = opened.model(|model| model.path.ends_with("smol.Q4_1.gguf"));
    opened.download(|state| *state == JobState::Done);
    let last = hub.heard().pop().expect("a request");
    assert!(last.headers["range"].starts_with("bytes=4"), "{last:?}");
    let refs = data.path().join("hub/models--org--model/refs/main");
    assert_eq!(fs::read_to_string(refs).expect("the branch"), COMMIT);
    opened.app.load_model(LoadModel { model: model.id }).await.expect("it is loaded");
    opened.model(is_ready(model.id));

    opened.app.forget_model(ForgetModel { model: model.id, delete_file: true }).await.expect("it is deleted");
    let blobs = fs::read_dir(data.path().join("hub/models--org--model/blobs")).expect("the folder").count();
    assert_eq!(blobs, 0, "what was fetched is gone from the disk");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gated_model_wants_a_token_which_is_neither_stored_nor_said() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = TestHub::start(&[("m.gguf", &vec![7; 100])]);
    hub.want_token("hf_verysecret");
    let opened = Opened::without_model(data.path(), hub_places(data.path(), &hub.address())).await;
    let list = || opened.app.list_repository(ListRepository { address: "org/model".into() });
    assert_eq!(ipc::Failure::from(list().await.expect_err("it is gated")).code, Code::TokenWanted);
    let keep = |token: &str| KeepToken { token: ipc::download::Secret(token.into()) };
    opened.app.keep_token(keep("two words")).await.expect_err("that is no token");
    let kept = opened.app.keep_token(keep("hf_verysecret")).await.expect("it is kept");
    assert_eq!(kept.token, ipc::download::TokenSource::Memory);
    list().await.expect("a listing");
    opened.start("org/model").await;
    let failed = opened.download(|state| matches!(state, JobState::Failed { .. }));
    assert!(!format!("{failed:?}").contains("verysecret"), "seven is no model, and the token is not said");
    opened.app.forget_download(ForgetDownload { download: failed.id }).await.expect("it is forgotten");
    opened.wait(|event| matches!(event, Event::DownloadForgotten(_)).then_some(()));
    opened.app.close().await;
    for file in fs::read_dir(data.path()).expect("the data").flatten().filter(|file| file.path().is_file()) {
        let bytes = fs::read(file.path()).expect("a file");
        assert!(!bytes.windows(10).any(|part| part == b"verysecret"), "{:?}", file.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_hub_can_be_set() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = Opened::without_model(data.path(), HubPlaces::inside(data.path())).await;
    let usual = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    let settings = Settings { hub_endpoint: Some("https://mirror.example".into()), ..Settings::default() };
    opened.app.save_settings(SaveSettings { settings }).await.expect("the settings");
    let set = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    assert_eq!(set.host, "mirror.example");
    assert_ne!(usual.host, set.host);
    let settings = Settings { hub_endpoint: Some("http://mirror.example".into()), ..Settings::default() };
    opened.app.save_settings(SaveSettings { settings }).await.expect("the settings");
    opened.app.read_hub(ReadHub {}).await.expect_err("it is not encrypted");
    opened.app.close().await;
}

/// What the process that is to be killed does: it downloads and is never done.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test kills"]
async fn child() {
    let told = std::env::var(CHILD).expect("a data folder and a hub");
    let (data, address) = told.split_once('|').expect("both");
    let opened = Opened::without_model(Path::new(data), hub_places(Path::new(data), address)).await;
    opened.start("org/model").await;
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_killed_goes_on_where_it_was() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = model_hub();
    hub.fail(&[Fault::Slow(Duration::from_mins(5))]);
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child", "--ignored"])
        .env(CHILD, format!("{}|{}", data.path().display(), hub.address()))
        .stdout(Stdio::null())
        .spawn()
        .expect("a second process");
    let expected = sum(&fs::read(starter_model()).expect("the starter model"));
    let part = data.path().join(format!("hub/models--org--model/blobs/{expected}.incomplete"));
    let until = Instant::now() + PATIENCE;
    while fs::metadata(&part).map_or(0, |about| about.len()) < 45_000_000 {
        assert!(Instant::now() < until, "half of the file comes");
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");

    let opened = Opened::without_model(data.path(), hub_places(data.path(), &hub.address())).await;
    let download = opened.picture.downloads[0].clone();
    assert_eq!(download.state, JobState::Paused, "a download that was killed waits to be resumed");
    opened
        .app
        .control_job(ControlJob { job: download.job, action: JobAction::Resume })
        .await
        .expect("it goes on");
    opened.download(|state| *state == JobState::Done);
    let last = hub.heard().pop().expect("a request");
    assert!(
        last.headers["range"].starts_with("bytes=4") && last.headers.contains_key("if-range"),
        "{last:?}"
    );
    let whole = part.with_extension("");
    assert_eq!(sum(&fs::read(whole).expect("the file")), expected);
    opened.app.close().await;
}
