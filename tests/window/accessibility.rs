//! Looks through the page with axe-core for what keeps people from reading or reaching it: contrast, names, roles, order.

use std::env;
use std::fs;

use serde::Deserialize;

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// The environment variable with the path of axe-core's script, which `cargo xtask test` and `cargo xtask pictures` set.
const AXE: &str = "TILLER_AXE";

/// The frames after a change of theme until the page has its colours.
const FRAMES: u32 = 6;

/// A rule that the page breaks.
#[derive(Deserialize)]
struct Violation {
    rule: String,
    help: String,
    /// The first elements that break it.
    elements: Vec<String>,
}

/// Finds with axe-core what keeps people from reading or reaching a page, and keeps it until all of it is told at once.
pub(crate) struct Checks {
    script: String,
    found: Vec<String>,
}

impl Checks {
    /// Reads axe-core's script. Without it there is nothing to check with.
    pub(crate) fn read() -> Option<Self> {
        let script = fs::read_to_string(env::var_os(AXE)?).expect("axe-core's script");
        Some(Self { script, found: Vec::new() })
    }

    /// Checks the page as it is now, which `what` describes.
    pub(crate) async fn check(&mut self, window: &Window, what: &str) {
        if !window.script::<bool>("return typeof axe !== 'undefined'", &[]).await {
            window.script::<()>(&self.script, &[]).await;
        }
        let found: Vec<Violation> = window.script_until_done(include_str!("run_axe.js"), &[]).await;
        let line =
            |one: &Violation| format!("{what}: {} ({}): {}", one.rule, one.help, one.elements.join(" and "));
        self.found.extend(found.iter().map(line));
    }

    /// Panics with everything that was found.
    pub(crate) fn assert_nothing(&self) {
        assert!(self.found.is_empty(), "axe-core finds:\n{}", self.found.join("\n"));
    }
}

#[tokio::test]
async fn axe_core_finds_nothing_on_any_screen() {
    let Some(mut checks) = Checks::read() else {
        return test_support::skip("axe-core is not there");
    };
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for screen in ["start", "data", "train", "sweep", "chat", "vectors", "models"] {
        window.click(&format!("nav-{screen}")).await;
        for theme in ["light", "dark"] {
            window.click(&format!("theme-{theme}")).await;
            window.frames(FRAMES).await;
            checks.check(&window, &format!("{screen}, {theme}")).await;
        }
    }
    window.close(&home).await;
    checks.assert_nothing();
}

#[tokio::test]
async fn a_row_says_its_place_in_the_whole_list() {
    let home = Home::with_pairs(60, 20);
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 3).await;
    let places = async || window.attributes("pair-row", "aria-posinset").await;
    let all = window.attributes("pair-row", "aria-setsize").await;
    let number: usize = all[0].parse().expect("the number of pairs");
    assert!(number > all.len() && all.iter().all(|one| *one == all[0]), "{} rows: {all:?}", all.len());
    assert_eq!(places().await[0], "1");

    let scroll = "const list = document.querySelector('[data-testid=pair-list]');
        list.scrollTop = list.scrollHeight";
    window.script::<()>(scroll, &[]).await;
    let is_last = async || places().await.last() == Some(&all[0]);
    window.until("the last row says so", SOON, is_last).await;

    // The row at which the keys stand is named while it is in the page.
    let last = places().await.len() - 1;
    window.click_nth("pair-row", last).await;
    let named = "const list = document.querySelector('[data-testid=pair-list]');
        const row = document.getElementById(list.getAttribute('aria-activedescendant') ?? '');
        return row?.getAttribute('aria-posinset') ?? ''";
    let is_named = async || window.script::<String>(named, &[]).await == all[0];
    window.until("the row is named", SOON, is_named).await;
    window.script::<()>("document.querySelector('[data-testid=pair-list]').scrollTop = 0", &[]).await;
    let is_gone = async || window.script::<String>(named, &[]).await.is_empty();
    window.until("a row that is not in the page is not named", SOON, is_gone).await;
    window.close(&home).await;
}
