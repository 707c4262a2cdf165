//! Measures how quickly the side bar responds while a vector is trained.

use serde::Deserialize;

use crate::home::Home;
use crate::steps::{open, train};
use crate::window::{COMPUTED, Window};

/// The limit in milliseconds on the median time of a click while the engine computes. A single click may take longer, up to
/// `FORGIVEN`, because on a test machine every core may be busy.
const ANSWERED: f64 = 100.0;
const FORGIVEN: f64 = 300.0;

/// The time from a click on the side bar until the other screen was drawn.
#[derive(Deserialize)]
struct Click {
    screen: String,
    milliseconds: f64,
}

#[tokio::test]
async fn every_screen_responds_while_a_vector_is_trained() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::starter_project(&window).await;
    window.click("nav-train").await;
    // At the default layer a step computes for about a second on every core.
    window.job_begins("the run", async || window.click("train-start").await).await;
    window.until("the first step is counted", COMPUTED, async || train::steps(&window).await >= 1).await;
    clicks_are_answered(&window).await;
    window.click("job-stop").await;
    window.job_ends("the run").await;
    window.close(&home).await;
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
