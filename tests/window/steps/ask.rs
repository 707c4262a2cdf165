//! Step 4 of the walk: asks a question and shows its answers side by side.

use crate::window::{COMPUTED, Window};

const QUESTION: &str = "You find a wallet full of money. What do you do?";

/// Asks a question and waits until three answers have ended.
pub(crate) async fn a_question(window: &Window) {
    window.click("nav-chat").await;
    window.fill("chat-input", QUESTION).await;
    window.click("chat-send").await;
    let are_there = async || window.count("answer").await == 3;
    window.until("three answers begin", COMPUTED, are_there).await;
    let columns = window.texts("column-name").await;
    assert_eq!(columns.len(), 3);
    for (column, begins) in columns.iter().zip(["\u{2212}1 \u{d7} ", "0, plain", "+1 \u{d7} "]) {
        assert!(column.starts_with(begins), "the columns stand for -1, 0 and +1: {columns:?}");
    }
    assert_eq!(window.texts("message").await, [QUESTION; 3], "each column has the message");

    window.until("words appear", COMPUTED, async || length(window).await > 0).await;
    let early = length(window).await;
    assert!(is_open(window).await, "the first words are shown before the answers end");
    window.picture("6-answering").await;
    window.until("the answers grow", COMPUTED, async || length(window).await > early).await;
    window.until("the answers end", COMPUTED, async || !is_open(window).await).await;
    window.picture("6-answered").await;
}

async fn length(window: &Window) -> usize {
    window.texts("answer-text").await.iter().map(|text| text.chars().count()).sum()
}

async fn is_open(window: &Window) -> bool {
    window.attributes("answer", "data-end").await.iter().any(|end| end == "open")
}
