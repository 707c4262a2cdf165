//! Tests that nothing happens that was not meant: by keys alone, in a window of the usual size and in a small one.

use std::fs;

use fantoccini::key::Key;
use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The sizes of the window, in pixels.
const SIZES: [(u32, u32); 2] = [(1280, 860), (960, 640)];

/// More than the fields and buttons of any screen, twice.
const MOST_KEYS: usize = 200;

/// Pairs with the columns of BiPO's.
const PAIRS: &str = "question,matching,not_matching\n\
    Why?,Because.,No.\nHow?,Well.,Badly.\nWhen?,Now.,Never.\nWhere?,Here.,Nowhere.\n";

fn css(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

async fn press(window: &Window, key: Key) {
    window.press(&[], char::from(key)).await;
}

/// Leads the keys to an element: Tab from one to the next, and an arrow key inside a row.
async fn reach(window: &Window, id: &str) {
    let script = "const wanted = document.querySelector(arguments[0]), focused = document.activeElement;
        if (focused?.matches(arguments[0])) return 'there';
        const isBeside = wanted?.tabIndex === -1 && wanted.parentElement === focused?.parentElement;
        return isBeside ? 'beside' : 'elsewhere'";
    for _ in 0..MOST_KEYS {
        let place: String = window.script(script, &[json!(css(id))]).await;
        match place.as_str() {
            "there" => return,
            "beside" => press(window, Key::Right).await,
            _ => press(window, Key::Tab).await,
        }
    }
    panic!("no key leads to {id}");
}

/// Leads the keys to a button and presses it.
async fn choose(window: &Window, id: &str) {
    reach(window, id).await;
    press(window, Key::Enter).await;
}

/// Types to what has the focus.
async fn type_keys(window: &Window, text: &str) {
    for letter in text.chars() {
        window.press(&[], letter).await;
    }
}

/// Replaces the text of a field.
async fn write(window: &Window, field: &str, text: &str) {
    reach(window, field).await;
    window.press(&[Key::Control], 'a').await;
    type_keys(window, text).await;
    let is_typed = async || window.value(field).await == text;
    window.until(&format!("{field} says {text:?}"), SOON, is_typed).await;
}

async fn is_at(window: &Window, id: &str) {
    window.until(&format!("{id} has the focus"), SOON, async || window.focused().await == id).await;
}

async fn counts(window: &Window, id: &str, wanted: usize) {
    let what = format!("there are {wanted} of {id}");
    window.until(&what, SOON, async || window.count(id).await == wanted).await;
}

async fn says(window: &Window, words: &str) {
    let is_said = async || window.text("undo-toast-text").await.contains(words);
    window.until(&format!("the toast says {words:?}"), SOON, is_said).await;
}

async fn is_disabled(window: &Window, button: &str) -> bool {
    window
        .script("return document.querySelector(arguments[0])?.disabled ?? true", &[json!(css(button))])
        .await
}

/// Waits until a field says, where it is seen, what is wrong with it, and a button waits for it.
async fn refuses(window: &Window, field: &str, button: &str, words: &str) {
    let script = "const field = document.querySelector(arguments[0]);
        const said = field?.closest('label')?.querySelector('[role=alert]');
        return field?.getAttribute('aria-invalid') === 'true' && said?.offsetHeight > 0 ? said.innerText : ''";
    let is_refused = async || {
        let said: String = window.script(script, &[json!(css(field))]).await;
        said.contains(words) && is_disabled(window, button).await
    };
    window.until(&format!("{field} says {words:?}, and {button} waits"), SOON, is_refused).await;
}

/// Waits until a button can be pressed again.
async fn is_free(window: &Window, button: &str) {
    let what = format!("{button} can be pressed");
    window.until(&what, SOON, async || !is_disabled(window, button).await).await;
}

/// Whether the palette offers this with the settings as they are.
async fn offers(window: &Window, words: &str) -> bool {
    window.press(&[Key::Control], 'k').await;
    window.until("the palette opens", SOON, async || window.count("palette-line").await > 5).await;
    let is_offered = window.texts("palette-line").await.iter().any(|line| line.contains(words));
    press(window, Key::Escape).await;
    counts(window, "palette", 0).await;
    is_offered
}

/// Presses all buttons of one kind within a moment, as a double click does where the next row slides under the pointer.
async fn press_twice(window: &Window, id: &str) {
    let is_held = "return document.documentElement.hasAttribute('data-held')";
    let is_over = async || !window.script::<bool>(is_held, &[]).await;
    window.until("a press counts again", SOON, is_over).await;
    let press = "document.querySelectorAll(arguments[0]).forEach(button => button.click())";
    window.script::<()>(press, &[json!(css(id))]).await;
}

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

/// Nonsense for layers stays while other settings change, and no key starts a run.
async fn nonsense_on_train(window: &Window) {
    window.press(&[Key::Control], '2').await;
    counts(window, "train-epochs", 1).await;
    if window.count("train-layers").await == 0 {
        choose(window, "train-several").await;
        counts(window, "train-layers", 1).await;
    }
    write(window, "train-layers", "8, 10-12, 40").await;
    refuses(window, "train-layers", "train-start", "8").await;
    write(window, "train-epochs", "3").await;
    write(window, "train-rate", "abc").await;
    refuses(window, "train-rate", "train-start", "is not a number").await;
    write(window, "train-rate", "0.02").await;
    refuses(window, "train-layers", "train-start", "8").await;
    assert_eq!(window.value("train-layers").await, "8, 10-12, 40", "what is typed stays");
    assert!(!offers(window, "Train with the settings").await, "the palette starts no run either");
    write(window, "train-layers", "0").await;
    is_free(window, "train-start").await;
    assert!(offers(window, "Train with the settings").await);
}

/// The same for the numbers of a sweep: its range, its list, and how many prompts are answered.
async fn nonsense_on_sweep(window: &Window) {
    window.press(&[Key::Control], '3').await;
    counts(window, "goal-custom", 1).await;
    choose(window, "goal-custom").await;
    counts(window, "score-divergence", 1).await;
    write(window, "sweep-step", "abc").await;
    refuses(window, "sweep-step", "sweep-start", "is not a number").await;
    write(window, "sweep-from", "-1").await;
    assert_eq!(window.value("sweep-step").await, "abc", "what is typed stays");
    assert!(!offers(window, "Sweep with the settings").await, "the palette starts no sweep either");
    write(window, "sweep-step", "1").await;
    is_free(window, "sweep-start").await;
    write(window, "sweep-to", "-5").await;
    counts(window, "sweep-range-fault", 1).await;
    assert!(is_disabled(window, "sweep-start").await);
    write(window, "sweep-to", "2").await;
    is_free(window, "sweep-start").await;

    choose(window, "sweep-list").await;
    counts(window, "sweep-multipliers", 1).await;
    write(window, "sweep-multipliers", "1 two").await;
    refuses(window, "sweep-multipliers", "sweep-start", "two").await;
    write(window, "sweep-multipliers", "-1 0 1").await;
    is_free(window, "sweep-start").await;
    reach(window, "sweep-list").await;
    press(window, Key::Left).await;
    press(window, Key::Enter).await;
    counts(window, "sweep-step", 1).await;

    choose(window, "goal-read").await;
    counts(window, "score-divergence", 0).await;
    write(window, "sweep-limit", "0").await;
    refuses(window, "sweep-limit", "sweep-start", "no number of prompts").await;
    write(window, "sweep-limit", "2").await;
    counts(window, "sweep-limit-fault", 0).await;
}

#[tokio::test]
async fn a_field_that_cannot_be_read_waits_with_its_reason_whatever_else_changes() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        nonsense_on_train(&window).await;
        nonsense_on_sweep(&window).await;
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

/// Gives a pair or a vector two tags, and removes them with a double press, which removes one. Then a button has the focus.
async fn tags(window: &Window, of: &str, names: &[String; 2]) {
    let (tag, remove, field) = (format!("{of}-tag"), format!("{of}-tag-remove"), format!("{of}-tag-new"));
    let before = window.count(&tag).await;
    reach(window, &field).await;
    for (place, name) in names.iter().enumerate() {
        type_keys(window, name).await;
        press(window, Key::Enter).await;
        counts(window, &tag, before + place + 1).await;
    }
    press_twice(window, &remove).await;
    says(window, "Deleted: the tag").await;
    window.frames(4).await;
    assert_eq!(window.count(&tag).await, before + 1, "a double press removes one tag");
    // What stands before the field is a button, which leaves Ctrl+Z to the window.
    window.press(&[Key::Shift], char::from(Key::Tab)).await;
    is_at(window, &remove).await;
}

/// Takes strips off the desk with a double press, which takes one off, and brings it back.
async fn strips(window: &Window) {
    window.press(&[Key::Control], '4').await;
    counts(window, "strip-add", 1).await;
    for _ in 0..2 {
        let before = window.count("strip").await;
        if before < 2 {
            choose(window, "strip-add").await;
            counts(window, "strip", before + 1).await;
        }
    }
    let strips = window.attributes("strip", "data-strip").await;
    press_twice(window, "strip-remove").await;
    says(window, "Deleted: the strip of").await;
    window.frames(4).await;
    assert_eq!(window.count("strip").await, strips.len() - 1, "a double press takes one off");
    reach(window, "desk-toggle").await;
    window.press(&[Key::Control], 'z').await;
    let is_back = async || window.attributes("strip", "data-strip").await == strips;
    window.until("the strip is back where it stood", SOON, is_back).await;
}

#[tokio::test]
async fn a_double_press_deletes_one_thing_and_ctrl_z_brings_it_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        let names = || [format!("one{width}"), format!("two{width}")];
        window.press(&[Key::Control], '1').await;
        window.until("a pair is open", SOON, async || !window.value("pair-prompt").await.is_empty()).await;
        let before = window.count("pair-tag").await;
        tags(&window, "pair", &names()).await;
        let pairs = window.text("pair-counts").await;
        press(&window, Key::Delete).await;
        window.frames(4).await;
        assert_eq!(window.text("pair-counts").await, pairs, "Delete on a button deletes no pair");
        window.press(&[Key::Control], 'z').await;
        counts(&window, "pair-tag", before + 2).await;
        reach(&window, "pair-list").await;
        press(&window, Key::Delete).await;
        says(&window, "Deleted: 1 pair").await;
        let is_gone = async || window.text("pair-counts").await != pairs;
        window.until("the pair is gone", SOON, is_gone).await;
        window.press(&[Key::Control], 'z').await;
        let is_back = async || window.text("pair-counts").await == pairs;
        window.until("the pair is back", SOON, is_back).await;

        window.press(&[Key::Control], '5').await;
        choose(&window, "vector-row").await;
        counts(&window, "vector-tag-new", 1).await;
        let before = window.count("vector-tag").await;
        tags(&window, "vector", &names()).await;
        window.press(&[Key::Control], 'z').await;
        counts(&window, "vector-tag", before + 2).await;

        strips(&window).await;
    }
    window.close(&home).await;
}

#[tokio::test]
async fn what_was_chosen_on_train_stays_beside_other_tabs_and_with_another_model() {
    let home = Home::tiny_with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.press(&[Key::Control], '2').await;
    counts(&window, "train-epochs", 1).await;
    for ((width, height), multipliers) in SIZES.into_iter().zip(["-1 1", "0 2"]) {
        window.resize(width, height).await;
        choose(&window, "tab-epochs").await;
        counts(&window, "epochs-multipliers", 1).await;
        write(&window, "epochs-multipliers", multipliers).await;
        choose(&window, "tab-run").await;
        counts(&window, "epochs-multipliers", 0).await;
        choose(&window, "tab-epochs").await;
        counts(&window, "epochs-multipliers", 1).await;
        assert_eq!(window.value("epochs-multipliers").await, multipliers);
    }

    write(&window, "train-epochs", "7").await;
    choose(&window, "model-state").await;
    is_at(&window, "model-menu-row").await;
    let is_used = "return document.activeElement.getAttribute('aria-checked') === 'true'";
    if window.script::<bool>(is_used, &[]).await {
        press(&window, Key::Down).await;
    }
    press(&window, Key::Enter).await;
    let is_other = async || window.text("train-layer-status").await.contains("29");
    window.until("the layers are those of the other model", COMPUTED, is_other).await;
    assert_eq!(window.value("train-epochs").await, "7", "the settings are the person's");
    window.close(&home).await;
}
