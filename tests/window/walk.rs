//! Walks through the whole window once: open, edit, train, stop, sweep, ask, close, open again.

use crate::home::Home;
use crate::steps::{WindowContents, ask, edit, open, stop, sweep, themes, train};
use crate::window::Window;

#[tokio::test]
async fn the_whole_way_once() {
    // All pairs of the starter sets take minutes more. With these a run has steps enough to be watched, and a sweep's points come
    // one by one.
    let home = Home::with_pairs(12, 6);
    let window = Window::open(&home).await;
    open::starter_project(&window).await;
    edit::a_pair(&window).await;
    train::a_vector(&window).await;
    stop::a_run(&window).await;
    sweep::over_multipliers(&window).await;
    ask::a_question(&window).await;
    let before = WindowContents::read(&window).await;
    window.close(&home).await;

    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    let after = WindowContents::read(&window).await;
    assert_eq!(after, before, "what was there before the window was closed must be there again");
    themes::switch(&window).await;
    window.close(&home).await;
}
