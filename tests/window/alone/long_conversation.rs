//! Scrolls a conversation of 10,000 messages from its end to its beginning and back, and measures how long the page is busy.

use std::fs;

use serde_json::json;

use crate::home::Home;
use crate::window::{COMPUTED, SOON, Window};

const MESSAGES: usize = 10_000;
/// The most turns in the page, as `turn_window.rs` has it.
const MOST: usize = 180;
/// The longest time from half of the steps to the second frame behind them, in milliseconds.
const LIMIT: f64 = 100.0;

#[tokio::test]
async fn ten_thousand_messages_are_scrolled_with_few_of_them_in_the_page() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let path = home.path("long.jsonl");
    let message = |place: usize| {
        let role = if place.is_multiple_of(2) { "user" } else { "assistant" };
        json!({"role": role, "content": format!("Message {place}. {}", "It goes on. ".repeat(1 + place % 20))})
    };
    let messages: Vec<_> = (0..MESSAGES).map(message).collect();
    fs::write(&path, json!({ "messages": messages }).to_string() + "\n").expect("a file");
    window.click("nav-chat").await;
    if window.count("conversations").await == 0 {
        window.click("chat-list-toggle").await;
    }
    window.click("conversation-import-open").await;
    window.fill("conversation-import-path", &path.to_string_lossy()).await;
    window.click("conversation-import-do").await;
    let shows = async |text: &str| window.texts("answer").await.iter().any(|said| said.contains(text));
    window.until("the last message is shown", COMPUTED, async || shows("Message 9999.").await).await;
    assert!(window.count("answer").await + window.count("message").await <= MOST);

    // A few steps by the wheel's way: each brings the next earlier turns, and the page stays small.
    let mut milliseconds: Vec<f64> = window.script_until_done(SCROLL, &[json!("up")]).await;
    milliseconds.sort_by(f64::total_cmp);
    let median = milliseconds[milliseconds.len() / 2];
    eprintln!("scrolling 10,000 messages: {median:.1} ms a step, worst {:.1?} ms", milliseconds.last());
    assert!(!shows("Message 9999.").await, "what is far below is not in the page");
    assert!(window.count("answer").await + window.count("message").await <= MOST);
    assert!(median <= LIMIT, "half of the steps took longer than {LIMIT} ms: {median:.1} ms");
    window.picture("chat-long-conversation").await;

    window.script_until_done::<Vec<f64>>(SCROLL, &[json!("down")]).await;
    window.until("the last message is shown again", SOON, async || shows("Message 9999.").await).await;
    window.close(&home).await;
}

/// Scrolls to one end of what is in the page, until nothing further comes or 12 times, and measures each step with its layout.
const SCROLL: &str = r#"
    const [way, done] = [arguments[0], arguments[arguments.length - 1]];
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
    step(way === "up" ? 8 : 12);
"#;
