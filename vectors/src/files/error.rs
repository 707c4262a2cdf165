//! The errors of reading and writing vector files.

/// The reason why a vector file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// Something other than a file: a pipe, a folder, a device.
    #[error("it is {0}, not a file")]
    Special(&'static str),
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    Unwritable(std::io::Error),
    /// The file extension is unknown.
    #[error(
        "the ending {found:?} is not that of a vector file; known: .safetensors, .gguf, .pt, .npy, .json, and to be read \
         .pth, .bin, .npz and passports, .tiller-vector.zip"
    )]
    Ending {
        /// The extension, without its dot.
        found: String,
    },
    /// The file is larger than any vector file.
    #[error("the file has {bytes} bytes, a vector file has at most {limit}")]
    TooLarge {
        /// The size of the file.
        bytes: u64,
        /// The largest size that is read.
        limit: u64,
    },
    /// The file holds more numbers than vectors have.
    #[error("the file's tensors have more than {limit} numbers together")]
    TooManyNumbers {
        /// The most numbers that are read.
        limit: usize,
    },
    /// The first bytes are those of another kind of file.
    #[error("the file is {kind}, not a vector: {next}")]
    Foreign {
        /// What it is.
        kind: &'static str,
        /// What to do instead.
        next: &'static str,
    },
    /// The file is truncated, damaged or of another format.
    #[error("this is not a {format} file that can be read: {place}: {detail}")]
    Damaged {
        /// The format that the extension names.
        format: &'static str,
        /// The place in the file.
        place: String,
        /// The fault at that place.
        detail: String,
    },
    /// The pickle of a PyTorch file refers to a function or class that a tensor does not need. Nothing was run.
    #[error("the file asks to run {name}, which a vector does not need: it was refused and nothing was run")]
    Forbidden {
        /// Its qualified Python name.
        name: String,
    },
    /// The file is valid but contains no steering vector.
    #[error("the file holds no steering vector: {detail}")]
    NotAVector {
        /// The content.
        detail: String,
    },
    /// The file is valid but its low-rank matrices cannot be used.
    #[error("the file holds an adapter that cannot be used: {detail}")]
    NotAnAdapter {
        /// Why.
        detail: String,
    },
    /// The file names no layer, and the caller gave none.
    #[error("the file does not say after which layer its vector is added{}", suggested(*suggestion))]
    NoLayer {
        /// The layer that the file name suggests.
        suggestion: Option<usize>,
    },
    /// The file names another layer than the caller.
    #[error("the file says layer {found}, and layer {given} was asked for")]
    OtherLayer {
        /// The layers of the file.
        found: String,
        /// The layer that the caller gave.
        given: usize,
    },
    /// A number is infinite or NaN.
    #[error("number {index} of the vector for layer {layer} is not finite")]
    NotFinite {
        /// The vector's layer.
        layer: usize,
        /// The index of the number.
        index: usize,
    },
    /// The vectors cannot be in one file.
    #[error("the vectors do not belong together: {detail}")]
    Mismatch {
        /// The difference.
        detail: String,
    },
    /// The format cannot represent the content.
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
