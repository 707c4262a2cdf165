//! The reasons why steering cannot be baked.

use std::path::PathBuf;

use crate::model::ModelError;

/// The reason why steering cannot be baked into a model.
#[derive(Debug, thiserror::Error)]
pub enum BakeError {
    /// The model cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The architecture has no place for a bias that every program reads.
    #[error(
        "{architecture} cannot be baked: {why}. Instead, give llama.cpp the vector itself as a GGUF file \
         (--control-vector), distil it into an adapter (tiller-cli distil), or steer in Tiller"
    )]
    Architecture {
        /// The architecture, as the file names it.
        architecture: String,
        /// What stands against it.
        why: &'static str,
    },
    /// The steering is more than a constant that is added at every token.
    #[error("{what} cannot be baked: a bias of the weights acts at every token alike. Instead, {instead}")]
    Policy {
        /// The policy.
        what: String,
        /// What can be done.
        instead: &'static str,
    },
    /// An adapter is no vector.
    #[error(
        "an adapter is not baked here: llama.cpp reads it as a LoRA (tiller-cli adapter export writes its file), and peft \
         merges it with merge_and_unload()"
    )]
    Adapter,
    /// The vector does not fit the model.
    #[error("{what} does not fit the model: {detail}")]
    Misfit {
        /// The vector.
        what: String,
        /// How the two differ.
        detail: String,
    },
    /// There is nothing to bake.
    #[error("there is no vector to bake")]
    Nothing,
    /// Several directions, or a direction and a vector that is added, do not become one change of weights.
    #[error("{0}")]
    OneDirection(&'static str),
    /// A GGUF model in several files.
    #[error(
        "the model is split into several GGUF files: join them first with llama.cpp's llama-gguf-split --merge"
    )]
    Split,
    /// A tensor's numbers cannot be written in its format.
    #[error(
        "the tensor {name} is stored as {format}, which is not written here: take the model in F32, F16, BF16 or Q8_0"
    )]
    Format {
        /// The tensor.
        name: String,
        /// Its format.
        format: &'static str,
    },
    /// A number is too large for the format of the tensor.
    #[error("{name} would have a number that {format} cannot hold: take a smaller multiplier")]
    Overflow {
        /// The tensor.
        name: String,
        /// Its format.
        format: &'static str,
    },
    /// The folder contradicts itself, or has what cannot be rewritten.
    #[error("the folder cannot be baked: {0}")]
    Folder(String),
    /// The target is a part of the source.
    #[error("{} is the model itself: choose another name", .0.display())]
    IsSource(PathBuf),
    /// The target is there.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The folder of the target is not there.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The disk has too little room.
    #[error(
        "{:.1} MB would be written, and {:.1} MB are free there: free some space, or choose another disk",
        *needed as f64 / 1e6, *free as f64 / 1e6
    )]
    NoSpace {
        /// The bytes that are written.
        needed: u64,
        /// The bytes that are free.
        free: u64,
    },
    /// The files cannot be read or written.
    #[error("it cannot be written: {0}. Nothing was left behind")]
    Io(#[from] std::io::Error),
}
