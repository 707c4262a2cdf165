//! Words failures for the log, which holds no prompt, no answer and no name that a person gave.

use ipc::Failure;

use crate::Error;

/// Writes a failure's code and its first line, and leaves out every quoted text. The detail is left out as well: it may
/// quote a text.
pub(crate) fn for_log(failure: &Failure) -> String {
    format!("{:?}: {}", failure.code, unquoted(failure.message.lines().next().unwrap_or_default()))
}

/// Does the same with an error.
pub(crate) fn error_for_log(error: Error) -> String {
    for_log(&Failure::from(error))
}

/// Replaces each quoted text with an ellipsis. A quotation mark that is never closed also removes the rest of the line.
fn unquoted(text: &str) -> String {
    let (mut kept, mut closing) = (String::with_capacity(text.len()), None);
    for letter in text.chars() {
        match (closing, letter) {
            (None, '"' | '\u{201c}') => {
                closing = Some(if letter == '"' { '"' } else { '\u{201d}' });
                kept.extend([letter, '\u{2026}']);
            }
            (None, letter) => kept.push(letter),
            (Some(mark), letter) if letter == mark => {
                kept.push(letter);
                closing = None;
            }
            (Some(_), _) => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use ipc::Code;

    use super::*;

    #[test]
    fn what_is_quoted_and_the_detail_stay_out() {
        let failure = Failure::new(Code::Invalid, "\u{201c}My secret\u{201d} is no \"other secret\" word.")
            .detail("a third secret");
        assert_eq!(for_log(&failure), "Invalid: \u{201c}\u{2026}\u{201d} is no \"\u{2026}\" word.");
        assert_eq!(unquoted("it says \"never closed"), "it says \"\u{2026}");
        assert_eq!(unquoted("the model's file"), "the model's file");
        let failure = Failure::new(Code::Other, "One line.\nAnd a secret.");
        assert_eq!(for_log(&failure), "Other: One line.");
    }

    #[test]
    fn a_text_that_a_template_refuses_stays_out() {
        let source = vectors::tokens::TokenError::EmptyAnswer { which: "wanted" };
        assert_eq!(
            error_for_log(Error::Tokens { pair: Some(3), source }),
            "Invalid: Pair 3 cannot be turned into tokens."
        );
    }
}
