//! The messages of one language.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::{Argument, Language};

/// The messages of a language, from its files.
pub struct Messages(FluentBundle<FluentResource>);

impl Messages {
    /// Reads the texts of files. It leaves out a message that cannot be read, and the second message of an id. Tests beside the
    /// files find both.
    #[must_use]
    pub fn new(language: Language, files: &[&str]) -> Self {
        let tag: Result<LanguageIdentifier, _> = language.tag().parse();
        let mut bundle = FluentBundle::new(tag.into_iter().collect());
        // The marks that isolate values of another direction would stand in titles, in copied texts and in tests.
        bundle.set_use_isolating(false);
        for text in files {
            let resource =
                FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
        }
        Self(bundle)
    }

    /// Returns the text of a message with values for its variables, if there is one.
    #[must_use]
    pub fn write(&self, id: &str, values: &[(&'static str, Argument)]) -> Option<String> {
        let pattern = self.0.get_message(id)?.value()?;
        let values: FluentArgs<'_> =
            values.iter().map(|(name, value)| (*name, FluentValue::from(value))).collect();
        let mut faults = Vec::new();
        let text = self.0.format_pattern(pattern, Some(&values), &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "the message {id} cannot be written: {faults:?}");
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "pairs = { $count ->\n    [one] { $count } pair of { $set }\n   *[other] { $count } pairs of { $set }\n}\n";

    #[test]
    fn a_count_chooses_the_form_and_a_text_stands_as_it_is() {
        let messages = Messages::new(Language::English, &[FILE]);
        let write =
            |count: u32| messages.write("pairs", &[("count", count.into()), ("set", "{ $a }".into())]);
        assert_eq!(write(1).as_deref(), Some("1 pair of { $a }"));
        assert_eq!(write(84).as_deref(), Some("84 pairs of { $a }"));
        assert_eq!(messages.write("runs", &[]), None);
    }

    #[test]
    fn a_fault_leaves_the_messages_around_it() {
        let messages =
            Messages::new(Language::Chinese, &["one = \u{4e00}\n= nothing\ntwo = \u{4e8c}\n", "one = 1\n"]);
        let all = ["one", "two"].map(|id| messages.write(id, &[]));
        assert_eq!(all, [Some("\u{4e00}".to_owned()), Some("\u{4e8c}".to_owned())]);
    }
}
