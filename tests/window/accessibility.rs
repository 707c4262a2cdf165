//! Looks through the page with axe-core for what keeps people from reading or reaching it: contrast, names, roles, order.

use std::env;
use std::fs;

use serde::Deserialize;

use crate::home::Home;
use crate::steps::open;
use crate::window::Window;

/// The environment variable with the path of axe-core's script, which `cargo xtask test` sets.
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

/// Returns what axe-core finds in the page as it is now, a line for each rule.
async fn violations(window: &Window, axe: &str, what: &str) -> Vec<String> {
    if !window.script::<bool>("return typeof axe !== 'undefined'", &[]).await {
        window.script::<()>(axe, &[]).await;
    }
    let found: Vec<Violation> = window.script_until_done(include_str!("run_axe.js"), &[]).await;
    let line =
        |one: &Violation| format!("{what}: {} ({}): {}", one.rule, one.help, one.elements.join(" and "));
    found.iter().map(line).collect()
}

#[tokio::test]
async fn axe_core_finds_nothing_on_any_screen() {
    let Some(path) = env::var_os(AXE) else {
        return test_support::skip("axe-core is not there");
    };
    let axe = fs::read_to_string(path).expect("axe-core's script");
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    let mut found = Vec::new();
    for screen in ["start", "data", "train", "sweep", "chat", "vectors", "models"] {
        window.click(&format!("nav-{screen}")).await;
        for theme in ["light", "dark"] {
            window.click(&format!("theme-{theme}")).await;
            window.frames(FRAMES).await;
            found.extend(violations(&window, &axe, &format!("{screen}, {theme}")).await);
        }
    }
    window.close(&home).await;
    assert!(found.is_empty(), "axe-core finds:\n{}", found.join("\n"));
}
