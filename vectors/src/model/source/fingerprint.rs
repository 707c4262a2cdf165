//! A model's fingerprint: the hash of the files that its numbers depend on.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::gguf_shards::gguf_files;
use super::hugging_face::{self, HuggingFaceFolder};
use crate::model::ModelError;

/// Returns the SHA-256 of a model's files, in hexadecimal. One file is hashed as it is. Several files are hashed one
/// after the other, each after its length: the shards of a GGUF model, or a folder's configuration, tokenizer and
/// weights. Calls `progress` with the finished share, 0 to 1.
///
/// # Errors
/// Where a file cannot be read, or `progress` breaks.
pub fn fingerprint(
    path: &Path,
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<String, ModelError> {
    let files = parts(path)?;
    let mut opened = Vec::new();
    for path in &files {
        opened.push(regular_file::open(path)?);
    }
    let total = opened.iter().map(|(_, bytes)| *bytes).sum::<u64>().max(1);
    let (mut hash, mut buffer, mut done) = (Sha256::new(), vec![0; 1 << 20], 0_u64);
    for (mut file, bytes) in opened {
        if files.len() > 1 {
            hash.update(bytes.to_le_bytes());
        }
        loop {
            let read = file.read(&mut buffer).map_err(ModelError::Unreadable)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            done += read as u64;
            if progress(done as f64 / total as f64).is_break() {
                return Err(ModelError::Interrupted);
            }
        }
    }
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0'));
    Ok(hash.finalize().iter().flat_map(digits).collect())
}

/// Returns the files that a model is made of.
fn parts(path: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let Some(folder) = hugging_face::find_folder(path) else { return Ok(gguf_files(path)) };
    let weights = HuggingFaceFolder::open(folder)?.weight_files;
    let described = ["config.json", "tokenizer.json"].map(|name| folder.join(name));
    Ok(described.into_iter().filter(|path| path.is_file()).chain(weights).collect())
}
