//! What the palette finds, and what happens when a person chooses it.

use ipc::command::{DeleteRun, DeleteSweep, DeleteVector};
use ipc::{Id, job};
use leptos::prelude::*;

use crate::actions::{Action, DataView, PairAction, Screen, Sheet};
use crate::commands::CommandLine;
use crate::screens::{data, models, sweep, train, vectors};
use crate::state::Store;

/// The states of the screens, on which a choice acts. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct Screens {
    pub(super) store: Store,
    pairs: data::Pairs,
    train: train::Form,
    sweep: sweep::Form,
    vectors: vectors::VectorLibrary,
    models: models::ModelLibrary,
}

impl Screens {
    /// Returns the states, from the context of the window.
    pub(super) fn expect(store: Store) -> Self {
        Self {
            store,
            pairs: expect_context(),
            train: expect_context(),
            sweep: expect_context(),
            vectors: expect_context(),
            models: expect_context(),
        }
    }
}

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    Command(CommandLine),
    Train,
    Sweep,
    DataSet(Id),
    Pair { data_set: Id, pair: Id },
    Vector(Id),
    UseVector(Id),
    ExportVector(Id),
    DeleteVector(Id),
    Run(Id),
    RepeatRun(Id),
    DeleteRun(Id),
    ShowSweep(Id),
    DuplicateSweep(Id),
    RunSweepAgain(Id),
    DeleteSweep(Id),
    Model(Id),
    LoadModel(Id),
    Conversation(Id),
    Project(Id),
    Term(&'static str),
}

impl Target {
    /// Returns whether it can be chosen now.
    pub(super) fn is_enabled(self, screens: Screens) -> bool {
        let store = screens.store;
        match self {
            Self::Command(line) => line.is_enabled(store),
            Self::Train => screens.train.settings.read().is_some() && store.data_set().is_some(),
            Self::Sweep => screens.sweep.can_start(store),
            Self::DeleteRun(id) => store.runs.read().iter().any(|run| run.id == id && run.state.is_over()),
            Self::DeleteSweep(id) => {
                let is_running = |one: &ipc::sweep::Sweep| one.state == job::JobState::Running;
                store.sweeps.read().iter().any(|one| one.id == id && !is_running(one))
            }
            _ => true,
        }
    }

    /// Closes the palette and does it.
    pub(super) fn choose(self, screens: Screens) {
        let Screens { store, .. } = screens;
        store.sheet.set(None);
        match self {
            Self::Command(line) => line.run(store),
            Self::Train => {
                store.go(Screen::Train);
                screens.train.start(store);
            }
            Self::Sweep => {
                store.go(Screen::Sweep);
                screens.sweep.start(store);
            }
            Self::DataSet(id) => {
                store.change_settings(|settings| settings.data_set = Some(id));
                store.go(Screen::Data);
            }
            Self::Pair { data_set, pair } => screens.open_pair(data_set, pair),
            Self::Vector(id) => {
                screens.vectors.show(id);
                store.go(Screen::Vectors);
            }
            Self::UseVector(id) => store.change_settings(|settings| settings.vector = Some(id)),
            Self::ExportVector(id) => store.sheet.set(Some(Sheet::ExportVector(id))),
            Self::DeleteVector(id) => store.delete(DeleteVector { vector: id }),
            Self::Run(id) => {
                screens.train.show_run(id);
                store.go(Screen::Train);
            }
            Self::RepeatRun(id) => {
                screens.train.repeat(store, id);
                store.go(Screen::Train);
            }
            Self::DeleteRun(id) => store.delete(DeleteRun { run: id }),
            Self::DeleteSweep(id) => store.delete(DeleteSweep { sweep: id }),
            Self::ShowSweep(id) => {
                screens.sweep.show(id);
                store.go(Screen::Sweep);
            }
            Self::DuplicateSweep(id) => {
                screens.sweep.duplicate(store, id);
                store.go(Screen::Sweep);
            }
            Self::RunSweepAgain(id) => {
                screens.sweep.run_again(store, id);
                store.go(Screen::Sweep);
            }
            Self::Model(id) => {
                screens.models.chosen.set(Some(id));
                store.go(Screen::Models);
            }
            Self::LoadModel(id) => screens.models.load(id),
            Self::Conversation(id) => {
                store.turns.open.set(Some(id));
                store.go(Screen::Chat);
            }
            Self::Project(id) => store.open_project(id),
            Self::Term(term) => store.look_up(Some(term)),
        }
    }
}

impl Screens {
    fn open_pair(self, data_set: Id, pair: Id) {
        let store = self.store;
        if untrack(|| store.data_set()).map(|set| set.id) != Some(data_set) {
            store.change_settings(|settings| settings.data_set = Some(data_set));
        }
        store.go(Screen::Data);
        // The screen follows another data set in the next turn, and its pair can be opened after that.
        request_animation_frame(move || {
            self.pairs.open(pair);
            if let Some(act) = store.on_pairs.get_value() {
                act.run(PairAction::Show(DataView::Pair));
            }
        });
    }
}

/// Whether a command of the table is one that the palette itself stands for.
pub(super) fn is_palette(line: &CommandLine) -> bool {
    line.action == Action::Open(Sheet::Palette)
}
