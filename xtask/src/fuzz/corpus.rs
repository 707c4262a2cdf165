//! The inputs of a reader that found new coverage: all of them in `fuzz/target`, the smallest ones in `fuzz/corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folders;
use crate::problem::{Outcome, WithContext as _};
use crate::program;

/// The kept inputs of each reader, one archive each, under the reader's name.
const KEPT: &str = "fuzz/corpus";
/// The most bytes of a reader's kept inputs, before they are packed: together they stay under 5 MB in the repository.
const MOST_BYTES: u64 = 300_000;

/// The inputs of one reader.
pub(super) struct Corpus<'a> {
    python: &'a Path,
    folder: PathBuf,
    archive: PathBuf,
}

impl<'a> Corpus<'a> {
    /// Makes the folder of a reader's inputs, unless it is there.
    pub(super) fn new(reader: &str, python: &'a Path) -> Outcome<Self> {
        let root = folders::root();
        let corpus = Self {
            python,
            folder: root.join("fuzz/target/corpus").join(reader),
            archive: root.join(KEPT).join(format!("{reader}.zip")),
        };
        make(&corpus.folder)?;
        Ok(corpus)
    }

    /// Returns the folder of all inputs.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds the kept inputs to the folder.
    pub(super) fn unpack(&self) -> Outcome {
        if self.archive.exists() {
            program::output(self.zipfile("--extract").arg(&self.archive).arg(&self.folder))?;
        }
        Ok(())
    }

    /// Returns an empty folder for the inputs of which no other one reaches the same and is smaller.
    pub(super) fn smallest(&self) -> Outcome<PathBuf> {
        let smallest = self.folder.with_extension("smallest");
        if smallest.exists() {
            fs::remove_dir_all(&smallest)
                .with_context(|| format!("{} cannot be removed", folders::short(&smallest)))?;
        }
        make(&smallest)?;
        Ok(smallest)
    }

    /// Keeps the smallest inputs, as many as there is room for.
    pub(super) fn pack(&self) -> Outcome {
        let smallest = self.folder.with_extension("smallest");
        let entries = fs::read_dir(&smallest)
            .with_context(|| format!("{} cannot be read", folders::short(&smallest)))?;
        let sized = entries.flatten().filter_map(|file| Some((file.metadata().ok()?.len(), file.path())));
        let inputs = within(sized.collect(), MOST_BYTES);
        make(&folders::root().join(KEPT))?;
        program::output(self.zipfile("--create").arg(&self.archive).args(&inputs)).map(drop)
    }

    fn zipfile(&self, what: &str) -> Command {
        let mut python = program::command(self.python);
        python.args(["-m", "zipfile", what]);
        python
    }
}

fn make(folder: &Path) -> Outcome {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folders::short(folder)))
}

/// Returns the smallest files that have at most so many bytes together, by their names.
fn within(mut files: Vec<(u64, PathBuf)>, most: u64) -> Vec<PathBuf> {
    files.sort();
    let mut bytes = 0;
    let fits = |(size, _): &(u64, PathBuf)| {
        bytes += size;
        bytes <= most
    };
    let mut kept: Vec<PathBuf> = files.into_iter().take_while(fits).map(|(_, path)| path).collect();
    kept.sort();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_files_are_kept_as_long_as_there_is_room() {
        let files = || vec![(5, "a".into()), (1, "c".into()), (4, "b".into())];
        assert_eq!(within(files(), 5), [PathBuf::from("b"), "c".into()]);
        assert_eq!(within(files(), 10).len(), 3);
        assert!(within(files(), 0).is_empty());
    }
}
