//! Tests that menus, choosers, questions and sheets are used by keys alone, and that a key does what it means where the focus is.

use std::fs;

use fantoccini::key::Key;

use super::{SIZES, choose, counts, is_at, is_free, press, reach, refuses, type_keys, write};
use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// Pairs with the columns of BiPO's.
const PAIRS: &str = "question,matching,not_matching\n\
    Why?,Because.,No.\nHow?,Well.,Badly.\nWhen?,Now.,Never.\nWhere?,Here.,Nowhere.\n";

#[tokio::test]
async fn ctrl_a_selects_a_text_or_rows_and_never_the_window() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let selected = async || window.script::<String>("return getSelection().toString()", &[]).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        for (key, screen) in [('2', "nav-train"), ('5', "nav-vectors"), ('6', "nav-models")] {
            window.press(&[Key::Control], key).await;
            let is_shown = async || window.attributes(screen, "aria-current").await == ["page"];
            window.until(&format!("{screen} is shown"), SOON, is_shown).await;
            window.press(&[Key::Control], 'a').await;
            window.frames(2).await;
            assert_eq!(selected().await, "", "{screen}");
        }
        window.press(&[Key::Control], 'k').await;
        window.type_into("palette-query", "vec").await;
        window.press(&[Key::Control], 'a').await;
        type_keys(&window, "x").await;
        let is_replaced = async || window.value("palette-query").await == "x";
        window.until("the text of the field was selected", SOON, is_replaced).await;
        press(&window, Key::Escape).await;
        counts(&window, "palette", 0).await;

        window.press(&[Key::Control], '1').await;
        window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;
        window.press(&[Key::Control], 'a').await;
        counts(&window, "many-delete", 1).await;
        assert_eq!(selected().await, "", "rows are selected, and no text");
    }
    window.close(&home).await;
}

/// A sheet that an item of a menu has opened gives the focus back to the menu's button.
async fn menu_and_sheet(window: &Window) {
    choose(window, "project-name").await;
    is_at(window, "project-menu-row").await;
    for _ in 0..5 {
        if window.focused().await != "project-rename" {
            press(window, Key::Down).await;
        }
    }
    choose(window, "project-rename").await;
    is_at(window, "project-name-field").await;
    press(window, Key::Escape).await;
    counts(window, "project-name-sheet", 0).await;
    is_at(window, "project-name").await;
}

/// The choice of a method begins at the chosen one, and Escape changes nothing.
async fn chooser(window: &Window) {
    let is_on = async |checked: &'static str| {
        let script = "return document.activeElement?.getAttribute('aria-checked') ?? ''";
        let is_it = async || window.script::<String>(script, &[]).await == checked;
        window.until(&format!("the focus is on a method with {checked}"), SOON, is_it).await;
    };
    window.press(&[Key::Control], '2').await;
    window.until("a method is chosen", SOON, async || !window.text("method-chosen").await.is_empty()).await;
    let before = window.text("method-chosen").await;
    choose(window, "method-change").await;
    is_on("true").await;
    press(window, Key::Down).await;
    is_on("false").await;
    press(window, Key::Escape).await;
    is_at(window, "method-change").await;
    assert_eq!(window.text("method-chosen").await, before, "Escape chooses nothing");
    press(window, Key::Enter).await;
    is_on("true").await;
    press(window, Key::Down).await;
    press(window, Key::Enter).await;
    is_at(window, "method-change").await;
    assert_ne!(window.text("method-chosen").await, before);
}

/// A question puts the focus on what changes nothing, and Escape is that answer.
async fn questions(window: &Window) {
    window.press(&[Key::Control], '1').await;
    choose(window, "data-set-menu").await;
    counts(window, "data-set-sheet", 1).await;
    choose(window, "data-set-delete").await;
    is_at(window, "data-set-delete-keep").await;
    press(window, Key::Escape).await;
    is_at(window, "data-set-delete").await;
    assert_eq!(window.count("data-set-sheet").await, 1, "Escape answers the question, and closes no sheet");
    press(window, Key::Escape).await;
    counts(window, "data-set-sheet", 0).await;
    is_at(window, "data-set-menu").await;

    window.press(&[Key::Control], '5').await;
    choose(window, "vector-row").await;
    choose(window, "vector-delete").await;
    is_at(window, "vector-delete-keep").await;
    press(window, Key::Escape).await;
    is_at(window, "vector-delete").await;
}

/// Enter in a field is the button that the sheet is for, unless the field cannot be read.
async fn enter_in_sheets(window: &Window, share: &str, file: &str) {
    window.press(&[Key::Control], '1').await;
    choose(window, "split-open").await;
    is_at(window, "split-share").await;
    write(window, "split-share", "abc").await;
    refuses(window, "split-share", "split-do", "is not a number").await;
    press(window, Key::Enter).await;
    window.frames(4).await;
    assert_eq!(window.count("split-sheet").await, 1, "nothing is split");
    write(window, "split-share", share).await;
    is_free(window, "split-do").await;
    press(window, Key::Enter).await;
    counts(window, "split-sheet", 0).await;
    is_at(window, "split-open").await;

    window.press(&[Key::Control], 'i').await;
    window.type_into("import-path", file).await;
    press(window, Key::Enter).await;
    let is_read = async || window.text("import-counts").await.contains("4 pairs");
    window.until("the file is read", SOON, is_read).await;
    is_free(window, "import-do").await;
    assert_eq!(window.focused().await, "import-path");
    press(window, Key::Enter).await;
    counts(window, "import-sheet", 0).await;
    window.until("its pairs are listed", SOON, async || window.count("pair-row").await == 4).await;
}

#[tokio::test]
async fn menus_choosers_questions_and_sheets_are_used_by_keys_alone() {
    let home = Home::tiny_with_pairs(8, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for ((width, height), share) in SIZES.into_iter().zip(["50", "75"]) {
        window.resize(width, height).await;
        let file = home.path(&format!("of-{width}.csv"));
        fs::write(&file, PAIRS).expect("a file");
        menu_and_sheet(&window).await;
        chooser(&window).await;
        questions(&window).await;
        enter_in_sheets(&window, share, &file.to_string_lossy()).await;
    }
    window.close(&home).await;
}

/// An arrow key moves the focus in a row of buttons and chooses nothing; Enter does.
async fn row(window: &Window, first: &str, second: &str, chosen: &str) {
    reach(window, first).await;
    press(window, Key::Enter).await;
    let is = async |id: &str, wanted: &str| window.attributes(id, chosen).await == [wanted];
    window.until(&format!("{first} is chosen"), SOON, async || is(first, "true").await).await;
    press(window, Key::Right).await;
    is_at(window, second).await;
    assert!(is(first, "true").await, "an arrow key chooses nothing");
    press(window, Key::Enter).await;
    window.until(&format!("{second} is chosen"), SOON, async || is(second, "true").await).await;
    press(window, Key::Left).await;
    is_at(window, first).await;
    press(window, Key::Enter).await;
    window.until(&format!("{first} is chosen again"), SOON, async || is(first, "true").await).await;
}

/// The menu of a project goes round by arrow keys, and Escape closes it and gives the focus back.
async fn menu(window: &Window) {
    choose(window, "project-name").await;
    is_at(window, "project-menu-row").await;
    press(window, Key::Down).await;
    let has_moved = async || window.focused().await != "project-menu-row";
    window.until("the next item has the focus", SOON, has_moved).await;
    press(window, Key::Up).await;
    is_at(window, "project-menu-row").await;
    press(window, Key::Escape).await;
    counts(window, "project-menu-row", 0).await;
    is_at(window, "project-name").await;
}

/// With Shift, an arrow key selects rows of the list, and no text; Escape lets them go.
async fn rows(window: &Window) {
    window.press(&[Key::Control], '1').await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 3).await;
    reach(window, "pair-list").await;
    press(window, Key::Home).await;
    for _ in 0..2 {
        window.press(&[Key::Shift], char::from(Key::Down)).await;
    }
    let selected = async || {
        let all = window.attributes("pair-row", "aria-selected").await;
        all.iter().filter(|is_selected| *is_selected == "true").count()
    };
    window.until("three rows are selected", SOON, async || selected().await == 3).await;
    counts(window, "many-delete", 1).await;
    let text = window.script::<String>("return getSelection().toString()", &[]).await;
    assert_eq!(text, "", "rows are selected, and no text");
    press(window, Key::Escape).await;
    counts(window, "many-delete", 0).await;
}

#[tokio::test]
async fn arrow_keys_and_escape_do_what_they_do_everywhere() {
    let home = Home::tiny_with_vector(6, 3);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        window.press(&[Key::Control], '2').await;
        counts(&window, "tab-run", 1).await;
        row(&window, "tab-run", "tab-epochs", "aria-selected").await;
        window.press(&[Key::Control], '3').await;
        counts(&window, "goal-custom", 1).await;
        choose(&window, "goal-custom").await;
        row(&window, "sweep-range", "sweep-list", "aria-pressed").await;
        menu(&window).await;
        rows(&window).await;
    }
    window.close(&home).await;
}
