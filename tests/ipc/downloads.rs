//! Tests downloads with the real engine and a hub server on this machine.
//!
//! One test kills a process in the middle of a download. That process is this test program, started a second time.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::hub::{COMMIT, Fault, TestHub, sum};
use crate::opened::{Opened, TIME_LIMIT, is_ready};
use crate::support::starter_model;
use hub::HubEnvironment;
use ipc::Code;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::project::Settings;

/// The environment variable that gives the killed process its data folder and hub.
const CHILD: &str = "TILLER_TEST_DOWNLOADER";

/// Starts a hub that serves the starter model.
fn model_hub() -> TestHub {
    let content = fs::read(starter_model()).expect("the starter model");
    TestHub::start(&[("smol.Q4_1.gguf", &content), ("README.md", b"Small.")])
}

fn hub_environment(data: &Path, address: &str) -> HubEnvironment {
    HubEnvironment { endpoint: Some(address.to_owned()), ..HubEnvironment::inside(data) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_downloaded_paused_resumed_and_can_be_loaded() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = model_hub();
    let opened = Opened::without_model(data.path(), hub_environment(data.path(), &hub.address())).await;
    hub.fail(&[Fault::Slow(Duration::from_mins(1))]);
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
    let last = hub.requests().pop().expect("a request");
    assert!(last.headers["range"].starts_with("bytes=4"), "{last:?}");
    let refs = data.path().join("hub/models--org--model/refs/main");
    assert_eq!(fs::read_to_string(refs).expect("the branch"), COMMIT);
    opened.app.load_model(LoadModel { model: model.id }).await.expect("it is loaded");
    opened.model(is_ready(model.id));

    let forget = ForgetModel { model: model.id, delete_file: true };
    opened.allow(&forget).await;
    opened.app.forget_model(forget).await.expect("it is deleted");
    let blobs = fs::read_dir(data.path().join("hub/models--org--model/blobs")).expect("the folder").count();
    assert_eq!(blobs, 0, "what was fetched is gone from the disk");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gated_model_needs_a_token_which_is_neither_stored_nor_shown() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = TestHub::start(&[("m.gguf", &[7; 100])]);
    hub.want_token("hf_verysecret");
    let opened = Opened::without_model(data.path(), hub_environment(data.path(), &hub.address())).await;
    let list = || opened.app.list_repository(ListRepository { address: "org/model".into() });
    assert_eq!(ipc::Failure::from(list().await.expect_err("it is gated")).code, Code::TokenWanted);
    let request = |token: &str| SaveToken { token: ipc::download::Secret(token.into()) };
    opened.app.save_token(request("two words")).await.expect_err("that is no token");
    let kept = opened.app.save_token(request("hf_verysecret")).await.expect("it is kept");
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
    let opened = Opened::without_model(data.path(), HubEnvironment::inside(data.path())).await;
    let usual = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    let settings = Settings { hub_endpoint: Some("https://mirror.example".into()), ..Settings::default() };
    let save = SaveSettings { settings };
    opened.app.save_settings(save.clone()).await.expect_err("nobody was asked");
    opened.allow(&save).await;
    opened.app.save_settings(save).await.expect("the settings");
    let set = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    assert_eq!(set.host, "mirror.example");
    assert_ne!(usual.host, set.host);
    let settings = Settings { hub_endpoint: Some("http://mirror.example".into()), ..Settings::default() };
    opened.app.save_settings(SaveSettings { settings }).await.expect_err("it is not encrypted");
    let set = opened.app.read_hub(ReadHub {}).await.expect("the hub");
    assert_eq!(set.host, "mirror.example");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_download_leaves_nothing_on_the_disk() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = model_hub();
    let opened = Opened::without_model(data.path(), hub_environment(data.path(), &hub.address())).await;
    hub.fail(&[Fault::Slow(Duration::from_mins(1))]);
    let download = opened.start("org/model").await;
    opened.wait(|event| match event {
        Event::Job(job) if job.id == download.job && job.progress.done > 40 => Some(()),
        _ => None,
    });
    let stop = ControlJob { job: download.job, action: JobAction::Stop };
    opened.app.control_job(stop).await.expect("it is stopped");
    opened.download(|state| *state == JobState::Stopped);
    let blobs =
        || fs::read_dir(data.path().join("hub/models--org--model/blobs")).expect("the folder").count();
    assert!(blobs() > 0, "what came is kept until the download is removed");
    opened.app.forget_download(ForgetDownload { download: download.id }).await.expect("it is removed");
    assert_eq!(blobs(), 0);
    opened.app.close().await;
}

/// Runs in the process that is killed: starts a download and never ends.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs only as the process that another test kills"]
async fn child() {
    let folder_and_hub = std::env::var(CHILD).expect("a data folder and a hub");
    let (data, address) = folder_and_hub.split_once('|').expect("both");
    let opened = Opened::without_model(Path::new(data), hub_environment(Path::new(data), address)).await;
    opened.start("org/model").await;
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_killed_resumes_where_it_was() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let hub = model_hub();
    hub.fail(&[Fault::Slow(Duration::from_mins(5))]);
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "downloads::child", "--ignored"])
        .env(CHILD, format!("{}|{}", data.path().display(), hub.address()))
        .stdout(Stdio::null())
        .spawn()
        .expect("a second process");
    let expected = sum(&fs::read(starter_model()).expect("the starter model"));
    let part = data.path().join(format!("hub/models--org--model/blobs/{expected}.incomplete"));
    let until = Instant::now() + TIME_LIMIT;
    while fs::metadata(&part).map_or(0, |about| about.len()) < 45_000_000 {
        assert!(Instant::now() < until, "half of the file comes");
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");

    let opened = Opened::without_model(data.path(), hub_environment(data.path(), &hub.address())).await;
    let download = opened.picture.downloads[0].clone();
    assert_eq!(download.state, JobState::Paused, "a download that was killed waits to be resumed");
    opened
        .app
        .control_job(ControlJob { job: download.job, action: JobAction::Resume })
        .await
        .expect("it goes on");
    opened.download(|state| *state == JobState::Done);
    let last = hub.requests().pop().expect("a request");
    assert!(
        last.headers["range"].starts_with("bytes=4") && last.headers.contains_key("if-range"),
        "{last:?}"
    );
    let whole = part.with_extension("");
    assert_eq!(sum(&fs::read(whole).expect("the file")), expected);
    opened.app.close().await;
}
