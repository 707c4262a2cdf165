//! Tests that sheets and menus own the keyboard: nothing behind them changes, and the focus comes back.

use fantoccini::key::Key;

use crate::home::Home;
use crate::window::{SOON, Window};

/// The keys that open a sheet of the Data screen, and the sheet.
const SHEETS: [(&[Key], char, &str); 5] = [
    (&[Key::Control], 'i', "import-sheet"),
    (&[Key::Control], 'e', "export-sheet"),
    (&[Key::Control], ',', "settings-sheet"),
    (&[Key::Control], 'k', "palette"),
    (&[], '?', "help-sheet"),
];

/// The keys that change pairs on the Data screen.
const CHANGES: [(&[Key], char); 6] = [
    (&[], '\u{e017}'),
    (&[Key::Control], 'd'),
    (&[Key::Control, Key::Shift], 'n'),
    (&[Key::Control, Key::Shift], 'x'),
    (&[Key::Alt, Key::Shift], '\u{e015}'),
    (&[Key::Control], '2'),
];

/// More than the fields and buttons of any sheet.
const TABS: usize = 24;

async fn content(window: &Window) -> (Vec<String>, [String; 3]) {
    let fields = ["pair-prompt", "pair-wanted", "pair-opposite"];
    let mut values = <[String; 3]>::default();
    for (value, field) in values.iter_mut().zip(fields) {
        *value = window.value(field).await;
    }
    (window.texts("pair-row").await, values)
}

#[tokio::test]
async fn a_sheet_owns_the_keyboard_and_nothing_behind_it_changes() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;
    window.click_nth("pair-row", 1).await;
    // Another pair is open at first.
    let second = window.texts("pair-row").await[1].clone();
    let is_open = async || {
        let prompt = window.value("pair-prompt").await;
        !prompt.is_empty() && second.contains(&prompt)
    };
    window.until("the second pair is open", SOON, is_open).await;
    for (width, height) in [(1280, 860), (960, 640)] {
        window.resize(width, height).await;
        // The list has as many rows as there is room for.
        window.frames(4).await;
        let before = content(&window).await;
        for (held, key, sheet) in SHEETS {
            owns_the_keyboard(&window, held, key, sheet).await;
            assert_eq!(content(&window).await, before, "{sheet}");
        }
    }
    window.close(&home).await;
}

/// Opens a sheet from the list of pairs by its key, presses the keys that change pairs, and closes it by Escape.
async fn owns_the_keyboard(window: &Window, held: &[Key], key: char, sheet: &str) {
    window.click_nth("pair-row", 1).await;
    window.script::<()>("document.querySelector('[data-testid=pair-list]').focus()", &[]).await;
    window.press(held, key).await;
    window.until(&format!("{sheet} opens"), SOON, async || window.count(sheet).await == 1).await;
    for (held, key) in CHANGES {
        window.press(held, key).await;
    }
    for _ in 0..TABS {
        window.press(&[], char::from(Key::Tab)).await;
        assert!(window.has_focus_within(sheet).await, "Tab leaves {sheet}");
    }
    assert_eq!(window.count(sheet).await, 1, "a key of the screen has closed {sheet}");
    window.press(&[], char::from(Key::Escape)).await;
    window.until(&format!("{sheet} closes"), SOON, async || window.count(sheet).await == 0).await;
    let is_back = async || window.focused().await == "pair-list";
    window.until(&format!("the focus comes back from {sheet}"), SOON, is_back).await;
}

#[tokio::test]
async fn a_press_beside_a_sheet_closes_it_unless_a_text_was_typed_into_it() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.click("nav-vectors").await;
    for typed in [false, true] {
        window.click("vector-import").await;
        window.until("the sheet opens", SOON, async || window.count("import-vector-sheet").await == 1).await;
        if typed {
            window.fill("import-vector-path", "/vectors/calm").await;
        }
        window.click_at(4, 300).await;
        let count = async || window.count("import-vector-sheet").await;
        if typed {
            window.frames(4).await;
            assert_eq!(count().await, 1, "a click that misses throws the text away");
            assert_eq!(window.value("import-vector-path").await, "/vectors/calm");
        } else {
            window.until("the sheet closes", SOON, async || count().await == 0).await;
        }
    }
    // A search is typed again in a moment.
    window.press(&[], char::from(Key::Escape)).await;
    window.press(&[Key::Control], 'k').await;
    window.fill("palette-query", "vec").await;
    window.click_at(4, 300).await;
    window.until("the palette closes", SOON, async || window.count("palette").await == 0).await;
    window.close(&home).await;
}

#[tokio::test]
async fn the_glossary_gives_the_focus_back_to_where_it_was_opened() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let focused = async || {
        let script =
            "const at = document.activeElement; return at?.dataset?.testid || at?.dataset?.term || ''";
        window.script::<String>(script, &[]).await
    };
    let closes = async |sheet: &'static str, back: &str| {
        window.press(&[], char::from(Key::Escape)).await;
        window.until(&format!("{sheet} closes"), SOON, async || window.count(sheet).await == 0).await;
        window
            .until(&format!("the focus comes back to {back}"), SOON, async || focused().await == back)
            .await;
    };
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;

    // From a word of a sheet, and then from the button behind that sheet.
    window.tab_to("split-open").await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the sheet opens", SOON, async || window.count("split-sheet").await == 1).await;
    let word = "const word = document.querySelector('[data-testid=split-sheet] .term[data-term]');
        word.focus(); return word.dataset.term";
    let word = window.script::<String>(word, &[]).await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the glossary opens", SOON, async || window.count("glossary-sheet").await == 1).await;
    closes("glossary-sheet", &word).await;
    closes("split-sheet", "split-open").await;

    // From a word of a screen.
    window.click("nav-start").await;
    window.until("Start is there", SOON, async || window.count("start-show").await == 1).await;
    let word =
        "const word = [...document.querySelectorAll('.term[data-term]')].find(word => word.offsetParent);
        word.click(); return word.dataset.term";
    let word = window.script::<String>(word, &[]).await;
    window.until("the glossary opens", SOON, async || window.count("glossary-sheet").await == 1).await;
    closes("glossary-sheet", &word).await;
    window.close(&home).await;
}

#[tokio::test]
async fn a_menu_is_used_by_keys_alone_and_gives_the_focus_back() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.until("the model is named", SOON, async || window.count("model-state").await == 1).await;
    window.script::<()>("document.querySelector('[data-testid=model-state]').focus()", &[]).await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the menu opens", SOON, async || window.count("model-menu").await == 1).await;
    window
        .until("the first item has the focus", SOON, async || window.focused().await == "model-menu-row")
        .await;
    window.press(&[], char::from(Key::Up)).await;
    assert_eq!(window.focused().await, "model-menu-download", "before the first item comes the last");
    window.press(&[], char::from(Key::Down)).await;
    assert_eq!(window.focused().await, "model-menu-row");
    window.press(&[], char::from(Key::Escape)).await;
    window.until("the menu closes", SOON, async || window.count("model-menu").await == 0).await;
    window.until("the focus is back", SOON, async || window.focused().await == "model-state").await;
    window.close(&home).await;
}

#[tokio::test]
async fn a_button_that_is_disabled_while_it_works_has_the_focus_again() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.press(&[Key::Control], ',').await;
    window.until("the sheet opens", SOON, async || window.count("settings-sheet").await == 1).await;
    let add = "const button = document.createElement('button');
        button.dataset.testid = 'at-work';
        document.querySelector('[data-testid=settings-sheet] .sheet-body').append(button);
        button.focus();
        button.toggleAttribute('disabled', true)";
    window.script::<()>(add, &[]).await;
    window.until("the sheet has the keys", SOON, async || window.focused().await == "settings-sheet").await;
    let enable =
        "document.querySelector('[data-testid=at-work]').toggleAttribute('disabled', arguments[0] ?? false)";
    window.script::<()>(enable, &[]).await;
    window.until("the button has the focus again", SOON, async || window.focused().await == "at-work").await;

    // Who has gone elsewhere meanwhile stays there.
    window.script::<()>(enable, &[true.into()]).await;
    window.until("the sheet has the keys", SOON, async || window.focused().await == "settings-sheet").await;
    window.script::<()>("document.querySelector('[data-testid=settings-zoom-in]').focus()", &[]).await;
    window.script::<()>(enable, &[]).await;
    let two_frames_later = "const done = arguments[arguments.length - 1];
        const say = () => done(document.activeElement?.dataset?.testid ?? '');
        requestAnimationFrame(() => requestAnimationFrame(say))";
    assert_eq!(window.script_until_done::<String>(two_frames_later, &[]).await, "settings-zoom-in");
    window.press(&[], char::from(Key::Escape)).await;
    window.until("the sheet closes", SOON, async || window.count("settings-sheet").await == 0).await;
    window.close(&home).await;
}
