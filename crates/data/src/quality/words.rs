//! Splits texts into words, in scripts with spaces between words and in those without.

/// Says whether a letter counts as a word by itself: Chinese, Japanese, Thai and others put no spaces between
/// words.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Burmese
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3040}'..='\u{30ff}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{20000}'..='\u{3ffff}')
}

/// Returns a text's words in lower case, without punctuation.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars() {
        let joins = letter.is_alphanumeric() || (letter == '\'' || letter == '\u{2019}') && !word.is_empty();
        let alone = stands_alone(letter);
        if (alone || !joins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if alone {
            words.push(letter.to_string());
        } else if joins {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Returns the word that a text begins with; in a script without spaces, its first two letters.
pub(super) fn first_word(text: &str) -> Option<String> {
    let begin: String = text.chars().take(200).collect();
    let mut all = words(&begin).into_iter();
    let first = all.next()?;
    let is_alone = first.chars().all(stands_alone);
    match all.next().filter(|next| is_alone && next.chars().all(stands_alone)) {
        Some(next) => Some(first + &next),
        None => Some(first),
    }
}

/// Returns a text in the form in which it is compared: in lower case, with single spaces.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_script() {
        assert_eq!(
            words("Don\u{2019}t stop: 3 \u{201c}Cafés\u{201d}!"),
            ["don\u{2019}t", "stop", "3", "cafés"]
        );
        assert_eq!(words("我喜欢 Rust。"), ["我", "喜", "欢", "rust"]);
        assert_eq!(words("Привет, мир"), ["привет", "мир"]);
        assert_eq!(words(" .,!"), Vec::<String>::new());
    }

    #[test]
    fn the_first_word_is_found_in_every_script() {
        assert_eq!(first_word("\"Yes, it is").as_deref(), Some("yes"));
        assert_eq!(first_word("是的，我知道").as_deref(), Some("是的"));
        assert_eq!(first_word("…"), None);
    }
}
