//! Tests that nothing happens that was not meant: by keys alone, in a window of the usual size and in a small one.

mod charts;
mod chat;
mod deletions;
mod keys;
mod refusals;
mod stays;
mod sweep;

use fantoccini::key::Key;
use serde_json::json;

use crate::window::{SOON, Window};

/// The sizes of the window, in pixels.
const SIZES: [(u32, u32); 2] = [(1280, 860), (960, 640)];

/// More than the fields and buttons of any screen, twice.
const MOST_KEYS: usize = 200;

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

/// Types a query into the palette, and waits until the first line says these words.
async fn palette(window: &Window, query: &str, words: &str) {
    window.press(&[Key::Control], 'k').await;
    window.type_into("palette-query", query).await;
    let is_first = async || window.text("palette-line").await.contains(words);
    window.until(&format!("{words:?} is found first"), SOON, is_first).await;
}

/// Takes a data set into use with the palette, which shows the Data screen.
async fn use_set(window: &Window, name: &str) {
    window.press(&[Key::Control], 'k').await;
    window.type_into("palette-query", name).await;
    let is_first = async || {
        let (kinds, lines) =
            (window.attributes("palette-line", "data-kind").await, window.texts("palette-line").await);
        kinds.first().is_some_and(|kind| kind == "Data set")
            && lines.first().is_some_and(|line| line.contains(name))
    };
    window.until(&format!("{name} is found first"), SOON, is_first).await;
    press(window, Key::Enter).await;
    counts(window, "palette", 0).await;
    let chosen = "const field = document.querySelector('[data-testid=data-set]');
        return field?.selectedOptions[0]?.innerText ?? ''";
    let is_in_use = async || window.script::<String>(chosen, &[]).await.contains(name);
    window.until(&format!("{name} is in use"), SOON, is_in_use).await;
}
