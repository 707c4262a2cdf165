//! The entries of the palette: commands, and the things of the project with what can be done with each.

use leptos::prelude::*;

use super::target::{Screens, Target, is_palette};
use crate::commands::all;
use crate::format;
use crate::glossary;

/// The most entries that are shown.
pub(super) const MOST: usize = 60;

/// A line of the palette.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The kind of thing, as the line says it.
    pub(super) kind: &'static str,
    pub(super) label: String,
    /// What else is known about it.
    pub(super) detail: String,
    pub(super) keys: &'static str,
    pub(super) target: Target,
}

fn entry(kind: &'static str, label: impl Into<String>, detail: impl Into<String>, target: Target) -> Entry {
    Entry { kind, label: label.into(), detail: detail.into(), keys: "", target }
}

/// Returns the commands that can run now.
pub(super) fn commands(screens: Screens) -> Vec<Entry> {
    let lines = all().filter(|line| !is_palette(line));
    let mut entries: Vec<Entry> = lines
        .map(|line| Entry { keys: line.keys, ..entry("", line.label, "", Target::Command(*line)) })
        .collect();
    entries.push(entry("", "Train with the settings on Train", "", Target::Train));
    entries.push(entry("", "Sweep with the settings on Sweep", "", Target::Sweep));
    entries.retain(|entry| entry.target.is_enabled(screens));
    entries
}

/// Returns the things of the project, and what can be done with each.
pub(super) fn things(screens: Screens) -> Vec<Entry> {
    let mut entries = Vec::new();
    things_of_work(screens, &mut entries);
    things_of_library(screens, &mut entries);
    entries.retain(|entry| entry.target.is_enabled(screens));
    entries
}

fn things_of_work(screens: Screens, entries: &mut Vec<Entry>) {
    let store = screens.store;
    for set in store.data_sets.read().iter() {
        let pairs = format::plural((set.train + set.held_out) as usize, "pair");
        entries.push(entry("Data set", &set.name, pairs, Target::DataSet(set.id)));
    }
    for run in store.runs.read().iter() {
        let detail = format!("{}, {}", format::method(run.settings.method), format::date(run.created));
        entries.push(entry("Run", &run.name, &detail, Target::Run(run.id)));
        entries.push(entry(
            "Again",
            format!("Again with changes: {}", run.name),
            &detail,
            Target::RepeatRun(run.id),
        ));
        entries.push(entry(
            "Delete",
            format!("Delete the run {}", run.name),
            &detail,
            Target::DeleteRun(run.id),
        ));
    }
    for sweep in store.sweeps.read().iter() {
        let (name, detail) = (crate::screens::sweep::title(sweep), format::date(sweep.created));
        entries.push(entry("Sweep", &name, &detail, Target::ShowSweep(sweep.id)));
        let copy = format!("Duplicate the settings of {name}");
        entries.push(entry("Settings", copy, &detail, Target::DuplicateSweep(sweep.id)));
        entries.push(entry(
            "Again",
            format!("Run the sweep {name} again"),
            &detail,
            Target::RunSweepAgain(sweep.id),
        ));
        entries.push(entry(
            "Delete",
            format!("Delete the sweep {name}"),
            &detail,
            Target::DeleteSweep(sweep.id),
        ));
    }
    for conversation in store.conversations.read().iter() {
        entries.push(entry("Conversation", &conversation.name, "", Target::Conversation(conversation.id)));
    }
}

fn things_of_library(screens: Screens, entries: &mut Vec<Entry>) {
    let store = screens.store;
    for vector in store.vectors.read().iter() {
        let detail = format!("{}, layer {}", format::made_by(vector), format::layers_of(vector));
        let of = |verb: &str| format!("{verb} the vector {}", vector.name);
        entries.push(entry("Vector", &vector.name, &detail, Target::Vector(vector.id)));
        entries.push(entry("Use", of("Use"), "in Chat and Sweep", Target::UseVector(vector.id)));
        entries.push(entry("Export", of("Export"), &detail, Target::ExportVector(vector.id)));
        entries.push(entry("Delete", of("Delete"), &detail, Target::DeleteVector(vector.id)));
    }
    for model in store.models.read().iter() {
        let detail = model.facts.as_ref().map(|facts| facts.quantization.clone()).unwrap_or_default();
        entries.push(entry("Model", &model.name, &detail, Target::Model(model.id)));
        entries.push(entry("Load", format!("Load {}", model.name), &detail, Target::LoadModel(model.id)));
    }
    let open = store.project_id.get();
    for project in store.projects.read().iter().filter(|project| project.id != open) {
        entries.push(entry("Project", &project.name, "", Target::Project(project.id)));
    }
    for known in glossary::entries() {
        entries.push(entry("Help", known.term, known.definition, Target::Term(known.term)));
    }
}

/// Returns the entries in which every word of a query stands, the closest first: a label that begins with the query, one with a
/// word that begins so, one with the words anywhere, and then those whose kind or detail has them.
pub(super) fn ranked(entries: Vec<Entry>, query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let mut found: Vec<(u8, Entry)> =
        entries.into_iter().filter_map(|entry| Some((rank(&entry, &query)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn rank(entry: &Entry, query: &str) -> Option<u8> {
    let label = entry.label.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let begins =
        |word: &&str| label.split(|letter: char| !letter.is_alphanumeric()).any(|own| own.starts_with(*word));
    if label.starts_with(query) {
        return Some(0);
    }
    if words.iter().all(begins) {
        return Some(1);
    }
    if words.iter().all(|word| label.contains(word)) {
        return Some(2);
    }
    let text = format!("{label} {} {}", entry.kind, entry.detail).to_lowercase();
    words.iter().all(|word| text.contains(word)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_label_comes_first() {
        let of = |kind: &'static str, label: &str, detail: &str, id| {
            entry(kind, label, detail, Target::Vector(id))
        };
        let all = vec![
            of("Help", "Steering vector", "A direction added to wealth.", 1),
            of("Vector", "Commonwealth", "", 2),
            of("Data set", "Seeks wealth", "", 3),
            of("Vector", "Wealth L10", "BiPO", 4),
            of("Vector", "Power", "", 5),
        ];
        let ids = |query: &str| {
            let found = ranked(all.clone(), query);
            found
                .into_iter()
                .map(|one| match one.target {
                    Target::Vector(id) => id,
                    _ => 0,
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("wealth"), [4, 3, 2, 1]);
        assert_eq!(ids("vector BiPO"), [4], "the kind and the detail are searched as well");
        assert!(ids("nothing like it").is_empty());
    }
}
