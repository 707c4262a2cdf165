//! A language model in memory.

use std::ops::ControlFlow;
use std::path::Path;

use crate::pairs::{EncodedPair, PreferencePair};

/// What a model file's header says.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The model's own name, or the file's.
    pub name: String,
    /// The architecture, as the file names it (`llama`).
    pub architecture: String,
    /// How most weights are stored (`Q4_1`).
    pub quantization: String,
    /// Decoder blocks.
    pub blocks: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Tokens known.
    pub vocabulary: usize,
    /// Longest sequence, in tokens.
    pub context_length: usize,
    /// Number of weights.
    pub parameters: u64,
    /// The file's size.
    pub file_bytes: u64,
}

/// A model that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// The file ends before its last tensor does.
    #[error("the file is cut off: its header promises {expected} bytes, {found} are there")]
    CutOff {
        /// Bytes that the header promises.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The person stopped it.
    #[error("stopped")]
    Stopped,
    // more variants follow
}

/// A text that cannot be turned into tokens, and why.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    // variants follow
}

/// A model in memory: weights, tokenizer and chat template. Immutable, so threads share it behind an `Arc`.
pub struct Model {}

impl Model {
    /// Reads a GGUF file. `progress` is called with the share that is done, 0 to 1.
    ///
    /// # Errors
    /// Where the file is missing, cut off, damaged or of a kind that is not known.
    pub fn load(path: &Path, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Self, ModelError> {
        todo!()
    }

    /// What the header says.
    pub fn facts(&self) -> &Facts {
        todo!()
    }

    /// Where the weights are: `CPU`.
    pub fn device(&self) -> &str {
        todo!()
    }

    /// A pair as tokens: the prompt through the chat template with a system message, the answers closed by the
    /// end-of-turn token.
    ///
    /// # Errors
    /// Where the template refuses the messages or a text has no tokens.
    pub fn encode_pair(&self, system: &str, pair: &PreferencePair) -> Result<EncodedPair, TokenError> {
        todo!()
    }

    /// A question as tokens, up to where the answer begins.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn encode_question(&self, system: &str, question: &str) -> Result<Vec<u32>, TokenError> {
        todo!()
    }

    /// Tokens as text, without special tokens.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        todo!()
    }
}

/// What a model file's header says, without loading the weights.
///
/// # Errors
/// As [`Model::load`].
pub fn read_facts(path: &Path) -> Result<Facts, ModelError> {
    todo!()
}

/// The SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// Where the file cannot be read, or `progress` says stop.
pub fn fingerprint(path: &Path, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<String, ModelError> {
    todo!()
}
