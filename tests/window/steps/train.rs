//! Step 2, second half: trains a vector and watches the curves.

use fantoccini::key::Key;
use serde_json::json;

use crate::window::{COMPUTED, SOON, Window};

/// The vectors that come with the application.
pub(crate) const STARTER_VECTORS: usize = ipc::behaviour::STARTER_BEHAVIOURS.len();

/// A late layer, above which few blocks are left, so that a step is quick.
const LAYER: &str = "26";

/// Trains a vector for a few steps at a late layer, and watches its curves grow.
pub(crate) async fn a_vector(window: &Window) {
    window.click("nav-train").await;
    layer(window, LAYER).await;
    window.fill("train-epochs", "4").await;
    window.picture("3-train-before").await;
    window.job_begins("the run", async || window.click("train-start").await).await;
    assert_eq!(window.count("job-strip").await, 1, "the run is on the strip");
    window.until("the first steps are counted", COMPUTED, async || steps(window).await >= 2).await;
    let early = history(window).await;
    let grows = async || history(window).await > early;
    window.until("the table of the run grows", COMPUTED, grows).await;
    window.picture("3-training").await;
    for chart in ["chart-loss", "chart-margin"] {
        assert_eq!(window.count(chart).await, 1, "{chart} is on the screen");
    }
    has_vectors(window, 1).await;
    window.picture("3-trained").await;
    keys_pass_a_chart(window).await;
}

/// A chart that was clicked does not hold the Tab key, and the key of a screen takes the focus there.
async fn keys_pass_a_chart(window: &Window) {
    let is_focused = async |selector: &str| {
        window.script::<bool>("return document.activeElement.matches(arguments[0])", &[json!(selector)]).await
    };
    // egui reads keys on the canvas or in a field of its own beside it.
    let chart = ".canvas-box > canvas, .canvas-box > input";
    window.click("chart-loss").await;
    window.until("the chart has the focus", SOON, async || is_focused(chart).await).await;
    window.press(&[], char::from(Key::Tab)).await;
    let has_left = async || !is_focused(&format!("{chart}, body")).await;
    window.until("Tab leads on from the chart", SOON, has_left).await;
    window.press(&[Key::Control], '1').await;
    window.until("the screen has the focus", SOON, async || is_focused("main").await).await;
    window.press(&[Key::Control], '2').await;
    window.until("so has the one before", SOON, async || window.count("chart-loss").await == 1).await;
}

/// Moves the slider of the layer.
pub(crate) async fn layer(window: &Window, layer: &str) {
    let script = "const slider = document.querySelector(arguments[0]); slider.value = arguments[1]; slider.dispatchEvent(new Event('input', { bubbles: true }))";
    window.script::<()>(script, &[json!("[data-testid=train-layer]"), json!(layer)]).await;
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

/// Waits until there are this many vectors beside those that come along, and the job that makes the last one is over. The job
/// must have begun. Returns to the Train screen.
pub(crate) async fn has_vectors(window: &Window, number: usize) {
    window.click("nav-vectors").await;
    let are_listed = async || window.count("vector-row").await == STARTER_VECTORS + number;
    window.until(&format!("{number} vectors are listed"), COMPUTED, are_listed).await;
    window.job_ends("the run").await;
    window.click("nav-train").await;
    let are_runs = async || window.count("run-row").await == number;
    window.until(&format!("{number} runs are listed"), SOON, are_runs).await;
}
