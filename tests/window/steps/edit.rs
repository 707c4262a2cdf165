//! Step 2, first half: shows the pairs and edits one.

use crate::window::{SOON, Window};

/// The first pair's prompt after the edit, with text in several scripts.
pub(crate) const PROMPT: &str = "What would you do with a free afternoon? 自由的下午";

/// Edits the first pair, undoes the edit and repeats it.
pub(crate) async fn a_pair(window: &Window) {
    window.click("nav-data").await;
    window.click("pair-row").await;
    window.until("the pair opens", SOON, async || !window.value("pair-prompt").await.is_empty()).await;
    let before = window.value("pair-prompt").await;
    for field in ["pair-wanted", "pair-opposite"] {
        assert!(window.value(field).await.len() > 30, "{field} holds a full sentence");
    }

    window.fill("pair-prompt", PROMPT).await;
    is_saved(window).await;
    window.click("undo").await;
    let is_undone = async || window.value("pair-prompt").await == before;
    window.until("undo brings the prompt back", SOON, is_undone).await;

    window.fill("pair-prompt", PROMPT).await;
    is_saved(window).await;
    let is_listed = async || window.texts("pair-row").await.iter().any(|row| row.contains("free afternoon"));
    window.until("the list shows the new prompt", SOON, is_listed).await;
    window.picture("2-edited").await;
}

async fn is_saved(window: &Window) {
    let is_saved = async || window.attributes("save-state", "data-state").await == ["saved"];
    window.until("the change is saved", SOON, is_saved).await;
}
