//! Reads from the screens what must be the same after a restart.

use crate::steps::{edit, train};
use crate::window::{SOON, Window};

/// The results of a person's work, as the window shows them.
#[derive(Debug, PartialEq)]
pub(crate) struct WindowContents {
    vectors: Vec<String>,
    runs: Vec<String>,
    history: String,
    sweep: Vec<String>,
    answers: Vec<String>,
}

impl WindowContents {
    /// Opens every screen and reads its content.
    pub(crate) async fn read(window: &Window) -> Self {
        window.click("nav-data").await;
        window.click("pair-row").await;
        let is_edited = async || window.value("pair-prompt").await == edit::PROMPT;
        window.until("the edited pair is there", SOON, is_edited).await;
        let vectors = rows(window, "vectors", "vector-row").await;
        window.click("nav-train").await;
        window.click("train-pane-list").await;
        let runs = rows(window, "train", "run-row").await;
        window.click("run-row").await;
        // The table's head appears before its rows.
        window.until("a run's history is there", SOON, async || train::history(window).await > 0).await;
        let history = window.text("train-history-table").await;
        window.click("train-pane-new").await;
        let sweep = rows(window, "sweep", "sweep-row").await;
        let answers = rows(window, "chat", "answer-text").await;
        Self { vectors, runs, history, sweep, answers }
    }
}

async fn rows(window: &Window, screen: &str, id: &str) -> Vec<String> {
    window.click(&format!("nav-{screen}")).await;
    window.until(&format!("{screen} shows a {id}"), SOON, async || window.count(id).await > 0).await;
    window.texts(id).await
}
