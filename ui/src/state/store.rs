//! The signals that hold the state from the application, and the few functions that change them.

use std::collections::HashMap;

use ipc::analysis::Analysis;
use ipc::answer::Question;
use ipc::bake::Bake;
use ipc::conversation::{Conversation, Desk, Preset};
use ipc::data::DataSet;
use ipc::distil::Distillation;
use ipc::download::Download;
use ipc::event::EngineProcess;
use ipc::files::ChosenFile;
use ipc::job::Job;
use ipc::model::{Model, ModelState, Scan};
use ipc::project::{Project, Settings};
use ipc::publish::{Published, Uploading};
use ipc::sweep::Sweep;
use ipc::tokens::Counted;
use ipc::train::{History, Run};
use ipc::vector::Vector;
use ipc::{Event, Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::changes::Changes;
use super::deletions::{Deleted, UndoToast};
use super::open_turns::OpenTurns;
use super::shares::Shares;
use super::{fonts, language, theme, zoom};
use crate::actions::{ChatAction, PairAction, Screen, Sheet};
use crate::bridge;
use crate::text::{Language, spoken};

/// The state of the connection to the application.
#[derive(Debug, Clone, PartialEq)]
pub enum Connection {
    /// It was asked and has not answered yet.
    Opening,
    /// It has sent its whole state and keeps sending events.
    Open,
    /// It cannot start, and why.
    Failed(Failure),
}

/// How far storing what is typed has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Storing {
    /// Everything is stored.
    Done,
    /// It is under way.
    UnderWay,
    /// Something could not be stored.
    Failed(Failure),
}

/// Changes a desk, and says whether it did.
pub type DeskChange = Box<dyn FnOnce(&mut Desk) -> bool + Send + Sync>;

/// Changes the desk of a conversation as it is shown, or with `None` of the one that has not begun, and says whether it did.
pub type ChangeShownDesk = Callback<(Option<Id>, DeskChange), bool>;

/// The window's state. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Store {
    /// The state of the connection to the application.
    pub connection: RwSignal<Connection>,
    /// The open project's name.
    pub project: RwSignal<String>,
    /// The open project.
    pub project_id: RwSignal<Id>,
    /// All projects, oldest first.
    pub projects: RwSignal<Vec<Project>>,
    /// The events that wait until the screens of the project before are taken down.
    pub(super) waiting: StoredValue<Vec<Event>>,
    /// Whether the menu of projects is open.
    pub project_menu: RwSignal<bool>,
    /// The application's version.
    pub version: RwSignal<String>,
    /// The person's settings.
    pub settings: RwSignal<Settings>,
    /// The language that is spoken.
    pub language: RwSignal<Language>,
    /// The models.
    pub models: RwSignal<Vec<Model>>,
    /// The downloads, newest first.
    pub downloads: RwSignal<Vec<Download>>,
    /// The scan of a folder for models, until it is dismissed.
    pub scan: RwSignal<Option<Scan>>,
    /// A model that was dropped onto the window, until it is added.
    pub dropped_model: RwSignal<Option<ChosenFile>>,
    /// The data sets, oldest first.
    pub data_sets: RwSignal<Vec<DataSet>>,
    /// The progress of counting the tokens of a data set's pairs.
    pub counted: RwSignal<Option<Counted>>,
    /// The runs, newest first.
    pub runs: RwSignal<Vec<Run>>,
    /// The vectors, newest first.
    pub vectors: RwSignal<Vec<Vector>>,
    /// What was baked of the vector whose export sheet was open last, newest first.
    pub bakes: RwSignal<Vec<Bake>>,
    /// What was distilled from that vector, newest first.
    pub distillations: RwSignal<Vec<Distillation>>,
    /// The upload to the hub that is under way.
    pub uploading: RwSignal<Option<Uploading>>,
    /// How the last upload of this window has ended, with its vector: the sheet may be closed by then.
    pub published: RwSignal<Option<(Id, Published)>>,
    /// The sweeps, newest first.
    pub sweeps: RwSignal<Vec<Sweep>>,
    /// How far the points of sweeps lie from the unsteered model.
    pub changes: Changes,
    /// The studies, newest first.
    pub analyses: RwSignal<Vec<Analysis>>,
    /// The conversations without their turns, in no order.
    pub conversations: RwSignal<Vec<Conversation>>,
    /// The presets of Chat, in no order.
    pub presets: RwSignal<Vec<Preset>>,
    /// The turns of the conversation that is open.
    pub turns: OpenTurns,
    /// The questions that nobody keeps, oldest first: those of this window since it was opened.
    pub trials: RwSignal<Vec<Question>>,
    /// The jobs that are not over.
    pub jobs: RwSignal<Vec<Job>>,
    /// How much of each of them is done, over all of its phases.
    pub shares: RwSignal<Shares>,
    /// The histories of the runs that were shown, and of those that run, by run.
    pub histories: RwSignal<HashMap<Id, History>>,
    /// The data set whose margins changed last, and a counter of all such changes.
    pub margins_changed: RwSignal<Option<(Id, u32)>>,
    /// The data set whose drafts changed last, and a counter of all such changes.
    pub drafts_changed: RwSignal<Option<(Id, u32)>>,
    /// The screen that is shown.
    pub screen: RwSignal<Screen>,
    /// The sheet that lies over it.
    pub sheet: RwSignal<Option<Sheet>>,
    /// The sheet under the glossary. It keeps the typed text.
    pub sheet_below: RwSignal<Option<Sheet>>,
    /// The path of the file that was dropped onto the window last, until a sheet takes it.
    pub dropped: RwSignal<Option<String>>,
    /// The table that was pasted into the window last, until a sheet takes it.
    pub pasted: RwSignal<Option<String>>,
    /// The last failure that belongs to no single place; it is shown at the top.
    pub failure: RwSignal<Option<Failure>>,
    /// Counts up when a chart must read its colours again.
    pub theme_changes: RwSignal<u32>,
    /// Carries out an action on the pairs. The state of the Data screen sets it.
    pub on_pairs: StoredValue<Option<Callback<PairAction>>>,
    /// Carries out an action of Chat. The state of the Chat screen sets it.
    pub on_chat: StoredValue<Option<Callback<ChatAction>>>,
    /// Changes a desk. The state of the Chat screen sets it.
    pub on_desk: StoredValue<Option<ChangeShownDesk>>,
    /// The data sets on whose prompts the threshold of a gate was chosen last, by the vector that acts: those that should open it, and
    /// those that should not.
    pub gate_sets: StoredValue<HashMap<Id, [Option<Id>; 2]>>,
    /// Stores what is typed, at once when the argument is `true`, and says how far that is. The Data screen sets it.
    pub store_all: StoredValue<Option<Callback<bool, Storing>>>,
    /// Whether the person was told that closing the window would lose what is typed.
    pub was_told_of_loss: StoredValue<bool>,
    /// Why the application's threads cannot store what they make, if so.
    pub storage: RwSignal<Option<Failure>>,
    /// The other process that runs the engine, if so.
    pub other_engine: RwSignal<Option<EngineProcess>>,
    /// Runs before another screen is shown: the Data screen stores what is typed.
    pub before_leaving: StoredValue<Option<Callback<()>>>,
    /// What was deleted and can be taken back, the last at the end.
    pub deleted: RwSignal<Vec<Deleted>>,
    /// Whether pairs were edited after the last deletion.
    pub was_edited_since: RwSignal<bool>,
    /// The toast about the last deletion.
    pub toast: RwSignal<Option<UndoToast>>,
    /// Counts the toasts, so that an earlier one does not close a later one.
    pub(super) toast_turn: StoredValue<u32>,
}

impl Store {
    /// Returns the state before the application has sent anything.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes signals, which belong to the running window")]
    pub fn new() -> Self {
        Self {
            connection: RwSignal::new(Connection::Opening),
            project: RwSignal::default(),
            project_id: RwSignal::default(),
            projects: RwSignal::default(),
            waiting: StoredValue::default(),
            project_menu: RwSignal::new(false),
            version: RwSignal::default(),
            settings: RwSignal::default(),
            models: RwSignal::default(),
            downloads: RwSignal::default(),
            scan: RwSignal::new(None),
            dropped_model: RwSignal::new(None),
            data_sets: RwSignal::default(),
            counted: RwSignal::default(),
            runs: RwSignal::default(),
            vectors: RwSignal::default(),
            bakes: RwSignal::default(),
            distillations: RwSignal::default(),
            uploading: RwSignal::new(None),
            published: RwSignal::new(None),
            sweeps: RwSignal::default(),
            changes: Changes::new(),
            analyses: RwSignal::default(),
            conversations: RwSignal::default(),
            presets: RwSignal::default(),
            turns: OpenTurns::new(),
            trials: RwSignal::default(),
            jobs: RwSignal::default(),
            shares: RwSignal::default(),
            histories: RwSignal::default(),
            margins_changed: RwSignal::new(None),
            drafts_changed: RwSignal::new(None),
            screen: RwSignal::new(Screen::Data),
            sheet: RwSignal::new(None),
            sheet_below: RwSignal::new(None),
            dropped: RwSignal::new(None),
            pasted: RwSignal::new(None),
            failure: RwSignal::new(None),
            theme_changes: RwSignal::new(0),
            language: RwSignal::new(spoken()),
            on_pairs: StoredValue::new(None),
            on_chat: StoredValue::new(None),
            on_desk: StoredValue::new(None),
            gate_sets: StoredValue::default(),
            store_all: StoredValue::new(None),
            was_told_of_loss: StoredValue::new(false),
            storage: RwSignal::new(None),
            other_engine: RwSignal::new(None),
            before_leaving: StoredValue::new(None),
            deleted: RwSignal::default(),
            was_edited_since: RwSignal::new(false),
            toast: RwSignal::new(None),
            toast_turn: StoredValue::new(0),
        }
    }

    /// Returns the model that is in use: the one chosen, else the first.
    #[must_use]
    pub fn model(&self) -> Option<Model> {
        let chosen = self.settings.read().model;
        let models = self.models.read();
        models.iter().find(|model| Some(model.id) == chosen).or(models.first()).cloned()
    }

    /// Returns whether the model in use is in memory.
    #[must_use]
    pub fn model_is_ready(&self) -> bool {
        self.model().is_some_and(|model| matches!(model.state, ModelState::Ready { .. }))
    }

    /// Returns the data set that is in use: the one chosen, else the first.
    #[must_use]
    pub fn data_set(&self) -> Option<DataSet> {
        let chosen = self.settings.read().data_set;
        let sets = self.data_sets.read();
        sets.iter().find(|set| Some(set.id) == chosen).or(sets.first()).cloned()
    }

    /// Returns the vector that is in use: the one chosen, else the newest.
    #[must_use]
    pub fn vector(&self) -> Option<Vector> {
        let chosen = self.settings.read().vector;
        let vectors = self.vectors.read();
        vectors.iter().find(|vector| Some(vector.id) == chosen).or(vectors.first()).cloned()
    }

    /// Shows a screen and remembers it.
    pub fn go(&self, screen: Screen) {
        if self.screen.get_untracked() == screen {
            return;
        }
        if let Some(before) = self.before_leaving.get_value() {
            before.run(());
        }
        self.screen.set(screen);
        self.change_settings(|settings| settings.screen = Some(screen.name().to_owned()));
    }

    /// Opens the glossary at a term, over the sheet that is open.
    pub fn look_up(&self, term: Option<&'static str>) {
        let is_open = matches!(self.sheet.get_untracked(), Some(Sheet::Glossary(_)));
        if !is_open {
            self.sheet_below.set(self.sheet.get_untracked());
        }
        self.sheet.set(Some(Sheet::Glossary(term)));
    }

    /// Closes the sheet that lies on top: the one below the glossary stays.
    pub fn close_sheet(&self) {
        if !matches!(self.sheet.get_untracked(), Some(Sheet::Glossary(_))) {
            self.sheet.set(None);
            return;
        }
        self.sheet.set(self.sheet_below.get_untracked());
    }

    /// Returns the sheet that lies over the screen, which the glossary may cover.
    #[must_use]
    pub fn covered_sheet(&self) -> Option<Sheet> {
        match self.sheet.get() {
            Some(Sheet::Glossary(_)) => self.sheet_below.get(),
            sheet => sheet,
        }
    }

    /// Changes the settings here and stores them.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        theme::apply(self.settings, self.theme_changes);
        fonts::apply(*self);
        language::apply(*self);
        zoom::apply(*self);
        let (store, settings) = (*self, self.settings.get_untracked());
        spawn_local(async move {
            if let Err(failure) = bridge::call(ipc::command::SaveSettings { settings }).await {
                store.failure.set(Some(failure));
            }
        });
    }

    /// Calls a command whose answer comes as events. A failure is shown at the top.
    pub fn send<C: ipc::Command + 'static>(self, request: C) {
        spawn_local(async move {
            if let Err(failure) = bridge::call(request).await {
                self.failure.set(Some(failure));
            }
        });
    }
}

/// Returns the window's state, from the context of the view.
///
/// # Panics
/// Outside the view, which would be a mistake in this program.
#[must_use]
pub fn store() -> Store {
    expect_context::<Store>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glossary_keeps_the_sheet_below_it() {
        let owner = Owner::new();
        owner.set();
        let store = Store::new();
        store.sheet.set(Some(Sheet::Split));
        store.look_up(Some("Held out"));
        store.look_up(Some("Seed"));
        assert_eq!(store.sheet.get_untracked(), Some(Sheet::Glossary(Some("Seed"))));
        assert_eq!(untrack(|| store.covered_sheet()), Some(Sheet::Split));
        store.close_sheet();
        assert_eq!(store.sheet.get_untracked(), Some(Sheet::Split));
        store.close_sheet();
        store.look_up(None);
        assert_eq!(untrack(|| store.covered_sheet()), None);
        store.close_sheet();
        assert_eq!(store.sheet.get_untracked(), None);
    }
}
