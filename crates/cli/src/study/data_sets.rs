//! The data sets of a plan: their pairs, and the data sets of the store with this content.

use std::path::Path;

use ::data::content::{Snapshot, data_hash};
use ::data::data_files::{DataFile, Mapping, Row, tiller_jsonl};
use ::data::split::split;
use app::{starter_names, starter_set};
use ipc::Id;
use ipc::command::{ImportPairs, ListPairs, SetRubric, SetSuffixes};
use ipc::data::{DataSet, Pair, PairContent, Split};
use ipc::files::{HoldOut, ImportSource, ImportTarget};
use ipc::project::Overview;
use ipc::score::Rubric;
use ipc::split::SplitSettings;
use study::{DataPlan, Plan, cells};

use crate::data::{self, ReadArguments};
use crate::door::Door;
use crate::halt::Halt;

/// A data set of the plan with its content.
#[derive(Clone)]
pub(super) struct Content {
    /// Its name in the store.
    pub(super) name: String,
    /// The behaviour of its wanted answers.
    behaviour: String,
    /// Its pairs.
    pub(super) pairs: Vec<PairContent>,
    /// The SHA-256 of what a model sees of them.
    pub(super) hash: String,
    rubric: Option<Rubric>,
    suffixes: Vec<String>,
}

/// A data set of the plan in the store.
pub(super) struct Stored {
    pub(super) id: Id,
    /// The hash of the snapshot that a run on it keeps.
    pub(super) snapshot: String,
}

/// Reads the data sets of a plan. What is measured on holds pairs out: a study is not to find that out after its training.
pub(super) fn read_all(plan: &Plan, folder: &Path) -> Result<Vec<Content>, Halt> {
    let all = plan.data.iter().map(|data| Content::read(data, folder));
    let all = all.collect::<Result<Vec<_>, _>>()?;
    if plan.measure.scores.is_empty() {
        return Ok(all);
    }
    // Neither layers nor shards play a part in it.
    let whole = Plan { only: vec![], ..plan.clone() };
    let measured: Vec<String> = cells(&whole, 0).iter().flat_map(|cell| whole.sets_of(cell)).collect();
    let is_empty = |content: &&Content| content.counts().1 == 0 && measured.contains(&content.name);
    match all.iter().find(is_empty) {
        None => Ok(all),
        Some(Content { name, .. }) => Err(Halt::Refused(format!(
            "no pair of the data set \u{201c}{name}\u{201d} is held out, so there is nothing to measure on. Give it hold_out = 0.2 \
             or a held_out_file, or leave all scores out: scores = []."
        ))),
    }
}

impl Content {
    /// Reads the pairs of a plan's data set. Files are looked for from `folder`.
    fn read(plan: &DataPlan, folder: &Path) -> Result<Self, Halt> {
        let (behaviour, pairs) = pairs(plan, folder)?;
        let pairs = limited(held_out(pairs, plan), plan);
        let hash = data_hash(&pairs).map_err(|error| Halt::Failed(format!("{}: {error}.", plan.name)))?;
        if let Some(wanted) = plan.sha256.as_ref().filter(|wanted| !wanted.eq_ignore_ascii_case(&hash)) {
            return Err(Halt::Refused(format!(
                "the data set \u{201c}{}\u{201d} has SHA-256 {hash}, and the plan wants {wanted}. Use the pairs that the plan \
                 was made for, or leave sha256 out.",
                plan.name
            )));
        }
        let behaviour = if plan.behaviour.is_empty() { behaviour } else { plan.behaviour.clone() };
        let (rubric, suffixes) = (plan.rubric.clone(), plan.suffixes.clone());
        Ok(Self { name: plan.name.clone(), behaviour, pairs, hash, rubric, suffixes })
    }

    /// Returns the rubric by which answers to it are judged.
    pub(super) fn rubric(&self) -> Rubric {
        self.rubric.clone().unwrap_or_else(|| Rubric::about(&self.name, &self.behaviour))
    }

    /// Returns the number of its training pairs and of its held-out pairs.
    pub(super) fn counts(&self) -> (u32, u32) {
        let held_out = self.pairs.iter().filter(|pair| pair.split == Split::HeldOut).count();
        ((self.pairs.len() - held_out) as u32, held_out as u32)
    }

    /// Returns the same with shuffled labels.
    pub(super) fn shuffled(&self, seed: u64) -> Result<Self, Halt> {
        let pairs = study::with_shuffled_labels(&self.pairs, seed);
        let name = format!("{}, labels shuffled by seed {seed}", self.name);
        let hash = data_hash(&pairs).map_err(|error| Halt::Failed(format!("{name}: {error}.")))?;
        Ok(Self { name, pairs, hash, ..self.clone() })
    }

    /// Returns the data set of the open project with this name and content, which is imported if there is none.
    pub(super) fn in_store(&self, door: &mut Door, overview: &Overview) -> Result<Stored, Halt> {
        let is_alike = |set: &&DataSet| set.name == self.name && (set.train, set.held_out) == self.counts();
        for set in overview.data_sets.iter().filter(is_alike) {
            if let Some(stored) = self.compared(door, set.id)? {
                return Ok(stored);
            }
        }
        let rows: Vec<Row> = self.pairs.iter().cloned().map(Row::from).collect();
        let text = String::from_utf8_lossy(&tiller_jsonl(&rows)).into_owned();
        let set = door.call(ImportPairs {
            source: ImportSource::Text { text },
            columns: None,
            into: ImportTarget::New { name: self.name.clone(), description: self.behaviour.clone() },
            hold_out: HoldOut { share: 0.0, seed: 0 },
            skip_refused: false,
        })?;
        if self.rubric.is_some() {
            door.call(SetRubric { data_set: set.id, rubric: self.rubric.clone() })?;
        }
        if !self.suffixes.is_empty() {
            door.call(SetSuffixes { data_set: set.id, suffixes: self.suffixes.clone() })?;
        }
        let stored = self.compared(door, set.id)?;
        stored.ok_or_else(|| {
            Halt::Failed(format!("{}: the pairs changed while they were imported.", self.name))
        })
    }

    /// Returns a data set of the store if it has the same content.
    fn compared(&self, door: &mut Door, id: Id) -> Result<Option<Stored>, Halt> {
        let failed = |error| Halt::Failed(format!("{}: {error}.", self.name));
        let pairs = door.call(ListPairs { data_set: id })?;
        let pairs: Vec<PairContent> = pairs.into_iter().map(|pair| pair.content).collect();
        if data_hash(&pairs).map_err(failed)? != self.hash {
            return Ok(None);
        }
        Ok(Some(Stored { id, snapshot: Snapshot::new(&pairs).map_err(failed)?.hash }))
    }
}

/// Returns the behaviour of a starter set, and the pairs of any source.
fn pairs(plan: &DataPlan, folder: &Path) -> Result<(String, Vec<PairContent>), Halt> {
    if let Some(name) = &plan.starter {
        let found = starter_set(name).map_err(|error| Halt::failure(error.into()))?;
        return found.map(|(behaviour, pairs)| (behaviour.to_owned(), pairs)).ok_or_else(|| {
            Halt::Refused(format!(
                "no starter set is called \u{201c}{name}\u{201d}. Take one of {}.",
                starter_names().join(", ")
            ))
        });
    }
    if let Some(text) = &plan.pairs {
        let path = Path::new(&plan.name);
        let file = DataFile::parse(text.as_bytes(), None).map_err(|error| Halt::data(path, &error))?;
        if let Some(refused) = file.refused.first() {
            let message = format!(
                "{}: line {} of its pairs: {}. Export the plan again.",
                plan.name, refused.line, refused.reason
            );
            return Err(Halt::Refused(message));
        }
        return Ok((String::new(), file.rows.into_iter().map(PairContent::from).collect()));
    }
    let columns = plan.columns.as_ref().map(|columns| Mapping {
        prompt: columns.prompt.clone(),
        wanted: columns.wanted.clone(),
        opposite: columns.opposite.clone(),
    });
    let reading = ReadArguments::new(columns, plan.skip_refused);
    let mut all = Vec::new();
    for (file, is_held_out) in [(&plan.file, false), (&plan.held_out_file, true)] {
        let Some(file) = file else { continue };
        let (rows, _) = data::rows(&folder.join(file), None, &reading)?;
        let split = if is_held_out { Some(Split::HeldOut) } else { None };
        all.extend(rows.into_iter().map(|row| {
            let mut pair = PairContent::from(row);
            pair.split = split.unwrap_or(pair.split);
            pair
        }));
    }
    Ok((String::new(), all))
}

/// Holds pairs out where the plan says so and no pair is held out.
fn held_out(mut pairs: Vec<PairContent>, plan: &DataPlan) -> Vec<PairContent> {
    let Some(share) = plan.hold_out.filter(|_| pairs.iter().all(|pair| pair.split == Split::Train)) else {
        return pairs;
    };
    let settings = SplitSettings { share, seed: plan.hold_out_seed.unwrap_or(0), ..SplitSettings::default() };
    let numbered = |(place, content): (usize, &PairContent)| Pair {
        id: place as Id,
        data_set: 0,
        position: place as f64,
        content: content.clone(),
        changed: 0,
    };
    let all: Vec<Pair> = pairs.iter().enumerate().map(numbered).collect();
    for (pair, split) in pairs.iter_mut().zip(split(&all, &settings)) {
        pair.split = split;
    }
    pairs
}

/// Keeps the first pairs of each split.
fn limited(pairs: Vec<PairContent>, plan: &DataPlan) -> Vec<PairContent> {
    let (mut train, mut held_out) = (0, 0);
    let keep = |pair: &PairContent| {
        let (count, most) = match pair.split {
            Split::Train => (&mut train, plan.first_train),
            Split::HeldOut => (&mut held_out, plan.first_held_out),
        };
        *count += 1;
        most.is_none_or(|most| *count <= most)
    };
    pairs.into_iter().filter(keep).collect()
}
