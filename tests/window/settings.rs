//! Tests the sheet of settings in a small window, by keyboard alone.

use fantoccini::key::Key;

use crate::home::Home;
use crate::window::{SOON, Window};

async fn press(window: &Window, key: Key) {
    window.press(&[], char::from(key)).await;
}

async fn open(window: &Window) {
    window.press(&[Key::Control], ',').await;
    window.until("the sheet opens", SOON, async || window.count("settings-sheet").await == 1).await;
}

/// Chooses the next value of a row of buttons.
async fn next_of(window: &Window, from: &str, to: &str) {
    window.tab_to(from).await;
    press(window, Key::Right).await;
    press(window, Key::Enter).await;
    let is_pressed = async || window.attributes(to, "aria-pressed").await == ["true"];
    window.until(&format!("{to} is chosen"), SOON, is_pressed).await;
}

/// Chooses the next value of a list.
async fn down(window: &Window, list: &str, to: &str) {
    window.tab_to(list).await;
    press(window, Key::Down).await;
    window.until(&format!("{list} says {to}"), SOON, async || window.value(list).await == to).await;
}

/// Returns the first typeface and the size of an element's letters.
async fn letters(window: &Window, id: &str) -> (String, f64) {
    let read = "const style = getComputedStyle(document.querySelector(`[data-testid=${arguments[0]}]`));
        return [style.fontFamily.split(',')[0], parseFloat(style.fontSize)]";
    window.script(read, &[id.into()]).await
}

/// Opens a pair, which has the letters of texts.
async fn open_pair(window: &Window) {
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 3).await;
    window.click_nth("pair-row", 1).await;
    window.until("a pair is open", SOON, async || window.count("pair-prompt").await == 1).await;
}

/// Chooses typefaces and the size of texts, and sees that the page has them at once.
async fn choose_fonts(window: &Window) {
    next_of(window, "settings-typeface-bundled", "settings-typeface-system").await;
    assert_eq!(letters(window, "settings-sheet").await, ("system-ui".to_owned(), 13.5));
    assert_eq!(letters(window, "pair-prompt").await, ("system-ui".to_owned(), 13.5), "as the window");
    for typeface in ["bundled", "system", "serif"] {
        down(window, "settings-text-typeface", typeface).await;
    }
    down(window, "settings-text-size", "115").await;
    are_chosen(window).await;
}

async fn are_chosen(window: &Window) {
    let (typeface, size) = letters(window, "pair-prompt").await;
    assert!(typeface == "ui-serif" && (size - 15.525).abs() < 0.01, "{typeface}, {size}");
    assert_eq!(letters(window, "nav-data").await, ("system-ui".to_owned(), 13.5), "the rest has its size");
}

#[tokio::test]
async fn the_settings_are_made_by_keyboard_in_a_small_window_and_are_there_again() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    window.resize(960, 640).await;
    open_pair(&window).await;
    assert_eq!(letters(&window, "pair-prompt").await, ("\"Inter Variable\"".to_owned(), 13.5));
    open(&window).await;
    let fits = "const body = document.querySelector('[data-testid=settings-sheet] .sheet-body');
        const box = body.getBoundingClientRect();
        return [body.scrollTop === 0, body.scrollHeight > body.clientHeight, body.scrollWidth <= body.clientWidth,
            box.top >= 0 && box.bottom <= innerHeight]";
    let fits = window.script::<[bool; 4]>(fits, &[]).await;
    assert_eq!(fits, [true; 4], "it opens at its top and scrolls inside, to its end and to no side");
    window
        .until("the threads are counted", SOON, async || {
            window
                .script::<usize>(
                    "return document.querySelectorAll('[data-testid=settings-threads] option').length",
                    &[],
                )
                .await
                > 1
        })
        .await;

    choose_fonts(&window).await;
    next_of(&window, "settings-notifications-on", "settings-notifications-off").await;
    down(&window, "settings-memory", "1000000000").await;
    down(&window, "settings-threads", "1").await;
    next_of(&window, "settings-chat-lively", "settings-chat-exact").await;
    window.tab_to("settings-chat-length").await;
    window.press(&[Key::Control], 'a').await;
    for digit in ['5', '0'] {
        window.press(&[], digit).await;
    }
    window
        .until("the length is typed", SOON, async || window.value("settings-chat-length").await == "50")
        .await;
    assert!(window.text("settings-token-place").await.starts_with("None."), "no token is known");
    assert_eq!(window.text("settings-key-place").await, "No endpoint was used yet.");
    assert_eq!(window.value("settings-data").await, home.data().display().to_string());
    assert_eq!(window.value("settings-logs").await, home.data().join("logs").display().to_string());
    window.tab_to("settings-data-copy").await;
    press(&window, Key::Enter).await;
    window.until("it is copied", SOON, async || window.text("settings-data-copy").await == "Copied").await;
    press(&window, Key::Escape).await;
    window.until("the sheet closes", SOON, async || window.count("settings-sheet").await == 0).await;
    window.close(&home).await;

    let window = Window::open(&home).await;
    open_pair(&window).await;
    are_chosen(&window).await;
    open(&window).await;
    assert_eq!(window.attributes("settings-notifications-off", "aria-pressed").await, ["true"]);
    assert_eq!(window.attributes("settings-chat-exact", "aria-pressed").await, ["true"]);
    assert_eq!(window.value("settings-memory").await, "1000000000");
    assert_eq!(window.value("settings-chat-length").await, "50");
    let is_counted = async || window.value("settings-threads").await == "1";
    window.until("the threads are chosen", SOON, is_counted).await;
    assert!(
        window.text("settings-threads-name-note").await.starts_with("Threads of the processor"),
        "they are taken"
    );
    window.picture("settings-sheet").await;

    // The window is told the language, for its dialogs and the next start.
    window.click("settings-language-chinese").await;
    let kept = home.data().join("language");
    let is_kept = async || std::fs::read_to_string(&kept).is_ok_and(|tag| tag == "zh-CN");
    window.until("the language is kept", SOON, is_kept).await;
    window.close(&home).await;

    let window = Window::open(&home).await;
    let last = "return [window.tillerLanguage, document.documentElement.lang]";
    assert_eq!(window.script::<[String; 2]>(last, &[]).await, ["zh-CN", "zh-CN"]);
    window.close(&home).await;
}
