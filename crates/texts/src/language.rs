//! The languages that are spoken, and how one of them is chosen.

use ipc::project::Language as Choice;

/// A language that Tiller speaks.
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

    /// Returns the language of a person's choice; the first of the system's that is spoken if they left it to the system.
    #[must_use]
    pub fn of(choice: Choice, system: &[String]) -> Self {
        match choice {
            Choice::English => Self::English,
            Choice::Chinese => Self::Chinese,
            Choice::System => system.iter().find_map(|tag| Self::of_tag(tag)).unwrap_or_default(),
        }
    }

    /// Returns the language of a tag such as `zh-Hans-CN` or `zh_CN.UTF-8`, if it is spoken.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_', '.']).next() {
            Some("en") => Some(Self::English),
            Some("zh") => Some(Self::Chinese),
            _ => None,
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

    /// Returns it as a person's choice.
    #[must_use]
    pub const fn as_choice(self) -> Choice {
        match self {
            Self::English => Choice::English,
            Self::Chinese => Choice::Chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_that_of_the_choice_or_the_first_of_the_system_that_is_spoken() {
        let system = |tags: &[&str]| tags.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(Language::of(Choice::System, &system(&["fr-FR", "zh-Hans-CN", "en"])), Language::Chinese);
        assert_eq!(Language::of(Choice::System, &system(&["en_US", "zh"])), Language::English);
        assert_eq!(Language::of(Choice::System, &system(&["zh.UTF-8", "zh", "C"])), Language::Chinese);
        assert_eq!(Language::of(Choice::System, &system(&["fr"])), Language::English);
        assert_eq!(Language::of(Choice::Chinese, &system(&["en"])), Language::Chinese);
    }

    #[test]
    fn a_language_is_known_by_its_own_tag() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
            assert_eq!(Language::of(language.as_choice(), &[]), language);
        }
    }
}
