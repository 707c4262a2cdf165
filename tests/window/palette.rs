//! Tests that the palette finds things and does what buttons do, by keys alone.

use fantoccini::key::Key;

use crate::home::Home;
use crate::steps::{open, train};
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

/// Asks for something by words that no other line has in its label, and does it.
async fn ask_and_run(window: &Window, query: &str, label: &str) {
    ask(window, query).await;
    let is_first =
        async || window.texts("palette-line").await.first().is_some_and(|first| first.contains(label));
    window.until(&format!("\u{201c}{label}\u{201d} is found first"), SOON, is_first).await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the palette closes", SOON, async || window.count("palette").await == 0).await;
}

/// Waits until an element has the focus.
async fn is_at(window: &Window, id: &str) {
    window.until(&format!("{id} has the focus"), SOON, async || window.focused().await == id).await;
}

/// Types letter by letter to what has the focus.
async fn type_keys(window: &Window, text: &str) {
    for letter in text.chars() {
        window.press(&[], letter).await;
    }
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

    // A setting, and a tab of a screen.
    ask(&window, "threads").await;
    run_first(&window, "Settings").await;
    is_at(&window, "settings-threads").await;
    window.press(&[], char::from(Key::Escape)).await;
    window.until("the settings close", SOON, async || window.count("settings-sheet").await == 0).await;
    ask(&window, "similarity").await;
    run_first(&window, "Vectors").await;
    is_on(&window, "vectors").await;
    let is_shown = async || window.attributes("vectors-tab-similarity", "aria-selected").await == ["true"];
    window.until("the tab is shown", SOON, is_shown).await;

    // What the buttons of a vector do: a page of its sheet, and the mixing desk.
    ask_and_run(&window, "passport cheerful", "Passport of").await;
    let is_shown = async || window.attributes("export-page-passport", "aria-pressed").await == ["true"];
    window.until("the page is shown", SOON, is_shown).await;
    window.press(&[], char::from(Key::Escape)).await;
    window.until("the sheet closes", SOON, async || window.count("export-vector-sheet").await == 0).await;

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

#[tokio::test]
async fn runs_are_renamed_and_laid_over_each_other_by_keys_alone() {
    let home = Home::tiny_with_pairs(8, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    for epochs in ["1", "2"] {
        train::layer(&window, "0").await;
        window.fill("train-epochs", epochs).await;
        window.job("a run", async || window.click("train-start").await).await;
    }

    window.click("nav-data").await;
    ask_and_run(&window, "rename the run", "Rename the run").await;
    is_on(&window, "train").await;
    is_at(&window, "run-name").await;
    type_keys(&window, "Two epochs").await;
    window.press(&[], char::from(Key::Enter)).await;
    let is_renamed = async || {
        let rows = window.texts("run-row").await;
        rows.len() == 2 && rows.iter().filter(|row| row.contains("Two epochs")).count() == 1
    };
    window.until("the run has its new name", SOON, is_renamed).await;

    let keys = async |count: usize| {
        let are_there = async || window.count("run-key").await == count;
        window.until(&format!("{count} runs are in the charts"), SOON, are_there).await;
    };
    ask_and_run(&window, "lay the curves", "over those of the shown run").await;
    keys(2).await;
    window.picture("palette-2-overlaid").await;
    ask_and_run(&window, "take the curves", "away from those of the shown run").await;
    keys(0).await;
    window.close(&home).await;
}
