//! Recognises data that are choices between (A) and (B) already: CAA's files and model-written evaluations.

/// A choice between two answers that are listed in the prompt, where the wanted and the opposite answer are letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedChoice<'a> {
    /// The prompt without the list.
    pub prompt: &'a str,
    /// The answer that is listed as (A).
    pub first: &'a str,
    /// The answer that is listed as (B).
    pub second: &'a str,
    /// The letter of the wanted answer.
    pub wanted: char,
}

impl<'a> ListedChoice<'a> {
    /// Reads a pair's texts. Returns `None` for a pair that is no such choice.
    #[must_use]
    pub fn read(prompt: &'a str, wanted: &str, opposite: &str) -> Option<Self> {
        let (wanted, opposite) = (letter(wanted)?, letter(opposite)?);
        let (before, second) = at_line_start(prompt, "(B)")?;
        let (before, first) = at_line_start(before, "(A)")?;
        let before = before.trim_end();
        let prompt = ["Choices:", "Options:", "Choices", "Options"]
            .iter()
            .find_map(|word| before.strip_suffix(word))
            .unwrap_or(before)
            .trim_end();
        // Model-written evaluations end with the word that the letter follows.
        let second = second.trim();
        let second = second.strip_suffix("\n\nAnswer:").unwrap_or(second).trim_end();
        let first = first.trim();
        let is_whole = !first.is_empty() && !second.is_empty() && !prompt.is_empty();
        (wanted != opposite && is_whole).then_some(Self { prompt, first, second, wanted })
    }

    /// Returns the letter of the opposite answer.
    #[must_use]
    pub fn opposite(&self) -> char {
        if self.wanted == 'A' { 'B' } else { 'A' }
    }

    /// Returns the texts of the wanted and the opposite answer.
    #[must_use]
    pub fn answers(&self) -> (&'a str, &'a str) {
        if self.wanted == 'A' { (self.first, self.second) } else { (self.second, self.first) }
    }
}

fn letter(answer: &str) -> Option<char> {
    match answer.trim().trim_start_matches('(').trim_end_matches([')', '.', ':']) {
        "A" => Some('A'),
        "B" => Some('B'),
        _ => None,
    }
}

/// Splits a text at the last mark that begins a line, and returns what stands before and after that mark.
#[must_use]
pub fn at_line_start<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.rmatch_indices(mark).find_map(|(at, _)| {
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        line.trim().is_empty().then(|| (&text[..at], &text[at + mark.len()..]))
    })
}
