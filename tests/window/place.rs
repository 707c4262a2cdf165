//! Tests that the window opens as it was left.

use std::fs;

use crate::home::Home;
use crate::window::{SOON, Window};

/// The largest difference between the size that was asked for and the one that the window has, in pixels.
const NEAR: u32 = 60;

#[tokio::test]
async fn the_window_opens_in_the_size_in_which_it_was_left() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.resize(1010, 702).await;
    let is_kept =
        async || fs::read_to_string(home.data().join("window.json")).is_ok_and(|text| text.contains("1010"));
    window.until("the size is kept", SOON, is_kept).await;
    window.close(&home).await;
    let window = Window::open(&home).await;
    let is_as_left = async || {
        let size = window.script::<[u32; 2]>("return [innerWidth, innerHeight]", &[]).await;
        size[0].abs_diff(1010) < NEAR && size[1].abs_diff(702) < NEAR
    };
    window.until("it has that size", SOON, is_as_left).await;
    window.close(&home).await;
}
