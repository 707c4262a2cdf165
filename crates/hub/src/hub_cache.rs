//! Finds models in the cache that programs share for downloads from the Hugging Face hub.
//!
//! `models--ORG--NAME/blobs/` holds contents under their names, `snapshots/COMMIT/` the files of a commit as links to
//! them, and `refs/BRANCH` the commit that a branch pointed to.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use vectors::model::gguf_files;

use super::files::{self, CONFIG};

/// Returns the folder of the cache: `HF_HUB_CACHE`, else below `HF_HOME`, else below the platform's folder for caches.
#[must_use]
pub fn usual_path() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("HF_HUB_CACHE").or_else(|| set("HUGGINGFACE_HUB_CACHE")).unwrap_or_else(|| home().join("hub"))
}

/// Returns the folder of the hub's programs, which also holds the token's file.
#[must_use]
pub fn home() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = || directories::BaseDirs::new().map(|dirs| dirs.home_dir().join(".cache"));
    let caches = || set("XDG_CACHE_HOME").or_else(user).unwrap_or_else(|| PathBuf::from(".cache"));
    set("HF_HOME").unwrap_or_else(|| caches().join("huggingface"))
}

/// Returns the name of a repository's folder.
#[must_use]
pub fn folder_name(repository: &str) -> String {
    format!("models--{}", repository.replace('/', "--"))
}

/// Returns the repository and the commit that a path in the cache belongs to.
#[must_use]
pub fn belongs_to(cache: &Path, path: &Path) -> Option<(String, String)> {
    let inside = path.strip_prefix(cache).ok()?;
    let mut parts = inside.components().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    let repository = parts.next()?.strip_prefix("models--")?.replacen("--", "/", 1);
    (parts.next()? == "snapshots").then_some(())?;
    Some((repository, parts.next()?.to_owned()))
}

/// Returns everything in the cache that looks like a model: GGUF files, and commits with a configuration and weights.
/// Several commits of a repository are several models.
pub fn models(cache: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for repository in entries(cache) {
        let is_model =
            repository.file_name().is_some_and(|name| name.to_string_lossy().starts_with("models--"));
        if !is_model {
            continue;
        }
        for commit in entries(&repository.join("snapshots")) {
            let files = entries(&commit);
            let has = |wanted: fn(&str) -> bool| {
                files.iter().any(|file| file.file_name().is_some_and(|name| wanted(&name.to_string_lossy())))
            };
            if has(|name| name == CONFIG) && has(files::is_weights) {
                found.push(commit.clone());
            }
            let nested = files.iter().filter(|file| file.is_dir()).flat_map(|folder| entries(folder));
            let gguf = |file: &PathBuf| files::is_listed(file);
            let mut ggufs: Vec<PathBuf> = files.iter().cloned().chain(nested).filter(gguf).collect();
            // A download that is under way does not have all parts yet.
            ggufs.retain(|file| gguf_files(file).iter().all(|part| part.is_file()));
            found.append(&mut ggufs);
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    // Unreadable folders count as empty, because other programs write to the cache, too.
    let read = fs::read_dir(folder).into_iter().flatten().flatten();
    read.map(|entry| entry.path()).collect()
}

/// Says whether any commit still uses this content.
pub(super) fn is_used(content: &Path) -> bool {
    let Some(repository) = content.parent().and_then(Path::parent) else { return true };
    let mut folders = vec![repository.join("snapshots")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if fs::canonicalize(&path).is_ok_and(|target| target == content) {
                return true;
            }
        }
    }
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Makes a cache with one repository, and one content that two of its commits use.
    fn cache() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let root = dir.path().canonicalize().expect("the folder");
        let repository = root.join("models--org--a--b");
        fs::create_dir_all(repository.join("blobs")).expect("a folder");
        fs::write(repository.join("blobs/ab"), "weights").expect("a file");
        for commit in ["c0", "c1"] {
            let folder = repository.join("snapshots").join(commit);
            fs::create_dir_all(&folder).expect("a folder");
            symlink("../../blobs/ab", folder.join("m.gguf")).expect("a link");
        }
        (dir, repository)
    }

    #[test]
    fn models_are_found_with_their_repository_and_commit() {
        let (_dir, repository) = cache();
        let root = repository.parent().expect("the cache");
        fs::write(repository.join("snapshots/c1/config.json"), "{}").expect("a file");
        fs::write(repository.join("snapshots/c1/model.safetensors"), "x").expect("a file");
        symlink("../../blobs/gone", repository.join("snapshots/c0/gone.gguf")).expect("a link");
        let found = models(root);
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(&repository).expect("inside").to_owned()).collect();
        let expected = ["snapshots/c0/m.gguf", "snapshots/c1", "snapshots/c1/m.gguf"].map(PathBuf::from);
        assert_eq!(names, expected);
        assert_eq!(belongs_to(root, &found[0]), Some(("org/a--b".into(), "c0".into())));
        assert_eq!(belongs_to(root, Path::new("/elsewhere/m.gguf")), None);
    }

    #[test]
    fn a_content_goes_with_the_last_commit_that_has_it() {
        let (_dir, repository) = cache();
        let blob = repository.join("blobs/ab");
        files::delete(&repository.join("snapshots/c0/m.gguf"), true).expect("a deletion");
        assert!(blob.exists(), "the other commit has it");
        files::delete(&repository.join("snapshots/c1/m.gguf"), true).expect("a deletion");
        assert!(!blob.exists());
    }
}
