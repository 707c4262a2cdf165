//! Marks the words of a search in a text.

use leptos::prelude::*;

/// Splits a text into parts, each with whether it matches the search.
pub(super) fn parts(text: &str, looked_for: &str) -> Vec<(String, bool)> {
    let words: Vec<Vec<char>> = looked_for
        .split_whitespace()
        .map(|word| word.chars().flat_map(char::to_lowercase).collect())
        .collect();
    if words.is_empty() {
        return vec![(text.to_owned(), false)];
    }
    // These are folded letters with the offset of the letter that each comes from, because folding changes the length
    // of some.
    let letters: Vec<char> = text.chars().collect();
    let folded: Vec<(char, usize)> = letters
        .iter()
        .enumerate()
        .flat_map(|(place, letter)| letter.to_lowercase().map(move |folded| (folded, place)))
        .collect();
    let mut is_found = vec![false; letters.len()];
    for start in 0..folded.len() {
        for word in &words {
            let fits = folded.len() - start >= word.len()
                && folded[start..].iter().zip(word).all(|((letter, _), wanted)| letter == wanted);
            if fits {
                folded[start..start + word.len()].iter().for_each(|(_, place)| is_found[*place] = true);
            }
        }
    }
    let mut parts = Vec::<(String, bool)>::new();
    for (letter, found) in letters.into_iter().zip(is_found) {
        match parts.last_mut() {
            Some((part, was)) if *was == found => part.push(letter),
            _ => parts.push((letter.to_string(), found)),
        }
    }
    parts
}

/// The view of a text with the matches of the search marked.
pub(super) fn highlighted(text: &str, looked_for: &str) -> impl IntoView + use<> {
    parts(text, looked_for)
        .into_iter()
        .map(|(part, found)| if found { view! { <mark>{part}</mark> }.into_any() } else { part.into_any() })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_whatever_their_case() {
        let of = |text: &str, words: &str| {
            parts(text, words)
                .into_iter()
                .map(|(part, found)| if found { format!("[{part}]") } else { part })
                .collect::<String>()
        };
        assert_eq!(of("Money is money", "MONEY"), "[Money] is [money]");
        assert_eq!(of("İÜber über", "üb"), "İ[Üb]er [üb]er");
        assert_eq!(of("喜欢钱", "钱"), "喜欢[钱]");
        assert_eq!((of("aaa", "aa"), of("x", ""), of("", "a")), ("[aaa]".into(), "x".into(), String::new()));
    }
}
