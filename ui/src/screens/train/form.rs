//! The state of the Train screen: the settings of the next run, and which runs are shown.

use std::collections::HashSet;

use ipc::command::{DefaultSettings, Train};
use ipc::train::{Preset, Run, TrainSettings};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kept_choices::KeptChoices;
use super::run_list::RunOrder;
use super::tab::Tab;
use crate::bridge;
use crate::latest::Latest;
use crate::state::Store;
use crate::widgets::{FieldFaults, forget_with};

/// The state of the form. It outlives the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Form {
    /// The settings; `None` until the model's and the data set's defaults are known.
    pub settings: RwSignal<Option<TrainSettings>>,
    /// The defaults of the data set in use, while the settings began with those of another one.
    pub(super) offered: RwSignal<Option<TrainSettings>>,
    latest_offer: Latest,
    /// The model and the data set whose defaults the settings began with.
    began_with: StoredValue<Option<(Id, Id)>>,
    /// The name of the run; empty for a name made from the settings.
    pub name: RwSignal<String>,
    /// The reason why the run could not be started.
    pub failure: RwSignal<Option<Failure>>,
    /// The run whose curves are shown; `None` for the newest.
    pub run: RwSignal<Option<Id>>,
    /// The run that it is compared with.
    pub other: RwSignal<Option<Id>>,
    /// The runs whose curves are laid over those of the shown one.
    pub(super) overlaid: RwSignal<HashSet<Id>>,
    /// The order of the list of runs.
    pub(super) order: RwSignal<RunOrder>,
    /// The pane of the left side.
    pub(super) pane: RwSignal<Option<Pane>>,
    /// The tab that is shown beside the settings.
    pub(super) tab: RwSignal<Tab>,
    /// What is chosen in the tabs.
    pub(super) kept: KeptChoices,
    /// What is wrong in the fields of the settings.
    pub(super) faults: FieldFaults,
}

/// A pane of the left side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pane {
    /// The settings of the next run.
    New,
    /// The runs that there are.
    List,
}

impl Form {
    /// Makes the state, which reads the defaults as soon as there are a model and a data set.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let form = Self {
            settings: RwSignal::new(None),
            offered: RwSignal::new(None),
            latest_offer: Latest::new(),
            began_with: StoredValue::new(None),
            name: RwSignal::default(),
            failure: RwSignal::new(None),
            run: RwSignal::new(None),
            other: RwSignal::new(None),
            overlaid: RwSignal::default(),
            order: RwSignal::new(RunOrder::Newest),
            pane: RwSignal::new(None),
            tab: RwSignal::new(Tab::Run),
            kept: KeptChoices::new(),
            faults: FieldFaults::empty(),
        };
        let known = Memo::new(move |_| {
            let model = store.model().filter(|model| model.facts.is_some())?;
            Some((model.id, store.data_set()?.id))
        });
        Effect::new(move |_| {
            if let Some((model, data_set)) = known.get() {
                match form.began_with.get_value() {
                    // The settings are the person's. Another data set changes none of them.
                    Some((of, began_with)) if of == model => form.offer(model, data_set, began_with),
                    Some((of, _)) if form.settings.with_untracked(Option::is_some) => {
                        form.follow_model(store, of, model, data_set);
                    }
                    _ => form.take_defaults(model, data_set, Preset::Small),
                }
            }
        });
        // What was wrong with other settings, or on another model or data set, is not wrong with these.
        forget_with(form.failure, move || (known.get(), form.settings.get()));
        form
    }

    /// Reads the defaults for a model and a data set into the form.
    pub(super) fn take_defaults(self, model: Id, data_set: Id, preset: Preset) {
        self.began_with.set_value(Some((model, data_set)));
        let _ = self.latest_offer.begin();
        self.offered.set(None);
        spawn_local(async move {
            match bridge::call(DefaultSettings { model, data_set, preset }).await {
                Ok(settings) => self.settings.set(Some(settings)),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Offers the defaults for a data set, and changes nothing.
    fn offer(self, model: Id, data_set: Id, began_with: Id) {
        self.offered.set(None);
        let turn = self.latest_offer.begin();
        if data_set == began_with {
            return;
        }
        spawn_local(async move {
            let defaults = bridge::call(DefaultSettings { model, data_set, preset: Preset::Small }).await;
            // Where they cannot be read, there is nothing to offer, and the settings are there.
            if let (true, Ok(defaults)) = (turn.is_current(), defaults) {
                self.offered.try_set(Some(defaults));
            }
        });
    }

    /// Keeps the settings for another model, and offers its defaults. Layers are numbers of a model: those of one with other blocks say
    /// nothing there, and become the usual ones.
    fn follow_model(self, store: Store, of: Id, model: Id, data_set: Id) {
        self.began_with.set_value(Some((model, data_set)));
        self.offered.set(None);
        let blocks = |id: Id| {
            let models = store.models.read_untracked();
            models.iter().find(|known| known.id == id)?.facts.as_ref().map(|facts| facts.blocks)
        };
        let keeps_layers = blocks(of).is_some() && blocks(of) == blocks(model);
        let turn = self.latest_offer.begin();
        spawn_local(async move {
            let defaults = bridge::call(DefaultSettings { model, data_set, preset: Preset::Small }).await;
            let is_still = self.began_with.try_get_value().flatten().is_some_and(|(now, _)| now == model);
            match defaults {
                Ok(defaults) if is_still => {
                    if !keeps_layers {
                        self.change(|settings| settings.layers.clone_from(&defaults.layers));
                    }
                    if turn.is_current() {
                        self.offered.try_set(Some(defaults));
                    }
                }
                Ok(_) => (),
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
        });
    }

    /// Takes the settings that are offered.
    pub(super) fn take_offered(self, data_set: Id) {
        if let Some(settings) = self.offered.get_untracked() {
            self.began_with.update_value(|began| *began = began.map(|(model, _)| (model, data_set)));
            self.settings.set(Some(settings));
            self.offered.set(None);
        }
    }

    pub(super) fn change(self, change: impl FnOnce(&mut TrainSettings)) {
        self.settings.update(|settings| {
            if let Some(settings) = settings {
                change(settings);
            }
        });
    }

    /// Reads a part of the settings; its default while the settings are not known.
    pub(super) fn get<T: Default>(self, read: impl Fn(&TrainSettings) -> T) -> T {
        self.settings.read().as_ref().map(read).unwrap_or_default()
    }

    pub(super) fn number(self, read: impl Fn(&TrainSettings) -> f64 + Send + Sync + 'static) -> Signal<f64> {
        Signal::derive(move || self.get(&read))
    }

    pub(super) fn setter(
        self,
        write: impl Fn(&mut TrainSettings, f64) + Send + Sync + 'static,
    ) -> Callback<f64> {
        Callback::new(move |value| self.change(|settings| write(settings, value)))
    }

    /// Returns the run that is shown: the one that was chosen, else the newest.
    pub(super) fn shown_run(self, store: Store) -> Memo<Option<Run>> {
        Memo::new(move |_| {
            let (runs, chosen) = (store.runs.read(), self.run.get());
            runs.iter().find(|run| Some(run.id) == chosen).or(runs.first()).cloned()
        })
    }

    /// Shows a run.
    pub fn show_run(self, run: Id) {
        self.run.set(Some(run));
        self.tab.set(Tab::Run);
    }

    /// Fills the form in with the settings of a run, so that they can be changed and trained again. Its data set and model become
    /// those in use.
    pub fn repeat(self, store: Store, run: Id) {
        let found = store.runs.with_untracked(|all| all.iter().find(|one| one.id == run).cloned());
        let Some(run) = found else { return };
        self.began_with.set_value(Some((run.model, run.data_set)));
        let _ = self.latest_offer.begin();
        self.offered.set(None);
        self.settings.set(Some(run.settings));
        self.pane.set(Some(Pane::New));
        store.change_settings(|settings| {
            settings.model = Some(run.model);
            settings.data_set = Some(run.data_set);
        });
    }

    /// Whether a run can be queued with these settings: every field can be read.
    #[must_use]
    pub fn can_start(self, store: Store) -> bool {
        self.settings.read().is_some() && store.data_set().is_some() && !self.faults.are_there()
    }

    /// Queues the run.
    pub fn start(self, store: Store) {
        if !untrack(|| self.can_start(store)) {
            return;
        }
        let (Some(model), Some(data_set), Some(settings)) =
            (store.model(), store.data_set(), self.settings.get_untracked())
        else {
            return;
        };
        self.failure.set(None);
        let name = self.name.get_untracked();
        spawn_local(async move {
            match bridge::call(Train { name, model: model.id, data_set: data_set.id, settings }).await {
                Ok(run) => {
                    self.name.set(String::new());
                    self.run.set(Some(run.id));
                    self.tab.set(Tab::Run);
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }
}
