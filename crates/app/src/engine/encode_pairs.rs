//! Encodes the pairs of a job. It reports progress and can be halted.

use ipc::data::PairContent;
use vectors::model::Model;

use super::encode::Encoded;
use super::job::{Interrupt, reporter};
use crate::app_state::AppState;

/// Encodes the pairs of the engine's running job. An error names the pair by its number, from 1.
pub(super) fn encode_pairs(
    state: &AppState,
    model: &Model,
    system_prompt: &str,
    pairs: &[PairContent],
) -> Result<Encoded, Interrupt> {
    let mut progress = reporter(state, "Reading pairs", "pair");
    let mut encoded = Encoded::default();
    for (index, content) in pairs.iter().enumerate() {
        if progress(index, pairs.len()).is_break() {
            return Err(Interrupt::Halted);
        }
        encoded.add(model, system_prompt, index + 1, content)?;
    }
    Ok(encoded)
}
