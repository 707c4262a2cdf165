//! Tests the queue: its order, and what can be done with each job.

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

async fn titles(window: &Window) -> Vec<String> {
    window.texts("queue-title").await
}

/// Waits until the top bar counts so many jobs.
async fn jobs(window: &Window, count: usize) {
    let label = format!("{count} jobs");
    window
        .until(&format!("{label} are there"), SOON, async || window.text("queue-open").await == label)
        .await;
}

#[tokio::test]
async fn waiting_jobs_move_and_each_can_be_paused_and_stopped() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    let height = "return document.querySelector('main').getBoundingClientRect().height";
    let before = window.script::<f64>(height, &[]).await;

    // A run of about a second a step keeps the engine busy, while a sweep and another run wait.
    window.click("nav-train").await;
    window.job_begins("the run", async || window.click("train-start").await).await;
    assert!((window.script::<f64>(height, &[]).await - before).abs() < 0.5, "the page does not jump");
    window.click("nav-sweep").await;
    window.click("sweep-start").await;
    jobs(&window, 2).await;
    window.click("nav-train").await;
    window.click("train-start").await;
    jobs(&window, 3).await;
    window.click("queue-open").await;
    window.until("three jobs are listed", SOON, async || titles(&window).await.len() == 3).await;
    let first = titles(&window).await;
    window.picture("queue-1").await;
    window.click_nth("queue-pause", 2).await;
    window.until("the last one is paused", SOON, async || window.count("queue-resume").await == 1).await;
    window.click("queue-resume").await;
    window.until("it waits again", SOON, async || window.count("queue-resume").await == 0).await;
    assert_eq!(titles(&window).await, first, "a resumed job goes to the end of the queue");
    window.click_nth("queue-earlier", 2).await;
    let swapped = [first[0].clone(), first[2].clone(), first[1].clone()];
    window.until("the order is another one", SOON, async || titles(&window).await == swapped).await;
    for left in [2, 1] {
        window.click_nth("queue-stop", left).await;
        window.until("it is gone", SOON, async || titles(&window).await.len() == left).await;
    }
    window.click("queue-go").await;
    window.until("its screen is shown", SOON, async || window.count("queue-sheet").await == 0).await;
    window
        .until("it is Train", SOON, async || window.attributes("nav-train", "aria-current").await == ["page"])
        .await;
    window.click("job-stop").await;
    window.job_ends("the run").await;
    window
        .until("the page is as high as before", COMPUTED, async || {
            (window.script::<f64>(height, &[]).await - before).abs() < 0.5
        })
        .await;
    window.close(&home).await;
}
