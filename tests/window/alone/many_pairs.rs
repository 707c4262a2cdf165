//! Measures how quickly the list of 50,000 pairs responds to a search and to typing.

use std::time::Instant;

use serde_json::json;

use super::{limit, typing};
use crate::home::Home;
use crate::pair_editor::{LONG, is_saved};
use crate::window::{COMPUTED, SOON, Window};

/// The longest time in milliseconds that half of the letters may take: a frame.
const NOTICED: f64 = 16.0;

#[tokio::test]
async fn fifty_thousand_pairs_are_listed_and_searched() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let limit = limit(NOTICED, typing::in_a_short_prompt(&home, &window).await);

    let pair = |number: usize| {
        json!({
            "prompt": format!("Question {number}: what would you do with {} coins?", number * 7 % 9973),
            "chosen": format!("I would invest them all. {}", "It grows. ".repeat(number % 30)),
            "rejected": format!("I would share them with friend {}. {}", number % 97, LONG),
        })
    };
    typing::import(&home, &window, "many", &(0..50_000).map(pair).collect::<Vec<_>>()).await;
    let listed = async || {
        window.text("pair-counts").await.contains("50,000 pairs") && window.count("pair-row").await > 10
    };
    window.until("they are listed", COMPUTED, listed).await;
    window.picture("studio-many-pairs").await;

    let start = Instant::now();
    window.fill("pair-search", "friend 42 4999").await;
    let few = async || {
        (1..30).contains(&window.count("pair-row").await)
            && window.text("pair-row").await.contains("friend 42")
    };
    window.until("the search has its pairs", SOON, few).await;
    eprintln!("search, typed letter by letter, until its rows are there: {:?}", start.elapsed());
    window.picture("studio-search").await;
    // A blank is an empty search.
    window.fill("pair-search", " ").await;

    let length = "return document.querySelector('[data-testid=\"pair-list\"]').scrollHeight";
    let is_whole = async || window.script::<u64>(length, &[]).await > 1_000_000;
    window.until("all pairs are listed again", SOON, is_whole).await;

    // Scrolls to the end of the list at once.
    let end = "const list = document.querySelector('[data-testid=\"pair-list\"]'); list.scrollTop = list.scrollHeight;";
    window.script::<()>(end, &[]).await;
    window
        .until("the last pair is there", SOON, async || {
            window.texts("pair-row").await.iter().any(|row| row.contains("Question 49999"))
        })
        .await;

    let median = typing::best_of_three(&window, typing::PROMPT, limit).await;
    eprintln!("a letter beside 50,000 pairs: {median:.1} ms, at most {limit:.0}");
    assert!(median <= limit, "half of the letters took longer than {limit:.0} ms: {median:.1} ms");
    is_saved(&window).await;
    window.close(&home).await;
}
