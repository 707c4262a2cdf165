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
    /// The file holds several vectors under names, and nothing says which one is meant.
    #[error("the file holds {names}, and does not say which of them is the vector")]
    Several {
        /// Their names, in quotes.
        names: String,
    },
    /// The file holds no vector under the name that the caller gave.
    #[error("the file holds no vector under the name {given:?}{}", there(names))]
    NoEntry {
        /// The name.
        given: String,
        /// The names in the file, in quotes; empty where it holds one vector without a name.
        names: String,
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

impl FileError {
    /// Returns the next step, where the sentence of the error does not say it. Every step stands here and nowhere else.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing => "Check the path, or choose the file again.",
            Self::Special(_) => "Choose the file itself.",
            Self::Unreadable(_) => "Make the file readable, then try again.",
            Self::Unwritable(_) => "Choose another folder, or free some space, then try again.",
            Self::Ending { .. } => "Give the file's name one of these endings.",
            Self::TooLarge { .. } | Self::TooManyNumbers { .. } => {
                "Choose a file of vectors alone, or save fewer of them in it."
            }
            Self::Foreign { .. } => return None,
            Self::Damaged { .. } => "Save or download the file again.",
            Self::Forbidden { .. } => "Do not open this file with a program that runs pickles.",
            Self::NotAVector { .. } => "Save the vector alone, or choose another file.",
            Self::NotAnAdapter { .. } => "Save the adapter again with peft, or choose another one.",
            Self::NoLayer { .. } => "Type the layer, then try again.",
            Self::Several { .. } => {
                "Take one out with `tiller-cli vector convert IN OUT --entry NAME`, and choose that file."
            }
            Self::NoEntry { .. } => "Name one that the file holds, or none.",
            Self::OtherLayer { .. } => "Leave the layer empty, or type the file's.",
            Self::NotFinite { .. } => "Make the vector again, or choose another file.",
            Self::Mismatch { .. } => "Save the vectors again: all of one size, and each layer once.",
            Self::Inexpressible { .. } => "Choose another format: .safetensors keeps everything.",
        })
    }
}

fn there(names: &str) -> String {
    if names.is_empty() { String::new() } else { format!("; there are {names}") }
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

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    /// One error of each kind. [`FileError::next_step`] has no arm for all others, so that a new kind does not compile without
    /// a step; here it gets a line.
    fn all() -> Vec<FileError> {
        let text = || "x".to_owned();
        let io = || Error::from(ErrorKind::PermissionDenied);
        vec![
            FileError::Missing,
            FileError::Special("a pipe"),
            FileError::Unreadable(io()),
            FileError::Unwritable(io()),
            FileError::Ending { found: text() },
            FileError::TooLarge { bytes: 2, limit: 1 },
            FileError::TooManyNumbers { limit: 1 },
            FileError::Foreign { kind: "a web page", next: "download the file itself" },
            damaged("GGUF", "its header", "it is cut off"),
            FileError::Forbidden { name: text() },
            FileError::NotAVector { detail: text() },
            FileError::NotAnAdapter { detail: text() },
            FileError::NoLayer { suggestion: None },
            FileError::Several { names: text() },
            FileError::NoEntry { given: text(), names: String::new() },
            FileError::OtherLayer { found: text(), given: 1 },
            FileError::NotFinite { layer: 1, index: 0 },
            FileError::Mismatch { detail: text() },
            FileError::Inexpressible { format: "JSON", detail: text() },
        ]
    }

    #[test]
    fn every_refusal_says_one_next_step() {
        for error in all() {
            let says_it = matches!(error, FileError::Foreign { .. });
            assert_eq!(error.next_step().is_none(), says_it, "{error}");
            if let Some(step) = error.next_step() {
                assert!(step.ends_with('.') && step.starts_with(char::is_uppercase), "{step}");
            }
        }
    }
}
