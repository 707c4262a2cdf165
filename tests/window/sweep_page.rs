//! Tests the Sweep screen: goals that keep what is typed, its tabs, and the list of sweeps.

use fantoccini::key::Key;
use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// Whether an element's content is taller than its box.
async fn scrolls(window: &Window, selector: &str) -> bool {
    let script = "const box = [...document.querySelectorAll(arguments[0])].find(e => e.offsetParent);
        return box.scrollHeight > box.clientHeight + 1";
    window.script::<bool>(script, &[json!(selector)]).await
}

async fn is_pressed(window: &Window, id: &str) -> bool {
    window.attributes(id, "aria-pressed").await == ["true"]
}

#[tokio::test]
async fn a_goal_chooses_its_scores_and_keeps_what_is_typed() {
    let home = Home::with_pairs(8, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.resize(1280, 860).await;
    window.click("nav-sweep").await;
    window.fill("sweep-step", "0.25").await;
    let before = window.text("goal-measures").await;
    for goal in ["goal-works", "goal-read", "goal-harm", "goal-paper"] {
        window.click(goal).await;
        window.until("it is chosen", SOON, async || is_pressed(&window, goal).await).await;
        assert!(!scrolls(&window, ".pane").await, "{goal} is seen without scrolling");
        window.picture(&format!("sweep-{goal}")).await;
    }
    assert_ne!(window.text("goal-measures").await, before, "each goal says what it measures");
    assert_eq!(window.count("sweep-step").await, 0, "the paper has its own multipliers");
    window.click("goal-read").await;
    window.fill("sweep-tokens", "9").await;
    window.until("the rubric is a chip", SOON, async || window.count("rubric").await >= 1).await;
    window.click("goal-custom").await;
    window.until("everything is there", SOON, async || window.count("score-divergence").await == 1).await;
    window.click("score-divergence").await;
    window.click("goal-works").await;
    window.until("the scores are gone", SOON, async || window.count("score-divergence").await == 0).await;
    assert_eq!(window.value("sweep-step").await, "0.25");
    window.click("goal-custom").await;
    let is_ticked = "return document.querySelector('[data-testid=score-divergence]').checked";
    assert!(window.script::<bool>(is_ticked, &[]).await, "what was ticked by hand is still ticked");
    assert_eq!(window.value("sweep-tokens").await, "9");
    window.close(&home).await;
}

/// Opens the chart's menu, lets the chart fill the window by keys alone, and comes back by Escape.
async fn chart_fills_the_window(window: &Window) {
    window.click("chart-menu").await;
    window.until("the menu is open", SOON, async || window.count("chart-menu-items").await == 1).await;
    for ending in ["png", "svg", "pdf", "csv"] {
        assert_eq!(window.count(&format!("chart-{ending}")).await, 1, "{ending} is offered");
    }
    window.press(&[], char::from(Key::End)).await;
    window.press(&[], char::from(Key::Enter)).await;
    let area = "const box = [...document.querySelectorAll('.canvas-box')].find(e => e.offsetParent || e.classList.contains('full'));
        return box.clientWidth * box.clientHeight / (innerWidth * innerHeight)";
    let share = async || window.script::<f64>(area, &[]).await;
    window.until("it fills the window", SOON, async || share().await > 0.95).await;
    window.picture("sweep-page-1-full").await;
    window.press(&[], char::from(Key::Escape)).await;
    window.until("it is small again", SOON, async || share().await < 0.8).await;
}

#[tokio::test]
async fn a_sweep_is_named_copied_deleted_and_looked_at_in_tabs() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-sweep").await;
    window.click("sweep-list").await;
    window.fill("sweep-multipliers", "-1 0 1").await;
    window.job("the sweep", async || window.click("sweep-start").await).await;
    window.until("it is whole", COMPUTED, async || window.count("sweep-row").await == 3).await;

    // The chart shows changes, and the values are one click away.
    assert!(is_pressed(&window, "sweep-change").await);
    let changes = async || window.texts("sweep-row-change").await;
    let are_known = async || changes().await.iter().filter(|text| !text.trim().is_empty()).count() == 3;
    window.until("its changes are known", COMPUTED, are_known).await;
    assert!(changes().await[1].contains("0.00"), "nothing changes at 0: {:?}", changes().await);
    let is_said = async || window.text("sweep-useful").await.contains(['.', ':']);
    window.until("the range or why there is none is said", SOON, is_said).await;
    window.click("sweep-values").await;
    window.until("the values are shown", SOON, async || is_pressed(&window, "sweep-values").await).await;
    window.click("sweep-change").await;
    window.picture("sweep-page-1-change").await;
    chart_fills_the_window(&window).await;

    window.click("sweep-tab-answers").await;
    window.until("pairs are listed", SOON, async || window.count("point-row").await == 2).await;
    window.click_nth("answers-multiplier", 0).await;
    let at = async || window.texts("answers-multiplier").await.len() == 3;
    window.until("every multiplier is offered", SOON, at).await;
    for tab in ["matrix", "examples", "rate", "export"] {
        let id = format!("sweep-tab-{tab}");
        window.click(&id).await;
        let is_shown = async || window.attributes(&id, "aria-selected").await == ["true"];
        window.until(&format!("{tab} is shown"), SOON, is_shown).await;
        window.picture(&format!("sweep-page-2-{tab}")).await;
    }

    // The list: a name, the settings in the form, and a deletion that comes back.
    window.click("sweep-pane-list").await;
    let says = async || window.text("sweep-result").await.contains("Preference");
    window.until("the list says what came out", SOON, says).await;
    window.fill("sweep-name", "\u{7b2c}\u{4e00}\u{6b21}\u{626b}\u{63cf}").await;
    window.press(&[], char::from(Key::Tab)).await;
    let is_named = async || window.text("sweep-list-row").await.contains("\u{7b2c}\u{4e00}\u{6b21}");
    window.until("it is named", SOON, is_named).await;
    window.picture("sweep-page-3-list").await;
    window.click("sweep-duplicate").await;
    window.until("the form is there by hand", SOON, async || is_pressed(&window, "goal-custom").await).await;
    assert_eq!(window.value("sweep-from").await, "-1");
    assert_eq!(window.value("sweep-to").await, "1");
    window.click("sweep-pane-list").await;
    window.click("sweep-delete").await;
    window.until("it is gone", SOON, async || window.count("sweep-list-row").await == 0).await;
    window.script::<()>("document.activeElement?.blur()", &[]).await;
    window.press(&[Key::Control], 'z').await;
    window.until("it is back", SOON, async || window.count("sweep-list-row").await == 1).await;
    window.close(&home).await;
}
