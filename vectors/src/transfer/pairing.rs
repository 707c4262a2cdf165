//! Which rows of two models are one place of one text.
//!
//! Two models have two tokenizers. A row belongs to what the model has read up to the end of its token, so two rows are a pair
//! where both tokens end at the same character of the same text. That is known before a model is loaded.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{LEAST_ROWS, MOST_ROWS, TransferError};
use crate::pairs::PreferencePair;
use crate::tokens::{TokenError, Tokenizer};

/// Tokens of a text that are read: what comes later is left out.
const LONGEST: usize = 512;
/// Of as many passages that follow each other, one chooses λ and one is measured on.
const TURNS: usize = 5;

/// What stands between a prompt and its answer: models have no chat template in common.
const BETWEEN: &str = "\n\n";

/// A text, or one beginning with several ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What all ends follow; may be empty.
    pub opening: String,
    /// At least one.
    pub endings: Vec<String>,
}

impl Passage {
    /// A text by itself.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { opening: String::new(), endings: vec![text.to_owned()] }
    }

    /// A prompt with its two answers.
    #[must_use]
    pub fn pair(pair: &PreferencePair) -> Self {
        let opening = format!("{}{BETWEEN}", pair.prompt);
        Self { opening, endings: vec![pair.wanted.clone(), pair.opposite.clone()] }
    }
}

/// Texts as passages, and behind them pairs in an order of chance that is always the same: where not all are read, those that
/// are come from the whole set.
#[must_use]
pub fn passages(texts: &[&str], pairs: &[PreferencePair]) -> Vec<Passage> {
    let mut of_pairs: Vec<Passage> = pairs.iter().map(Passage::pair).collect();
    of_pairs.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    texts.iter().map(|text| Passage::text(text)).chain(of_pairs).collect()
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The map is fitted on it.
    Fit,
    /// λ is chosen by it; then the map is fitted on it, too.
    Choose,
    /// The map is measured on it.
    Test,
}

/// What a model reads of a text, and which of its rows count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The tokens, up to the last row that counts.
    pub tokens: Vec<u32>,
    /// Places in the tokens, ascending.
    pub rows: Vec<usize>,
}

/// What both models read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// By the vector's own model.
    pub source: Vec<Reading>,
    /// By the other one: as many readings with as many rows.
    pub target: Vec<Reading>,
    /// What each row is for, in the readings' order.
    pub parts: Vec<Part>,
}

/// One of two models, as far as pairing needs it.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Its tokenizer.
    pub tokenizer: &'a Tokenizer,
    /// The longest sequence that it reads, in tokens.
    pub longest: usize,
}

impl Plan {
    /// Pairs rows over passages, from the first on, until there are enough: at most [`MOST_ROWS`].
    ///
    /// The first row of a text is left out on either side: models park attention there, and its row is many times as long as any
    /// other (Sun et al. 2024, arXiv 2402.17762), so that least squares would fit that row alone. A beginning that several
    /// texts share counts once. Passages take turns: three are fitted on, one chooses λ, one is measured on; rows of one
    /// passage resemble each other and stay together.
    ///
    /// # Errors
    /// Where a text is refused by a tokenizer, or too few rows meet.
    pub fn new(source: Reader<'_>, target: Reader<'_>, passages: &[Passage]) -> Result<Self, TransferError> {
        let mut plan = Self { source: Vec::new(), target: Vec::new(), parts: Vec::new() };
        let mut turn = 0;
        for passage in passages {
            let before = plan.parts.len();
            let part = match turn % TURNS {
                3 => Part::Choose,
                4 => Part::Test,
                _ => Part::Fit,
            };
            for (place, ending) in passage.endings.iter().enumerate() {
                let text = format!("{}{ending}", passage.opening);
                let from = if place == 0 { 0 } else { passage.opening.len() };
                let (one, other) = (read(source, &text)?, read(target, &text)?);
                let mut pairs = meet(&one.1, &other.1);
                pairs.retain(|(_, _, end)| *end > from);
                pairs.truncate(MOST_ROWS - plan.parts.len());
                if pairs.is_empty() {
                    continue;
                }
                plan.parts.extend(pairs.iter().map(|_| part));
                plan.source.push(reading(one.0, pairs.iter().map(|pair| pair.0).collect()));
                plan.target.push(reading(other.0, pairs.iter().map(|pair| pair.1).collect()));
            }
            turn += usize::from(plan.parts.len() > before);
            if plan.parts.len() == MOST_ROWS {
                break;
            }
        }
        let is_whole = [Part::Fit, Part::Choose, Part::Test].iter().all(|part| plan.parts.contains(part));
        if plan.parts.len() < LEAST_ROWS || !is_whole {
            return Err(TransferError::TooFewRows { found: plan.parts.len(), passages: turn });
        }
        Ok(plan)
    }
}

/// The tokens that are read of a text, and where each ends.
fn read(reader: Reader<'_>, text: &str) -> Result<(Vec<u32>, Vec<usize>), TokenError> {
    let (mut tokens, mut ends) = reader.tokenizer.encode_with_end_offsets(text)?;
    let length = LONGEST.min(reader.longest);
    tokens.truncate(length);
    ends.truncate(length);
    Ok((tokens, ends))
}

fn reading(mut tokens: Vec<u32>, rows: Vec<usize>) -> Reading {
    tokens.truncate(rows.last().map_or(0, |last| last + 1));
    Reading { tokens, rows }
}

/// Places in two lists of ends that have the same end, with that end. Of tokens that end together, as the parts of one
/// character do, the last one has read all of it. What ends at 0, and the first token of each, is left out.
fn meet(one: &[usize], other: &[usize]) -> Vec<(usize, usize, usize)> {
    let (one, other) = (last_of_each(one), last_of_each(other));
    let mut met = Vec::new();
    let mut at = 0;
    for (place, end) in one {
        while other.get(at).is_some_and(|(_, there)| *there < end) {
            at += 1;
        }
        if let Some((there, _)) =
            other.get(at).filter(|(there, same)| *same == end && *there > 0 && place > 0)
        {
            met.push((place, *there, end));
        }
    }
    met
}

/// Of every end the last token that has it, in ascending order. What does not go on from the end before is no place.
fn last_of_each(ends: &[usize]) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(ends.len());
    for (place, end) in ends.iter().enumerate() {
        match places.last_mut() {
            Some(last) if last.1 == *end => last.0 = place,
            Some(last) if last.1 > *end => {}
            _ => places.push((place, *end)),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_meet_where_tokens_end_together() {
        // "价 🙂x": three bytes, a blank, four bytes, a letter. One has a token for each byte, the other one for each character.
        let bytes = [3, 3, 3, 4, 8, 8, 8, 8, 9];
        let characters = [0, 3, 4, 8, 9];
        assert_eq!(meet(&bytes, &characters), [(2, 1, 3), (3, 2, 4), (7, 3, 8), (8, 4, 9)]);
        assert_eq!(meet(&characters, &bytes), [(1, 2, 3), (2, 3, 4), (3, 7, 8), (4, 8, 9)]);
        // The first token of either is left out, and so is what only one of them has.
        assert_eq!(meet(&[3, 9], &[0, 3, 4, 9]), [(1, 3, 9)]);
        assert_eq!(meet(&[3, 9], &[1, 3, 4, 9]), [(1, 3, 9)]);
        assert_eq!(meet(&[2, 4], &[1, 3]), []);
    }
}
