//! Aligns the rows of two models that have read the same text.
//!
//! The models have different tokenizers. A row represents the text up to the end of its token, so two rows are paired where
//! both tokens end at the same byte of the text. The tokenizers alone decide this, before any model is loaded.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{MAX_ROWS, MIN_ROWS, TransferError};
use crate::pairs::PreferencePair;
use crate::tokens::{OffsetEncoding, TokenError, Tokenizer};

/// The most tokens of a text that are read; the rest is left out.
const MAX_TOKENS: usize = 512;
/// Of as many consecutive passages, one is for validation and one for testing.
const SPLIT_CYCLE: usize = 5;

/// The separator between a prompt and its answer: the models have no chat template in common.
const SEPARATOR: &str = "\n\n";

/// A text, or several texts with a common opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The common opening; may be empty.
    pub opening: String,
    /// The continuations of the opening, at least one.
    pub endings: Vec<String>,
}

impl Passage {
    /// Returns a single text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self { opening: String::new(), endings: vec![text.to_owned()] }
    }

    /// Returns a prompt with its two answers.
    #[must_use]
    pub fn from_pair(pair: &PreferencePair) -> Self {
        let opening = format!("{}{SEPARATOR}", pair.prompt);
        Self { opening, endings: vec![pair.wanted.clone(), pair.opposite.clone()] }
    }
}

/// Returns the passages of the texts, followed by those of the pairs in a random order with a fixed seed, so that a
/// sample of the pairs comes from the whole set.
#[must_use]
pub fn passages(texts: &[&str], pairs: &[PreferencePair]) -> Vec<Passage> {
    let mut pair_passages: Vec<Passage> = pairs.iter().map(Passage::from_pair).collect();
    pair_passages.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    texts.iter().map(|text| Passage::from_text(text)).chain(pair_passages).collect()
}

/// The split that a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The map is fitted on it.
    Train,
    /// λ is chosen on it; the final map is fitted on it, too.
    Validation,
    /// The map is measured on it.
    Test,
}

/// The tokens that a model reads of a text, and its paired rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The tokens, up to the last paired row.
    pub tokens: Vec<u32>,
    /// The indices of the paired rows, ascending.
    pub rows: Vec<usize>,
}

/// The texts that both models read, with their paired rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// The readings of the vector's own model.
    pub source: Vec<Reading>,
    /// The readings of the other model, with the same number of rows each.
    pub target: Vec<Reading>,
    /// The split of each row, in the readings' order.
    pub splits: Vec<Split>,
}

/// The properties of a model that decide how it reads a text.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The tokenizer.
    pub tokenizer: &'a Tokenizer,
    /// The longest sequence that the model reads, in tokens.
    pub longest: usize,
}

impl Alignment {
    /// Pairs the rows of the passages, in order, up to [`MAX_ROWS`] rows.
    ///
    /// The first row of a text is left out on either side: it is an attention sink with a massive activation (Sun et al. 2024,
    /// arXiv 2402.17762), and least squares would fit that row alone. The common opening of several texts counts once. Of five
    /// passages three are for training, one for validation and one for testing; the rows of a passage resemble each other, so
    /// they stay in one split.
    ///
    /// # Errors
    /// Where a tokenizer refuses a text, or fewer than [`MIN_ROWS`] rows are paired.
    pub fn new(source: Reader<'_>, target: Reader<'_>, passages: &[Passage]) -> Result<Self, TransferError> {
        let mut alignment = Self { source: Vec::new(), target: Vec::new(), splits: Vec::new() };
        let mut turn = 0;
        for passage in passages {
            let before = alignment.splits.len();
            let split = match turn % SPLIT_CYCLE {
                3 => Split::Validation,
                4 => Split::Test,
                _ => Split::Train,
            };
            for (place, ending) in passage.endings.iter().enumerate() {
                let text = format!("{}{ending}", passage.opening);
                let from = if place == 0 { 0 } else { passage.opening.len() };
                let (one, other) = (read(source, &text)?, read(target, &text)?);
                let mut pairs = common_ends(&one.end_offsets, &other.end_offsets);
                pairs.retain(|(_, _, end)| *end > from);
                pairs.truncate(MAX_ROWS - alignment.splits.len());
                if pairs.is_empty() {
                    continue;
                }
                alignment.splits.extend(pairs.iter().map(|_| split));
                alignment.source.push(reading(one.ids, pairs.iter().map(|pair| pair.0).collect()));
                alignment.target.push(reading(other.ids, pairs.iter().map(|pair| pair.1).collect()));
            }
            turn += usize::from(alignment.splits.len() > before);
            if alignment.splits.len() == MAX_ROWS {
                break;
            }
        }
        let has_all_splits = [Split::Train, Split::Validation, Split::Test]
            .iter()
            .all(|split| alignment.splits.contains(split));
        if alignment.splits.len() < MIN_ROWS || !has_all_splits {
            return Err(TransferError::TooFewRows { found: alignment.splits.len(), passages: turn });
        }
        Ok(alignment)
    }
}

/// Returns the tokens that are read of a text, and the byte offset where each ends.
fn read(reader: Reader<'_>, text: &str) -> Result<OffsetEncoding, TokenError> {
    let mut encoding = reader.tokenizer.encode_with_end_offsets(text)?;
    let length = MAX_TOKENS.min(reader.longest);
    encoding.ids.truncate(length);
    encoding.end_offsets.truncate(length);
    Ok(encoding)
}

fn reading(mut tokens: Vec<u32>, rows: Vec<usize>) -> Reading {
    tokens.truncate(rows.last().map_or(0, |last| last + 1));
    Reading { tokens, rows }
}

/// Returns the pairs of indices in two lists of token ends that have the same end, with that end. Of several tokens
/// with the same end, such as the bytes of one character, the last one is paired. Tokens that end at 0 and the first
/// token of each list are left out.
fn common_ends(one: &[usize], other: &[usize]) -> Vec<(usize, usize, usize)> {
    let (one, other) = (last_at_each_end(one), last_at_each_end(other));
    let mut pairs = Vec::new();
    let mut at = 0;
    for (place, end) in one {
        while other.get(at).is_some_and(|(_, there)| *there < end) {
            at += 1;
        }
        if let Some((there, _)) =
            other.get(at).filter(|(there, same)| *same == end && *there > 0 && place > 0)
        {
            pairs.push((place, *there, end));
        }
    }
    pairs
}

/// For every end the last token with that end, in ascending order, as (index, end). An end before the previous one is
/// skipped.
fn last_at_each_end(ends: &[usize]) -> Vec<(usize, usize)> {
    let mut last_tokens: Vec<(usize, usize)> = Vec::with_capacity(ends.len());
    for (place, end) in ends.iter().enumerate() {
        match last_tokens.last_mut() {
            Some(last) if last.1 == *end => last.0 = place,
            Some(last) if last.1 > *end => {}
            _ => last_tokens.push((place, *end)),
        }
    }
    last_tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_with_a_common_end_are_paired() {
        // "价 🙂x": three bytes, a blank, four bytes, a letter. One has a token for each byte, the other one for each character.
        let bytes = [3, 3, 3, 4, 8, 8, 8, 8, 9];
        let characters = [0, 3, 4, 8, 9];
        assert_eq!(common_ends(&bytes, &characters), [(2, 1, 3), (3, 2, 4), (7, 3, 8), (8, 4, 9)]);
        assert_eq!(common_ends(&characters, &bytes), [(1, 2, 3), (2, 3, 4), (3, 7, 8), (4, 8, 9)]);
        // The first token of either is left out, and so is what only one of them has.
        assert_eq!(common_ends(&[3, 9], &[0, 3, 4, 9]), [(1, 3, 9)]);
        assert_eq!(common_ends(&[3, 9], &[1, 3, 4, 9]), [(1, 3, 9)]);
        assert_eq!(common_ends(&[2, 4], &[1, 3]), []);
    }
}
