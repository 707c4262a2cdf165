//! Tests that the palette finds things and does what buttons do, by keys alone.

use fantoccini::key::Key;

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// Opens the palette and types a query.
async fn ask(window: &Window, query: &str) {
    window.press(&[Key::Control], 'k').await;
    window.until("the palette opens", SOON, async || window.count("palette").await == 1).await;
    window.type_into("palette-query", query).await;
    let is_typed = async || window.value("palette-query").await == query;
    window.until("the query is typed", SOON, is_typed).await;
}

/// Waits until the first line is of this kind, and runs it.
async fn run_first(window: &Window, kind: &str) {
    let is_first = async || {
        window.attributes("palette-line", "data-kind").await.first().is_some_and(|first| first == kind)
    };
    window.until(&format!("a {kind} is found first"), SOON, is_first).await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the palette closes", SOON, async || window.count("palette").await == 0).await;
}

async fn is_on(window: &Window, screen: &str) {
    let nav = format!("nav-{screen}");
    let is_there = async || window.attributes(&nav, "aria-current").await == ["page"];
    window.until(&format!("{screen} is shown"), SOON, is_there).await;
}

#[tokio::test]
async fn the_palette_finds_things_and_runs_commands_by_keys_alone() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::starter_project(&window).await;

    ask(&window, "cheerful").await;
    window.picture("palette-1").await;
    run_first(&window, "Vector").await;
    is_on(&window, "vectors").await;

    ask(&window, "smollm").await;
    run_first(&window, "Model").await;
    is_on(&window, "models").await;

    // A pair, by words of its prompt.
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 3).await;
    window.click_nth("pair-row", 2).await;
    window.until("a pair is open", SOON, async || !window.value("pair-prompt").await.is_empty()).await;
    let prompt = window.value("pair-prompt").await;
    let words: String = prompt.chars().take(40).collect();
    window.click("nav-chat").await;
    window.until("Chat is there", SOON, async || window.count("chat-input").await == 1).await;
    ask(&window, words.trim()).await;
    run_first(&window, "Pair").await;
    is_on(&window, "data").await;
    window.until("the pair is open", SOON, async || window.value("pair-prompt").await == prompt).await;

    // A word of the help, and a command.
    ask(&window, "held out").await;
    let kinds = async || window.attributes("palette-line", "data-kind").await;
    window.until("the help is found", SOON, async || kinds().await.iter().any(|kind| kind == "Help")).await;
    window.press(&[], char::from(Key::Escape)).await;
    let width = async || window.script::<u32>("return window.innerWidth", &[]).await;
    let whole = width().await;
    ask(&window, "zoom in").await;
    run_first(&window, "").await;
    window.until("it is zoomed", SOON, async || width().await < whole).await;
    window.press(&[Key::Control], '0').await;
    window.until("Ctrl+0 takes the zoom back", SOON, async || width().await == whole).await;
    ask(&window, "no such thing at all").await;
    window.until("nothing is found", SOON, async || window.count("palette-line").await == 0).await;
    window.press(&[], char::from(Key::Escape)).await;
    window.close(&home).await;
}
