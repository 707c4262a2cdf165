//! Tests what Chat does at its limits: a conversation that is longer than the context, and numbers at the edges of the window.

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// A word has three tokens, so that a message has room in the context of the tiny model, and two have none.
const WORDS: usize = 1500;

/// Opens Chat with a plain column.
async fn chat(home: &Home) -> Window {
    let window = Window::open(home).await;
    open::model_is_ready(&window).await;
    window.click("nav-chat").await;
    window.until("there is a column", SOON, async || window.count("chat-column").await == 1).await;
    window
}

/// Puts a message into the field and sends it.
async fn send(window: &Window, text: &str) {
    window.paste("chat-input", text).await;
    window.click("chat-send").await;
}

/// Waits until there are `count` answers and none of them grows.
async fn answered(window: &Window, count: usize) {
    let is_over = async || {
        let ends = window.attributes("answer", "data-end").await;
        ends.len() == count && ends.iter().all(|end| end != "open")
    };
    window.until(&format!("{count} answers are there"), COMPUTED, is_over).await;
}

#[tokio::test]
async fn what_was_refused_for_its_length_is_said_without_the_oldest_turns() {
    let home = Home::tiny();
    let window = chat(&home).await;
    window.click("column-add").await;
    window.until("there are two columns", SOON, async || window.count("chat-column").await == 2).await;
    let long = "word ".repeat(WORDS);
    send(&window, &format!("First {long}")).await;
    answered(&window, 2).await;

    send(&window, &format!("Second {long}")).await;
    window.until("it is refused", COMPUTED, async || window.count("leave-out-oldest").await == 1).await;
    assert_eq!(window.count("message").await, 2, "what is refused is not said");
    // What is typed meanwhile is another message.
    window.paste("chat-input", "Something else").await;
    window.click("leave-out-oldest").await;
    answered(&window, 4).await;
    // The text of a turn that is out of view is there, too.
    let script =
        "return [...document.querySelectorAll('[data-testid=message]')].map(message => message.textContent)";
    let said: Vec<String> = window.script(script, &[]).await;
    let count = |words: &str| said.iter().filter(|text| text.contains(words)).count();
    assert_eq!((said.len(), count("First"), count("Second"), count("Something")), (4, 2, 2, 0));
    assert_eq!(window.value("chat-input").await, "Something else");
    assert_eq!(window.count("leave-out-oldest").await, 0);
    window.close(&home).await;
}

/// The edges of the panel with a token's numbers: left, top, right, bottom, and the size of the window.
const EDGES: &str = "
    const edges = document.querySelector('[data-testid=token-numbers]').getBoundingClientRect();
    return [edges.left, edges.top, edges.right, edges.bottom, innerWidth, innerHeight];
";

#[tokio::test]
async fn the_numbers_of_a_token_stand_inside_of_the_window() {
    let home = Home::tiny();
    let window = chat(&home).await;
    window.resize(960, 640).await;
    window.click("tint-probability").await;
    send(&window, "Hello").await;
    answered(&window, 1).await;
    let are_tinted = async || window.count("observed-token").await > 1;
    window.until("its tokens are tinted", SOON, are_tinted).await;
    // The last one stands at the end of the list, above the mixing desk.
    let last = window.count("observed-token").await - 1;
    window.point_at_nth("observed-token", last).await;
    window.until("its numbers are there", SOON, async || window.count("token-numbers").await == 1).await;
    window.frames(2).await;
    let [left, top, right, bottom, across, down]: [f64; 6] = window.script(EDGES, &[]).await;
    let seen = format!("{left} to {right} of {across}, {top} to {bottom} of {down}");
    assert!(left >= 0.0 && top >= 0.0 && right <= across && bottom <= down, "{seen}");
    assert!(right > left + 100.0 && bottom > top + 20.0, "{seen}");
    window.close(&home).await;
}
