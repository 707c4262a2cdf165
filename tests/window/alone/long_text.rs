//! Measures how quickly a letter appears in a prompt and in a message of a megabyte.

use serde_json::json;

use super::{limit, typing};
use crate::home::Home;
use crate::pair_editor::is_saved;
use crate::window::{COMPUTED, SOON, Window};

/// The longest time in milliseconds that half of the letters may take where a person waits for none.
const NOTICED: f64 = 50.0;

#[tokio::test]
async fn a_letter_in_a_prompt_of_a_megabyte_appears_at_once() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let limit = limit(NOTICED, typing::in_a_short_prompt(&home, &window).await);

    // One line without a break, as a log or a base64 text is.
    let prompt = format!("Begin {} end", "lorem ipsum dolor ".repeat(58_000));
    let pair = json!({"prompt": prompt, "chosen": "Yes.", "rejected": "No."});
    typing::import(&home, &window, "long", &[pair]).await;
    window
        .until("it is shown in parts", COMPUTED, async || window.count("pair-prompt-part").await == 1)
        .await;
    assert!(window.value("pair-prompt").await.starts_with("Begin lorem"));

    let median = typing::best_of_three(&window, typing::PROMPT, limit).await;
    eprintln!("a letter in a prompt of a megabyte: {median:.1} ms, at most {limit:.0}");
    assert!(median <= limit, "half of the letters took longer than {limit:.0} ms: {median:.1} ms");
    is_saved(&window).await;

    // The last part is reached, and what was typed into the first one is still there.
    to_the_last_part(&window, typing::PROMPT, "lorem ipsum dolor  end").await;
    window.picture("studio-long-text").await;
    window.fill("pair-search", "xxxxxxxxxxxx").await;
    window.until("the letters are stored", SOON, async || window.count("pair-row").await == 1).await;
    window.close(&home).await;
}

/// Goes to the last part of the text in a field, which ends so.
async fn to_the_last_part(window: &Window, field: &str, end: &str) {
    window
        .script::<()>(
            "const later = () => document.querySelector(`[data-testid=\"${arguments[0]}-later\"]`);
            const go = () => { if (later() && !later().disabled) { later().click(); setTimeout(go, 0); } }; go();",
            &[json!(field)],
        )
        .await;
    let is_last = async || window.value(field).await.ends_with(end);
    window.until("the last part is shown", SOON, is_last).await;
}

/// Adds a text to the end of what a field shows, as pasting it does. Returns what the field shows then.
async fn paste_at_the_end(window: &Window, field: &str, text: &str) -> String {
    window
        .script(
            "const field = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            field.value += arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }));
            return field.value;",
            &[json!(field), json!(text)],
        )
        .await
}

#[tokio::test]
async fn a_letter_in_a_message_of_a_megabyte_appears_at_once() {
    const MESSAGE: &str = "chat-input";
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.click("nav-chat").await;
    window.fill(MESSAGE, "Begin").await;
    let easy = typing::best_of_three(&window, MESSAGE, NOTICED).await;
    let limit = limit(NOTICED, easy);

    let long = format!(" {} end", "lorem ipsum dolor ".repeat(58_000));
    let shown = paste_at_the_end(&window, MESSAGE, &long).await;
    assert!(shown.ends_with("lorem ipsum dolor  end") && shown.len() < 20_000, "{} letters", shown.len());
    window.until("it is shown in parts", SOON, async || window.count("chat-input-part").await == 1).await;
    // A letter goes behind what was pasted, as in a field that shows all of it.
    window.press(&[], 'Z').await;
    let is_behind = async || window.value(MESSAGE).await.ends_with(" endZ");
    window.until("a letter stands behind what was pasted", SOON, is_behind).await;
    let shown = paste_at_the_end(&window, MESSAGE, &"y".repeat(20_000)).await;
    assert!(shown.chars().all(|letter| letter == 'y'), "the end of what was pasted is shown");
    window.click("chat-input-earlier").await;
    let is_before = async || window.value(MESSAGE).await.matches(" endZy").count() == 1;
    window.until("what stands before it is there once", SOON, is_before).await;

    // A part of the usual length: the last one may have twice that.
    let median = typing::best_of_three(&window, MESSAGE, limit).await;
    eprintln!("a letter in a message of a megabyte: {median:.1} ms, at most {limit:.0}");
    assert!(median <= limit, "half of the letters took longer than {limit:.0} ms: {median:.1} ms");

    window.click("chat-input-later").await;
    let is_last = async || window.value(MESSAGE).await == shown;
    window.until("the last part is shown again", SOON, is_last).await;
    to_the_last_part(&window, MESSAGE, "y").await;
    window.close(&home).await;
}
