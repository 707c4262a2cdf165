//! Step 1 of the walk: opens the window on the starter project.

use crate::window::{COMPUTED, SOON, Window};

/// Checks the starter project and waits until its model is loaded.
pub(crate) async fn starter_project(window: &Window) {
    window.click("nav-data").await;
    window.until("the starter pairs are listed", SOON, async || window.count("pair-row").await > 0).await;
    model_is_ready(window).await;
    window.picture("1-opened").await;
    assert_eq!(window.texts("failure").await, Vec::<String>::new(), "a healthy start has no failures");
}

/// Waits until the model is loaded.
pub(crate) async fn model_is_ready(window: &Window) {
    let is_ready =
        async || window.attributes("model-state", "data-state").await.iter().any(|state| state == "ready");
    window.until("the model is ready", COMPUTED, is_ready).await;
}
