//! Moves a slider while answers grow, and measures how long the page takes to show the first token under the new strength.

use fantoccini::key::Key;
use serde::Deserialize;
use serde_json::json;

use super::median;
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The time in milliseconds within which a moved slider is to act, for half of the moves.
const ACTED: f64 = 150.0;
/// Where a token of all columns takes longer, the tokens in which it acts: the one under way, the one that is steered, and one for
/// the command and the page.
const TOKENS: f64 = 3.0;
/// How often the slider is moved.
const MOVES: usize = 20;
/// How often while the same answers grow, so that a script takes no longer than it may.
const AT_ONCE: usize = 10;

/// What was measured, in milliseconds.
#[derive(Deserialize)]
struct Measured {
    /// From each move until every steered column shows a token under the new strength.
    times: Vec<f64>,
    /// From token to token; 0 where no two were seen.
    pace: f64,
}

#[tokio::test]
async fn a_moved_slider_is_seen_to_act_in_one_three_and_eight_columns() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-chat").await;
    are_there(&window, 3).await;
    eprintln!("{}", measure(&window, "three columns").await);
    begin(&window).await;
    for left in [2, 1] {
        window.click("column-menu").await;
        window.click("column-menu-close").await;
        are_there(&window, left).await;
    }
    eprintln!("{}", measure(&window, "one column").await);
    window.click("tint-probability").await;
    eprintln!("{}", measure(&window, "one column whose tokens are tinted").await);
    begin(&window).await;
    for count in 4..=8 {
        window.click("column-menu").await;
        window.click("column-menu-duplicate").await;
        are_there(&window, count).await;
    }
    eprintln!("{}", measure(&window, "eight columns").await);
    window.close(&home).await;
}

async fn are_there(window: &Window, count: usize) {
    let are = async || window.count("chat-column").await == count;
    window.until(&format!("there are {count} columns"), SOON, are).await;
}

/// Begins another conversation.
async fn begin(window: &Window) {
    window.click("conversation-new").await;
    window.until("it has said nothing", SOON, async || window.count("answer").await == 0).await;
    are_there(window, 3).await;
}

/// Asks for a long answer in every column, and moves the slider while they grow. Returns a sentence about the times.
async fn measure(window: &Window, what: &str) -> String {
    let mut all = Measured { times: vec![], pace: 0.0 };
    // An answer may end before the slider has moved often enough.
    while all.times.len() < MOVES {
        window.fill("chat-input", "Tell me a long story about the sea, with every detail.").await;
        window.click("chat-send").await;
        let has_words = async || window.script::<bool>(ALL_HAVE_WORDS, &[]).await;
        window.until("every answer has words", COMPUTED, has_words).await;
        let left = json!(AT_ONCE.min(MOVES - all.times.len()));
        let now: Measured = window.script_until_done(include_str!("moved_slider.js"), &[left]).await;
        all.times.extend(now.times);
        all.pace = all.pace.max(now.pace);
        let is_over = async || window.attributes("answer", "data-end").await.iter().all(|end| end != "open");
        window.press(&[], char::from(Key::Escape)).await;
        window.until("the answers are over", COMPUTED, is_over).await;
    }
    let times: Vec<String> = all.times.iter().map(|time| format!("{time:.0}")).collect();
    let half = median(all.times.clone());
    let limit = ACTED.max(TOKENS * all.pace);
    assert!(half <= limit, "{what}: half of the moves took longer than {limit:.0} ms: {half:.0} ms");
    let (pace, times) = (all.pace, times.join(", "));
    format!(
        "{what}: half of the moves acted within {half:.0} ms, with {pace:.0} ms from token to token: {times}"
    )
}

/// Whether every answer that grows has some words.
const ALL_HAVE_WORDS: &str = "
    const open = [...document.querySelectorAll('[data-testid=answer][data-end=open]')];
    return open.length > 0 && open.every(answer =>
        (answer.querySelector('[data-testid=answer-text]')?.textContent ?? '').length > 8);
";
