//! Scrolls a conversation of 10,000 messages from its end to its beginning and back, and measures how long the page is busy.

use std::fs;

use fantoccini::key::Key;
use serde_json::json;

use super::{limit, median};
use crate::home::Home;
use crate::window::{COMPUTED, SOON, Window};

const MESSAGES: usize = 10_000;
/// The most turns in the page, as `turn_window.rs` has it.
const MOST: usize = 180;
/// The number of messages of the easy case. All of them are in the page from the beginning, so that a step adds no turns.
const FEW: usize = 60;
/// The number of steps up. They bring more turns into the page than it holds, so that the last turns leave it.
const UP: usize = 16;
/// The number of steps down, which is enough to come back.
const DOWN: usize = 24;
/// The longest time in milliseconds from half of the steps to the second frame behind them.
const NOTICED: f64 = 50.0;

#[tokio::test]
async fn ten_thousand_messages_are_scrolled_with_few_of_them_in_the_page() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.click("nav-chat").await;
    if window.count("conversations").await == 0 {
        window.click("chat-list-toggle").await;
    }
    import(&home, &window, "short", FEW).await;
    let easy = step(&window, "up", UP).await;
    import(&home, &window, "long", MESSAGES).await;
    assert!(shown(&window).await <= MOST);

    // Each step brings the next earlier turns into the page, and the page stays small.
    let hard = step(&window, "up", UP).await;
    eprintln!("a step takes {easy:.1} ms in {FEW} messages, {hard:.1} ms in {MESSAGES}");
    assert!(!shows(&window, MESSAGES).await, "what is far below is not in the page");
    assert!(shown(&window).await <= MOST);
    let limit = limit(NOTICED, easy);
    assert!(hard <= limit, "half of the steps took longer than {limit:.0} ms: {hard:.1} ms");
    window.picture("chat-long-conversation").await;

    step(&window, "down", DOWN).await;
    window.until("the last message is shown again", SOON, async || shows(&window, MESSAGES).await).await;
    keys_lead_to_the_ends(&window).await;
    window.close(&home).await;
}

/// Imports a conversation, and waits until its last message is shown.
async fn import(home: &Home, window: &Window, name: &str, count: usize) {
    let path = home.path(&format!("{name}.jsonl"));
    let message = |place: usize| {
        let role = if place.is_multiple_of(2) { "user" } else { "assistant" };
        json!({"role": role, "content": format!("Message {place}. {}", "It goes on. ".repeat(1 + place % 20))})
    };
    let messages: Vec<_> = (0..count).map(message).collect();
    fs::write(&path, json!({ "messages": messages }).to_string() + "\n").expect("a file");
    window.click("conversation-import-open").await;
    window.fill("conversation-import-path", &path.to_string_lossy()).await;
    window.click("conversation-import-do").await;
    window.until("the last message is shown", COMPUTED, async || shows(window, count).await).await;
}

/// Returns whether the last message of a conversation with `count` messages is in the page.
async fn shows(window: &Window, count: usize) -> bool {
    let last = format!("Message {}.", count - 1);
    window.texts("answer").await.iter().any(|said| said.contains(&last))
}

/// Home and End lead to the ends of the conversation, whatever is in the page.
async fn keys_lead_to_the_ends(window: &Window) {
    window.script::<()>("document.querySelector('[data-testid=answer]').focus()", &[]).await;
    for (key, message) in [(Key::Home, 0), (Key::End, MESSAGES - 1), (Key::Home, 0)] {
        window.press(&[], char::from(key)).await;
        let script = "const turn = document.activeElement.getBoundingClientRect();
            const list = document.querySelector('[data-testid=chat-turns]').getBoundingClientRect();
            const isSeen = turn.top >= list.top - 1 && turn.bottom <= list.bottom + 1;
            return isSeen && document.activeElement.innerText.includes(arguments[0])";
        let said = format!("Message {message}.");
        let is_there = async || window.script::<bool>(script, &[json!(said)]).await;
        window.until(&format!("{said} is in view and has the focus"), SOON, is_there).await;
        assert!(shown(window).await <= MOST);
    }
}

/// Returns the number of messages in the page.
async fn shown(window: &Window) -> usize {
    window.count("answer").await + window.count("message").await
}

/// Scrolls `count` times to the upper or the lower end, and returns the median time of a step in milliseconds.
async fn step(window: &Window, way: &str, count: usize) -> f64 {
    median(window.script_until_done(SCROLL, &[json!(way), json!(count)]).await)
}

/// Scrolls `count` times to one end of the turns in the page, and measures each step with its layout.
const SCROLL: &str = r#"
    const [way, count, done] = arguments;
    const list = document.querySelector('[data-testid="chat-turns"]');
    const times = [];
    const step = (left) => {
        if (left === 0) return done(times);
        const start = performance.now();
        list.scrollTop = way === "up" ? 0 : list.scrollHeight;
        // The next turns come after the scroll event and are laid out in the frame behind it.
        requestAnimationFrame(() => requestAnimationFrame(() => {
            list.getBoundingClientRect();
            times.push(performance.now() - start);
            setTimeout(() => step(left - 1), 50);
        }));
    };
    step(count);
"#;
