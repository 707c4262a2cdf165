//! Tests that what a person deletes comes back, by keys alone and after another screen was shown.

use fantoccini::key::Key;

use crate::home::Home;
use crate::window::{SOON, Window};

async fn count(window: &Window, testid: &str, wanted: usize) {
    let what = format!("there are {wanted} of {testid}");
    window.until(&what, SOON, async || window.count(testid).await == wanted).await;
}

async fn says(window: &Window, words: &str) {
    let is_said = async || window.text("undo-toast-text").await.contains(words);
    window.until(&format!("the toast says {words:?}"), SOON, is_said).await;
}

/// Returns the first rows of the list, which are visible beside a toast as well.
async fn first_pairs(window: &Window) -> Vec<String> {
    let mut rows = window.texts("pair-row").await;
    rows.truncate(5);
    rows
}

#[tokio::test]
async fn what_is_deleted_by_keys_comes_back_by_keys_on_every_screen() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.press(&[Key::Control], '1').await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;
    let pairs = first_pairs(&window).await;

    // A pair: the toast, then its button.
    window.tab_to("pair-list").await;
    window.press(&[], char::from(Key::Down)).await;
    window.press(&[], char::from(Key::Delete)).await;
    says(&window, "Deleted: 1 pair").await;
    window.until("the pair is gone", SOON, async || first_pairs(&window).await != pairs).await;
    window.picture("deletions-1-pair").await;
    window.tab_to("undo-delete").await;
    window.press(&[], char::from(Key::Enter)).await;
    says(&window, "Put back: 1 pair").await;
    window.until("the pair is back", SOON, async || first_pairs(&window).await == pairs).await;

    // A data set: on another screen, by Ctrl+Z.
    let sets = async || {
        let options = "return document.querySelectorAll('[data-testid=data-set] option').length";
        window.script::<usize>(options, &[]).await
    };
    let before = sets().await;
    window.script::<()>("document.activeElement?.blur()", &[]).await;
    window.tab_to("data-set-menu").await;
    window.press(&[], char::from(Key::Enter)).await;
    count(&window, "data-set-sheet", 1).await;
    window.tab_to("data-set-delete").await;
    window.press(&[], char::from(Key::Enter)).await;
    count(&window, "data-set-delete-sure", 1).await;
    window.tab_to("data-set-delete-sure").await;
    window.press(&[], char::from(Key::Enter)).await;
    count(&window, "data-set-sheet", 0).await;
    says(&window, "Deleted: the data set").await;
    window.until("the data set is gone", SOON, async || sets().await == before - 1).await;
    window.press(&[Key::Control], '4').await;
    window.until("Chat is there", SOON, async || window.count("chat-input").await == 1).await;
    window.picture("deletions-2-data-set").await;
    window.press(&[Key::Control], 'z').await;
    says(&window, "Put back: the data set").await;
    window.press(&[Key::Control], '1').await;
    window.until("the data set is back", SOON, async || sets().await == before).await;
    window.until("with its pairs", SOON, async || first_pairs(&window).await == pairs).await;
    window.close(&home).await;
}

#[tokio::test]
async fn what_no_undo_brings_back_is_asked_about_first() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.click("view-drafts").await;
    window.click("drafts-by-endpoint").await;
    window.fill("endpoint-address", "models.example/v1").await;
    window.click("endpoint-model").await;
    let is_read = async || window.text("drafts-destination").await.contains("models.example");
    window.until("the address is read", SOON, is_read).await;
    window.fill("endpoint-key", "sk-typed").await;
    window.click("endpoint-save").await;
    count(&window, "endpoint-forget", 1).await;
    window.click("endpoint-forget").await;
    let asks = async || window.text("endpoint-forget-question").await.contains("cannot be undone");
    window.until("it asks", SOON, asks).await;
    let is_safe = async || window.focused().await == "endpoint-forget-keep";
    window.until("the focus is on what changes nothing", SOON, is_safe).await;
    window.press(&[], char::from(Key::Enter)).await;
    count(&window, "endpoint-forget-question", 0).await;
    assert_eq!(window.count("endpoint-forget").await, 1, "the key is kept");
    window.click("endpoint-forget").await;
    window.click("endpoint-forget-sure").await;
    count(&window, "endpoint-forget-question", 0).await;
    count(&window, "endpoint-forget", 0).await;
    window.close(&home).await;
}
