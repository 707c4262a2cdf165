//! Reads a verdict from 1 to 4 in a judge's words, and never guesses one.

/// Returns the verdict if the words contain exactly one whole number from 1 to 4. The scale itself (`out of 4`, `/4`,
/// `1 to 4`) does not count.
pub(crate) fn read(words: &str) -> Option<u8> {
    let plain = words.to_lowercase().replace(['\u{2013}', '\u{2212}'], "-");
    let tokens = tokens(&plain);
    let mut found: Option<u8> = None;
    let mut at = 0;
    while at < tokens.len() {
        let skipped = scale(&tokens[at..]);
        if skipped > 0 {
            at += skipped;
            continue;
        }
        if let Token::Number(number) = &tokens[at] {
            let level = number.parse::<u8>().ok().filter(|level| (1..=4).contains(level))?;
            if found.is_some_and(|before| before != level) {
                return None;
            }
            found = Some(level);
        }
        at += 1;
    }
    found
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A word with digits, including the letters, points and signs next to them: `3.5` is one word.
    Number(&'a str),
    Word(&'a str),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = if letter.is_alphanumeric() {
            let ends = |(at, letter): &(usize, char)| {
                // A point or a comma belongs to a number if a digit follows it.
                let follows =
                    rest[at + letter.len_utf8()..].chars().next().is_some_and(|next| next.is_ascii_digit());
                !(letter.is_alphanumeric() || (matches!(letter, '.' | ',') && follows))
            };
            rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at)
        } else {
            letter.len_utf8()
        };
        let (part, after) = rest.split_at(length);
        if part.chars().any(char::is_numeric) {
            all.push(Token::Number(part));
        } else if letter.is_alphanumeric() {
            all.push(Token::Word(part));
        } else if !letter.is_whitespace() {
            all.push(Token::Sign(letter));
        }
        rest = after;
    }
    all
}

/// Returns the number of tokens that name the scale at this position, as in `out of 4`, `of 4`, `/ 4`, `from 1 to 4`,
/// `1 to 4` and `1 - 4`. `- 4` does not name it.
fn scale(tokens: &[Token<'_>]) -> usize {
    match tokens {
        [Token::Word("out"), Token::Word("of"), Token::Number("4"), ..]
        | [Token::Number("1"), Token::Word("to") | Token::Sign('-'), Token::Number("4"), ..] => 3,
        [Token::Word("of") | Token::Sign('/'), Token::Number("4"), ..] => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_number_is_read_and_the_scale_is_not_the_verdict() {
        for (words, level) in [
            ("3", 3),
            (" 2.\n", 2),
            ("1 out of 4", 1),
            ("4/4", 4),
            ("Rating: 2 / 4", 2),
            ("On a scale from 1 to 4, this is a 3.", 3),
            ("(1\u{2013}4): 4", 4),
            ("**2**", 2),
            ("Score: 3. It deserves a 3.", 3),
        ] {
            assert_eq!(read(words), Some(level), "{words:?}");
        }
    }

    #[test]
    fn what_holds_none_or_several_is_not_guessed() {
        for words in [
            "", "four", "5", "0", "10", "3.5", "2 or 3", "out of 4", "1 to 4", "-", "14", "3rd", "\u{0664}",
            "1 of 3",
        ] {
            assert_eq!(read(words), None, "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(words in ".{0,200}") {
            if let Some(level) = read(&words) {
                prop_assert!((1..=4).contains(&level));
            }
        }
    }
}
