//! Tells which files make a model (a GGUF file or its parts, or a folder), stamps them and deletes them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};
use vectors::model::{first_gguf_file, gguf_files};

/// The configuration file that makes a folder a model.
pub const CONFIG: &str = "config.json";

/// The files beside the weights that change a model's output.
const BESIDE: [&str; 12] = [
    CONFIG,
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "model.safetensors.index.json",
];

/// Says whether a file in a model's folder belongs to the model.
#[must_use]
pub fn belongs(name: &str) -> bool {
    is_weights(name) || BESIDE.contains(&name)
}

/// Says whether a file in a model's folder holds weights. Folders of an original release often hold the same weights a
/// second time, in one `consolidated` file.
#[must_use]
pub fn is_weights(name: &str) -> bool {
    name.ends_with(".safetensors") && !name.starts_with("consolidated") && !name.starts_with("adapter_")
}

/// Says whether a file's name is that of a GGUF file.
#[must_use]
pub fn is_gguf(name: &str) -> bool {
    name.len() > 5 && name.as_bytes()[name.len() - 5..].eq_ignore_ascii_case(b".gguf")
}

/// Says whether a file stands for a model in a list of files: of a GGUF model in parts, only the first part does.
#[must_use]
pub fn is_listed(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    is_gguf(&name) && first_gguf_file(path) == path
}

/// Returns the files of a folder that make its model, sorted by name.
fn of_folder(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if belongs(&name) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// Returns a stamp of a model's file or folder from sizes and modification times; `None` where it does not exist.
#[must_use]
pub fn stamp(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    let files = if about.is_dir() {
        of_folder(path).ok().filter(|files| files.iter().any(|(name, _)| name == CONFIG))?
    } else {
        let parts = gguf_files(path);
        if parts.len() == 1 {
            return stamp_of_file(&about);
        }
        if !parts.iter().all(|part| part.is_file()) {
            return None;
        }
        parts.into_iter().map(|part| (part.display().to_string(), part)).collect()
    };
    let mut lines = String::new();
    for (name, file) in &files {
        // A link without a target counts as missing.
        let stamp = fs::metadata(file).ok().and_then(|about| stamp_of_file(&about));
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{name}: {}", stamp.unwrap_or_default());
    }
    Some(format!("{} files, {}", files.len(), &hex::encode(Sha256::digest(&lines))[..16]))
}

fn stamp_of_file(about: &fs::Metadata) -> Option<String> {
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} bytes, changed {}", about.len(), changed.as_nanos()))
}

/// Deletes a model's file; for a file in the hub's cache also its content, unless another commit uses it.
///
/// # Errors
/// Returns an error where a file cannot be removed.
pub fn delete(path: &Path, is_in_cache: bool) -> io::Result<()> {
    let files = if path.is_dir() {
        of_folder(path)?.into_iter().map(|(_, file)| file).collect()
    } else {
        gguf_files(path)
    };
    for file in files {
        let content = if is_in_cache { fs::canonicalize(&file).ok() } else { None };
        fs::remove_file(&file)?;
        let is_used = |content: &PathBuf| super::hub_cache::is_used(content);
        if let Some(content) = content.filter(|content| *content != file && !is_used(content)) {
            fs::remove_file(content)?;
        }
    }
    if path.is_dir() {
        // A folder with other files in it stays.
        let _ = fs::remove_dir(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in [(CONFIG, "{}"), ("model.safetensors", "abc"), ("readme.md", "one")] {
            fs::write(dir.path().join(name), text).expect("a file");
        }
        dir
    }

    #[test]
    fn a_folder_is_what_its_model_files_are() {
        let dir = folder();
        let before = stamp(dir.path());
        fs::write(dir.path().join("readme.md"), "two, longer").expect("a file");
        assert_eq!(stamp(dir.path()), before);
        fs::write(dir.path().join("model.safetensors"), "abcd").expect("a file");
        assert_ne!(stamp(dir.path()), before);
    }

    #[test]
    fn what_is_gone_has_no_stamp() {
        let dir = folder();
        assert_eq!(stamp(&dir.path().join("gone.gguf")), None);
        fs::remove_file(dir.path().join(CONFIG)).expect("a file");
        assert_eq!(stamp(dir.path()), None, "a folder without a configuration is no model's");
    }

    #[test]
    fn deleting_leaves_what_is_not_the_models() {
        let dir = folder();
        delete(dir.path(), false).expect("it is deleted");
        let left: Vec<_> =
            fs::read_dir(dir.path()).expect("the folder").map(|e| e.expect("a file").file_name()).collect();
        assert_eq!(left, ["readme.md"]);
    }

    #[test]
    fn the_parts_of_a_model_are_one_model() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let part = |number: u32| dir.path().join(format!("m-0000{number}-of-00002.gguf"));
        fs::write(part(1), "one").expect("a file");
        assert_eq!(stamp(&part(1)), None, "a part is missing");
        fs::write(part(2), "two").expect("a file");
        let before = stamp(&part(1)).expect("all are there");
        fs::write(part(2), "three").expect("a file");
        assert_ne!(stamp(&part(1)), Some(before));
        assert!(is_listed(&part(1)) && !is_listed(&part(2)) && !is_listed(&dir.path().join("notes.txt")));
        delete(&part(1), false).expect("it is deleted");
        assert!(!part(1).exists() && !part(2).exists());
    }

    #[test]
    fn weights_are_distinguished_from_second_copies() {
        assert!(is_weights("model-00001-of-00002.safetensors") && is_gguf("A.GGUF"));
        assert!(!is_weights("consolidated.safetensors") && !is_gguf(".gguf") && !is_gguf("gguf"));
    }
}
