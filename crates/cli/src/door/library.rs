//! Finds what the command line names in a store, and adds what is not there.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::data::content::data_hash;
use ::data::data_files::{Row, hold_out};
use ipc::command::{AddModel, ImportPairs, ImportVector, ListPairs, LoadModel};
use ipc::data::{DataSet, PairContent, Split};
use ipc::files::{Columns, HoldOut, ImportSource, ImportTarget};
use ipc::model::{FileState, Model, ModelState};
use ipc::project::Overview;
use ipc::sweep::PromptSet;
use ipc::vector::Vector;
use ipc::{Event, Id};
use store::steering::Steering;
use vectors::files::{SteeringContents, SteeringFile};
use vectors::model::{model_path, read_facts};
use vectors::steering::Intervention;

use super::{Door, Heard, file};
use crate::data::{self, ReadArguments, fingerprint, with_path};
use crate::data_report::DataReport;
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;
use crate::stop;

/// The wait for an event, after which Ctrl-C is looked for.
const LISTEN: Duration = Duration::from_millis(50);

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

/// Returns the model that a vector was made on.
pub(crate) fn model_of(door: &mut Door, vector: &Vector) -> Result<Model, Halt> {
    let found = door.watch()?.models.into_iter().find(|model| model.id == vector.model);
    found.ok_or_else(|| Halt::Refused(format!("the model of {} is not in this store.", vector.name)))
}

/// The pairs of a data file, which is read once: what was said of the file is said of the pairs that are imported.
pub(crate) struct PairsOfFile<'a> {
    path: &'a Path,
    rows: Vec<Row>,
    columns: Option<Columns>,
    pub(crate) report: DataReport,
}

impl<'a> PairsOfFile<'a> {
    pub(crate) fn read(path: &'a Path, read: &ReadArguments) -> Result<Self, Halt> {
        let (rows, report) = data::rows(path, None, read)?;
        Ok(Self { path, rows, columns: read.columns(), report })
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Gives every pair a split. Of the pairs whose split the file does not say, this share is held out.
    fn hold_out(mut self, share: f64) -> Self {
        hold_out(&mut self.rows, share, 0, HashMap::new());
        self
    }
}

/// Returns the data set with the content of a file, which is imported if the project has none. Pairs that the file does not
/// hold out are trained on.
pub(crate) fn data_set(
    door: &mut Door,
    overview: &Overview,
    pairs: PairsOfFile<'_>,
) -> Result<DataSet, Halt> {
    known_or_new(door, overview, pairs.hold_out(0.0))
}

fn known_or_new(door: &mut Door, overview: &Overview, pairs: PairsOfFile<'_>) -> Result<DataSet, Halt> {
    let known = known_set(door, overview, &pairs)?;
    known.map_or_else(|| import_new(door, pairs, "", ""), Ok)
}

/// Returns the data set of this name or number, or else that with the content of a file. Of a file that holds no pair out, all
/// pairs are.
pub(crate) fn measured_set(
    door: &mut Door,
    overview: &Overview,
    named: &Path,
    read: &ReadArguments,
) -> Result<DataSet, Halt> {
    let sets = &overview.data_sets;
    let name = named.to_string_lossy();
    if sets.iter().any(|set| set.name == name) || !named.exists() {
        return only("data set", &name, sets, |set| (set.id, set.name.as_str())).cloned();
    }
    let pairs = PairsOfFile::read(named, read)?;
    let share = if pairs.rows.iter().any(|row| row.split == Some(Split::HeldOut)) { 0.0 } else { 1.0 };
    known_or_new(door, overview, pairs.hold_out(share))
}

/// Reads prompts from a file with one on each line.
pub(crate) fn prompts(path: &Path) -> Result<PromptSet, Halt> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| Halt::Refused(format!("{}: {error}.", path.display())))?;
    let prompts = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(PromptSet::List { name, prompts: prompts.collect() })
}

/// Returns the vector of this name or number, or else that of a file, which is imported if the project has none with its
/// numbers.
pub(crate) fn vector(
    door: &mut Door,
    overview: &Overview,
    name: &str,
    layer: Option<u32>,
    model: impl FnOnce(&mut Door) -> Result<Id, Halt>,
) -> Result<Vector, Halt> {
    let (vectors, path) = (&overview.vectors, Path::new(name));
    if vectors.iter().any(|vector| vector.name == name) || !path.exists() {
        return only("vector", name, vectors, |vector| (vector.id, vector.name.as_str())).cloned();
    }
    let contents = SteeringContents::read(path).map_err(|error| Halt::vector(path, &error))?;
    let of = |blocks: Option<usize>| {
        let read = contents.for_model(layer.map(|layer| layer as usize), blocks);
        read.map_err(|error| Halt::vector(path, &error))
    };
    // What cannot be read adds no model. How a table is read depends on the model.
    of(None)?;
    let model = model(door)?;
    let models = door.watch()?.models;
    let facts = models.iter().find(|known| known.id == model).and_then(|known| known.facts.as_ref());
    let file_of = of(facts.map(|facts| facts.blocks as usize))?;
    output::print_notes(path, file_of.notes());
    let hash = content_hash(&file_of);
    let is_same = |known: &&Vector| known.hash == hash && known.model == model;
    if let Some(known) = vectors.iter().find(is_same) {
        return Ok(known.clone());
    }
    let imported = door.call(ImportVector { file: file(path)?, name: String::new(), layer, model })?;
    if imported.hash == hash {
        return Ok(imported);
    }
    // The process that has the store open reads the file, which may be another one by now.
    Err(Halt::Refused(format!(
        "{}: the file changed while it was read; what it holds now was imported as \u{201c}{}\u{201d}. Run the command again once \
         no other program writes the file.",
        path.display(),
        imported.name
    )))
}

/// Returns the hash by which a store knows the numbers of a file.
fn content_hash(file: &SteeringFile) -> String {
    let (parts, adapter) = match file {
        SteeringFile::Vectors(file) => (file.vectors.clone(), None),
        SteeringFile::Adapter(file) => (vec![], Some(Arc::clone(&file.adapter))),
    };
    Steering { parts, intervention: Intervention::default(), adapter }.content_hash()
}

/// Returns the data set with the content of pairs that have their splits, if the project has one.
fn known_set(door: &mut Door, overview: &Overview, pairs: &PairsOfFile<'_>) -> Result<Option<DataSet>, Halt> {
    let PairsOfFile { path, rows, .. } = pairs;
    let no_hash = |error| Halt::Failed(format!("{}: the pairs have no hash: {error}.", path.display()));
    let contents: Vec<PairContent> = rows.iter().cloned().map(PairContent::from).collect();
    let hash = data_hash(&contents).map_err(no_hash)?;
    let held_out = contents.iter().filter(|pair| pair.split == Split::HeldOut).count() as u32;
    let train = contents.len() as u32 - held_out;
    for set in overview.data_sets.iter().filter(|set| (set.train, set.held_out) == (train, held_out)) {
        let pairs = door.call(ListPairs { data_set: set.id })?;
        let known: Vec<PairContent> = pairs.into_iter().map(|pair| pair.content).collect();
        if data_hash(&known).map_err(no_hash)? == hash {
            return Ok(Some(set.clone()));
        }
    }
    Ok(None)
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

/// Imports the pairs of a file as a new data set. Pairs that the file does not hold out are trained on.
pub(crate) fn import(
    door: &mut Door,
    pairs: PairsOfFile<'_>,
    name: &str,
    behaviour: &str,
) -> Result<DataSet, Halt> {
    import_new(door, pairs.hold_out(0.0), name, behaviour)
}

/// Imports pairs that have their splits as a new data set.
fn import_new(door: &mut Door, pairs: PairsOfFile<'_>, name: &str, behaviour: &str) -> Result<DataSet, Halt> {
    let PairsOfFile { path, rows, columns, report } = pairs;
    let of_file = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = if name.trim().is_empty() { of_file() } else { name.to_owned() };
    let header = report.header().to_vec();
    let pairs = rows.into_iter().map(PairContent::from).collect();
    door.call(ImportPairs {
        source: ImportSource::Pairs { header, pairs },
        columns,
        into: ImportTarget::New { name, description: behaviour.to_owned() },
        hold_out: HoldOut { share: 0.0, seed: 0 },
        skip_refused: false,
    })
}

/// Returns the data set of this name or number, or else that with the content of a file, which is imported if the project has
/// none.
pub(crate) fn any_set(
    door: &mut Door,
    overview: &Overview,
    named: &Path,
    read: &ReadArguments,
) -> Result<DataSet, Halt> {
    let name = named.to_string_lossy();
    if overview.data_sets.iter().any(|set| set.name == name) || !named.exists() {
        return set_named(overview, &name).cloned();
    }
    data_set(door, overview, PairsOfFile::read(named, read)?)
}

/// Returns the data set of this name or number.
pub(crate) fn set_named<'a>(overview: &'a Overview, name: &str) -> Result<&'a DataSet, Halt> {
    only("data set", name, &overview.data_sets, |set| (set.id, set.name.as_str()))
}

/// Returns the vector of this name or number.
pub(crate) fn vector_named<'a>(overview: &'a Overview, name: &str) -> Result<&'a Vector, Halt> {
    only("vector", name, &overview.vectors, |vector| (vector.id, vector.name.as_str()))
}

/// Loads a model as the one in use, and waits until it is in memory.
pub(crate) fn load(door: &mut Door, model: Id) -> Result<(), Halt> {
    door.call(LoadModel { model })?;
    let models = door.watch()?.models;
    let mut state = models.into_iter().find(|known| known.id == model).map(|known| known.state);
    let mut bar = Bar::new("Loading the model");
    loop {
        match state {
            Some(ModelState::Ready { .. }) => return Ok(()),
            Some(ModelState::Failed { failure }) => return Err(Halt::failure(failure)),
            Some(ModelState::Loading { fraction }) => drop(bar.show((100.0 * fraction) as usize, 100)),
            Some(ModelState::Unloaded) => {}
            None => return Err(Halt::Refused(format!("there is no model {model} in this store."))),
        }
        if stop::is_asked() {
            return Err(Halt::Stopped("stopped before anything was computed".into()));
        }
        state = match door.event(LISTEN)? {
            Heard::Event(event) => match *event {
                Event::Model(now) if now.id == model => Some(now.state),
                _ => Some(ModelState::Unloaded),
            },
            Heard::Nothing => Some(ModelState::Unloaded),
            Heard::Gone => {
                return Err(Halt::Failed("the process that ran the engine has ended.".into()));
            }
        };
    }
}
