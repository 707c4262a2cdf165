//! Step 3 of the walk: measures the held-out preference over multipliers.

use serde_json::json;

use crate::window::{COMPUTED, Window};

/// As few as make a curve: at each of them the neutral text is read.
const MULTIPLIERS: [&str; 5] = ["-2", "-1", "0", "1", "2"];

/// Sweeps from -2 to 2. Points appear one by one, and the vector changes the score.
pub(crate) async fn over_multipliers(window: &Window) {
    window.click("nav-sweep").await;
    window.click("sweep-list").await;
    window.fill("sweep-multipliers", &MULTIPLIERS.join(" ")).await;
    window.job_begins("the sweep", async || window.click("sweep-start").await).await;
    let is_growing = async || (1..MULTIPLIERS.len()).contains(&window.count("sweep-row").await);
    window.until("the first points are there before the last one", COMPUTED, is_growing).await;
    window.picture("5-sweeping").await;
    let is_whole = async || window.count("sweep-row").await == MULTIPLIERS.len();
    window.until("every multiplier has its point", COMPUTED, is_whole).await;
    window.job_ends("the sweep").await;

    let points = points(window).await;
    let at = |multiplier: f64| {
        let point = points.iter().find(|point| (point.0 - multiplier).abs() < 1e-9);
        point.unwrap_or_else(|| panic!("the table has no {multiplier}: {points:?}")).1
    };
    assert!((at(2.0) - at(-2.0)).abs() > 1e-3, "the vector makes no difference: {points:?}");
    assert_eq!(window.count("chart-sweep").await, 1, "the chart is on the screen");
    window.picture("5-swept").await;
}

/// Reads multiplier and score from every row of the table.
async fn points(window: &Window) -> Vec<(f64, f64)> {
    let script = "return [...document.querySelectorAll(arguments[0])].map(row => [...row.cells].slice(0, 2).map(cell => cell.innerText))";
    let rows: Vec<(String, String)> = window.script(script, &[json!("[data-testid=sweep-row]")]).await;
    rows.iter().map(|(multiplier, score)| (number(multiplier), number(score))).collect()
}

/// Parses a number with a true minus sign.
fn number(text: &str) -> f64 {
    let plain = text.trim().replace('\u{2212}', "-").replace('+', "");
    plain.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}
