//! Tests the Train screen: methods and their settings, steerability, several layers, the epoch heat map, the comparison of
//! runs, positions, and the search over layers and rates.

use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// Selects an option as a person does.
async fn choose(window: &Window, id: &str, value: &str) {
    let script =
        "const e = document.querySelector(`[data-testid=\"${arguments[0]}\"]`); e.value = arguments[1];
        e.dispatchEvent(new Event('change', { bubbles: true })); return e.value";
    let chosen: String = window.script(script, &[json!(id), json!(value)]).await;
    assert_eq!(chosen, value, "{id} has this choice");
}

/// Selects layers by typing them.
async fn take_layers(window: &Window, layers: &str) {
    if window.count("train-layers").await == 0 {
        window.click("train-several").await;
    }
    window.fill("train-layers", layers).await;
}

#[tokio::test]
async fn methods_are_chosen_and_the_pairs_are_looked_at() {
    let home = Home::with_pairs(16, 6);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    window.click("method-change").await;
    window.picture("methods-1-chooser").await;
    window.click("method-reps").await;
    window.until("it is chosen", SOON, async || window.text("method-chosen").await.contains("RePS")).await;
    window.script::<()>("document.querySelector('[data-testid=train-more]').open = true", &[]).await;
    assert_eq!(window.value("train-beta").await, "1", "beta follows the method");
    window.fill("train-factors", "0.5 1 2").await;
    window.picture("methods-2-settings").await;
    choose(&window, "train-preset", "paper").await;
    let is_published = async || window.value("train-rate").await == "0.0005";
    window.until("the paper's rate is there", SOON, is_published).await;

    window.click("tab-intervention").await;
    window.until("tokens are shown", SOON, async || !window.text("token-preview").await.is_empty()).await;
    choose(&window, "intervention-positions", "answer").await;
    window.picture("methods-3-tokens").await;

    window.click("tab-steerability").await;
    window.picture("methods-4-steerability-before").await;
    window.job("the look at the pairs", async || window.click("steerability-start").await).await;
    window.until("every layer is known", SOON, async || window.count("steerability-row").await == 30).await;
    window.picture("methods-4-steerability").await;
    let verdict = window.text("steerability-verdict").await;
    assert!(
        verdict.starts_with("Yes") || verdict.starts_with("Probably") || verdict.starts_with("Weakly"),
        "{verdict}"
    );
    assert!(window.text("steerability-found").await.contains("the mean over 30 layers"));
    // The wheel scrolls the page; with Ctrl it zooms the chart.
    let wheel = "const wheel = new WheelEvent('wheel', { deltaY: 120, ctrlKey: arguments[0], bubbles: true, cancelable: true });
        document.querySelector('[data-testid=chart-agreement]').dispatchEvent(wheel);
        return wheel.defaultPrevented";
    assert!(!window.script::<bool>(wheel, &[false.into()]).await, "the page scrolls");
    assert!(window.script::<bool>(wheel, &[true.into()]).await, "the chart zooms");
    window.close(&home).await;
}

#[tokio::test]
async fn epochs_are_picked_runs_compared_and_layers_searched() {
    // What is measured comes as quickly as the tiny model computes it; the numbers themselves are other tests'.
    let home = Home::tiny_with_pairs(8, 3);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    window.click("method-change").await;
    window.click("method-bipo-both").await;
    take_layers(&window, "0, 1").await;
    window.fill("train-epochs", "2").await;
    window.job("the run", async || window.click("train-start").await).await;
    window.picture("methods-5-run").await;

    window.click("tab-epochs").await;
    window.fill("epochs-multipliers", "-1 0 1").await;
    window.job("the measurement", async || window.click("epochs-start").await).await;
    let is_measured = async || {
        let rows = window.texts("epochs-row").await;
        rows.len() == 2 && rows.iter().all(|row| !row.contains('\u{2013}'))
    };
    window.until("every epoch is measured", SOON, is_measured).await;
    window.picture("methods-6-epochs").await;
    window.click("epochs-row-pick").await;
    window.until("it is a vector", SOON, async || window.count("epochs-row-pick").await == 1).await;

    window.click("method-change").await;
    window.click("method-freeform").await;
    take_layers(&window, "1").await;
    window.job("the second run", async || window.click("train-start").await).await;
    window.until("two runs are there", SOON, async || window.count("run-row").await == 2).await;
    window.click("tab-compare").await;
    window
        .until("settings are compared", SOON, async || !window.text("compare-table").await.is_empty())
        .await;
    window.picture("methods-7-compare").await;

    window.click("tab-intervention").await;
    choose(&window, "vector-how", "project-out").await;
    window.until("it is warned", SOON, async || window.count("intervention-mismatch").await == 1).await;
    choose(&window, "vector-how", "add").await;
    window.until("the warning goes", SOON, async || window.count("intervention-mismatch").await == 0).await;
    window.job("the strengths", async || window.click("strength-start").await).await;
    let has_strengths = async || window.text("strength-table").await.lines().count() >= 9;
    window.until("strengths are measured", SOON, has_strengths).await;
    window.picture("methods-8-strength").await;

    window.click("method-change").await;
    window.click("method-bipo").await;
    window.click("tab-layers").await;
    window.fill("search-layers", "0-1").await;
    window.fill("search-rates", "0.05").await;
    window.fill("search-budget", "8").await;
    window.job("the search", async || window.click("search-start").await).await;
    window.until("a layer is proposed", SOON, async || window.count("search-proposal").await == 1).await;
    window.picture("methods-9-search").await;
    window.click("search-use").await;
    window.close(&home).await;
}
