//! Measures how quickly a letter appears in a prompt of a megabyte.

use std::fs;

use serde_json::json;

use crate::home::Home;
use crate::pair_editor::is_saved;
use crate::window::{COMPUTED, SOON, Window};

/// The longest time that half of the letters may take, in milliseconds.
const LIMIT: f64 = 50.0;

#[tokio::test]
async fn a_letter_in_a_prompt_of_a_megabyte_appears_at_once() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let path = home.path("long.jsonl");
    // One line without a break, as a log or a base64 text is.
    let prompt = format!("Begin {} end", "lorem ipsum dolor ".repeat(58_000));
    let line = json!({"prompt": prompt, "chosen": "Yes.", "rejected": "No."});
    fs::write(&path, format!("{line}\n")).expect("a file");
    window.click("nav-data").await;
    window.click("import").await;
    window.fill("import-path", &path.to_string_lossy()).await;
    window.click("import-preview").await;
    window
        .until("it is read", COMPUTED, async || window.text("import-counts").await.contains("1 pair"))
        .await;
    window.click("import-do").await;
    window
        .until("it is shown in parts", COMPUTED, async || window.count("pair-prompt-part").await == 1)
        .await;
    assert!(window.value("pair-prompt").await.starts_with("Begin lorem"));

    let median = best_median(&window).await;
    assert!(median <= LIMIT, "half of the letters took longer than {LIMIT} ms: {median:.1} ms");
    is_saved(&window).await;

    // The last part is reached, and what was typed into the first one is still there.
    window.script::<()>(
        "const later = () => document.querySelector('[data-testid=\"pair-prompt-later\"]');
        const go = () => { if (later() && !later().disabled) { later().click(); setTimeout(go, 0); } }; go();",
        &[],
    )
    .await;
    let is_last = async || window.value("pair-prompt").await.ends_with("lorem ipsum dolor  end");
    window.until("the last part is shown", SOON, is_last).await;
    window.picture("studio-long-text").await;
    window.fill("pair-search", "xxxxxxxxxxxx").await;
    window.until("the letters are stored", SOON, async || window.count("pair-row").await == 1).await;
    window.close(&home).await;
}

/// Types letters in up to three rounds, and returns the lowest median of their times in milliseconds: other work on a test
/// machine may delay some letters, and sometimes a whole round.
async fn best_median(window: &Window) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let mut milliseconds: Vec<f64> = window.script_until_done(TYPE, &[]).await;
        milliseconds.sort_by(f64::total_cmp);
        best = best.min(milliseconds[milliseconds.len() / 2]);
        if best <= LIMIT {
            break;
        }
    }
    best
}

/// Types letters and measures the time from each to a layout of the whole page with it.
const TYPE: &str = r#"
    const done = arguments[arguments.length - 1];
    const field = document.querySelector('[data-testid="pair-prompt"]');
    const times = [];
    const type = (left) => {
        if (left === 0) return done(times);
        const start = performance.now();
        field.focus();
        field.setSelectionRange(0, 0);
        document.execCommand("insertText", false, "x");
        // Everything that reacts to the letter runs before this timer. Then the layout is forced.
        setTimeout(() => { field.getBoundingClientRect(); times.push(performance.now() - start); setTimeout(() => type(left - 1), 30); }, 0);
    };
    type(12);
"#;
