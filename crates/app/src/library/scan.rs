//! Searches a folder and its subfolders for models, without following a link twice.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hub::files::{self, CONFIG};
use hub::ollama_store::{self, Layer};
use vectors::model::is_gguf_file;

/// The depth of the search. Models are not deeper, and the limit protects against hostile folders.
const DEEPEST: usize = 16;
/// The most files and folders that a search visits.
const MOST: u32 = 500_000;
/// The folders that hold very many files and no models. Files in the hub's cache are found under their names instead.
const PASSED_OVER: [&str; 5] = [".git", "node_modules", "target", ".locks", "__pycache__"];
/// The folder of contents in the hub's cache and in Ollama's store. The hub's have other names under `snapshots`.
const BLOBS: &str = "blobs";

/// Says how a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The search visited everything.
    Complete,
    /// There are too many files.
    TooMany,
    /// Some folders are too deep.
    TooDeep,
    /// The callback stopped the search.
    Stopped,
}

/// Calls `found` for every path that looks like a model, and regularly without a path, with the number of visited
/// entries.
pub(crate) fn search(root: &Path, found: &mut dyn FnMut(Option<PathBuf>, u32) -> ControlFlow<()>) -> End {
    let mut seen = HashSet::new();
    let (mut looked_at, mut end) = (0, End::Complete);
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        // A folder that was reached another way is a loop, or would be listed twice.
        let Ok(own) = fs::canonicalize(&folder) else { continue };
        if !seen.insert(own) {
            continue;
        }
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let (mut has_config, mut has_weights, mut below) = (false, false, Vec::new());
        for entry in entries.flatten() {
            looked_at += 1;
            if looked_at >= MOST {
                return End::TooMany;
            }
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let is_model = files::is_listed(&path) || is_ollamas_model(&path, &name);
            let model = (is_model && path.is_file()).then(|| path.clone());
            if (model.is_some() || looked_at.is_multiple_of(256)) && found(model, looked_at).is_break() {
                return End::Stopped;
            }
            has_config |= name == CONFIG;
            has_weights |= files::is_weights(&name);
            let is_folder =
                entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink()) && path.is_dir();
            let is_passed_over =
                PASSED_OVER.contains(&name.as_str()) || (name == BLOBS && folder.join("snapshots").is_dir());
            if is_folder && !is_passed_over {
                below.push((path, depth + 1));
            }
        }
        if has_config && has_weights && found(Some(folder), looked_at).is_break() {
            return End::Stopped;
        }
        if depth < DEEPEST {
            below.sort_by(|a, b| b.cmp(a));
            folders.append(&mut below);
        } else if !below.is_empty() {
            end = End::TooDeep;
        }
    }
    if found(None, looked_at).is_break() { End::Stopped } else { end }
}

/// Returns whether a file is a model of Ollama's store: its content is GGUF, and no manifest says that it is something else,
/// such as what reads images or an adapter.
fn is_ollamas_model(path: &Path, name: &str) -> bool {
    ollama_store::is_blob(name) && is_gguf_file(path) && ollama_store::layer(path) != Some(Layer::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(root: &Path) -> (Vec<PathBuf>, End) {
        let mut paths = Vec::new();
        let end = search(root, &mut |path, _| {
            paths.extend(path.map(|path| path.strip_prefix(root).expect("inside").to_owned()));
            ControlFlow::Continue(())
        });
        (paths, end)
    }

    #[test]
    fn files_and_folders_are_found_and_the_rest_is_passed_over() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name);
        for folder in ["a/b", "half", ".git"] {
            fs::create_dir_all(at(folder)).expect("a folder");
        }
        for file in [
            "top.gguf",
            "a/b/config.json",
            "a/b/model.safetensors",
            "half/config.json",
            ".git/x.gguf",
            "a/m-00001-of-00002.gguf",
            "a/m-00002-of-00002.gguf",
            "note.txt",
        ] {
            fs::write(at(file), "x").expect("a file");
        }
        let expected = ["top.gguf", "a/m-00001-of-00002.gguf", "a/b"].map(PathBuf::from);
        assert_eq!(all(dir.path()), (expected.to_vec(), End::Complete));
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_comes_to_an_end() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(dir.path().join("a")).expect("a folder");
        fs::write(dir.path().join("a/m.gguf"), "x").expect("a file");
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/up")).expect("a link");
        std::os::unix::fs::symlink("a", dir.path().join("b")).expect("a link");
        let (paths, end) = all(dir.path());
        assert_eq!((paths.len(), end), (1, End::Complete), "{paths:?}");
    }

    #[test]
    fn depth_is_bounded_and_reported() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let deep = (0..DEEPEST + 2).fold(dir.path().to_owned(), |path, _| path.join("d"));
        fs::create_dir_all(&deep).expect("folders");
        fs::write(deep.join("m.gguf"), "x").expect("a file");
        assert_eq!(all(dir.path()), (vec![], End::TooDeep));
    }

    #[test]
    fn a_search_can_be_stopped() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("m.gguf"), "x").expect("a file");
        assert_eq!(search(dir.path(), &mut |_, _| ControlFlow::Break(())), End::Stopped);
    }

    #[test]
    fn ollamas_blobs_are_found_by_their_content_and_the_hubs_by_their_names() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let name = |digit: char| format!("sha256-{}", digit.to_string().repeat(64));
        let layers = [("model", 'a'), ("projector", 'd')].map(|(kind, digit)| {
            let digest = name(digit).replace('-', ":");
            format!(r#"{{"mediaType": "application/vnd.ollama.image.{kind}", "digest": "{digest}"}}"#)
        });
        let manifest = format!(r#"{{"layers": [{}]}}"#, layers.join(", "));
        for (path, content) in [
            (format!("ollama/blobs/{}", name('a')), "GGUF and more"),
            (format!("ollama/blobs/{}", name('b')), "a template"),
            (format!("ollama/blobs/{}", name('d')), "GGUF that reads images"),
            ("ollama/manifests/models.ollama.example/library/m/latest".to_owned(), manifest.as_str()),
            (format!("hub/blobs/{}", name('c')), "GGUF and more"),
            ("hub/snapshots/1/x.txt".to_owned(), ""),
            ("lmstudio/publisher/model/m.gguf".to_owned(), ""),
        ] {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        let (mut found, end) = all(dir.path());
        found.sort();
        let blob = PathBuf::from("ollama/blobs").join(name('a'));
        assert_eq!((found, end), (vec!["lmstudio/publisher/model/m.gguf".into(), blob], End::Complete));
    }
}
