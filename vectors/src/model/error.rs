//! Why a model cannot be used.

use super::Device;
use crate::adapter::Shape;
use crate::generate::SamplingError;
use crate::tokens::TokenError;

/// A model that cannot be used, or a computation that it cannot do, and why.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The file is something else.
    #[error("this is not a GGUF file")]
    NotGguf,
    /// A folder without a file that it needs.
    #[error("the folder has no {name}, or it is empty")]
    MissingPart {
        /// The file's name.
        name: String,
    },
    /// The file's header cannot be read to its end.
    #[error("the file's header is cut off or damaged: {detail}")]
    Header {
        /// What the reader found.
        detail: String,
    },
    /// One of the files of a model in several cannot be used.
    #[error("{name}: {source}")]
    InPart {
        /// The file's name.
        name: String,
        /// Why.
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
    /// An architecture that Tiller does not know.
    #[error("the architecture {found:?} is not known; known: {known}")]
    Architecture {
        /// What the file says.
        found: String,
        /// What is known.
        known: String,
    },
    /// A model that needs something Tiller does not compute.
    #[error("the model needs {what}, which is not known yet")]
    Unsupported {
        /// What it needs.
        what: String,
    },
    /// A number that the model is described by is missing or makes no sense.
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
    /// A tensor has another shape than the header's numbers ask for.
    #[error("the tensor {name} is {found:?}, the header's numbers ask for {expected:?}")]
    Shape {
        /// Its name.
        name: String,
        /// What the header's numbers ask for.
        expected: Vec<usize>,
        /// What it is.
        found: Vec<usize>,
    },
    /// The tokenizer or the chat template cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// A prompt or an answer without a token.
    #[error("the prompt or an answer is empty")]
    EmptyPrompt,
    /// A token id that the model does not have.
    #[error("the token id {id} is none of the model's {vocabulary}")]
    Token {
        /// The id.
        id: u32,
        /// How many the model has, from 0.
        vocabulary: usize,
    },
    /// A prompt that is longer than the model can read.
    #[error("{tokens} tokens are more than the model's {limit}")]
    TooLong {
        /// Tokens asked for.
        tokens: usize,
        /// Tokens that it can read.
        limit: usize,
    },
    /// A vector made for another width.
    #[error("the vector has {found} numbers, the model's residual stream has {expected}")]
    VectorSize {
        /// The model's width.
        expected: usize,
        /// The vector's length.
        found: usize,
    },
    /// An adapter made for another model.
    #[error(
        "the adapter is for {} blocks, {} numbers a row, {} of queries and {} of values; the model has {}, {}, {} and {}",
        found.blocks, found.inputs, found.queries, found.values,
        expected.blocks, expected.inputs, expected.queries, expected.values
    )]
    AdapterShape {
        /// What the model asks for.
        expected: Box<Shape>,
        /// What the adapter has.
        found: Box<Shape>,
    },
    /// A setting of the sampling that makes no sense.
    #[error(transparent)]
    Sampling(#[from] SamplingError),
    /// Logits that are no numbers, or infinite, where a token is to be drawn from them.
    #[error("the model's numbers are not finite: no token can be drawn from them")]
    Logits,
    /// A layer that the model does not have.
    #[error("layer {layer} is not one of the model's 0 to {last}")]
    Layer {
        /// The layer asked for.
        layer: usize,
        /// The model's last.
        last: usize,
    },
    /// A vector below the layer whose activations were kept.
    #[error("the vector is added after block {layer}, but the scores were prepared from block {kept} on")]
    BelowKept {
        /// The vector's layer.
        layer: usize,
        /// The lowest layer that can be steered.
        kept: usize,
    },
    /// An adapter, where activations above a block were kept.
    #[error("the adapter acts in every block, but the scores were prepared from block {kept} on")]
    AdapterAboveKept {
        /// The lowest layer that can be steered.
        kept: usize,
    },
    /// A device that this build knows nothing of.
    #[error("this build cannot use {device}: build Tiller with `--features {feature}`, or choose the CPU")]
    NotBuilt {
        /// The device.
        device: Device,
        /// What the build lacks.
        feature: &'static str,
    },
    /// A device that does not answer.
    #[error(
        "{device} cannot be used on this machine ({source}): choose the CPU, or look at the card's driver"
    )]
    NoDevice {
        /// The device.
        device: Device,
        /// What it said.
        source: Box<candle_core::Error>,
    },
    /// Products of bf16 numbers where nothing computes them.
    #[error(
        "products of bf16 numbers need a processor with AVX512-BF16, and a model that lies in main memory"
    )]
    NoBf16,
    /// Activations cannot be kept in a temporary file.
    #[error("activations cannot be kept in a temporary file: {0}")]
    Temporary(std::io::Error),
    /// The person stopped it.
    #[error("stopped")]
    Stopped,
    /// The numeric library failed.
    #[error("the computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}
