//! Measures how quickly a letter appears in a prompt of a megabyte.

use serde_json::json;

use super::{limit, typing};
use crate::home::Home;
use crate::pair_editor::is_saved;
use crate::window::{COMPUTED, SOON, Window};

/// The longest time in milliseconds that half of the letters may take where a person waits for none.
const NOTICED: f64 = 50.0;

#[tokio::test]
async fn a_letter_in_a_prompt_of_a_megabyte_appears_at_once() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let limit = limit(NOTICED, typing::in_a_short_prompt(&home, &window).await);

    // One line without a break, as a log or a base64 text is.
    let prompt = format!("Begin {} end", "lorem ipsum dolor ".repeat(58_000));
    let pair = json!({"prompt": prompt, "chosen": "Yes.", "rejected": "No."});
    typing::import(&home, &window, "long", &[pair]).await;
    window
        .until("it is shown in parts", COMPUTED, async || window.count("pair-prompt-part").await == 1)
        .await;
    assert!(window.value("pair-prompt").await.starts_with("Begin lorem"));

    let median = typing::best_of_three(&window, limit).await;
    eprintln!("a letter in a prompt of a megabyte: {median:.1} ms, at most {limit:.0}");
    assert!(median <= limit, "half of the letters took longer than {limit:.0} ms: {median:.1} ms");
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
