//! Tests the menu of projects in the window: by clicks and by keys.

use fantoccini::key::Key;

use crate::home::Home;
use crate::window::{SOON, Window};

async fn count(window: &Window, testid: &str, wanted: usize) {
    let what = format!("there are {wanted} of {testid}");
    window.until(&what, SOON, async || window.count(testid).await == wanted).await;
}

async fn is_open(window: &Window, name: &str) {
    let is_shown = async || window.text("project-name").await.contains(name);
    window.until(&format!("the project {name:?} is open"), SOON, is_shown).await;
}

#[tokio::test]
async fn projects_are_made_opened_renamed_and_deleted_from_their_menu() {
    let home = Home::new();
    let window = Window::open(&home).await;
    is_open(&window, "Starter project").await;
    window.click("project-name").await;
    count(&window, "project-menu-row", 1).await;
    window.click("project-new").await;
    window.fill("project-name-field", "Second").await;
    window.click("project-name-do").await;
    is_open(&window, "Second").await;
    count(&window, "project-name-sheet", 0).await;
    window.click("nav-data").await;
    count(&window, "pair-row", 0).await;
    window.picture("projects-1-empty").await;

    // By keys: the menu opens, the arrows walk, Enter opens the first project.
    window.press(&[Key::Control, Key::Shift], 'o').await;
    count(&window, "project-menu-row", 2).await;
    window.press(&[], char::from(Key::Enter)).await;
    is_open(&window, "Starter project").await;
    window.click("nav-data").await;
    window.until("its pairs are listed", SOON, async || window.count("pair-row").await > 5).await;

    window.click("project-name").await;
    window.click("project-rename").await;
    window.fill("project-name-field", "First").await;
    window.click("project-name-do").await;
    is_open(&window, "First").await;
    window.click("project-name").await;
    window.click("project-delete").await;
    is_open(&window, "Second").await;
    let says = async |words: &str| {
        window.until(words, SOON, async || window.text("undo-toast-text").await.contains(words)).await;
    };
    says("Deleted: the project").await;
    window.picture("projects-2-deleted").await;
    window.click("undo-delete").await;
    is_open(&window, "First").await;
    says("Put back: the project").await;
    window.click("nav-data").await;
    window.until("with its pairs", SOON, async || window.count("pair-row").await > 5).await;
    window.close(&home).await;
}
