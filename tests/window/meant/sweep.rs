//! Tests that what belongs to a sweep stays with it: its points when it is stopped.

use super::{SIZES, choose, counts, palette, press, write};
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, Window};
use fantoccini::key::Key;

#[tokio::test]
async fn a_stopped_sweep_keeps_its_points_and_goes_on() {
    let home = Home::with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for ((width, height), list) in SIZES.into_iter().zip(["-2 -1 0 1 2", "-1.5 -0.5 0 0.5 1.5"]) {
        window.resize(width, height).await;
        window.press(&[Key::Control], '3').await;
        counts(&window, "sweep-pane-new", 1).await;
        choose(&window, "sweep-pane-new").await;
        if window.count("sweep-multipliers").await == 0 {
            choose(&window, "sweep-list").await;
            counts(&window, "sweep-multipliers", 1).await;
        }
        write(&window, "sweep-multipliers", list).await;
        window.job_begins("the sweep", async || choose(&window, "sweep-start").await).await;
        let is_growing = async || (1..5).contains(&window.count("sweep-row").await);
        window.until("the first points are there before the last one", COMPUTED, is_growing).await;
        palette(&window, "stop the job", "Stop the job").await;
        press(&window, Key::Enter).await;
        counts(&window, "palette", 0).await;
        window.job_ends("the stopped sweep").await;
        counts(&window, "sweep-go-on", 1).await;
        let kept = window.count("sweep-row").await;
        assert!(kept >= 1, "what was measured stays");
        window.job_begins("the rest of it", async || choose(&window, "sweep-go-on").await).await;
        assert!(window.count("sweep-row").await >= kept, "it does not begin anew");
        window.job_ends("the rest of it").await;
        counts(&window, "sweep-row", 5).await;
        counts(&window, "sweep-go-on", 0).await;
    }
    window.close(&home).await;
}
