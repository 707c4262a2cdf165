//! Measures how quickly the side bar responds while a vector is trained.

use serde::Deserialize;

use crate::home::Home;
use crate::steps::{open, train};
use crate::window::{COMPUTED, Window};

/// The limit in milliseconds on the median time of a click while the engine computes. A single click may take longer, up to
/// `FORGIVEN`, because on a test machine every core may be busy.
const ANSWERED: f64 = 100.0;
const FORGIVEN: f64 = 300.0;

/// The number of measurements of which one must keep the limits. What disturbs one (another program of the machine, a frame that
/// the web view leaves out) seldom disturbs all.
const MEASUREMENTS: usize = 3;

/// The time from a click on the side bar until the other screen was drawn.
#[derive(Deserialize)]
struct Click {
    screen: String,
    /// Whether the screen came in time.
    shown: bool,
    /// Whether a frame came in time.
    drawn: bool,
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
    let mut faults = vec![];
    while faults.len() < MEASUREMENTS {
        let clicks: Vec<Click> = window.script_until_done(include_str!("clicks.js"), &[]).await;
        match slow(clicks) {
            None => return,
            Some(fault) => faults.push(fault),
        }
    }
    panic!("while training, the side bar was slow {MEASUREMENTS} times:\n{}", faults.join("\n"));
}

/// Says what was slow. Returns `None` if nothing was.
fn slow(mut clicks: Vec<Click>) -> Option<String> {
    clicks.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
    let median = clicks[clicks.len() / 2].milliseconds;
    let longest = clicks[clicks.len() - 1].milliseconds;
    let is_whole = clicks.iter().all(|click| click.shown && click.drawn);
    let is_slow = median > ANSWERED || longest > FORGIVEN || !is_whole;
    is_slow.then(|| clicks.iter().map(described).collect::<Vec<_>>().join(", "))
}

fn described(click: &Click) -> String {
    let missing = match (click.shown, click.drawn) {
        (true, true) => "",
        (false, _) => " (not shown)",
        (true, false) => " (no frame)",
    };
    format!("{} {:.0} ms{missing}", click.screen, click.milliseconds)
}
