//! Holds the messages of each language, and formats one.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use texts::{Argument, Language, Messages};

/// The texts of a language's files, one for each part of the page; what the application says stands in those that begin with
/// `said`.
macro_rules! files {
    ($folder:literal) => {
        files!($folder: "common" "shell" "commands" "glossary" "widgets" "charts" "data" "files" "start" "train" "sweep" "chat"
            "vectors" "models" "jobs" "said-app" "said-engine" "said-data")
    };
    ($folder:literal: $($name:literal)+) => {
        &[$(include_str!(concat!("../../locales/", $folder, "/", $name, ".ftl"))),+]
    };
}

const ENGLISH: &[&str] = files!("en");
const CHINESE: &[&str] = files!("zh-CN");

/// Returns the texts of a language's files.
pub(super) const fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
    // The page has one thread, and the messages of a language are read when it is first spoken.
    static MESSAGES: RefCell<[Option<Messages>; 2]> = const { RefCell::new([None, None]) };
    // A turn of a conversation has a dozen buttons, and a scrolled conversation makes many turns: a message without values is
    // written once.
    static PLAIN: RefCell<[HashMap<String, String>; 2]> = RefCell::default();
}

/// Returns the language that is spoken.
#[must_use]
pub fn spoken() -> Language {
    SPOKEN.get()
}

/// Changes the language that is spoken. Views that are made from then on have its texts.
pub fn set_spoken(language: Language) {
    SPOKEN.set(language);
}

/// Returns the text of a message in the language that is spoken; its id if there is none, which a test rules out.
#[must_use]
#[inline(never)]
pub fn message(id: &str, values: &[(&'static str, Argument)]) -> String {
    written(spoken(), id, values).unwrap_or_else(|| id.to_owned())
}

/// Returns the text of a message in a language.
pub(super) fn written(language: Language, id: &str, values: &[(&'static str, Argument)]) -> Option<String> {
    if !values.is_empty() {
        return formatted(language, id, values);
    }
    let known = PLAIN.with_borrow(|plain| plain[language as usize].get(id).cloned());
    known.or_else(|| {
        let text = formatted(language, id, values)?;
        PLAIN.with_borrow_mut(|plain| plain[language as usize].insert(id.to_owned(), text.clone()));
        Some(text)
    })
}

fn formatted(language: Language, id: &str, values: &[(&'static str, Argument)]) -> Option<String> {
    MESSAGES.with_borrow_mut(|all| {
        let messages = all[language as usize].get_or_insert_with(|| Messages::new(language, files(language)));
        messages.write(id, values)
    })
}
