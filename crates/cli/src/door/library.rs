//! Finds what the command line names in a store, and adds what is not there.

use std::fs;
use std::path::{Path, PathBuf};

use ::data::content::data_hash;
use ::data::data_files::Row;
use ipc::Id;
use ipc::command::{AddModel, ImportPairs, ListPairs};
use ipc::data::{DataSet, PairContent, Split};
use ipc::files::{HoldOut, ImportSource, ImportTarget};
use ipc::model::{FileState, Model};
use ipc::project::Overview;
use vectors::model::{model_path, read_facts};

use super::{Door, file};
use crate::data::{ReadArguments, fingerprint, with_path};
use crate::halt::Halt;
use crate::output;

/// Returns the model with this file, which is added if the library has neither its path nor its content.
pub(crate) fn model(door: &mut Door, overview: &Overview, path: &Path) -> Result<Model, Halt> {
    let path = model_path(path);
    let facts = read_facts(&path).map_err(|error| with_path(&path, error.into()))?;
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let here = whole(&path);
    if let Some(known) = overview.models.iter().find(|model| whole(Path::new(&model.path)) == here) {
        // Nobody may have read the header of the model that comes along.
        return match known.facts {
            Some(_) => Ok(known.clone()),
            None => door.call(AddModel { file: file(Path::new(&known.path))? }),
        };
    }
    // The content of a large file is only read where a model of its size is known.
    let same_size = |model: &&Model| {
        model.file == FileState::Present
            && model.fingerprint.is_some()
            && model.facts.as_ref().is_some_and(|known| known.file_bytes == facts.file_bytes)
    };
    let similar: Vec<&Model> = overview.models.iter().filter(same_size).collect();
    if !similar.is_empty() {
        let print = fingerprint(&path)?;
        if let Some(known) = similar.into_iter().find(|model| model.fingerprint.as_ref() == Some(&print)) {
            output::print_message(&format!(
                "{}: the store has this model from {}",
                path.display(),
                known.path
            ));
            return Ok(known.clone());
        }
    }
    door.call(AddModel { file: file(&path)? })
}

/// Returns the data set with the content of a file whose rows were read, which is imported if the project has none.
pub(crate) fn data_set(
    door: &mut Door,
    overview: &Overview,
    path: &Path,
    read: &ReadArguments,
    rows: &[Row],
) -> Result<DataSet, Halt> {
    let no_hash = |error| Halt::Failed(format!("{}: the pairs have no hash: {error}.", path.display()));
    let contents: Vec<PairContent> = rows.iter().cloned().map(PairContent::from).collect();
    let hash = data_hash(&contents).map_err(no_hash)?;
    let held_out = contents.iter().filter(|pair| pair.split == Split::HeldOut).count() as u32;
    let train = contents.len() as u32 - held_out;
    for set in overview.data_sets.iter().filter(|set| (set.train, set.held_out) == (train, held_out)) {
        let pairs = door.call(ListPairs { data_set: set.id })?;
        let known: Vec<PairContent> = pairs.into_iter().map(|pair| pair.content).collect();
        if data_hash(&known).map_err(no_hash)? == hash {
            return Ok(set.clone());
        }
    }
    import(door, path, "", "", read)
}

/// Returns the one thing of a store with this name or number.
pub(crate) fn only<'a, T>(
    what: &str,
    name: &str,
    all: &'a [T],
    known: impl Fn(&T) -> (Id, &str),
) -> Result<&'a T, Halt> {
    let named: Vec<&T> = all.iter().filter(|one| known(one).1 == name).collect();
    let numbered = || all.iter().find(|one| Some(known(one).0) == name.parse().ok());
    match named.as_slice() {
        [one] => Ok(one),
        [] => numbered().ok_or_else(|| Halt::Refused(format!("there is no {what} {name} in this store."))),
        several => {
            let numbers: Vec<String> = several.iter().map(|one| known(one).0.to_string()).collect();
            let numbers = numbers.join(", ");
            Err(Halt::Usage(format!("several of this store are called {name}; take a number: {numbers}.")))
        }
    }
}

/// Imports a file of pairs as a new data set. Pairs that the file does not hold out are trained on.
pub(crate) fn import(
    door: &mut Door,
    path: &Path,
    name: &str,
    behaviour: &str,
    read: &ReadArguments,
) -> Result<DataSet, Halt> {
    door.call(ImportPairs {
        source: ImportSource::File { file: file(path)? },
        columns: read.columns(),
        into: ImportTarget::New { name: name.to_owned(), description: behaviour.to_owned() },
        hold_out: HoldOut { share: 0.0, seed: 0 },
        skip_refused: read.skips_refused(),
    })
}
