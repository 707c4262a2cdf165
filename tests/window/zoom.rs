//! Tests that what was zoomed belongs to the sweep that was shown.

use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The frames over which a turn of the wheel acts.
const FRAMES: u32 = 20;

/// Turns the wheel over the chart of sweeps, with Ctrl.
async fn zoom(window: &Window) {
    window.point_at("chart-sweep").await;
    // In the middle of the first of four panels: between them nothing is zoomed.
    let turn = "const chart = document.querySelector('[data-testid=chart-sweep]');
        const box = chart.getBoundingClientRect();
        const place = { clientX: box.left + box.width / 4, clientY: box.top + box.height / 4, bubbles: true, cancelable: true };
        chart.dispatchEvent(new PointerEvent('pointermove', { ...place, pointerId: 1, pointerType: 'mouse' }));
        chart.dispatchEvent(new MouseEvent('mousemove', place));
        chart.dispatchEvent(new WheelEvent('wheel', { ...place, deltaY: -240, ctrlKey: true }))";
    window.script::<()>(turn, &[]).await;
    // The chart zooms over some frames, as long as the pointer is over it.
    window.frames(FRAMES).await;
}

/// Takes a picture of the chart while nothing in it is pointed at.
async fn chart(window: &Window) -> Vec<u8> {
    window.point_at("nav-sweep").await;
    window.script::<()>("document.querySelector('[data-testid=chart-sweep]').scrollIntoView()", &[]).await;
    window.picture_of("chart-sweep").await
}

/// Waits until two pictures in a row are the same, and returns them.
async fn still_chart(window: &Window) -> Vec<u8> {
    for _ in 0..50 {
        let before = chart(window).await;
        if chart(window).await == before {
            return before;
        }
    }
    panic!("the chart never stands still");
}

/// Sweeps the vector in use over these multipliers.
async fn sweep(window: &Window, multipliers: &str) {
    window.fill("sweep-multipliers", multipliers).await;
    window.job("the sweep", async || window.click("sweep-start").await).await;
    let count = multipliers.split(' ').count();
    let is_whole = async || window.count("sweep-row").await == count;
    window.until("every multiplier has its point", COMPUTED, is_whole).await;
}

/// Waits until the change at every multiplier is known, which the chart shows.
async fn changes_are_known(window: &Window) {
    let are_known = async || {
        let changes = window.texts("sweep-row-change").await;
        !changes.is_empty() && changes.iter().all(|change| !change.trim().is_empty())
    };
    window.until("every change is known", COMPUTED, are_known).await;
}

/// Shows the sweep in this row of the list, from 0.
async fn show(window: &Window, row: usize) {
    window.click("sweep-pane-list").await;
    let choose = "document.querySelectorAll('[data-testid=sweep-list-row]')[arguments[0]].click()";
    window.script::<()>(choose, &[json!(row)]).await;
    let chosen = async || window.attributes("sweep-list-row", "aria-pressed").await[row] == "true";
    window.until("the sweep is shown", SOON, chosen).await;
    changes_are_known(window).await;
}

#[tokio::test]
async fn zoom_and_pan_belong_to_one_sweep() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-sweep").await;
    window.click("sweep-list").await;
    sweep(&window, "0 1").await;
    sweep(&window, "0 2").await;
    // The newest sweep stands first.
    show(&window, 1).await;
    let first = still_chart(&window).await;
    zoom(&window).await;
    let is_zoomed = async || chart(&window).await != first;
    window.until("the chart is zoomed", SOON, is_zoomed).await;
    show(&window, 0).await;
    let second = still_chart(&window).await;
    assert_ne!(second, first);
    show(&window, 1).await;
    assert_eq!(still_chart(&window).await, first, "the first sweep is shown whole again");

    // A sweep that takes the place of a deleted one is shown whole as well.
    zoom(&window).await;
    window.until("the chart is zoomed", SOON, is_zoomed).await;
    window.click("sweep-delete").await;
    window.until("it is gone", SOON, async || window.count("sweep-list-row").await == 1).await;
    changes_are_known(&window).await;
    assert_eq!(still_chart(&window).await, second);
    window.close(&home).await;
}
