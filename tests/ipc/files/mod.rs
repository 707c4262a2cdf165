//! Tests the import and export of pairs and vectors through the commands, on Tauri's mock runtime.

mod columns;
mod export;
mod import;
mod vector_files;

use std::fs;
use std::path::Path;

use crate::support::paths_without_model;
use crate::window::Tiller;
use ipc::command::*;
use ipc::data::{Pair, PairContent};
use ipc::files::{FileRef, HoldOut, ImportSource, ImportTarget};

/// Two pairs. The first prompt has a line break and quotes.
pub(crate) const BIPO: &str =
    "question,matching,not_matching\n\"Is it\n\"\"so\"\"?\",Yes,No\nAnd now?,\"Yes, now\",Not now\n";

/// Opens Tiller without a model file, which is quick.
pub(crate) fn open(data: &Path) -> Tiller {
    let tiller = Tiller::open(&paths_without_model(&data.join("data")));
    tiller.watch();
    tiller
}

pub(crate) fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

pub(crate) fn import(path: &str, into: ImportTarget) -> ImportPairs {
    let hold_out = HoldOut { share: 0.0, seed: 0 };
    ImportPairs { source: file(path), columns: None, into, hold_out, skip_refused: false }
}

pub(crate) fn file(path: &str) -> ImportSource {
    ImportSource::File { file: FileRef::typed(path) }
}

pub(crate) fn new(name: &str) -> ImportTarget {
    ImportTarget::New { name: name.into(), description: String::new() }
}

pub(crate) fn contents(pairs: &[Pair]) -> Vec<PairContent> {
    pairs.iter().map(|pair| pair.content.clone()).collect()
}
