//! The files that make a model: one GGUF file, or a folder with a configuration, weights and a tokenizer.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use vectors::model::ModelError;

use crate::content::sha256;

/// The configuration that makes a folder a model's.
pub(crate) const CONFIG: &str = "config.json";

/// Files beside the weights that change what a model says.
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

/// Whether a file in a model's folder belongs to the model.
pub(crate) fn belongs(name: &str) -> bool {
    is_weights(name) || BESIDE.contains(&name)
}

/// Whether a file in a model's folder holds weights. Folders of the original release often hold the same weights a
/// second time in one `consolidated` file.
pub(crate) fn is_weights(name: &str) -> bool {
    name.ends_with(".safetensors") && !name.starts_with("consolidated") && !name.starts_with("adapter_")
}

/// Whether a file is a GGUF file by its name.
pub(crate) fn is_gguf(name: &str) -> bool {
    name.len() > 5 && name.as_bytes()[name.len() - 5..].eq_ignore_ascii_case(b".gguf")
}

/// The files of a folder that make its model, by name.
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

/// What a model's file or folder looks like: sizes and times of change. `None` where it is not there.
pub(crate) fn stamp(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    if !about.is_dir() {
        return stamp_of_file(&about);
    }
    let files = of_folder(path).ok()?;
    if !files.iter().any(|(name, _)| name == CONFIG) {
        return None;
    }
    let mut lines = String::new();
    for (name, file) in &files {
        // A link whose target is gone counts as gone.
        let stamp = fs::metadata(file).ok().and_then(|about| stamp_of_file(&about));
        lines.push_str(&format!("{name}: {}\n", stamp.unwrap_or_default()));
    }
    Some(format!("{} files, {}", files.len(), &sha256(lines.as_bytes())[..16]))
}

fn stamp_of_file(about: &fs::Metadata) -> Option<String> {
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} bytes, changed {}", about.len(), changed.as_nanos()))
}

/// The SHA-256 of a model in hexadecimal: of its file; of a folder, of the lines `SHA-256  name` of the files that make
/// the model, in the order of their names, as `sha256sum` writes them.
pub(crate) fn fingerprint(
    path: &Path,
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<String, ModelError> {
    if !path.is_dir() {
        return vectors::model::fingerprint(path, progress);
    }
    let files = of_folder(path).map_err(ModelError::Unreadable)?;
    let size = |file: &Path| fs::metadata(file).map_or(0, |about| about.len());
    let total = files.iter().map(|(_, file)| size(file)).sum::<u64>().max(1) as f64;
    let (mut lines, mut before) = (String::new(), 0);
    for (name, file) in &files {
        let own = size(file) as f64;
        let print =
            vectors::model::fingerprint(file, &mut |share| progress((before as f64 + share * own) / total))?;
        lines.push_str(&format!("{print}  {name}\n"));
        before += size(file);
    }
    Ok(sha256(lines.as_bytes()))
}

/// Deletes a model's file; of one in the hub's cache also its content, unless another commit has the same.
pub(crate) fn delete(path: &Path, is_in_cache: bool) -> io::Result<()> {
    let files = if path.is_dir() {
        of_folder(path)?.into_iter().map(|(_, file)| file).collect()
    } else {
        vec![path.to_owned()]
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
        // What else lies in the folder stays, and keeps it.
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

    fn print(path: &Path) -> String {
        fingerprint(path, &mut |_| ControlFlow::Continue(())).expect("a fingerprint")
    }

    #[test]
    fn a_folder_is_what_its_model_files_are() {
        let dir = folder();
        let (stamp_before, print_before) = (stamp(dir.path()), print(dir.path()));
        fs::write(dir.path().join("readme.md"), "two, longer").expect("a file");
        assert_eq!((stamp(dir.path()), print(dir.path())), (stamp_before.clone(), print_before.clone()));
        fs::write(dir.path().join("model.safetensors"), "abcd").expect("a file");
        assert_ne!(stamp(dir.path()), stamp_before);
        assert_ne!(print(dir.path()), print_before);
    }

    #[test]
    fn a_folders_fingerprint_is_that_of_a_list_of_sums() {
        let dir = folder();
        let lines = format!("{}  {CONFIG}\n{}  model.safetensors\n", sha256(b"{}"), sha256(b"abc"));
        assert_eq!(print(dir.path()), sha256(lines.as_bytes()));
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
    fn weights_are_told_from_second_copies() {
        assert!(is_weights("model-00001-of-00002.safetensors") && is_gguf("A.GGUF"));
        assert!(!is_weights("consolidated.safetensors") && !is_gguf(".gguf") && !is_gguf("gguf"));
    }
}
