//! Tests that a chart is moved and zoomed by keys alone, and that Tab leaves it.

use fantoccini::key::Key;

use super::{SIZES, choose, press, reach};
use crate::charts::with_a_sweep;
use crate::steps::open;
use crate::window::{SOON, Window};

/// The pictures after which a chart that does not stand still never will.
const MOST_PICTURES: usize = 50;

/// Waits until two pictures of a chart in a row are the same, and returns them.
pub(super) async fn still(window: &Window, chart: &str) -> Vec<u8> {
    for _ in 0..MOST_PICTURES {
        let before = window.picture_of(chart).await;
        if window.picture_of(chart).await == before {
            return before;
        }
    }
    panic!("{chart} never stands still");
}

/// Presses keys on a chart that has the focus, until its picture is another one than this.
pub(super) async fn changes(window: &Window, chart: &str, key: char, from: &[u8]) {
    window.press(&[], key).await;
    let is_other = async || window.picture_of(chart).await != from;
    window.until(&format!("{key:?} changes {chart}"), SOON, is_other).await;
}

/// Shows the whole of a chart that has the focus, as this picture has it.
pub(super) async fn is_whole_again(window: &Window, chart: &str, key: char, whole: &[u8]) {
    window.press(&[], key).await;
    let is_whole = async || window.picture_of(chart).await == whole;
    window.until(&format!("{key:?} shows the whole of {chart}"), SOON, is_whole).await;
}

#[tokio::test]
async fn a_focused_chart_moves_and_zooms_by_keys_and_tab_leaves_it() {
    let (home, _) = with_a_sweep();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        window.press(&[Key::Control], '2').await;
        window.until("a run is listed", SOON, async || window.count("run-row").await == 1).await;
        choose(&window, "tab-run").await;
        window.until("its charts are there", SOON, async || window.count("chart-loss").await == 1).await;
        // What is under the pointer would be named in the chart.
        window.point_at("nav-train").await;
        reach(&window, "chart-loss").await;
        let whole = still(&window, "chart-loss").await;
        for key in [Key::Left, Key::Right, Key::Up, Key::Down] {
            changes(&window, "chart-loss", char::from(key), &whole).await;
            is_whole_again(&window, "chart-loss", '0', &whole).await;
        }
        for key in ['+', '-'] {
            changes(&window, "chart-loss", key, &whole).await;
            is_whole_again(&window, "chart-loss", char::from(Key::Home), &whole).await;
        }
        assert_eq!(window.focused().await, "chart-loss", "the focus stays on the chart");
        press(&window, Key::Tab).await;
        let has_left = async || window.focused().await != "chart-loss";
        window.until("Tab leads on from the chart", SOON, has_left).await;
        window.press(&[Key::Shift], char::from(Key::Tab)).await;
        let is_back = async || window.focused().await == "chart-loss";
        window.until("Shift+Tab leads back to it", SOON, is_back).await;
    }
    window.close(&home).await;
}
