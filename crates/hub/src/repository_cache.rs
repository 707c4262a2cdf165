//! Reads and writes one repository's folder in the cache that programs share.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::HubError;
use crate::hub_cache;

/// The folder of a repository, and the folder of its locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryCache {
    folder: PathBuf,
    locks: PathBuf,
}

impl RepositoryCache {
    /// Returns the folders of a repository, `organisation/name`, in this cache.
    #[must_use]
    pub fn new(cache: &Path, repository: &str) -> Self {
        let name = hub_cache::folder_name(repository);
        Self { folder: cache.join(&name), locks: cache.join(".locks").join(name) }
    }

    /// Returns the path of a content.
    #[must_use]
    pub fn blob(&self, name: &str) -> PathBuf {
        self.folder.join("blobs").join(name)
    }

    /// Returns the path of a content's partial file.
    #[must_use]
    pub fn partial(&self, name: &str) -> PathBuf {
        self.folder.join("blobs").join(format!("{name}.incomplete"))
    }

    /// Says whether the whole content is in the cache.
    #[must_use]
    pub fn has(&self, name: &str, bytes: u64) -> bool {
        fs::metadata(self.blob(name)).is_ok_and(|about| about.is_file() && about.len() == bytes)
    }

    /// Returns the number of bytes of a content that are in the cache.
    #[must_use]
    pub fn there(&self, name: &str, bytes: u64) -> u64 {
        if self.has(name, bytes) {
            return bytes;
        }
        fs::metadata(self.partial(name)).map_or(0, |about| about.len().min(bytes))
    }

    /// Returns the folder of a commit.
    #[must_use]
    pub fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    /// Creates the folders.
    ///
    /// # Errors
    /// Returns an error where the disk cannot be written.
    pub fn prepare(&self) -> Result<(), HubError> {
        for folder in [self.folder.join("blobs"), self.locks.clone()] {
            fs::create_dir_all(&folder).map_err(|source| HubError::Disk { path: folder, source })?;
        }
        Ok(())
    }

    /// Locks a content for this process; returns `None` while another process holds the lock. The hub's own programs use
    /// the same lock. Dropping the file releases it.
    ///
    /// # Errors
    /// Returns an error where the lock cannot be written.
    pub fn lock(&self, name: &str) -> Result<Option<File>, HubError> {
        let path = self.locks.join(format!("{name}.lock"));
        let failed = |source| HubError::Disk { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Links a content into a commit's folder, or copies it where the system has no links, and returns the path.
    ///
    /// # Errors
    /// Returns an error where the disk cannot be written.
    pub fn name(&self, commit: &str, path: &str, blob: &str) -> Result<PathBuf, HubError> {
        let named = self.snapshot(commit).join(path);
        let failed = |source| HubError::Disk { path: named.clone(), source };
        if let Some(folder) = named.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        // The content of `snapshots/COMMIT/a/b` is three folders up, and one more for every folder in the path.
        let up = "../".repeat(2 + path.matches('/').count());
        if fs::symlink_metadata(&named).is_ok() {
            let is_same = fs::canonicalize(&named).ok() == fs::canonicalize(self.blob(blob)).ok();
            if is_same {
                return Ok(named);
            }
            fs::remove_file(&named).map_err(failed)?;
        }
        let linked = link(Path::new(&format!("{up}blobs/{blob}")), &named);
        linked.or_else(|_| fs::copy(self.blob(blob), &named).map(drop)).map_err(failed)?;
        Ok(named)
    }

    /// Stores the commit that a branch or a tag points to.
    ///
    /// # Errors
    /// Returns an error where the disk cannot be written.
    pub fn refer(&self, revision: &str, commit: &str) -> Result<(), HubError> {
        if revision == commit {
            return Ok(());
        }
        let path = self.folder.join("refs").join(revision);
        let failed = |source| HubError::Disk { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, commit).map_err(failed)
    }

    /// Deletes what a removed download has fetched of a content: its partial file, and the whole content where no commit
    /// uses it. What another program fetches at the moment stays.
    pub fn discard(&self, name: &str) {
        let Ok(Some(_lock)) = self.lock(name) else { return };
        // There may be no partial file.
        let _ = fs::remove_file(self.partial(name));
        if let Ok(content) = fs::canonicalize(self.blob(name))
            && !hub_cache::is_used(&content)
        {
            let _ = fs::remove_file(content);
        }
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(windows)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, at)
}

/// Returns the nearest existing folder above a path, whose disk has the space that is looked up.
#[must_use]
pub fn existing(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.exists()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_names_that_other_programs_look_for() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let cache = RepositoryCache::new(dir.path(), "org/name");
        cache.prepare().expect("the folders");
        fs::write(cache.blob("ab"), "weights").expect("a content");
        for path in ["m.gguf", "sub/deep/m.gguf"] {
            let named = cache.name("c0", path, "ab").expect("a name");
            assert_eq!(named, dir.path().join("models--org--name/snapshots/c0").join(path));
            assert_eq!(fs::read(&named).expect("the content"), b"weights");
            cache.name("c0", path, "ab").expect("the same name again");
        }
        cache.refer("refs/pr/1", "c0").expect("a reference");
        cache.refer("c0", "c0").expect("a commit needs none");
        assert_eq!(
            fs::read(dir.path().join("models--org--name/refs/refs/pr/1")).expect("the reference"),
            b"c0"
        );
        assert!(cache.has("ab", 7) && !cache.has("ab", 8));
    }

    #[test]
    fn what_a_removed_download_fetched_goes_unless_a_commit_uses_it() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let cache = RepositoryCache::new(dir.path(), "org/name");
        cache.discard("nothing");
        cache.prepare().expect("the folders");
        for name in ["used", "whole", "held"] {
            fs::write(cache.blob(name), "weights").expect("a content");
        }
        fs::write(cache.partial("part"), "wei").expect("a partial file");
        cache.name("c0", "m.gguf", "used").expect("a name");
        let _held = cache.lock("held").expect("a lock");
        for name in ["used", "whole", "held", "part"] {
            cache.discard(name);
        }
        let mut left: Vec<_> = fs::read_dir(dir.path().join("models--org--name/blobs"))
            .expect("the folder")
            .map(|entry| entry.expect("a file").file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["held", "used"]);
    }

    #[test]
    fn a_content_is_fetched_by_one_at_a_time() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let cache = RepositoryCache::new(dir.path(), "org/name");
        cache.prepare().expect("the folders");
        let held = cache.lock("ab").expect("a lock");
        assert!(held.is_some() && cache.lock("ab").expect("an answer").is_none());
        drop(held);
        assert!(cache.lock("ab").expect("an answer").is_some());
    }
}
