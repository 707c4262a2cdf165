//! What a steered model is distilled from: the pairs of a data file and the neutral text, and which of them are held out.

use ::data::benchmarks::neutral_text;
use ::data::data_files::Row;
use ipc::data::Split;
use vectors::distil::Sample;
use vectors::model::Model;

use crate::data;
use crate::halt::Halt;

/// Every so many samples one is held out, where the data do not say which.
const EVERY: usize = 5;
/// The most tokens of a neutral text.
const TEXT_TOKENS: usize = 512;

/// The samples of a call.
pub(super) struct Samples {
    pub(super) train: Vec<Sample>,
    pub(super) held_out: Vec<Sample>,
}

impl Samples {
    /// Encodes the pairs and the neutral text.
    pub(super) fn encode(model: &Model, rows: &[Row], system: &str) -> Result<Self, Halt> {
        let mut samples = Self { train: Vec::new(), held_out: Vec::new() };
        let says = rows.iter().any(|row| row.split == Some(Split::HeldOut));
        let pairs = data::encode(model, rows, system)?;
        for (index, (row, pair)) in rows.iter().zip(pairs).enumerate() {
            let is_held_out = if says { row.split == Some(Split::HeldOut) } else { is_nth(index) };
            samples.push(Sample::Pair(pair), is_held_out);
        }
        for (index, text) in neutral_text().into_iter().enumerate() {
            let mut tokens = model.encode_text(text).map_err(|error| Halt::text(None, &error))?;
            tokens.truncate(TEXT_TOKENS.min(model.facts().context_length));
            samples.push(Sample::Text(tokens), is_nth(index));
        }
        Ok(samples)
    }

    fn push(&mut self, sample: Sample, is_held_out: bool) {
        (if is_held_out { &mut self.held_out } else { &mut self.train }).push(sample);
    }
}

fn is_nth(index: usize) -> bool {
    index % EVERY == EVERY - 1
}
