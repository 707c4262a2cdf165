//! Tests that a person finds a model, in the list that comes with Tiller and on the hub, and loads one where Chat waits for it.

use std::fs;

use fantoccini::key::Key;

use crate::home::{Home, tiny_llama};
use crate::hub::TestHub;
use crate::models::says;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The marks of the list.
const MARKS: [&str; 3] = ["fits", "tight", "too large"];

#[tokio::test]
async fn a_model_is_found_downloaded_and_loaded() {
    let home = Home::new();
    let content = fs::read(tiny_llama()).expect("a tiny model");
    // The hub has the first model of the list, with a content that is quickly there.
    let hub = TestHub::start(&[("smollm2-360m-instruct-q8_0.gguf", &content)]);
    let window = Window::open_with(&home, &[("HF_ENDPOINT", hub.address())]).await;
    open::model_is_ready(&window).await;
    window.click("nav-models").await;
    window.click("models-find").await;
    says(&window, "find-goes", "127.0.0.1").await;
    says(&window, "find-free", "for another model").await;
    let has_marks = async || {
        let marks = window.texts("catalogue-fit").await;
        marks.len() >= 10 && marks.iter().all(|mark| MARKS.contains(&mark.trim()))
    };
    window.until("every model of the list has a mark", SOON, has_marks).await;
    assert!(hub.requests().is_empty(), "the list contacts nobody");
    window.picture("find-1-list").await;

    // A search is sent when Enter is pressed, and leads to the sheet that downloads.
    says(&window, "find-contacts", "127.0.0.1").await;
    window.fill("find-words", "small model").await;
    assert!(hub.requests().is_empty(), "typing contacts nobody");
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the hub has found one", SOON, async || window.count("find-result").await == 1).await;
    let found = window.text("find-result").await;
    assert!(
        found.contains("org/model") && found.contains("1,234") && found.contains("2026-10-02"),
        "{found}"
    );
    window.picture("find-2-found").await;
    window.click("find-files").await;
    window.until("its files are listed", SOON, async || window.count("download-choice").await == 1).await;
    assert_eq!(window.value("download-address").await, "org/model");
    window.click("download-cancel").await;
    hub.answer_search(200, "<html>");
    window.click("models-find").await;
    window.fill("find-words", "small model").await;
    window.click("find-search").await;
    says(&window, "failure", "did not answer as it should").await;

    // A click in the list downloads what the list promises.
    window.click("catalogue-download").await;
    window.until("it is in the library", COMPUTED, async || window.count("model-row").await == 2).await;
    assert_eq!(window.count("find-sheet").await, 0);

    // Where Chat says that no model is in memory, a button loads the one in use.
    window.click("model-unload").await;
    says(&window, "model-status", "on disk").await;
    window.click("nav-chat").await;
    says(&window, "chat-why", "No model is in memory").await;
    window.picture_as_it_is("find-3-chat").await;
    window.click("chat-load").await;
    open::model_is_ready(&window).await;
    window.until("nothing is left to load", SOON, async || window.count("chat-load").await == 0).await;
    window.close(&home).await;
}
