//! Tests what is said about the time while a run trains: in the window, and in the title that the desktop shows.

use std::process::Command;

use serde_json::Value;

use crate::home::Home;
use crate::steps::{open, train};
use crate::window::{COMPUTED, Window};

/// Notes every change of the times that the page shows, with the millisecond.
const WATCH: &str = "window.said = [];
    const look = () => {
        for (const id of ['train-left', 'job-said']) {
            const text = document.querySelector(`[data-testid=${id}]`)?.innerText ?? '';
            const last = window.said.findLast(one => one[1] === id);
            if (text !== (last?.[2] ?? '')) window.said.push([performance.now(), id, text]);
        }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })";

/// The name of the run, by which its window is found among others on the display.
const NAME: &str = "Counts the whole job";

/// The factor by which a machine with other work may slow down after it has said the time left.
const MOST_SLOWER: f64 = 8.0;

/// Reads the seconds of a duration as the page writes it: `1 h 2 min`, `2 min 5 s`, `0.8 s`.
fn seconds(text: &str) -> f64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let part = |pair: &[&str]| {
        let number: f64 = pair[0].parse().unwrap_or_else(|_| panic!("{text:?} is no duration"));
        number
            * if pair[1] == "h" {
                3600.0
            } else if pair[1] == "min" {
                60.0
            } else {
                1.0
            }
    };
    words.chunks_exact(2).map(part).sum()
}

/// Returns the titles of all windows on the display that name the run.
fn titles() -> Option<Vec<String>> {
    let tree = Command::new("xwininfo").args(["-root", "-tree"]).output().ok()?;
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    Some(tree.lines().filter(|line| line.contains(NAME)).map(str::to_owned).collect())
}

#[tokio::test]
async fn the_time_left_counts_the_whole_job_and_is_never_nothing() {
    let home = Home::with_pairs(12, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    train::layer(&window, "20").await;
    window.fill("train-name", NAME).await;
    window.fill("train-epochs", "2").await;
    window.script::<()>(WATCH, &[]).await;
    window.job_begins("the run", async || window.click("train-start").await).await;
    if titles().is_none() {
        test_support::skip("xwininfo is not installed, which reads the window's title");
    } else {
        let has_share = async || titles().unwrap_or_default().iter().any(|title| title.contains(" % "));
        window.until("the title shows the share", COMPUTED, has_share).await;
    }
    window.job_ends("the run").await;
    if titles().is_some() {
        let is_bare = async || titles().unwrap_or_default().is_empty();
        window.until("the title is the name alone again", COMPUTED, is_bare).await;
    }

    let (end, said): (f64, Vec<(f64, String, String)>) =
        window.script("return [performance.now(), window.said]", &[] as &[Value]).await;
    assert!(said.iter().all(|(_, _, text)| !text.contains("0.0 s left")), "{said:?}");
    let left: Vec<(f64, f64)> = said
        .iter()
        .filter(|(_, id, text)| id == "train-left" && !text.is_empty())
        .map(|(at, _, text)| ((end - at) / 1000.0, seconds(text)))
        .collect();
    assert!(!left.is_empty(), "a time was said: {said:?}");
    for (took, said) in &left {
        assert!(*said >= 1.0, "nothing is said about less than a second: {left:?}");
        assert!(*took <= MOST_SLOWER * said + 10.0, "{said} s were said to be left, and it took {took} s");
    }
    window.close(&home).await;
}

#[test]
fn durations_are_read_as_the_page_writes_them() {
    for (text, value) in
        [("0.8 s", 0.8), ("29 s", 29.0), ("2 min 5 s", 125.0), ("4 min", 240.0), ("1 h 2 min", 3720.0)]
    {
        assert!((seconds(text) - value).abs() < 1e-9, "{text}");
    }
}
