//! Finds texts that a person reads and that stand in the sources instead of the files of messages.

use super::Language;
use super::phrases::translated;
use super::source::{self, Text};

/// What is given to these is read by the browser, by the program or by a developer.
const NO_TEXT: &[&str] = &[
    "accept",
    "aria-activedescendant",
    "aria-atomic",
    "aria-autocomplete",
    "aria-checked",
    "aria-controls",
    "aria-current",
    "aria-describedby",
    "aria-disabled",
    "aria-expanded",
    "aria-haspopup",
    "aria-hidden",
    "aria-invalid",
    "aria-labelledby",
    "aria-live",
    "aria-modal",
    "aria-multiline",
    "aria-multiselectable",
    "aria-orientation",
    "aria-posinset",
    "aria-pressed",
    "aria-relevant",
    "aria-selected",
    "aria-setsize",
    "aria-sort",
    "autocapitalize",
    "autocomplete",
    "class",
    "d",
    "data-state",
    "data-testid",
    "dir",
    "fill",
    "for",
    "form",
    "height",
    "href",
    "id",
    "inputmode",
    "lang",
    "list",
    "max",
    "min",
    "name",
    "pattern",
    "points",
    "rel",
    "role",
    "rows",
    "spellcheck",
    "step",
    "stroke",
    "style",
    "target",
    "term",
    "testid",
    "transform",
    "type",
    "value",
    "viewBox",
    "width",
    "wrap",
    "xmlns",
    // Functions and macros.
    "add_event_listener_with_callback",
    "assert",
    "assert_eq",
    "assert_ne",
    "closest",
    "create_element",
    "create_element_ns",
    "debug_assert",
    "element_by_id",
    "expect",
    "get_attribute",
    "get_element_by_id",
    "has_attribute",
    "panic",
    "query_selector",
    "query_selector_all",
    "remove_attribute",
    "set_attribute",
    "set_property",
    "unreachable",
    "matches_selector",
];

/// The macros of the log, which is for whoever looks for a cause.
const LOG: &[&str] = &["debug", "error", "info", "warn"];

/// Names of keys as the browser gives them, and names that are the same in every language.
const NAMES: &[&str] = &[
    "Alt",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "Backspace",
    "Ctrl",
    "Delete",
    "End",
    "Enter",
    "Escape",
    "F1",
    "F2",
    "Home",
    "INPUT",
    "Inter Variable",
    "Meta",
    "PageDown",
    "PageUp",
    "SELECT",
    "Shift",
    "Space",
    "TEXTAREA",
    "Tab",
    "Tiller",
    // A format of files, and a function of the desktop.
    "Notify",
    "Parquet",
];

/// Strings that only look like texts.
const CODE: &[&str] = &[
    // Classes, styles, queries and paths of drawings.
    "dot {}",
    "dot {dot}",
    "top: {top:.0}px; left: {left:.0}px; right: auto",
    "left: {:.2}%; right: {:.2}%",
    "left: {left:.0}px; top: {top:.0}px",
    "display: none",
    "height: {height}px",
    "contain-intrinsic-size: auto {height}px",
    "(prefers-color-scheme: dark)",
    "M{left:.1} {}V{top:.1}H{:.1}V{}Z",
    "BrowserRefresh",
    "chart,row,column,value ",
    // Names that are the same in every language: a licence, a format of files, methods.
    "Apache-2.0",
    "Markdown",
    "BiPO",
    "RePS",
    // Names of nouns in the glossary, which is asked for them in English.
    "Block",
    "Hidden size",
    "Layer",
    "Norm",
    "Quantization",
    // A prompt that is sent to the model, and columns of tables that other programs read.
    "this behaviour",
    "the opposite of this behaviour",
    "{} In every answer, show {which}: {behaviour}.",
    "norm of what is added, with the multiplier\u{2019}s sign",
    "KL from the unsteered model, nats a token, with the multiplier\u{2019}s sign",
];

/// Files whose texts are no words for a person: what the page sends to the application.
const OTHER_FILES: &[&str] = &["src/bridge.rs"];

/// Whether a string names keys: `Ctrl+Shift+N`. They are written on keyboards in English.
fn is_keys(text: &str) -> bool {
    ["Ctrl+", "Alt+", "Shift+"].iter().any(|key| text.starts_with(key)) && !text.contains(' ')
}

/// Whether a string reads as words: a capital and small letters, or several words.
fn is_words(text: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0_i32;
    for letter in text.chars() {
        depth += i32::from(letter == '{');
        if depth == 0 {
            plain.push(letter);
        }
        depth -= i32::from(letter == '}' && depth > 0);
    }
    let words: Vec<&str> = plain
        .split(|letter: char| !letter.is_alphabetic() && letter != '\'' && letter != '\u{2019}')
        .filter(|word| word.chars().count() > 1)
        .collect();
    let first = plain.trim_start().chars().next();
    let is_sentence = first.is_some_and(char::is_uppercase)
        && words.iter().any(|word| word.chars().any(char::is_lowercase));
    let is_beside_a_value =
        words.iter().any(|word| plain.contains(&format!(" {word}")) || plain.contains(&format!("{word} ")));
    let is_code =
        plain.contains(['[', ']', '<', '>', '_', '#', '=']) || plain.contains("--") || plain.contains("://");
    (is_sentence || is_beside_a_value) && !is_code
}

fn is_outside(text: &Text) -> bool {
    let file = text.place.rsplit_once(':').map_or("", |(file, _)| file);
    is_words(&text.value)
        && !NO_TEXT.contains(&text.given_to.as_str())
        && !NAMES.contains(&text.value.as_str())
        && !CODE.contains(&text.value.as_str())
        && !is_keys(&text.value)
        && !OTHER_FILES.contains(&file)
}

#[test]
fn every_text_of_page_and_window_stands_in_the_files_of_messages() {
    // What the window answers to the page is put into its language there, as what the application says.
    let is_said = |text: &Text| {
        LOG.contains(&text.given_to.as_str()) || translated(&text.value, Language::Chinese).is_some()
    };
    let of_window = source::of_window().texts.into_iter().filter(|text| !is_said(text));
    let outside: Vec<String> = source::of_page()
        .texts
        .into_iter()
        .chain(of_window)
        .filter(is_outside)
        .map(|text| format!("{} ({}): {:?}", text.place, text.given_to, text.value))
        .collect();
    assert!(outside.is_empty(), "{} texts stand in the sources:\n{}", outside.len(), outside.join("\n"));
}

#[test]
fn a_text_is_told_from_a_name() {
    for text in ["Delete", "{} of {} pairs", "Paused at {}", "and {more}"] {
        assert!(is_words(text), "{text}");
    }
    for text in ["pair-row", "[data-testid=x] input", "{}", "{} %", "wheel", "chart-{name}", "https://a b"] {
        assert!(!is_words(text), "{text}");
    }
}
