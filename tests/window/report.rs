//! Tests the report on the application: it is shown as a whole, then copied or saved as it was shown.

use std::fs;

use crate::home::Home;
use crate::window::{SOON, Window};

#[tokio::test]
async fn a_report_is_shown_before_it_is_copied_or_saved() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.script::<()>("document.querySelector('[aria-label=Settings]').click()", &[]).await;
    window.click("settings-report").await;
    let is_shown = async || window.value("report-text").await.contains("## Machine");
    window.until("the report is shown", SOON, is_shown).await;
    let shown = window.value("report-text").await;
    for part in ["## Tiller", env!("CARGO_PKG_VERSION"), "## Models", "The last 200 lines of the log"] {
        assert!(shown.contains(part), "{part:?} is missing in: {shown}");
    }
    window.picture("settings-report").await;
    window.click("report-copy").await;
    window.until("it is copied", SOON, async || window.text("report-copy").await == "Copied").await;
    let path = home.path("report.txt");
    window.fill("report-path", &path.to_string_lossy()).await;
    window.click("report-save").await;
    window.until("it is saved", SOON, async || window.count("report-saved").await == 1).await;
    assert_eq!(fs::read_to_string(&path).expect("the report"), shown);
    assert!(fs::read_dir(home.data().join("logs")).expect("the log").next().is_some(), "a log is kept");
    window.close(&home).await;
}
