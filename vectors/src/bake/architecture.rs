//! Where a vector that is added after a block equals a bias of its `ffn_down`, and other programs read that bias.
//!
//! `docs/baking.md` has the table with the versions of llama.cpp and transformers that were read.

use super::BakeError;
use crate::model::{Family, Metadata, Source};

const NORM: &str = "a norm stands between its feed-forward part and the residual stream, so that no bias there adds a constant";

/// Refuses an architecture whose models cannot have a vector as a bias.
pub(super) fn check_bias(source: &Source) -> Result<(), BakeError> {
    let why = match (source.config.family, &source.metadata) {
        (family, _) if family.reads_mlp_bias() => return Ok(()),
        (Family::Gemma2 | Family::Gemma3, _) => NORM,
        (_, Metadata::Gguf(_)) => "llama.cpp reads no bias of its feed-forward part",
        (_, Metadata::Folder(_)) => "transformers reads no bias of its feed-forward part (mlp_bias)",
    };
    Err(BakeError::Architecture { architecture: source.config.architecture.clone(), why })
}

/// Refuses an architecture whose blocks normalize what they write: a direction that is taken out of the weights comes back
/// with the norm's factors.
pub(super) fn check_projection(source: &Source) -> Result<(), BakeError> {
    if source.config.family.has_post_norms() {
        return Err(BakeError::Architecture { architecture: source.config.architecture.clone(), why: NORM });
    }
    Ok(())
}
