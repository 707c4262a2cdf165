//! Measures how quickly the list of 50,000 pairs responds to a search and to typing.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use serde_json::json;

use crate::home::Home;
use crate::pair_editor::{LONG, is_saved};
use crate::window::{COMPUTED, SOON, Window};

#[tokio::test]
async fn fifty_thousand_pairs_are_listed_and_searched() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let path = home.path("many.jsonl");
    let mut text = String::new();
    for number in 0..50_000 {
        let line = json!({
            "prompt": format!("Question {number}: what would you do with {} coins?", number * 7 % 9973),
            "chosen": format!("I would invest them all. {}", "It grows. ".repeat(number % 30)),
            "rejected": format!("I would share them with friend {}. {}", number % 97, LONG),
        });
        writeln!(text, "{line}").expect("text");
    }
    fs::write(&path, text).expect("a file");
    window.click("nav-data").await;
    window.click("import").await;
    window.fill("import-path", &path.to_string_lossy()).await;
    window.click("import-preview").await;
    window
        .until("they are found", COMPUTED, async || window.text("import-counts").await.contains("50000"))
        .await;
    window.click("import-do").await;
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

    // Measures from a key to the next frame.
    let mut milliseconds: Vec<f64> = window.script_until_done(TYPE, &[]).await;
    let worst = milliseconds.iter().copied().fold(0.0, f64::max);
    eprintln!("typing with 50,000 pairs, input handlers: {milliseconds:.1?} ms, worst {worst:.1} ms");
    milliseconds.sort_by(f64::total_cmp);
    // The median of the letters, because other processes on a test machine may delay some of them.
    let median = milliseconds[milliseconds.len() / 2];
    assert!(median <= 16.0, "half of the letters took longer than 16 ms: {milliseconds:.1?}");
    is_saved(&window).await;
    window.close(&home).await;
}

/// Types letters into the prompt and measures how long each keeps the page busy.
const TYPE: &str = r#"
    const done = arguments[arguments.length - 1];
    const field = document.querySelector('[data-testid="pair-prompt"]');
    const times = [];
    const type = (left) => {
        if (left === 0) return done(times);
        const start = performance.now();
        field.value += "x";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        // Everything that reacts to the letter runs before this timer. Then the layout is forced.
        setTimeout(() => { field.getBoundingClientRect(); times.push(performance.now() - start); setTimeout(() => type(left - 1), 30); }, 0);
    };
    type(12);
"#;
