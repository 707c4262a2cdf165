//! What the palette finds, and what happens when a person chooses it.

use ipc::Id;
use ipc::job::JobState;
use ipc::model::ModelState;
use leptos::prelude::*;

use super::acts::{Act, Kind};
use crate::actions::{Action, DataView, PairAction, Screen, Sheet, VectorPage};
use crate::commands::CommandLine;
use crate::files::duplicate_data_set;
use crate::screens::{chat, data, models, sweep, train, vectors};
use crate::shell::job_strip::Places;
use crate::shell::settings;
use crate::state::Store;
use crate::widgets::focus;

/// The states of the screens, on which a choice acts. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct Screens {
    pub(super) store: Store,
    pub(super) train: train::Form,
    pub(super) sweep: sweep::Form,
    pub(super) chat: chat::Chat,
    pub(super) vectors: vectors::VectorLibrary,
    pub(super) models: models::ModelLibrary,
    pairs: data::Pairs,
    places: Places,
}

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    Command(CommandLine),
    Train,
    Sweep,
    RunSweepFile,
    /// A thing, which is shown.
    Thing(&'static Kind, Id),
    /// What can be done with a thing.
    Act(&'static Act, Id),
    Pair {
        data_set: Id,
        pair: Id,
    },
    Project(Id),
    /// A tab of a screen, by its place.
    View(Screen, usize),
    /// What stands at the left of a screen, by its place.
    Pane(Screen, usize),
    /// A line of the settings, by the id of its name.
    Setting(&'static str),
    Term(&'static str),
}

impl Target {
    /// Returns whether it can be chosen now.
    pub(super) fn is_enabled(self, screens: Screens) -> bool {
        let store = screens.store;
        match self {
            Self::Command(line) => line.is_enabled(store),
            Self::Train => screens.train.can_start(store),
            Self::Sweep => screens.sweep.can_start(store),
            Self::Act(act, id) => (act.is_possible)(screens, id),
            Self::View(Screen::Sweep, _) => !store.sweeps.read().is_empty(),
            Self::View(Screen::Vectors, _) => !store.vectors.read().is_empty(),
            _ => true,
        }
    }

    /// Closes the palette and does it. Where that shows another screen, the keyboard goes on there.
    pub(super) fn choose(self, screens: Screens) {
        let store = screens.store;
        let before = store.screen.get_untracked();
        store.sheet.set(None);
        self.run(screens);
        if store.screen.get_untracked() != before {
            focus::once_uncovered(focus::give_to_screen);
        }
    }

    fn run(self, screens: Screens) {
        let store = screens.store;
        match self {
            // Some of these give the focus to a field, which the sheet would take back.
            Self::Command(line) if matches!(line.action, Action::Pairs(_) | Action::Chat(_)) => {
                focus::once_uncovered(move || line.run(store));
            }
            Self::Command(line) => line.run(store),
            Self::Train => {
                store.go(Screen::Train);
                screens.train.start(store);
            }
            Self::Sweep => {
                store.go(Screen::Sweep);
                screens.sweep.start(store);
            }
            Self::RunSweepFile => {
                store.go(Screen::Sweep);
                screens.sweep.run_file(store);
            }
            Self::Thing(kind, id) => (kind.show)(screens, id),
            Self::Act(act, id) => (act.run)(screens, id),
            Self::Pair { data_set, pair } => screens.open_pair(data_set, pair),
            Self::Project(id) => store.open_project(id),
            Self::View(screen, at) => {
                screens.show_view(screen, at);
                store.go(screen);
            }
            Self::Pane(screen, at) => {
                screens.show_pane(screen, at);
                store.go(screen);
            }
            Self::Setting(id) => {
                store.sheet.set(Some(Sheet::Settings));
                settings::show(id);
            }
            Self::Term(term) => store.look_up(Some(term)),
        }
    }
}

impl Screens {
    /// Returns the states, from the context of the window.
    pub(super) fn expect(store: Store) -> Self {
        Self {
            store,
            train: expect_context(),
            sweep: expect_context(),
            chat: expect_context(),
            vectors: expect_context(),
            models: expect_context(),
            pairs: expect_context(),
            places: Places::expect(store),
        }
    }

    /// Returns whether a model is in such a state.
    pub(super) fn is_in(self, model: Id, is_it: fn(&ModelState) -> bool) -> bool {
        self.store.models.read().iter().any(|one| one.id == model && is_it(&one.state))
    }

    /// Returns whether a job is in such a state.
    pub(super) fn has_job(self, job: Id, is_it: fn(&JobState) -> bool) -> bool {
        self.store.jobs.read().iter().any(|one| one.id == job && is_it(&one.state))
    }

    /// Returns whether a vector is a direction, and no adapter.
    pub(super) fn is_direction(self, vector: Id) -> bool {
        self.store.vectors.read().iter().any(|one| one.id == vector && one.adapter.is_none())
    }

    /// Returns whether a conversation stands at the top of the list.
    pub(super) fn is_pinned(self, conversation: Id) -> bool {
        self.store.conversations.read().iter().any(|one| one.id == conversation && one.pinned)
    }

    /// Shows a data set, which is in use from then on.
    pub(super) fn use_data_set(self, id: Id) {
        if untrack(|| self.store.data_set()).map(|set| set.id) != Some(id) {
            self.store.change_settings(|settings| settings.data_set = Some(id));
        }
        self.store.go(Screen::Data);
    }

    /// Copies a data set, and shows the copy.
    pub(super) fn duplicate_data_set(self, id: Id) {
        self.store.go(Screen::Data);
        duplicate_data_set(self.store, id);
    }

    /// Opens a sheet of the data set in use over this data set.
    pub(super) fn open_with(self, data_set: Id, sheet: Sheet) {
        self.use_data_set(data_set);
        self.store.sheet.set(Some(sheet));
    }

    /// Opens the sheet that exports a vector at a page.
    pub(super) fn open_page(self, vector: Id, page: VectorPage) {
        self.store.sheet.set(Some(Sheet::ExportVector(vector, page)));
    }

    /// Lays the curves of a run over those of the shown one, or takes them away.
    pub(super) fn overlay_run(self, run: Id) {
        self.train.overlay_in_charts(run);
        self.store.go(Screen::Train);
    }

    /// Lays the curves of a sweep over those of the shown one, or takes them away.
    pub(super) fn overlay_sweep(self, sweep: Id) {
        self.sweep.overlay(sweep);
        self.store.go(Screen::Sweep);
    }

    /// Shows what a job makes.
    pub(super) fn go_to_job(self, id: Id) {
        let job = self.store.jobs.with_untracked(|all| all.iter().find(|job| job.id == id).cloned());
        if let Some(job) = job {
            self.places.go_to(&job);
        }
    }

    fn show_view(self, screen: Screen, at: usize) {
        match screen {
            Screen::Train => self.train.show_view(at),
            Screen::Sweep => self.sweep.show_view(at),
            Screen::Vectors => self.vectors.show_view(at),
            // Their views are commands, or there is one.
            Screen::Start | Screen::Data | Screen::Chat | Screen::Models => (),
        }
    }

    fn show_pane(self, screen: Screen, at: usize) {
        match screen {
            Screen::Train => self.train.show_pane(at),
            Screen::Sweep => self.sweep.show_pane(at),
            // The others have one.
            Screen::Start | Screen::Data | Screen::Chat | Screen::Vectors | Screen::Models => (),
        }
    }

    fn open_pair(self, data_set: Id, pair: Id) {
        self.use_data_set(data_set);
        // The screen follows another data set in the next turn, and its pair can be opened after that.
        request_animation_frame(move || {
            self.pairs.open(pair);
            if let Some(act) = self.store.on_pairs.get_value() {
                act.run(PairAction::Show(DataView::Pair));
            }
        });
    }
}

/// Whether a command of the table is one that the palette itself stands for.
pub(super) fn is_palette(line: &CommandLine) -> bool {
    line.action == Action::Open(Sheet::Palette)
}
