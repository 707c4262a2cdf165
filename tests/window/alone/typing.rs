//! Imports pairs and measures how long a letter takes in the prompt of the open pair.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::median;
use crate::home::Home;
use crate::pair_editor::is_saved;
use crate::window::{COMPUTED, SOON, Window};

/// The field of the open pair's prompt.
pub(super) const PROMPT: &str = "pair-prompt";

/// Imports pairs as a data set of their own, through the sheet.
pub(super) async fn import(home: &Home, window: &Window, name: &str, pairs: &[Value]) {
    let path = home.path(&format!("{name}.jsonl"));
    let mut text = String::new();
    for pair in pairs {
        writeln!(text, "{pair}").expect("text");
    }
    fs::write(&path, text).expect("a file");
    window.click("nav-data").await;
    window.click("import").await;
    window.fill("import-path", &path.to_string_lossy()).await;
    window.click("import-preview").await;
    let count = pairs.len().to_string();
    window
        .until("they are found", COMPUTED, async || window.text("import-counts").await.contains(&count))
        .await;
    window.click("import-do").await;
}

/// Types letters into the only pair of a small data set and returns the median of their times in milliseconds: the easy case.
pub(super) async fn in_a_short_prompt(home: &Home, window: &Window) -> f64 {
    import(home, window, "short", &[json!({"prompt": "Begin", "chosen": "Yes.", "rejected": "No."})]).await;
    window
        .until("the short pair is open", COMPUTED, async || window.value("pair-prompt").await == "Begin")
        .await;
    let median = letters(window, PROMPT).await;
    is_saved(window).await;
    window
        .until("the letters are there", SOON, async || window.value("pair-prompt").await.contains('x'))
        .await;
    median
}

/// Types letters into a field in up to three rounds while their median is above a limit, and returns the lowest median in milliseconds: other
/// work on a test machine may delay some letters, and sometimes a whole round.
pub(super) async fn best_of_three(window: &Window, field: &str, limit: f64) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        best = best.min(letters(window, field).await);
        if best <= limit {
            break;
        }
    }
    best
}

async fn letters(window: &Window, field: &str) -> f64 {
    median(window.script_until_done(TYPE, &[json!(field)]).await)
}

/// Types letters and measures the time from each to a layout of the whole page with it.
const TYPE: &str = r#"
    const [testid, done] = arguments;
    const field = document.querySelector(`[data-testid="${testid}"]`);
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
