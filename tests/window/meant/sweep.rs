//! Tests that what belongs to a sweep stays with it: its points when it is stopped, its set, its zoom.

use fantoccini::key::Key;
use serde_json::json;

use super::charts::{changes, still};
use super::{SIZES, choose, counts, css, palette, press, reach, use_set, write};
use crate::charts::with_a_sweep;
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

#[tokio::test]
async fn a_stopped_sweep_keeps_its_points_and_goes_on() {
    let home = Home::with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for ((width, height), list) in SIZES.into_iter().zip(["-2 -1 0 1 2", "-1.5 -0.5 0 0.5 1.5"]) {
        window.resize(width, height).await;
        window.press(&[Key::Control], '3').await;
        counts(&window, "sweep-pane-new", 1).await;
        choose(&window, "sweep-pane-new").await;
        if window.count("sweep-multipliers").await == 0 {
            choose(&window, "sweep-list").await;
            counts(&window, "sweep-multipliers", 1).await;
        }
        write(&window, "sweep-multipliers", list).await;
        window.job_begins("the sweep", async || choose(&window, "sweep-start").await).await;
        let is_growing = async || (1..5).contains(&window.count("sweep-row").await);
        window.until("the first points are there before the last one", COMPUTED, is_growing).await;
        palette(&window, "stop the job", "Stop the job").await;
        press(&window, Key::Enter).await;
        counts(&window, "palette", 0).await;
        window.job_ends("the stopped sweep").await;
        counts(&window, "sweep-go-on", 1).await;
        let kept = window.count("sweep-row").await;
        assert!(kept >= 1, "what was measured stays");
        window.job_begins("the rest of it", async || choose(&window, "sweep-go-on").await).await;
        assert!(window.count("sweep-row").await >= kept, "it does not begin anew");
        window.job_ends("the rest of it").await;
        counts(&window, "sweep-row", 5).await;
        counts(&window, "sweep-go-on", 0).await;
    }
    window.close(&home).await;
}

/// Returns the names of the data sets that the form measures on.
async fn measured_on(window: &Window) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])].map(chip => chip.innerText.trim())";
    window.script(script, &[json!("[data-testid=sweep-set][aria-pressed=true]")]).await
}

#[tokio::test]
async fn measured_on_starts_as_the_set_of_the_vector_whatever_set_is_in_use() {
    let (home, _) = with_a_sweep();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for ((width, height), set) in SIZES.into_iter().zip(["Answers cheerfully", "Writes formally"]) {
        window.resize(width, height).await;
        use_set(&window, set).await;
        window.press(&[Key::Control], '3').await;
        counts(&window, "sweep-pane-new", 1).await;
        choose(&window, "sweep-pane-new").await;
        let is_own = async || {
            let chosen = measured_on(&window).await;
            chosen.len() == 1 && chosen[0].contains("Writes formally")
        };
        window.until("the set of the vector is measured on", SOON, is_own).await;
    }
    window.close(&home).await;
}

/// Shows the sweep in this row of the list, from 0, with the focus on its chart.
async fn show(window: &Window, row: usize) {
    window.press(&[Key::Control], '3').await;
    choose(window, "sweep-pane-list").await;
    reach(window, "sweep-list-row").await;
    let is_there = "return document.querySelectorAll(arguments[0])[arguments[1]] === document.activeElement";
    for _ in 0..super::MOST_KEYS {
        if window.script::<bool>(is_there, &[json!(css("sweep-list-row")), json!(row)]).await {
            break;
        }
        press(window, Key::Tab).await;
    }
    press(window, Key::Enter).await;
    let is_shown = async || window.attributes("sweep-list-row", "aria-pressed").await[row] == "true";
    window.until("the sweep is shown", SOON, is_shown).await;
    let are_known = async || {
        let changes = window.texts("sweep-row-change").await;
        !changes.is_empty() && changes.iter().all(|change| !change.trim().is_empty())
    };
    window.until("every change is known", COMPUTED, are_known).await;
    window.point_at("nav-sweep").await;
    reach(window, "chart-sweep").await;
}

#[tokio::test]
async fn zoom_by_keys_belongs_to_the_sweep_that_was_shown() {
    let (home, _) = with_a_sweep();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.press(&[Key::Control], '3').await;
    counts(&window, "sweep-pane-new", 1).await;
    choose(&window, "sweep-pane-new").await;
    choose(&window, "sweep-list").await;
    counts(&window, "sweep-multipliers", 1).await;
    write(&window, "sweep-multipliers", "0 2").await;
    window.job("the second sweep", async || choose(&window, "sweep-start").await).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        show(&window, 0).await;
        let whole = still(&window, "chart-sweep").await;
        changes(&window, "chart-sweep", '+', &whole).await;
        show(&window, 1).await;
        show(&window, 0).await;
        let is_whole = async || still(&window, "chart-sweep").await == whole;
        window.until("the first sweep is shown whole again", SOON, is_whole).await;
    }
    window.close(&home).await;
}
