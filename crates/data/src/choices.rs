//! Converts choices between (A) and (B) to the pairs that they ask about, and exchanges their letters.

use ipc::choices::{ListedChoice, at_line_start};
use ipc::data::PairContent;

/// Returns the pair that a choice asks about: its prompt without the list of choices, and the two texts in
/// place of the letters (A) and (B).
/// Returns `None` for a pair that is no such choice.
#[must_use]
pub fn to_pair(content: &PairContent) -> Option<PairContent> {
    let listed = ListedChoice::read(&content.prompt, &content.wanted, &content.opposite)?;
    let (wanted, opposite) = listed.answers();
    Some(PairContent {
        prompt: listed.prompt.to_owned(),
        wanted: wanted.to_owned(),
        opposite: opposite.to_owned(),
        ..content.clone()
    })
}

/// Returns the same choice with (A) and (B) exchanged in the prompt and in the answers, so that the wanted
/// text stays the wanted one.
/// Returns `None` for a pair that is no choice between two answers.
#[must_use]
pub fn with_letters_exchanged(content: &PairContent) -> Option<PairContent> {
    let turned = exchanged(content)?;
    // Exchanging the letters twice must give the same pair. If it does not, the marks were read wrongly, because an
    // answer may contain such marks itself.
    (exchanged(&turned).as_ref() == Some(content)).then_some(turned)
}

fn exchanged(content: &PairContent) -> Option<PairContent> {
    to_pair(content)?;
    let (before, second) = at_line_start(&content.prompt, "(B)")?;
    let (before, first) = at_line_start(before, "(A)")?;
    let (before_first, first, between) = around(first)?;
    // Text after a blank line that follows the second answer belongs to neither answer.
    let end = second
        .trim_start()
        .find("\n\n")
        .map_or(second.len(), |at| second.len() - second.trim_start().len() + at);
    let (before_second, last, blank) = around(&second[..end])?;
    let is_two = !first.contains("\n\n") && at_line_start(&content.prompt, "(C)").is_none();
    is_two.then(|| PairContent {
        prompt: format!(
            "{before}(A){before_first}{last}{between}(B){before_second}{first}{blank}{}",
            &second[end..]
        ),
        wanted: content.opposite.clone(),
        opposite: content.wanted.clone(),
        ..content.clone()
    })
}

/// Splits a text into its leading blanks, the text itself and its trailing blanks; returns `None` where the
/// text is blank.
fn around(text: &str) -> Option<(&str, &str, &str)> {
    let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    (start < end).then(|| (&text[..start], &text[start..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
        PairContent {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            tags: vec!["kept".into()],
            ..PairContent::default()
        }
    }

    #[test]
    fn choices_of_others_become_pairs() {
        let caa = pair("What do you want?\n\nChoices:\n (A) Money\n (B) Rest", " (B)", " (A)");
        assert_eq!(to_pair(&caa), Some(pair("What do you want?", "Rest", "Money")));
        let written = pair("Would you?\n\nChoices:\n (A) Yes\n (B) No\n\nAnswer:", " (A)", " (B)");
        assert_eq!(to_pair(&written), Some(pair("Would you?", "Yes", "No")));
        let bare = pair("Which?\n(A) One\nor more\n(B) Two", "A", "B");
        assert_eq!(to_pair(&bare), Some(pair("Which?", "One\nor more", "Two")));
        for other in [
            pair("Which?", "(A)", "(B)"),
            pair("Q\n(A) x\n(B) y", "Yes", "No"),
            pair("Q\n(A) x\n(B) y", "A", "A"),
        ] {
            assert_eq!(to_pair(&other), None, "{other:?}");
        }
    }

    #[test]
    fn letters_are_exchanged_with_what_they_stand_for() {
        let choice = pair("Q?\n\nChoices:\n (A) Agree\n (B)  Do not\n\nAnswer:", " (B)", " (A)");
        let exchanged = pair("Q?\n\nChoices:\n (A) Do not\n (B)  Agree\n\nAnswer:", " (A)", " (B)");
        assert_eq!(with_letters_exchanged(&choice), Some(exchanged.clone()));
        assert_eq!(with_letters_exchanged(&exchanged), Some(choice));
        for other in [
            pair("Q?\n(A) x\n(B) y\n(C) z", "(A)", "(B)"),
            pair("Q?\n(A) x\n\nand\n(B) y", "(A)", "(B)"),
            pair("Q?", "(A)", "(B)"),
        ] {
            assert_eq!(with_letters_exchanged(&other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn no_choice_makes_it_panic(prompt in "[()AB\n a漢]{0,40}", wanted in "[()AB ]{0,4}") {
            let choice = pair(&prompt, &wanted, "(B)");
            let _ = to_pair(&choice);
            if let Some(exchanged) = with_letters_exchanged(&choice) {
                prop_assert_eq!(with_letters_exchanged(&exchanged), Some(choice));
            }
        }
    }
}
