//! Tests that a double press deletes one thing, and that Ctrl+Z brings it back.

use fantoccini::key::Key;
use serde_json::json;

use super::{SIZES, choose, counts, css, is_at, press, reach, type_keys};
use crate::home::Home;
use crate::window::{SOON, Window};

async fn says(window: &Window, words: &str) {
    let is_said = async || window.text("undo-toast-text").await.contains(words);
    window.until(&format!("the toast says {words:?}"), SOON, is_said).await;
}

/// Presses all buttons of one kind within a moment, as a double click does where the next row slides under the pointer.
async fn press_twice(window: &Window, id: &str) {
    let is_held = "return document.documentElement.hasAttribute('data-held')";
    let is_over = async || !window.script::<bool>(is_held, &[]).await;
    window.until("a press counts again", SOON, is_over).await;
    let press = "document.querySelectorAll(arguments[0]).forEach(button => button.click())";
    window.script::<()>(press, &[json!(css(id))]).await;
}

/// Gives a pair or a vector two tags, and removes them with a double press, which removes one. Then a button has the focus.
async fn tags(window: &Window, of: &str, names: &[String; 2]) {
    let (tag, remove, field) = (format!("{of}-tag"), format!("{of}-tag-remove"), format!("{of}-tag-new"));
    let before = window.count(&tag).await;
    reach(window, &field).await;
    for (place, name) in names.iter().enumerate() {
        type_keys(window, name).await;
        press(window, Key::Enter).await;
        counts(window, &tag, before + place + 1).await;
    }
    press_twice(window, &remove).await;
    says(window, "Deleted: the tag").await;
    window.frames(4).await;
    assert_eq!(window.count(&tag).await, before + 1, "a double press removes one tag");
    // What stands before the field is a button, which leaves Ctrl+Z to the window.
    window.press(&[Key::Shift], char::from(Key::Tab)).await;
    is_at(window, &remove).await;
}

/// Takes strips off the desk with a double press, which takes one off, and brings it back.
async fn strips(window: &Window) {
    window.press(&[Key::Control], '4').await;
    counts(window, "strip-add", 1).await;
    for _ in 0..2 {
        let before = window.count("strip").await;
        if before < 2 {
            choose(window, "strip-add").await;
            counts(window, "strip", before + 1).await;
        }
    }
    let strips = window.attributes("strip", "data-strip").await;
    press_twice(window, "strip-remove").await;
    says(window, "Deleted: the strip of").await;
    window.frames(4).await;
    assert_eq!(window.count("strip").await, strips.len() - 1, "a double press takes one off");
    reach(window, "desk-toggle").await;
    window.press(&[Key::Control], 'z').await;
    let is_back = async || window.attributes("strip", "data-strip").await == strips;
    window.until("the strip is back where it stood", SOON, is_back).await;
}

#[tokio::test]
async fn a_double_press_deletes_one_thing_and_ctrl_z_brings_it_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        let names = || [format!("one{width}"), format!("two{width}")];
        window.press(&[Key::Control], '1').await;
        window.until("a pair is open", SOON, async || !window.value("pair-prompt").await.is_empty()).await;
        let before = window.count("pair-tag").await;
        tags(&window, "pair", &names()).await;
        let pairs = window.text("pair-counts").await;
        press(&window, Key::Delete).await;
        window.frames(4).await;
        assert_eq!(window.text("pair-counts").await, pairs, "Delete on a button deletes no pair");
        window.press(&[Key::Control], 'z').await;
        counts(&window, "pair-tag", before + 2).await;
        reach(&window, "pair-list").await;
        press(&window, Key::Delete).await;
        says(&window, "Deleted: 1 pair").await;
        let is_gone = async || window.text("pair-counts").await != pairs;
        window.until("the pair is gone", SOON, is_gone).await;
        window.press(&[Key::Control], 'z').await;
        let is_back = async || window.text("pair-counts").await == pairs;
        window.until("the pair is back", SOON, is_back).await;

        window.press(&[Key::Control], '5').await;
        choose(&window, "vector-row").await;
        counts(&window, "vector-tag-new", 1).await;
        let before = window.count("vector-tag").await;
        tags(&window, "vector", &names()).await;
        window.press(&[Key::Control], 'z').await;
        counts(&window, "vector-tag", before + 2).await;

        strips(&window).await;
    }
    window.close(&home).await;
}
