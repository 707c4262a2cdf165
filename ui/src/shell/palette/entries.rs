//! The entries of the palette: commands, and the things of the project with what can be done with each.

use ipc::Id;
use leptos::prelude::*;

use super::acts::{self, Act, Kind};
use super::target::{Screens, Target, is_palette};
use crate::actions::Screen;
use crate::commands::all;
use crate::format;
use crate::screens::{chat, sweep, train, vectors};
use crate::shell::settings;
use crate::state::Store;
use crate::text::{Argument, english, message, said};
use crate::{glossary, t};

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

/// A thing of the project.
pub(super) struct Thing {
    pub(super) id: Id,
    pub(super) name: String,
    /// What else is known about it.
    pub(super) detail: String,
}

/// Makes the entry of a thing. `kind` is the message that says what it is.
pub(super) fn entry(
    kind: &str,
    label: impl Into<String>,
    detail: impl Into<String>,
    target: Target,
) -> Entry {
    let (kind, english) = (message(kind, &[]), english(kind, &[]).unwrap_or_default());
    Entry { kind, label: label.into(), english, detail: detail.into(), keys: "", target }
}

/// Makes the entry of something whose name is a message.
fn named(kind: &str, name: &str, target: Target) -> Entry {
    Entry { english: english(name, &[]).unwrap_or_default(), ..entry(kind, message(name, &[]), "", target) }
}

/// Makes the entry of a command from its message.
pub(super) fn command(label: &str, keys: &'static str, target: Target) -> Entry {
    let english = english(label, &[]).unwrap_or_default();
    Entry { kind: String::new(), label: message(label, &[]), english, detail: String::new(), keys, target }
}

/// Returns the commands that can run now.
pub(super) fn commands(screens: Screens) -> Vec<Entry> {
    let lines = all().filter(|line| !is_palette(line));
    let mut entries: Vec<Entry> =
        lines.map(|line| command(line.label, line.keys, Target::Command(*line))).collect();
    entries.push(command("shell-palette-train", "", Target::Train));
    entries.push(command("shell-palette-sweep", "", Target::Sweep));
    entries.push(command("sweep-list-run-file", "", Target::RunSweepFile));
    entries.retain(|entry| entry.target.is_enabled(screens));
    entries
}

/// Returns the jobs, and what can be done with each. They change many times a second, and nothing else does.
pub(super) fn jobs(screens: Screens) -> Vec<Entry> {
    let jobs =
        listed(screens.store.jobs, |job| Thing { id: job.id, name: said(&job.title), detail: String::new() });
    let mut entries = of_kind(&acts::JOB, jobs);
    entries.retain(|entry| entry.target.is_enabled(screens));
    entries
}

/// Returns the other things of the project, and what can be done with each.
pub(super) fn things(screens: Screens) -> Vec<Entry> {
    let store = screens.store;
    let all = of_work(store).into_iter().chain(of_library(store));
    let mut entries: Vec<Entry> = all.flat_map(|(kind, things)| of_kind(kind, things)).collect();
    let open = store.project_id.get();
    for project in store.projects.read().iter().filter(|project| project.id != open) {
        entries.push(entry("shell-kind-project", &project.name, "", Target::Project(project.id)));
    }
    places(&mut entries);
    for known in glossary::entries() {
        let help = entry("shell-help", known.name, known.definition, Target::Term(known.term));
        entries.push(Entry { english: known.term.to_owned(), ..help });
    }
    entries.retain(|entry| entry.target.is_enabled(screens));
    entries
}

/// Returns the entries of the things of a kind: each by its name, and everything that can be done with it.
pub(super) fn of_kind(kind: &'static Kind, things: Vec<Thing>) -> Vec<Entry> {
    let of_thing = |thing: Thing| {
        let shown = entry(kind.name, &thing.name, &thing.detail, Target::Thing(kind, thing.id));
        let done = |act: &'static Act| {
            let values = [("name", Argument::from(thing.name.clone()))];
            Entry {
                label: message(act.label, &values),
                english: english(act.label, &values).unwrap_or_default(),
                target: Target::Act(act, thing.id),
                ..shown.clone()
            }
        };
        let acts: Vec<Entry> = kind.acts.iter().map(done).collect();
        std::iter::once(shown).chain(acts).collect::<Vec<_>>()
    };
    things.into_iter().flat_map(of_thing).collect()
}

fn of_work(store: Store) -> [(&'static Kind, Vec<Thing>); 4] {
    let data_sets = listed(store.data_sets, |set| {
        let detail = t!("count-pairs", count = set.train + set.held_out);
        Thing { id: set.id, name: set.name.clone(), detail }
    });
    let runs = listed(store.runs, |run| {
        let (method, date) = (format::method(run.settings.method), format::date(run.created));
        let detail = t!("shell-palette-run", method = method, date = date);
        Thing { id: run.id, name: run.name.clone(), detail }
    });
    let sweeps = listed(store.sweeps, |one| Thing {
        id: one.id,
        name: sweep::title(one),
        detail: format::date(one.created),
    });
    let conversations = listed(store.conversations, |one| Thing {
        id: one.id,
        name: chat::title(&one.name),
        detail: format::date(one.changed),
    });
    [
        (&acts::DATA_SET, data_sets),
        (&acts::RUN, runs),
        (&acts::SWEEP, sweeps),
        (&acts::CONVERSATION, conversations),
    ]
}

fn of_library(store: Store) -> [(&'static Kind, Vec<Thing>); 3] {
    let vectors = listed(store.vectors, |vector| {
        let (made, layers) = (format::made_by(vector), format::layers_of(vector));
        let detail = t!("shell-palette-vector", made = made, layers = layers);
        Thing { id: vector.id, name: vector.name.clone(), detail }
    });
    let models = listed(store.models, |model| {
        let detail = model.facts.as_ref().map(|facts| facts.quantization.clone()).unwrap_or_default();
        Thing { id: model.id, name: model.name.clone(), detail }
    });
    let presets = listed(store.presets, |preset| Thing {
        id: preset.id,
        name: preset.name.clone(),
        detail: t!("chat-desk"),
    });
    [(&acts::VECTOR, vectors), (&acts::MODEL, models), (&acts::PRESET, presets)]
}

fn listed<T: Send + Sync + 'static>(all: RwSignal<Vec<T>>, thing: impl Fn(&T) -> Thing) -> Vec<Thing> {
    all.read().iter().map(thing).collect()
}

/// Makes the target of a part of a screen by its place.
type Place = fn(Screen, usize) -> Target;

/// Adds the tabs and the panes of the screens, and the lines of the settings.
fn places(entries: &mut Vec<Entry>) {
    let (view, pane): (Place, Place) = (Target::View, Target::Pane);
    let views = [
        (Screen::Train, view, train::Form::views()),
        (Screen::Sweep, view, sweep::Form::views()),
        (Screen::Vectors, view, vectors::VectorLibrary::views()),
        (Screen::Train, pane, train::Form::panes()),
        (Screen::Sweep, pane, sweep::Form::panes()),
    ];
    for (screen, target, names) in views {
        let kind = format!("shell-screen-{}", screen.name());
        let place = |(at, name): (usize, &str)| named(&kind, name, target(screen, at));
        entries.extend(names.into_iter().enumerate().map(place));
    }
    entries.extend(settings::LINES.map(|(name, id)| named("shell-settings", name, Target::Setting(id))));
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::text::{Language, set_spoken};

    fn thing(id: Id, name: &str) -> Thing {
        Thing { id, name: name.into(), detail: String::new() }
    }

    #[test]
    fn every_act_of_a_thing_has_a_line_with_its_name_in_both_languages() {
        let mut labels = HashSet::new();
        for language in [Language::English, Language::Chinese] {
            set_spoken(language);
            for kind in acts::KINDS {
                let entries = of_kind(kind, vec![thing(4, "Calm \u{4ef7}")]);
                assert_eq!(entries[0].target, Target::Thing(kind, 4));
                assert_eq!(entries.len(), kind.acts.len() + 1);
                for line in &entries[1..] {
                    assert!(line.label.contains("Calm \u{4ef7}"), "{}", line.label);
                    assert!(labels.insert(line.label.clone()), "two lines say: {}", line.label);
                }
            }
        }
        set_spoken(Language::English);
        let names: HashSet<&str> =
            acts::KINDS.iter().flat_map(|kind| kind.acts).map(|act| act.label).collect();
        assert_eq!(names.len() * 2, labels.len(), "no act shares its message with another one");
    }
}
