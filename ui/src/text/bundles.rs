//! Holds the messages of each language, and formats one.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use ipc::project::Language as Choice;
use unic_langid::LanguageIdentifier;

/// A value for a variable of a message. Fluent's own type is large, and made at every use of a message it made the page slow to
/// compile.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// It stands in the message as it is.
    Text(String),
    /// It chooses between singular and plural, and stands in plain digits.
    Number(f64),
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

macro_rules! numbers {
    ($($kind:ty)+) => {
        $(impl From<$kind> for Argument {
            fn from(number: $kind) -> Self {
                Self::Number(f64::from(number))
            }
        })+
    };
}

macro_rules! counts {
    ($($kind:ty)+) => {
        $(impl From<$kind> for Argument {
            fn from(count: $kind) -> Self {
                Self::Number(count as f64)
            }
        })+
    };
}

numbers!(u8 u16 u32 i32 f64);
counts!(u64 usize i64);

impl<'a> From<&'a Argument> for FluentValue<'a> {
    fn from(value: &'a Argument) -> Self {
        match value {
            Argument::Text(text) => FluentValue::from(text.as_str()),
            Argument::Number(number) => FluentValue::from(*number),
        }
    }
}

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

/// A language that the page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Returns the language of a person's choice; the first of the system's that the page speaks if they left it to the system.
    #[must_use]
    pub fn of(choice: Choice, system: &[String]) -> Self {
        let of_tag = |tag: &String| match tag.split(['-', '_']).next() {
            Some("en") => Some(Self::English),
            Some("zh") => Some(Self::Chinese),
            _ => None,
        };
        match choice {
            Choice::English => Self::English,
            Choice::Chinese => Self::Chinese,
            Choice::System => system.iter().find_map(of_tag).unwrap_or_default(),
        }
    }

    /// Returns the language's tag (BCP 47), for the page's `lang`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// Returns the texts of the language's files.
    pub(super) const fn files(self) -> &'static [&'static str] {
        match self {
            Self::English => ENGLISH,
            Self::Chinese => CHINESE,
        }
    }

    fn bundle(self) -> FluentBundle<FluentResource> {
        let tag: Result<LanguageIdentifier, _> = self.tag().parse();
        let mut bundle = FluentBundle::new(tag.into_iter().collect());
        // The marks that isolate values of another direction would stand in titles, in copied texts and in tests.
        bundle.set_use_isolating(false);
        for text in self.files() {
            // A fault in a file or an id that is there twice is found by a test; here the messages around it stay.
            let resource =
                FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
        }
        bundle
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
    // The page has one thread, and a bundle is made when its language is first spoken.
    static BUNDLES: RefCell<[Option<FluentBundle<FluentResource>>; 2]> = const { RefCell::new([None, None]) };
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
    BUNDLES.with_borrow_mut(|bundles| {
        let bundle = bundles[language as usize].get_or_insert_with(|| language.bundle());
        let pattern = bundle.get_message(id)?.value()?;
        let values: FluentArgs<'_> =
            values.iter().map(|(name, value)| (*name, FluentValue::from(value))).collect();
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "the message {id} cannot be written: {faults:?}");
        Some(text)
    })
}
