//! Tests that what a person has chosen stays whatever else changes.

use fantoccini::key::Key;
use serde_json::json;

use super::{SIZES, choose, counts, is_at, press, use_set, write};
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

#[tokio::test]
async fn what_was_chosen_on_train_stays_beside_other_tabs_and_with_another_model() {
    let home = Home::tiny_with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.press(&[Key::Control], '2').await;
    counts(&window, "train-epochs", 1).await;
    for ((width, height), multipliers) in SIZES.into_iter().zip(["-1 1", "0 2"]) {
        window.resize(width, height).await;
        choose(&window, "tab-epochs").await;
        counts(&window, "epochs-multipliers", 1).await;
        write(&window, "epochs-multipliers", multipliers).await;
        choose(&window, "tab-run").await;
        counts(&window, "epochs-multipliers", 0).await;
        choose(&window, "tab-epochs").await;
        counts(&window, "epochs-multipliers", 1).await;
        assert_eq!(window.value("epochs-multipliers").await, multipliers);
    }

    write(&window, "train-epochs", "7").await;
    choose(&window, "model-state").await;
    is_at(&window, "model-menu-row").await;
    let is_used = "return document.activeElement.getAttribute('aria-checked') === 'true'";
    if window.script::<bool>(is_used, &[]).await {
        press(&window, Key::Down).await;
    }
    press(&window, Key::Enter).await;
    let is_other = async || window.text("train-layer-status").await.contains("29");
    window.until("the layers are those of the other model", COMPUTED, is_other).await;
    assert_eq!(window.value("train-epochs").await, "7", "the settings are the person's");
    window.close(&home).await;
}

#[tokio::test]
async fn another_data_set_keeps_the_settings_until_its_own_are_asked_for() {
    let home = Home::tiny_with_pairs(8, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.press(&[Key::Control], '2').await;
    counts(&window, "train-epochs", 1).await;
    let usual = window.value("train-epochs").await;
    assert_ne!(usual, "7", "another number is the person's");
    for ((width, height), set) in SIZES.into_iter().zip(["Writes formally", "Answers cheerfully"]) {
        window.resize(width, height).await;
        write(&window, "train-epochs", "7").await;
        let method = window.text("method-chosen").await;
        use_set(&window, set).await;
        window.press(&[Key::Control], '2').await;
        counts(&window, "train-use-set", 1).await;
        assert_eq!(window.value("train-epochs").await, "7", "the settings are the person's");
        assert_eq!(window.text("method-chosen").await, method);
        choose(&window, "train-use-set").await;
        let are_taken = async || window.value("train-epochs").await == usual;
        window.until("the settings of the data set are taken", SOON, are_taken).await;
        counts(&window, "train-use-set", 0).await;
    }
    window.close(&home).await;
}

#[tokio::test]
async fn reload_keeps_the_page_and_what_is_typed() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.script::<()>("window.isTheSamePage = true", &[]).await;
    for ((width, height), step) in SIZES.into_iter().zip(["0.25", "0.125"]) {
        window.resize(width, height).await;
        window.press(&[Key::Control], '3').await;
        counts(&window, "goal-custom", 1).await;
        choose(&window, "goal-custom").await;
        write(&window, "sweep-step", step).await;
        window.press(&[Key::Control], 'r').await;
        window.press(&[Key::Control, Key::Shift], 'R').await;
        press(&window, Key::F5).await;
        window.frames(4).await;
        let is_same = "return window.isTheSamePage ?? false";
        assert!(window.script::<bool>(is_same, &[]).await, "the page was loaded again");
        assert_eq!(window.value("sweep-step").await, step);
        let goal = "return document.querySelector(arguments[0])?.getAttribute('aria-pressed') === 'true'";
        let goal = window.script::<bool>(goal, &[json!("[data-testid=goal-custom]")]).await;
        assert!(goal, "so is what was chosen");
    }
    window.close(&home).await;
}

#[tokio::test]
async fn an_extraction_has_no_steps_epochs_rate_or_curves() {
    let home = Home::tiny_with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for ((width, height), method) in SIZES.into_iter().zip(["method-caa", "method-freeform"]) {
        window.resize(width, height).await;
        window.press(&[Key::Control], '2').await;
        counts(&window, "method-change", 1).await;
        choose(&window, "method-change").await;
        choose(&window, method).await;
        is_at(&window, "method-change").await;
        for field in ["train-epochs", "train-rate"] {
            counts(&window, field, 0).await;
        }
        window.job("the extraction", async || choose(&window, "train-start").await).await;
        counts(&window, "run-extracted", 1).await;
        for part in ["chart-loss", "chart-margin", "train-step-count"] {
            assert_eq!(window.count(part).await, 0, "{part} says nothing about an extraction");
        }
    }
    window.close(&home).await;
}
