//! Step 2, again: stops a run and checks that it keeps its vector.

use crate::steps::train::{has_vectors, steps};
use crate::window::{COMPUTED, Window};

/// The steps of the longer run, by which its counter differs from that of the run before: 20 epochs over the pairs of the walk.
const STEPS: &str = "60";

/// Starts a longer run and stops it after a few steps.
pub(crate) async fn a_run(window: &Window) {
    window.click("nav-train").await;
    window.fill("train-epochs", "20").await;
    window.job_begins("the second run", async || window.click("train-start").await).await;
    let is_shown = async || window.text("train-step-count").await.contains(STEPS);
    let is_under_way =
        async || window.count("job-stop").await == 1 && is_shown().await && steps(window).await >= 2;
    window.until("the second run makes steps", COMPUTED, is_under_way).await;
    window.click("job-stop").await;
    has_vectors(window, 2).await;
    window.picture("4-stopped").await;
}
