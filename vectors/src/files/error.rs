//! Why a vector file cannot be read or written.

/// A vector file that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    Unwritable(std::io::Error),
    /// The name's ending is not one of those that are known.
    #[error(
        "the ending {found:?} is not that of a vector file; known: .safetensors, .gguf, .pt, .npy, .json"
    )]
    Ending {
        /// The ending, without its dot.
        found: String,
    },
    /// More bytes than any vector takes.
    #[error("the file has {bytes} bytes, a vector file has at most {limit}")]
    TooLarge {
        /// The file's size.
        bytes: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The file is cut off, damaged or another program's kind of file.
    #[error("this is not a {format} file that can be read: {place}: {detail}")]
    Damaged {
        /// The format that the ending promises.
        format: &'static str,
        /// Where in the file.
        place: String,
        /// What is wrong there.
        detail: String,
    },
    /// The pickle in a PyTorch file asks for something that numbers do not need. Nothing of it was run.
    #[error("the file asks to run {name}, which a vector does not need: it was refused and nothing was run")]
    Forbidden {
        /// What it asks for, as Python names it.
        name: String,
    },
    /// A sound file that holds something else.
    #[error("the file holds no steering vector: {detail}")]
    NotAVector {
        /// What it holds.
        detail: String,
    },
    /// A sound file with low-rank matrices that cannot be used.
    #[error("the file holds an adapter that cannot be used: {detail}")]
    NotAnAdapter {
        /// Why.
        detail: String,
    },
    /// The format has no place for a layer, and none was given.
    #[error("the file does not say after which layer its vector is added{}", suggested(*suggestion))]
    NoLayer {
        /// What the file's name suggests.
        suggestion: Option<usize>,
    },
    /// A layer was given, and the file says another one.
    #[error("the file says layer {found}, and layer {given} was asked for")]
    OtherLayer {
        /// The file's.
        found: String,
        /// The one that was given.
        given: usize,
    },
    /// A number that is none.
    #[error("number {index} of the vector for layer {layer} is not finite")]
    NotFinite {
        /// The vector's layer.
        layer: usize,
        /// The number's place, from 0.
        index: usize,
    },
    /// Vectors that cannot be in one file.
    #[error("the vectors do not belong together: {detail}")]
    Mismatch {
        /// What differs.
        detail: String,
    },
    /// The format cannot say what was to be written.
    #[error("{format} cannot hold this: {detail}")]
    Inexpressible {
        /// The format.
        format: &'static str,
        /// Why.
        detail: String,
    },
}

fn suggested(layer: Option<usize>) -> String {
    layer.map_or_else(String::new, |layer| format!("; its name suggests layer {layer}"))
}

/// Makes [`FileError::Damaged`] for one format.
pub(super) fn damaged(
    format: &'static str,
    place: impl Into<String>,
    detail: impl std::fmt::Display,
) -> FileError {
    FileError::Damaged { format, place: place.into(), detail: detail.to_string() }
}
