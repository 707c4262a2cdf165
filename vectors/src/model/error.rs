//! The reasons why a model cannot be used.

use super::Device;
use crate::adapter::Shape;
use crate::generate::SamplingError;
use crate::steering::GateError;
use crate::tokens::TokenError;

/// The kinds of input that an error names by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A preference pair.
    Pair,
    /// A question with several answers.
    Question,
    /// A plain text.
    Text,
    /// A prompt to answer.
    Prompt,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pair => "pair",
            Self::Question => "question",
            Self::Text => "text",
            Self::Prompt => "prompt",
        })
    }
}

impl Part {
    /// Refuses numbers of which one is NaN or infinite. `index` is that of the input which they belong to.
    pub(crate) fn check(
        self,
        index: usize,
        numbers: impl IntoIterator<Item = f64>,
    ) -> Result<(), ModelError> {
        if numbers.into_iter().all(f64::is_finite) {
            Ok(())
        } else {
            Err(ModelError::NotFinite { part: self, index })
        }
    }
}

/// The reason why a model cannot be used or cannot compute the request.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// Something other than a file: a pipe, a socket, a device.
    #[error("it is {0}, not a file")]
    Special(&'static str),
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// A GGUF file of something else, such as an adapter.
    #[error("this file says that it is of the kind {kind:?}: choose the model itself")]
    Kind {
        /// What it says.
        kind: String,
    },
    /// The file is not a GGUF file.
    #[error("this is not a GGUF file: choose one, or a folder with safetensors")]
    NotGguf,
    /// The file's first bytes say that it is something else.
    #[error("this is {kind}, and no model: {next}")]
    Foreign {
        /// What it is.
        kind: &'static str,
        /// What to do.
        next: &'static str,
    },
    /// A key of the model's description changes what it computes, and is not known.
    #[error(
        "{file} has {key} = {value}, which may change what the model computes and is not known: take another model"
    )]
    UnknownKey {
        /// The file or the header.
        file: &'static str,
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Two keys of the model's description contradict each other.
    #[error("{first} and {second} contradict each other: correct the one that is wrong")]
    Contradiction {
        /// A key and its value.
        first: String,
        /// Another key and its value.
        second: String,
    },
    /// A folder lacks a file that it needs.
    #[error("the folder has no {name}, or it is empty: fetch it, or choose another folder")]
    MissingFile {
        /// The file's name.
        name: String,
    },
    /// A JSON or text file of a folder cannot be read.
    #[error("{name} cannot be read: {detail}. Fetch it again")]
    BadFile {
        /// The file's name.
        name: String,
        /// The fault.
        detail: String,
    },
    /// The file's header is cut off or damaged.
    #[error("the file's header is cut off or damaged: {detail}")]
    Header {
        /// A description of the fault.
        detail: String,
    },
    /// One file of a model in several files cannot be used.
    #[error("{name}: {source}")]
    InShard {
        /// The file's name.
        name: String,
        /// The reason.
        source: Box<ModelError>,
    },
    /// The file ends before its last tensor does.
    #[error("the file is cut off: its header promises {expected} bytes, {found} are there")]
    CutOff {
        /// Bytes that the header promises.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The file was written since it was loaded, and weights are read from it still.
    #[error("the file has changed since the model was loaded")]
    Changed,
    /// The architecture is not supported.
    #[error("the architecture {found:?} is not known; known: {known}")]
    Architecture {
        /// The file's value.
        found: String,
        /// The supported architectures.
        known: String,
    },
    /// The model needs something that Tiller does not compute.
    #[error("the model needs what is not known yet: {what}")]
    Unsupported {
        /// The requirement.
        what: String,
    },
    /// Weights are stored in a way that is not read, and other files of the same model are.
    #[error("the model needs what is not known yet: {what}: {next}")]
    Stored {
        /// What is stored in which way.
        what: String,
        /// Which file to take.
        next: &'static str,
    },
    /// A number of the model's configuration is missing or makes no sense.
    #[error("{key} is missing from the model's description or makes no sense")]
    BadNumber {
        /// Its key in the GGUF header or in config.json.
        key: String,
    },
    /// A tensor is missing.
    #[error("the tensor {name} is missing")]
    NoTensor {
        /// Its name.
        name: String,
    },
    /// A tensor has another shape than the configuration asks for.
    #[error("the tensor {name} is {found:?}, the header's numbers ask for {expected:?}")]
    Shape {
        /// Its name.
        name: String,
        /// The shape that the configuration asks for.
        expected: Vec<usize>,
        /// The tensor's shape.
        found: Vec<usize>,
    },
    /// The tokenizer or the chat template cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// A prompt or an answer has no token.
    #[error("the prompt or an answer is empty")]
    EmptyPrompt,
    /// A token id is outside the model's vocabulary.
    #[error("the token id {id} is none of the model's {vocabulary}")]
    Token {
        /// The id.
        id: u32,
        /// The size of the vocabulary.
        vocabulary: usize,
    },
    /// A sequence is longer than the model can read.
    #[error("{tokens} tokens are more than the model's {limit}")]
    TooLong {
        /// Tokens asked for.
        tokens: usize,
        /// Tokens that it can read.
        limit: usize,
    },
    /// A vector was made for another width.
    #[error("the vector has {found} numbers, the model's residual stream has {expected}")]
    VectorSize {
        /// The model's width.
        expected: usize,
        /// The vector's length.
        found: usize,
    },
    /// The vector of a gate's condition was made for another width.
    #[error("the gate's vector has {found} numbers, the model's residual stream has {expected}")]
    ConditionSize {
        /// The model's width.
        expected: usize,
        /// The length of the condition.
        found: usize,
    },
    /// A gate cannot be used.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// An adapter was made for another model.
    #[error(
        "the adapter is for {} blocks, {} numbers a row, {} of queries, {} of values and {} of the feed-forward part; the model has {}, {}, {}, {} and {}",
        found.blocks, found.inputs, found.queries, found.values, found.feed_forward,
        expected.blocks, expected.inputs, expected.queries, expected.values, expected.feed_forward
    )]
    AdapterShape {
        /// The size that the model requires.
        expected: Box<Shape>,
        /// The size of the adapter.
        found: Box<Shape>,
    },
    /// A sampling parameter is out of its range.
    #[error(transparent)]
    Sampling(#[from] SamplingError),
    /// Activations, logits or log-probabilities are NaN or infinite. A result that follows from them means nothing.
    #[error("the model's numbers are not finite at {part} {}", index + 1)]
    NotFinite {
        /// The kind of input.
        part: Part,
        /// Its index, from 0.
        index: usize,
    },
    /// The model has no such layer.
    #[error("layer {layer} is not one of the model's 0 to {last}")]
    Layer {
        /// The layer asked for.
        layer: usize,
        /// The model's last.
        last: usize,
    },
    /// A vector acts below the layer whose activations were cached.
    #[error("the vector is added after block {layer}, but the scores were prepared from block {prepared} on")]
    BelowPrefix {
        /// The vector's layer.
        layer: usize,
        /// The lowest layer that a vector can act at.
        prepared: usize,
    },
    /// A gate is read below the layer whose activations were cached.
    #[error("the gate is read after block {layer}, but the scores were prepared from block {prepared} on")]
    GateBelowPrefix {
        /// The gate's layer.
        layer: usize,
        /// The lowest layer that a gate can be read at.
        prepared: usize,
    },
    /// An adapter acts in every block, but the activations above a block were cached.
    #[error("the adapter acts in every block, but the scores were prepared from block {prepared} on")]
    AdapterAbovePrefix {
        /// The lowest layer that a vector can act at.
        prepared: usize,
    },
    /// This build does not support the device.
    #[error("this build cannot use {device}: build Tiller with `--features {feature}`, or choose the CPU")]
    NotBuilt {
        /// The device.
        device: Device,
        /// The feature that the build lacks.
        feature: &'static str,
    },
    /// The device does not answer.
    #[error(
        "{device} cannot be used on this machine ({source}): choose the CPU, or look at the card's driver"
    )]
    NoDevice {
        /// The device.
        device: Device,
        /// The device's error.
        source: Box<candle_core::Error>,
    },
    /// Neither this processor nor the model's device multiplies in bf16.
    #[error(
        "products of bf16 numbers need a processor with AVX512-BF16, and a model that lies in main memory"
    )]
    NoBf16,
    /// The system gives no memory for a large buffer.
    #[error("there is not enough memory: {:.1} MB more are needed", *bytes as f64 / 1e6)]
    Memory {
        /// The bytes that were asked for.
        bytes: u64,
    },
    /// Activations cannot be cached in a temporary file.
    #[error("activations cannot be kept in a temporary file: {0}")]
    Temporary(std::io::Error),
    /// The progress callback asked to halt. This is no failure, and no partial result comes back.
    #[error("interrupted")]
    Interrupted,
    /// The numeric library failed.
    #[error("the computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

impl ModelError {
    /// Returns the next step, where the sentence of the error does not say it. Every step stands here and nowhere else.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing => "Check the path, or choose the file again.",
            Self::Special(_) => "Choose the model's file, or the folder with its safetensors.",
            Self::Unreadable(_) => "Make the file readable, then try again.",
            Self::InShard { source, .. } => return source.next_step(),
            Self::Tokens(source) => return source.next_step(),
            Self::Kind { .. }
            | Self::NotGguf
            | Self::Foreign { .. }
            | Self::UnknownKey { .. }
            | Self::Contradiction { .. }
            | Self::MissingFile { .. }
            | Self::BadFile { .. }
            | Self::Stored { .. }
            | Self::Gate(_)
            | Self::Sampling(_)
            | Self::NotBuilt { .. }
            | Self::NoDevice { .. }
            | Self::Interrupted => return None,
            Self::Header { .. }
            | Self::CutOff { .. }
            | Self::BadNumber { .. }
            | Self::NoTensor { .. }
            | Self::Shape { .. } => "Fetch or copy the model's files again, or choose another model.",
            Self::Changed => "Load the model again.",
            Self::Architecture { .. } => "Choose a model of one of these architectures.",
            Self::Unsupported { .. } => "Choose another model.",
            Self::EmptyPrompt => "Write a prompt and both answers.",
            Self::Token { .. } => "Take the tokenizer that belongs to the model.",
            Self::TooLong { .. } => "Shorten the text, then try again.",
            Self::VectorSize { .. } => "Load the model that the vector was made for.",
            Self::ConditionSize { .. } => "Choose a vector of this model for the gate.",
            Self::AdapterShape { .. } => "Choose the model that the adapter was made for.",
            Self::NotFinite { .. } => {
                "Take smaller multipliers, or another precision of the model; if that does not help, fetch its file again."
            }
            Self::Layer { .. } => "Choose one of the model's layers.",
            Self::NoBf16 => "Leave out bf16, or take another machine.",
            Self::Memory { .. } => "Close other programs, then try again.",
            Self::Temporary(_) => "Free some space for temporary files, then try again.",
            Self::BelowPrefix { .. }
            | Self::GateBelowPrefix { .. }
            | Self::AdapterAbovePrefix { .. }
            | Self::Compute(_) => "Try again; if it comes back, report this.",
        })
    }
}

impl From<regular_file::OpenError> for ModelError {
    fn from(error: regular_file::OpenError) -> Self {
        match error {
            regular_file::OpenError::Missing => Self::Missing,
            regular_file::OpenError::Special(what) => Self::Special(what),
            regular_file::OpenError::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn every_refusal_of_a_file_says_one_next_step() {
        let text = || "x".to_owned();
        let damaged = || ModelError::Header { detail: text() };
        // Those that say it in their own sentence.
        for error in [
            ModelError::Kind { kind: text() },
            ModelError::NotGguf,
            ModelError::Foreign { kind: "a web page", next: "download the file itself" },
            ModelError::UnknownKey { file: "config.json", key: text(), value: text() },
            ModelError::Contradiction { first: text(), second: text() },
            ModelError::MissingFile { name: text() },
            ModelError::BadFile { name: text(), detail: text() },
            ModelError::Stored { what: text(), next: "take the original model" },
        ] {
            let sentence = error.to_string();
            let steps = ["choose", "download", "take", "correct", "fetch", "Fetch"];
            assert!(steps.iter().any(|step| sentence.contains(step)), "{sentence}");
            assert_eq!(error.next_step(), None, "{sentence}");
        }
        for error in [
            ModelError::Missing,
            ModelError::Special("a pipe"),
            ModelError::Unreadable(Error::from(ErrorKind::PermissionDenied)),
            damaged(),
            ModelError::InShard { name: text(), source: Box::new(damaged()) },
            ModelError::CutOff { expected: 2, found: 1 },
            ModelError::Changed,
            ModelError::Architecture { found: text(), known: text() },
            ModelError::Unsupported { what: text() },
            ModelError::BadNumber { key: "model_type".to_owned() },
            ModelError::NoTensor { name: text() },
            ModelError::Shape { name: text(), expected: vec![1], found: vec![2] },
            ModelError::Tokens(TokenError::OtherTokenizer),
            ModelError::TooLong { tokens: 2, limit: 1 },
            ModelError::Memory { bytes: 1 },
        ] {
            let step = error.next_step().unwrap_or_default();
            assert!(step.ends_with('.') && step.starts_with(char::is_uppercase), "{error}: {step}");
        }
    }
}
