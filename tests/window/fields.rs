//! Tests that a field which cannot be read never runs as something else: the button waits and says why, and what is typed
//! stays as it is.

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

async fn is_waiting(window: &Window, button: &str, words: &str) {
    let disabled = format!("return document.querySelector('[data-testid={button}]').disabled");
    let waits = async || {
        window.script::<bool>(&disabled, &[]).await && window.text("field-fault").await.contains(words)
    };
    window.until(&format!("{button} waits because of {words:?}"), SOON, waits).await;
}

async fn is_free(window: &Window) {
    window.until("no field has a fault", SOON, async || window.count("field-fault").await == 0).await;
}

#[tokio::test]
async fn nonsense_in_a_field_keeps_the_button_waiting() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    window.until("the settings are there", SOON, async || window.count("train-rate").await == 1).await;
    let rate = window.value("train-rate").await;
    for (field, typed, words) in [
        ("train-rate", "abc", "Learning rate: \u{201c}abc\u{201d} is not a number"),
        ("train-rate", "0", "must be over 0"),
        ("train-epochs", "3.7", "Epochs: it must be a whole number"),
    ] {
        let before = window.value(field).await;
        window.fill(field, typed).await;
        is_waiting(&window, "train-start", words).await;
        assert_eq!(window.value(field).await, typed, "what is typed stays");
        window.fill(field, &before).await;
        is_free(&window).await;
    }
    assert_eq!(window.value("train-rate").await, rate);

    window.click("train-several").await;
    window.fill("train-layers", "8, 10-12, 40").await;
    is_waiting(&window, "train-start", "Layers").await;
    assert_eq!(window.value("train-layers").await, "8, 10-12, 40");
    window.picture("fields-1-fault").await;
    window.fill("train-layers", "8, 10-12").await;
    is_free(&window).await;
    window.close(&home).await;
}
