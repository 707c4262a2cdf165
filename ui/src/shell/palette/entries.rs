//! The entries of the palette: commands, and the things of the project with what can be done with each.

use leptos::prelude::*;

use super::target::{Screens, Target, is_palette};
use crate::commands::all;
use crate::format;
use crate::text::{english, message};
use crate::{glossary, t};

/// The most entries that are shown.
pub(super) const MOST: usize = 60;

/// A line of the palette.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The kind of thing, as the line says it; empty for a command.
    pub(super) kind: String,
    pub(super) label: String,
    /// The English words by which it is found as well, where another language is spoken.
    pub(super) english: String,
    /// What else is known about it.
    pub(super) detail: String,
    pub(super) keys: &'static str,
    pub(super) target: Target,
}

/// Makes the entry of a thing. `kind` is the message that says what it is.
fn entry(kind: &str, label: impl Into<String>, detail: impl Into<String>, target: Target) -> Entry {
    let (kind, english) = (message(kind, &[]), english(kind).unwrap_or_default());
    Entry { kind, label: label.into(), english, detail: detail.into(), keys: "", target }
}

/// Makes the entry of a command from its message.
fn command(label: &str, keys: &'static str, target: Target) -> Entry {
    let english = english(label).unwrap_or_default();
    Entry { kind: String::new(), label: message(label, &[]), english, detail: String::new(), keys, target }
}

/// Returns the commands that can run now.
pub(super) fn commands(screens: Screens) -> Vec<Entry> {
    let lines = all().filter(|line| !is_palette(line));
    let mut entries: Vec<Entry> =
        lines.map(|line| command(line.label, line.keys, Target::Command(*line))).collect();
    entries.push(command("shell-palette-train", "", Target::Train));
    entries.push(command("shell-palette-sweep", "", Target::Sweep));
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
        let pairs = t!("count-pairs", count = set.train + set.held_out);
        entries.push(entry("data-set", &set.name, pairs, Target::DataSet(set.id)));
    }
    for run in store.runs.read().iter() {
        let (method, date) = (format::method(run.settings.method), format::date(run.created));
        let detail = t!("shell-palette-run", method = method, date = date);
        entries.push(entry("shell-kind-run", &run.name, &detail, Target::Run(run.id)));
        let again = t!("shell-palette-repeat-run", name = run.name.clone());
        entries.push(entry("shell-kind-again", again, &detail, Target::RepeatRun(run.id)));
        let delete = t!("shell-palette-delete-run", name = run.name.clone());
        entries.push(entry("delete", delete, &detail, Target::DeleteRun(run.id)));
    }
    for sweep in store.sweeps.read().iter() {
        let (name, detail) = (crate::screens::sweep::title(sweep), format::date(sweep.created));
        entries.push(entry("shell-screen-sweep", &name, &detail, Target::ShowSweep(sweep.id)));
        let copy = t!("shell-palette-duplicate-sweep", name = name.clone());
        entries.push(entry("shell-settings", copy, &detail, Target::DuplicateSweep(sweep.id)));
        let again = t!("shell-palette-repeat-sweep", name = name.clone());
        entries.push(entry("shell-kind-again", again, &detail, Target::RunSweepAgain(sweep.id)));
        let delete = t!("shell-palette-delete-sweep", name = name);
        entries.push(entry("delete", delete, &detail, Target::DeleteSweep(sweep.id)));
    }
    for conversation in store.conversations.read().iter() {
        let target = Target::Conversation(conversation.id);
        entries.push(entry("shell-kind-conversation", &conversation.name, "", target));
    }
}

fn things_of_library(screens: Screens, entries: &mut Vec<Entry>) {
    let store = screens.store;
    for vector in store.vectors.read().iter() {
        let (made, layers) = (format::made_by(vector), format::layers_of(vector));
        let detail = t!("shell-palette-vector", made = made, layers = layers);
        let name = || vector.name.clone();
        entries.push(entry("vector", name(), &detail, Target::Vector(vector.id)));
        let (used, place) = (t!("shell-palette-use-vector", name = name()), t!("shell-palette-use-where"));
        entries.push(entry("shell-kind-use", used, place, Target::UseVector(vector.id)));
        let export = t!("shell-palette-export-vector", name = name());
        entries.push(entry("export", export, &detail, Target::ExportVector(vector.id)));
        let delete = t!("shell-palette-delete-vector", name = name());
        entries.push(entry("delete", delete, &detail, Target::DeleteVector(vector.id)));
    }
    for model in store.models.read().iter() {
        let detail = model.facts.as_ref().map(|facts| facts.quantization.clone()).unwrap_or_default();
        entries.push(entry("model", &model.name, &detail, Target::Model(model.id)));
        let load = t!("shell-palette-load-model", name = model.name.clone());
        entries.push(entry("shell-kind-load", load, &detail, Target::LoadModel(model.id)));
    }
    let open = store.project_id.get();
    for project in store.projects.read().iter().filter(|project| project.id != open) {
        entries.push(entry("shell-kind-project", &project.name, "", Target::Project(project.id)));
    }
    for known in glossary::entries() {
        let help = entry("shell-help", known.name, known.definition, Target::Term(known.term));
        entries.push(Entry { english: known.term.to_owned(), ..help });
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
    let english = entry.english.to_lowercase();
    // The English words of a thing say only of which kind it is.
    let is_named = entry.kind.is_empty() || matches!(entry.target, Target::Term(_));
    let by_english = is_named.then(|| rank_of_label(&english, query)).flatten();
    if let Some(rank) = rank_of_label(&entry.label.to_lowercase(), query).or(by_english) {
        return Some(rank);
    }
    let text = format!("{} {} {} {english}", entry.label, entry.kind, entry.detail).to_lowercase();
    query.split_whitespace().all(|word| text.contains(word)).then_some(3)
}

fn rank_of_label(label: &str, query: &str) -> Option<u8> {
    let words: Vec<&str> = query.split_whitespace().collect();
    let begins =
        |word: &&str| label.split(|letter: char| !letter.is_alphanumeric()).any(|own| own.starts_with(*word));
    if label.starts_with(query) {
        return Some(0);
    }
    if words.iter().all(begins) {
        return Some(1);
    }
    words.iter().all(|word| label.contains(word)).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, set_spoken};

    #[test]
    fn the_closest_label_comes_first() {
        let of = |kind: &str, label: &str, detail: &str, id| entry(kind, label, detail, Target::Vector(id));
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

    #[test]
    fn a_command_is_found_by_its_english_words_whatever_language_is_spoken() {
        set_spoken(Language::Chinese);
        let all = vec![
            command("commands-zoom-in", "", Target::Train),
            entry("vector", "Zoomed", "", Target::Vector(1)),
            entry("shell-kind-run", "Vectors", "", Target::Run(1)),
        ];
        let labels =
            |query: &str| ranked(all.clone(), query).into_iter().map(|entry| entry.label).collect::<Vec<_>>();
        assert_eq!(labels("zoom in"), ["\u{653e}\u{5927}"]);
        assert_eq!(labels("\u{653e}\u{5927}"), ["\u{653e}\u{5927}"]);
        assert_eq!(labels("vector"), ["Vectors", "Zoomed"], "a name comes before a kind");
        set_spoken(Language::English);
    }
}
