//! Plans a merge: which things of the source are in the target already, which go on there, and which are added.

use std::collections::{HashMap, HashSet};

use ipc::Id;

use super::content::{Content, RowOf, Value};
use super::error::ProjectFileError;
use super::identity::{Identities, Key, owners};

/// The tables whose rows are things, each after those that it refers to.
pub(crate) const THINGS: [&str; 8] =
    ["data_sets", "runs", "vectors", "sweeps", "analyses", "transfers", "draft_batches", "conversations"];

/// What becomes of the rows of a source.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The rows that are in the target, with their ids there.
    pub(crate) known: HashMap<Key, Id>,
    /// The rows that are in the target and go on there: a run that is longer in the source, a sweep with more points.
    pub(crate) continued: HashSet<Key>,
    /// What each job of the source fills.
    pub(crate) owners: HashMap<Id, Key>,
    /// The data set that each batch of drafts of the source is for.
    batches: HashMap<Id, Id>,
}

impl Plan {
    /// Compares a source with a target.
    pub(crate) fn new(
        (source, ids): (&Content, &Identities),
        (target, target_ids): (&Content, &Identities),
    ) -> Result<Self, ProjectFileError> {
        let batches = source.rows("draft_batches").map(|row| (row.id(), row.int("data_set"))).collect();
        let mut plan = Self { owners: owners(source), batches, ..Self::default() };
        let (parts, target_parts) = (Parts::of(source, ids)?, Parts::of(target, target_ids)?);
        for table in THINGS.into_iter().chain(["presets"]) {
            let mut free: HashMap<String, Vec<Id>> = HashMap::new();
            for row in target.rows(table) {
                free.entry(target_ids.get(table, Some(row.id()))).or_default().push(row.id());
            }
            for row in source.rows(table) {
                let key = (table, row.id());
                let Some(same) = free.get_mut(&ids.get(table, Some(row.id()))) else { continue };
                // The one that agrees the furthest, so that equal ones find each other.
                let agreed = |id: &Id| parts.agree(key, &target_parts, (table, *id));
                let best = same.iter().enumerate().filter_map(|(place, id)| Some((agreed(id)?, place)));
                let Some((agreement, place)) =
                    best.max_by_key(|(agreement, place)| (*agreement, usize::MAX - place))
                else {
                    continue;
                };
                plan.known.insert(key, same.swap_remove(place));
                if agreement == Agreement::SourceHasMore {
                    plan.continued.insert(key);
                }
            }
        }
        plan.pair_turns((source, ids), (target, target_ids));
        Ok(plan)
    }

    /// Returns whether a row is added.
    pub(crate) fn is_new(&self, key: Key) -> bool {
        !self.known.contains_key(&key)
    }

    /// Returns the data set of the source that a batch of drafts is for.
    pub(crate) fn data_set_of_batch(&self, batch: Id) -> Id {
        self.batches.get(&batch).copied().unwrap_or(0)
    }

    /// Finds the turns of known conversations.
    fn pair_turns(
        &mut self,
        (source, ids): (&Content, &Identities),
        (target, target_ids): (&Content, &Identities),
    ) {
        let mut free: HashMap<(Id, String), Vec<Id>> = HashMap::new();
        for row in target.rows("turns") {
            let turn = (row.int("conversation"), target_ids.get("turns", Some(row.id())));
            free.entry(turn).or_default().push(row.id());
        }
        for row in source.rows("turns") {
            let Some(conversation) = self.known.get(&("conversations", row.int("conversation"))) else {
                continue;
            };
            let same = free.get_mut(&(*conversation, ids.get("turns", Some(row.id()))));
            if let Some(id) = same.and_then(|same| (!same.is_empty()).then(|| same.remove(0))) {
                self.known.insert(("turns", row.id()), id);
            }
        }
    }
}

/// How two things of the same identity agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    /// The source's is further.
    SourceHasMore,
    /// The target's is further.
    TargetHasMore,
    /// Both are as far.
    Equal,
}

/// What grows in a thing while its job runs: the steps of a run, the points of a sweep, the findings of an analysis.
struct Parts {
    of: HashMap<Key, Vec<(String, String)>>,
    /// How far the job of a thing has come.
    states: HashMap<Key, u8>,
}

impl Parts {
    fn of(content: &Content, ids: &Identities) -> Result<Self, ProjectFileError> {
        let mut of: HashMap<Key, Vec<(String, String)>> = HashMap::new();
        let parts = [
            ("steps", "runs", "run", &["step"][..], &["seconds"][..]),
            ("epochs", "runs", "run", &["epoch", "step"], &[]),
            ("sweep_points", "sweeps", "sweep", &["arm", "place", "score", "multiplier"], &[]),
            ("findings", "analyses", "analysis", &["place"], &[]),
        ];
        for (table, owner, column, place, left_out) in parts {
            for row in content.rows(table) {
                let part = describe(row, ids, place, left_out)?;
                of.entry((owner, row.int(column))).or_default().push(part);
            }
        }
        for row in content.rows("transfers") {
            let made = ids.get("vectors", row.get("made").int());
            if !made.is_empty() {
                of.insert(("transfers", row.id()), vec![("made".to_owned(), made)]);
            }
        }
        let jobs: HashMap<Id, u8> =
            content.rows("jobs").map(|job| (job.id(), progress(job.text("state")))).collect();
        let states =
            owners(content).into_iter().filter_map(|(job, key)| Some((key, *jobs.get(&job)?))).collect();
        Ok(Self { of, states })
    }

    /// Compares two things of the same identity. `None` if they contradict each other: then both are kept.
    fn agree(&self, key: Key, target: &Self, other: Key) -> Option<Agreement> {
        let none = Vec::new();
        let (ours, theirs) = (self.of.get(&key).unwrap_or(&none), target.of.get(&other).unwrap_or(&none));
        let known: HashMap<&str, &str> =
            theirs.iter().map(|(place, what)| (place.as_str(), what.as_str())).collect();
        let mut shared = 0;
        for (place, what) in ours {
            match known.get(place.as_str()) {
                Some(known) if *known != what => return None,
                Some(_) => shared += 1,
                None => {}
            }
        }
        let (more, less) = (ours.len() > shared, theirs.len() > shared);
        // A run's steps are a sequence: one must be the beginning of the other.
        if more && less && key.0 != "sweeps" {
            return None;
        }
        let states =
            [(self, key), (target, other)].map(|(parts, key)| parts.states.get(&key).copied().unwrap_or(0));
        Some(match (more, less, states[0].cmp(&states[1])) {
            (true, ..) | (false, false, std::cmp::Ordering::Greater) => Agreement::SourceHasMore,
            (false, true, _) | (false, false, std::cmp::Ordering::Less) => Agreement::TargetHasMore,
            (false, false, std::cmp::Ordering::Equal) => Agreement::Equal,
        })
    }
}

/// How far a job in this state has come.
pub(crate) fn progress(state: &str) -> u8 {
    match state {
        "done" => 3,
        "stopped" => 2,
        "failed" => 1,
        _ => 0,
    }
}

/// Returns the place of a part and what it says.
fn describe(
    row: RowOf<'_>,
    ids: &Identities,
    place: &[&str],
    left_out: &[&str],
) -> Result<(String, String), ProjectFileError> {
    let mut at = row.table.name.to_owned();
    let mut what = String::new();
    for (column, value) in row.cells().skip(1).filter(|(column, _)| !left_out.contains(&column.name)) {
        let text = match value {
            Value::Real(number) => format!("{:016x}", number.to_bits()),
            Value::Text(_) => ids.said(row, column.name)?,
            value => format!("{value:?}"),
        };
        let to = if place.contains(&column.name) { &mut at } else { &mut what };
        to.push('\n');
        to.push_str(&text);
    }
    Ok((at, what))
}
