//! Measures how quickly the side bar responds while a vector is trained.

use serde::Deserialize;

use super::{limit, median};
use crate::home::Home;
use crate::steps::{open, train};
use crate::window::{COMPUTED, Window};

/// The time in milliseconds that nobody notices, for the median click while the engine computes. A single click may take longer,
/// up to `FORGIVEN`, because on a test machine every core may be busy.
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
    // The lists are longer than what is shown of them, and the run is under way sooner than with all pairs.
    let home = Home::with_pairs(40, 4);
    let window = Window::open(&home).await;
    open::starter_project(&window).await;
    // The first time a screen is made; from then on only the click is measured.
    clicks(&window).await;
    let limits = Limits::beside(&clicks(&window).await);
    eprintln!("limits from clicks while nothing is computed: {limits:.0?}");
    window.click("nav-train").await;
    // At the default layer a step computes for about a second on every core.
    window.job_begins("the run", async || window.click("train-start").await).await;
    window.until("the first step is counted", COMPUTED, async || train::steps(&window).await >= 1).await;
    clicks_are_answered(&window, limits).await;
    window.click("job-stop").await;
    window.job_ends("the run").await;
    window.close(&home).await;
}

/// What a click may take in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Limits {
    median: f64,
    longest: f64,
}

impl Limits {
    /// Returns the limits on a machine where the clicks took these times while nothing was computed.
    fn beside(idle: &[Click]) -> Self {
        let (median, longest) = median_and_longest(idle);
        Self { median: limit(ANSWERED, median), longest: limit(FORGIVEN, longest) }
    }
}

async fn clicks(window: &Window) -> Vec<Click> {
    window.script_until_done(include_str!("clicks.js"), &[]).await
}

fn median_and_longest(clicks: &[Click]) -> (f64, f64) {
    let milliseconds: Vec<f64> = clicks.iter().map(|click| click.milliseconds).collect();
    (median(milliseconds.clone()), milliseconds.into_iter().fold(0.0, f64::max))
}

async fn clicks_are_answered(window: &Window, limits: Limits) {
    let mut faults = vec![];
    while faults.len() < MEASUREMENTS {
        match slow(&clicks(window).await, limits) {
            None => return,
            Some(fault) => faults.push(fault),
        }
    }
    panic!("while training, the side bar was slow {MEASUREMENTS} times:\n{}", faults.join("\n"));
}

/// Says what was slow. Returns `None` if nothing was.
fn slow(clicks: &[Click], limits: Limits) -> Option<String> {
    let (median, longest) = median_and_longest(clicks);
    let is_whole = clicks.iter().all(|click| click.shown && click.drawn);
    let is_slow = median > limits.median || longest > limits.longest || !is_whole;
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
