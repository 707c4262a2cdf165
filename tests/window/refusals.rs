//! Tests that Tiller reports what it cannot do in a sentence and never panics.

use std::io::Read as _;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::home::Home;
use crate::window::{COMPUTED, SOON, Window};

#[tokio::test]
async fn a_missing_model_is_reported() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    failure_says(&window, "not there").await;
    window.picture("refusal-missing-model").await;
    window.close(&home).await;
}

#[tokio::test]
async fn a_model_that_is_cut_off_is_reported() {
    let home = Home::with_model_cut_off();
    let window = Window::open(&home).await;
    failure_says(&window, "cut off").await;
    window.picture("refusal-cut-off-model").await;
    window.close(&home).await;
}

#[tokio::test]
async fn data_of_a_newer_version_is_reported_and_left_as_it_is() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.until("the starter content is there", SOON, async || window.count("pair-row").await > 0).await;
    window.close(&home).await;
    come_from_the_future(&home).await;

    let window = Window::open_refused(&home).await;
    failure_says(&window, "newer").await;
    window.picture_as_it_is("refusal-newer-data").await;
    window.close(&home).await;
    assert_eq!(newest_form(&home).await, FUTURE, "the data must be left as it is");
}

#[tokio::test]
async fn a_second_process_on_the_same_data_is_reported() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let (stderr, _) = stderr_of_tiller(&home, |_| {});
    assert!(stderr.contains("already running"), "a sentence is missing in: {stderr:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    window.until("the first window still answers", SOON, async || window.count("nav-data").await == 1).await;
    window.close(&home).await;
}

#[tokio::test]
async fn of_two_panics_the_first_is_shown_because_the_second_only_follows_from_it() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let panics = "for (const detail of ['the cause', 'what followed'])
        window.dispatchEvent(new CustomEvent('tiller-panic', { detail }))";
    window.script::<()>(panics, &[]).await;
    let shown: String = window.script("return document.body.innerText", &[]).await;
    assert!(shown.contains("the cause") && !shown.contains("what followed"), "{shown}");
    window.close(&home).await;
}

#[tokio::test]
async fn a_trap_that_is_no_panic_is_said_and_another_error_of_a_script_is_not() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    // The smallest module, whose only function is a trap. It runs by itself, as the page's program does.
    let fail = "const [is_trap] = arguments;
        const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
        const { f } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports;
        setTimeout(is_trap ? f : () => { throw new Error('of no consequence'); }, 0)";
    window.script::<()>(fail, &[json!(false)]).await;
    window.frames(3).await;
    assert!(window.count("nav-data").await == 1, "the page goes on");
    window.script::<()>(fail, &[json!(true)]).await;
    let is_said =
        async || window.script("return document.body.innerText.includes('RuntimeError')", &[]).await;
    window.until("the trap is said", SOON, is_said).await;
    window.close(&home).await;
}

#[test]
fn a_missing_display_is_reported() {
    let home = Home::new();
    let (stderr, status) = stderr_of_tiller(&home, |tiller| {
        tiller.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    });
    assert!(stderr.contains("display"), "a sentence is missing in: {stderr:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(status.is_some_and(|status| !status.success()), "it must end with a failure: {status:?}");
}

#[test]
fn a_display_that_does_not_answer_is_reported() {
    let home = Home::new();
    let (stderr, status) = stderr_of_tiller(&home, |tiller| {
        tiller.env("DISPLAY", ":4095").env_remove("WAYLAND_DISPLAY");
    });
    assert!(stderr.contains("nobody answers at DISPLAY=:4095"), "a sentence is missing in: {stderr:?}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(status.and_then(|status| status.code()), Some(1));
}

async fn failure_says(window: &Window, word: &str) {
    let what = format!("a failure says {word:?}");
    let is_shown = async || window.texts("failure").await.iter().any(|text| text.contains(word));
    window.until(&what, COMPUTED, is_shown).await;
}

/// Returns what Tiller prints on standard error until it ends, or until a time limit.
fn stderr_of_tiller(
    home: &Home,
    change: impl FnOnce(&mut std::process::Command),
) -> (String, Option<ExitStatus>) {
    let mut tiller = home.tiller();
    change(tiller.stderr(Stdio::piped()).stdin(Stdio::null()));
    let mut child = tiller.spawn().expect("Tiller starts");
    let deadline = Instant::now() + Duration::from_secs(15);
    let mut status = None;
    while status.is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(100));
        status = child.try_wait().expect("Tiller can be waited for");
    }
    child.kill().expect("Tiller can be ended");
    child.wait().expect("Tiller ends");
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
    (stderr, status)
}

/// A version of the store's schema that does not exist yet.
const FUTURE: i64 = 9_999;

async fn come_from_the_future(home: &Home) {
    let mut store = open(home).await;
    let migration = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (?, 'from the future', TRUE, x'00', 0)";
    sqlx::query(migration).bind(FUTURE).execute(&mut store).await.expect("a row");
    store.close().await.expect("the store closes");
}

async fn newest_form(home: &Home) -> i64 {
    let mut store = open(home).await;
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut store)
        .await
        .expect("a number")
}

async fn open(home: &Home) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(home.store());
    SqliteConnection::connect_with(&options).await.expect("the store opens")
}
