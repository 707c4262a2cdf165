//! Step 2, second half: trains a vector and watches the curves.

use serde::Deserialize;
use serde_json::json;

use crate::window::{COMPUTED, SOON, Window};

/// The limit in milliseconds on the median time of a click while the engine computes. A single click may take longer, up to
/// `FORGIVEN`, because on a test machine every core may be busy.
const ANSWERED: f64 = 100.0;
const FORGIVEN: f64 = 300.0;

/// Trains a vector for a few steps, and checks that every screen responds meanwhile.
pub(crate) async fn a_vector(window: &Window) {
    window.click("nav-train").await;
    window.fill("train-epochs", "2").await;
    window.picture("3-train-before").await;
    window.job_begins("the run", async || window.click("train-start").await).await;
    assert_eq!(window.count("job-strip").await, 1, "the run is on the strip");
    window.until("the first steps are counted", COMPUTED, async || steps(window).await >= 2).await;
    let early = history(window).await;
    clicks_are_answered(window).await;
    window.click("nav-train").await;
    let grows = async || history(window).await > early;
    window.until("the table of the run grows", COMPUTED, grows).await;
    window.picture("3-training").await;
    for chart in ["chart-loss", "chart-margin"] {
        assert_eq!(window.count(chart).await, 1, "{chart} is on the screen");
    }
    has_vectors(window, 1).await;
    window.picture("3-trained").await;
}

/// Reads the number of steps on the screen.
pub(crate) async fn steps(window: &Window) -> u32 {
    let text = window.text("train-step-count").await;
    text.split(|letter: char| !letter.is_ascii_digit()).find_map(|part| part.parse().ok()).unwrap_or(0)
}

/// Counts the rows of the run's table.
pub(crate) async fn history(window: &Window) -> usize {
    window
        .script(
            "return document.querySelector(arguments[0])?.querySelectorAll('tbody tr').length ?? 0",
            &[json!("[data-testid=train-history-table]")],
        )
        .await
}

/// Waits until there are this many vectors and the job that makes the last one is over. The job must have begun. Returns to
/// the Train screen.
pub(crate) async fn has_vectors(window: &Window, number: usize) {
    window.click("nav-vectors").await;
    let are_listed = async || window.count("vector-row").await == number;
    window.until(&format!("{number} vectors are listed"), COMPUTED, are_listed).await;
    window.job_ends("the run").await;
    window.click("nav-train").await;
    let are_runs = async || window.count("run-row").await == number;
    window.until(&format!("{number} runs are listed"), SOON, are_runs).await;
}

/// The time from a click on the side bar until the other screen was drawn.
#[derive(Deserialize)]
struct Click {
    screen: String,
    milliseconds: f64,
}

async fn clicks_are_answered(window: &Window) {
    let mut clicks: Vec<Click> = window.script_until_done(include_str!("clicks.js"), &[]).await;
    clicks.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
    let times: Vec<String> =
        clicks.iter().map(|click| format!("{} {:.0} ms", click.screen, click.milliseconds)).collect();
    let times = times.join(", ");
    let median = clicks[clicks.len() / 2].milliseconds;
    let longest = clicks[clicks.len() - 1].milliseconds;
    assert!(median <= ANSWERED, "half of the clicks took longer than {ANSWERED} ms while training: {times}");
    assert!(longest <= FORGIVEN, "a click took longer than {FORGIVEN} ms while training: {times}");
}
