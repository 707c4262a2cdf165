//! Tests that Chat follows what is written unless a person has scrolled up.

use fantoccini::key::Key;

use super::{SIZES, press};
use crate::chat_columns::ends_are_shown;
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The sentence that fills the list of turns, and how often.
const SENTENCE: &str = "Tell me a long story about the sea. ";
const TIMES: usize = 60;

/// Gives the focus to the question of the plain column, whose answer is the longest. By Tab the way leads through the whole mixing desk,
/// and takes longer than a short answer.
const TO_THE_TURNS: &str = "
    const turn = document.querySelectorAll('[data-testid=chat-turns]')[1].querySelector('article');
    turn.focus({ preventScroll: true });
    return document.activeElement === turn;
";

/// The letters of an answer after which it has grown.
const GROWN: usize = 20;

/// Returns how far the list that has the focus is scrolled, and how far it can be; `None` where no list has it.
async fn scrolled(window: &Window) -> Option<(f64, f64)> {
    let script = "const list = document.activeElement.closest('[data-testid=chat-turns]');
        return list === null ? null : [list.scrollTop, list.scrollHeight - list.clientHeight]";
    window.script(script, &[]).await
}

/// Counts the letters of all answers, and says whether one still grows.
async fn answers(window: &Window) -> (usize, bool) {
    // An answer that is scrolled out of view has its text, too, and is not laid out.
    let script = "return [...document.querySelectorAll('[data-testid=answer-text]')]
        .reduce((letters, text) => letters + text.textContent.length, 0)";
    let letters = window.script(script, &[]).await;
    (letters, window.attributes("answer", "data-end").await.iter().any(|end| end == "open"))
}

/// Waits until answers have grown by this many letters, while they grow.
async fn have_grown(window: &Window, from: usize) {
    let are_longer = async || answers(window).await.0 >= from + GROWN;
    window.until("the answers grow", COMPUTED, are_longer).await;
}

#[tokio::test]
async fn chat_follows_its_stream_until_a_key_goes_up() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        window.press(&[Key::Control], '4').await;
        window.until("Chat is shown", SOON, async || window.count("chat-input").await == 1).await;
        window.press(&[Key::Control], 'n').await;
        window.until("no answer is shown", SOON, async || window.count("answer").await == 0).await;
        window.press(&[Key::Control], 'l').await;
        window.type_into("chat-input", SENTENCE.repeat(TIMES).trim_end()).await;
        press(&window, Key::Enter).await;
        have_grown(&window, 0).await;
        ends_are_shown(&window, "while they grow").await;

        let _: bool = window.script(TO_THE_TURNS, &[]).await;
        let (_, room) = scrolled(&window).await.expect("the turns have the focus");
        assert!(room > 50.0, "the turns are higher than their list: {room}");
        press(&window, Key::Home).await;
        let is_above = async || scrolled(&window).await.is_some_and(|(top, _)| top < 1.0);
        window.until("the first turn is shown", SOON, is_above).await;
        let (letters, is_growing) = answers(&window).await;
        assert!(is_growing, "the answers still grow");
        have_grown(&window, letters).await;
        assert!(is_above().await, "what is read stays while the answers grow: {:?}", scrolled(&window).await);

        press(&window, Key::End).await;
        let is_below = async || scrolled(&window).await.is_some_and(|(top, room)| room - top < 2.0);
        window.until("the end is followed again", SOON, is_below).await;
        press(&window, Key::Escape).await;
        window.until("no answer grows", COMPUTED, async || !answers(&window).await.1).await;
    }
    window.close(&home).await;
}
