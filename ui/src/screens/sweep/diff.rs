//! Finds the words in which two answers differ.

/// A piece of a text, and whether the other text lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) is_new: bool,
}

/// Words beyond this many are not compared: the table of a comparison grows with the square.
const MOST_WORDS: usize = 600;

/// Returns the pieces of `text`, with those marked that are not part of its longest common subsequence of words with
/// `other`.
pub(super) fn pieces(other: &str, text: &str) -> Vec<Piece> {
    let (old, new) = (words(other), words(text));
    if old.len() > MOST_WORDS || new.len() > MOST_WORDS {
        return vec![Piece { text: text.to_owned(), is_new: other != text }];
    }
    // lengths[i][j]: the longest common subsequence of old[i..] and new[j..].
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i].trim() == new[j].trim() {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let mut all: Vec<Piece> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while j < new.len() {
        let is_same = i < old.len() && old[i].trim() == new[j].trim();
        if !is_same && i < old.len() && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
            continue;
        }
        match all.last_mut() {
            Some(last) if last.is_new != is_same => last.text.push_str(new[j]),
            _ => all.push(Piece { text: new[j].to_owned(), is_new: !is_same }),
        }
        i += usize::from(is_same);
        j += 1;
    }
    all
}

/// Words with the white space behind them; an ideograph is a word.
fn words(text: &str) -> Vec<&str> {
    let (mut all, mut start) = (Vec::new(), 0);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        let next = letters.peek().map(|(_, next)| *next);
        let is_ideograph = |letter: char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
        let ends = next.is_none_or(|next| {
            (letter.is_whitespace() && !next.is_whitespace()) || is_ideograph(letter) || is_ideograph(next)
        });
        if ends {
            all.push(&text[start..end]);
            start = end;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(other: &str, text: &str) -> String {
        pieces(other, text)
            .into_iter()
            .map(|piece| if piece.is_new { format!("[{}]", piece.text) } else { piece.text })
            .collect()
    }

    #[test]
    fn only_what_is_new_is_marked() {
        assert_eq!(marked("I would keep it safe.", "I would sell it now."), "I would [sell ]it [now.]");
        assert_eq!(marked("same words", "same words"), "same words");
        assert_eq!(marked("", "all new"), "[all new]");
        assert_eq!(marked("gone", ""), "");
        assert_eq!(
            marked("\u{6211}\u{8981}\u{94b1}", "\u{6211}\u{4e0d}\u{8981}\u{94b1}"),
            "\u{6211}[\u{4e0d}]\u{8981}\u{94b1}"
        );
    }
}
