//! Tests sweeps of several vectors, sets and scores in the window: curves, the items behind their points, and exports.

use std::fs;

use serde_json::json;

use crate::home::Home;
use crate::steps::{open, train};
use crate::window::{COMPUTED, SOON, Window};

/// The number of scores that are selected by default.
const SCORES_THERE: usize = 3;

#[tokio::test]
async fn several_scores_on_one_chart_and_what_lies_behind_them() {
    let home = Home::tiny_with_pairs(8, 3);
    let window = Window::open(&home).await;
    open::starter_project(&window).await;
    window.click("nav-sweep").await;
    window.picture("9-sweep-empty").await;

    // Two vectors from a method without training.
    for (layer, vectors) in [("0", 1), ("1", 2)] {
        window.click("nav-train").await;
        window.click("method-change").await;
        window.click("method-freeform").await;
        train::layer(&window, layer).await;
        window.job("the extraction", async || window.click("train-start").await).await;
        train::has_vectors(&window, vectors).await;
    }

    window.click("nav-sweep").await;
    window
        .until("both vectors can be chosen", SOON, async || {
            window.count("sweep-vector").await == train::STARTER_VECTORS + 2
        })
        .await;
    window.click("goal-custom").await;
    window.click_nth("sweep-vector", 1).await;
    for score in ["score-divergence", "score-choice", "score-length", "score-knowledge-0"] {
        window.click(score).await;
    }
    window.click("sweep-list").await;
    window.fill("sweep-multipliers", "-1 0 1").await;
    let ways = "[...document.querySelectorAll('summary')].find(s => s.innerText.includes('Prompting baselines')).click()";
    window.script::<()>(ways, &[]).await;
    window.click("way-for").await;
    window.script::<()>(ways, &[]).await;
    let limits = "[...document.querySelectorAll('details')].forEach(d => { if (d.innerText.includes('Suffix')) d.open = true; })";
    window.script::<()>(limits, &[]).await;
    window.fill("sweep-tokens", "12").await;
    window.fill("sweep-limit", "2").await;
    window.picture("9-sweep-chosen").await;
    window.job_begins("the sweep", async || window.click("sweep-start").await).await;
    window.until("the first points are there", COMPUTED, async || window.count("sweep-row").await > 0).await;
    window.picture("9-sweeping").await;
    window.job_ends("the sweep").await;
    // Two vectors at three multipliers, and one system prompt.
    let is_whole = async || window.count("sweep-row").await == 2 * 3 + 1;
    window.until("every curve has its points", SOON, is_whole).await;
    assert_eq!(window.count("legend-entry").await, 3);
    window.picture("9-swept").await;

    // Hides a curve and shows it again.
    window.click_nth("legend-entry", 1).await;
    window.until("a curve is left out", SOON, async || window.count("sweep-row").await == 4).await;
    window.click_nth("legend-entry", 1).await;
    window.until("it is there again", SOON, is_whole).await;

    // Shows the answers behind a point, with the differences marked.
    let panels: Vec<String> = window
        .script(
            "return [...document.querySelectorAll('[data-testid=sweep-panel] option')].map(o => o.innerText)",
            &[],
        )
        .await;
    assert_eq!(panels.len(), SCORES_THERE + 4, "{panels:?}");
    let length = panels.iter().position(|panel| panel.starts_with("Length")).expect("the length has a panel");
    // Both tables have the same number of rows, so only their content shows which one is there.
    let others = window.texts("sweep-row").await;
    choose(&window, "sweep-panel", &length.to_string()).await;
    let is_of_lengths = async || is_whole().await && window.texts("sweep-row").await != others;
    window.until("the table is of the lengths", SOON, is_of_lengths).await;
    window.click_row("sweep-row").await;
    window.until("the answers are listed", SOON, async || window.count("point-row").await == 2).await;
    window.picture("9-behind").await;
    window.click("sort-value").await;
    assert_eq!(
        window.attributes("sweep-tab-answers", "aria-selected").await,
        ["true"],
        "a point opens its answers"
    );

    // Shows the slope of each example.
    choose(&window, "sweep-panel", "0").await;
    window.click("sweep-tab-examples").await;
    // The limit is one of answers, so every held-out pair is here.
    window.until("the examples are listed", SOON, async || window.count("example-row").await == 3).await;
    assert!(window.text("examples-wrong").await.ends_with('%'));
    window.script::<()>("document.querySelector('[data-testid=example-row]').scrollIntoView()", &[]).await;
    window.picture("9-examples").await;

    exports(&home, &window).await;
    compare(&window).await;
    window.close(&home).await;
}

/// Exports every format and checks the content of the files.
async fn exports(home: &Home, window: &Window) {
    window.click("sweep-tab-export").await;
    for (format, begins) in [
        ("png", "\u{89}PNG"),
        ("svg", "<svg"),
        ("pdf", "%PDF-"),
        ("csv", "sweep,curve"),
        ("json", "{"),
        ("html", "<!doctype html>"),
    ] {
        window.click(&format!("export-{format}")).await;
        let path = home.path(&format!("chart.{format}"));
        window.fill("sweep-export-path", &path.to_string_lossy()).await;
        window.click("sweep-export-write").await;
        let is_shown =
            async || window.text("sweep-export-written").await.contains(&format!("chart.{format}"));
        window.until(&format!("the {format} is written"), COMPUTED, is_shown).await;
        let bytes = fs::read(&path).expect("the file");
        let begins = if format == "png" { b"\x89PNG".to_vec() } else { begins.as_bytes().to_vec() };
        assert!(bytes.starts_with(&begins), "{format}");
    }
    fs::copy(home.path("chart.png"), crate::home::screenshots().join("9-chart.png")).expect("a copy");
    window.picture("9-exported").await;
}

/// Compares all curves in a table.
async fn compare(window: &Window) {
    window.click("sweep-tab-chart").await;
    window.script::<()>("document.querySelector('[data-testid=compare] summary').click()", &[]).await;
    window.script::<()>("document.querySelector('[data-testid=compare]').scrollIntoView()", &[]).await;
    window.until("the curves are compared", SOON, async || window.count("compare-row").await >= 8).await;
    window.fill("compare-filter", "perplexity").await;
    window.until("the table is filtered", SOON, async || window.count("compare-row").await == 2).await;
    window.script::<()>("document.querySelector('[data-testid=compare]').scrollIntoView()", &[]).await;
    window.picture("9-compared").await;
}

/// Selects an option of a list.
async fn choose(window: &Window, id: &str, value: &str) {
    let script = "const list = document.querySelector(arguments[0]); list.value = arguments[1]; list.dispatchEvent(new Event('change', { bubbles: true }))";
    window.script::<()>(script, &[json!(format!("[data-testid={id}]")), json!(value)]).await;
}
