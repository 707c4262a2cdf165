//! Tests that what a person has chosen stays whatever else changes.

use fantoccini::key::Key;

use super::{SIZES, choose, counts, is_at, press, write};
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
