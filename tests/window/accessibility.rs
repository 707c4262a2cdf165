//! Looks through the page with axe-core for what keeps people from reading or reaching it: contrast, names, roles, order.

use std::env;
use std::fs;

use serde::Deserialize;

use crate::home::Home;
use crate::steps::open;
use crate::window::Window;

/// The environment variable with the path of axe-core's script, which `cargo xtask test` sets.
const AXE: &str = "TILLER_AXE";

/// A rule that the page breaks.
#[derive(Deserialize)]
struct Violation {
    rule: String,
    help: String,
    /// The first elements that break it.
    elements: Vec<String>,
}

/// Returns what axe-core finds in the page as it is now, a line for each rule. Empty where axe-core is not there.
pub(crate) async fn violations(window: &Window, what: &str) -> Vec<String> {
    let Some(path) = env::var_os(AXE) else { return vec![] };
    if !window.script::<bool>("return typeof axe !== 'undefined'", &[]).await {
        let script = fs::read_to_string(path).expect("axe-core's script");
        window.script::<()>(&script, &[]).await;
    }
    let found: Vec<Violation> = window.script_until_done(include_str!("run_axe.js"), &[]).await;
    let line =
        |one: &Violation| format!("{what}: {} ({}): {}", one.rule, one.help, one.elements.join(" and "));
    found.iter().map(line).collect()
}

/// Every other test looks as well, wherever it takes a picture.
#[tokio::test]
async fn axe_core_finds_nothing_on_any_screen() {
    if env::var_os(AXE).is_none() {
        test_support::skip("axe-core is not there");
        return;
    }
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for screen in ["start", "data", "train", "sweep", "chat", "vectors", "models"] {
        window.click(&format!("nav-{screen}")).await;
        window.picture(&format!("accessibility-{screen}")).await;
    }
    window.close(&home).await;
}
