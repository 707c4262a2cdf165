//! The state of the Models screen, which also lives while another screen is shown.

use std::time::Duration;

use ipc::command::{AddModel, CheckModels, ForgetModel, LoadModel, ReadMachine, SwitchModel, UnloadModel};
use ipc::files::FileRef;
use ipc::model::{Machine, Scan, Switch};
use ipc::{Code, Failure, Id};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::column::Column;
use crate::actions::{Screen, Sheet};
use crate::bridge;
use crate::state::{Store, UndoDelete, store};
use crate::t;
use crate::widgets::SortOrder;

/// The interval at which the free memory is read while the screen is shown.
const MACHINE_EVERY: Duration = Duration::from_secs(4);

/// The state of the Models screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct ModelLibrary {
    store: Store,
    /// The model whose details are shown, where a person has chosen one.
    pub chosen: RwSignal<Option<Id>>,
    /// Words that the listed models must have.
    pub filter: RwSignal<String>,
    /// The order of the list.
    pub order: RwSignal<SortOrder<Column>>,
    /// The devices and the free memory of the machine.
    pub machine: RwSignal<Option<Machine>>,
    /// The failure of a model.
    pub failure: RwSignal<Option<(Id, Failure)>>,
    /// The scan of a folder.
    pub scan: RwSignal<Option<Scan>>,
    /// The model that the download sheet lists when it opens: a repository, or one with the name of a file.
    pub wanted: RwSignal<Option<String>>,
}

impl ModelLibrary {
    /// Checks the models' files whenever the window gets the focus: they may have moved meanwhile.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let focused = window_event_listener(ev::focus, move |_| store.send(CheckModels {}));
        on_cleanup(move || focused.remove());
        Self {
            store,
            chosen: RwSignal::new(None),
            filter: RwSignal::default(),
            order: RwSignal::new(SortOrder::by(Column::Name)),
            machine: RwSignal::new(None),
            failure: RwSignal::new(None),
            scan: store.scan,
            wanted: RwSignal::new(None),
        }
    }

    /// Reads the free memory and the devices.
    pub fn read_machine(self) {
        spawn_local(async move {
            match bridge::call(ReadMachine {}).await {
                Ok(machine) => drop(self.machine.try_set(Some(machine))),
                Err(refused) => drop(self.store.failure.try_set(Some(refused))),
            }
        });
    }

    /// Opens the download sheet, which lists this model at once.
    pub fn list_on_hub(self, address: String) {
        self.wanted.set(Some(address));
        self.store.sheet.set(Some(Sheet::DownloadModel));
    }

    /// Reads the free memory while the screen is shown.
    pub fn watch_machine(self) {
        // The Train screen needs this once, because it offers only what the processor supports.
        self.read_machine();
        let is_shown = Memo::new(move |_| self.store.screen.get() == Screen::Models);
        Effect::new(move |_| {
            // Loading or unloading a model also changes it.
            self.store.models.track();
            if is_shown.get() {
                self.read_machine();
            }
        });
        let every = set_interval_with_handle(
            move || {
                if is_shown.get_untracked() {
                    self.read_machine();
                }
            },
            MACHINE_EVERY,
        );
        on_cleanup(move || {
            if let Ok(every) = every {
                every.clear();
            }
        });
    }

    /// Adds models that are dropped onto the window.
    pub fn take_dropped(self) {
        Effect::new(move |_| {
            let Some(file) = self.store.dropped_model.get() else { return };
            let file = FileRef::from(file);
            self.store.dropped_model.set(None);
            spawn_local(async move {
                match bridge::call(AddModel { file }).await {
                    Ok(model) => {
                        self.chosen.set(Some(model.id));
                        self.store.change_settings(|settings| settings.model = Some(model.id));
                        self.store.go(Screen::Models);
                    }
                    Err(refused) => self.store.failure.set(Some(refused)),
                }
            });
        });
    }

    /// Loads a model and uses it from now on. A refusal is shown in its details.
    pub fn load(self, id: Id) {
        self.call(id, move || bridge::call(LoadModel { model: id }));
    }

    /// Takes a model out of memory, or stops loading it. A refusal is shown in its details.
    pub fn unload(self, id: Id) {
        spawn_local(async move {
            let unloaded = bridge::call(UnloadModel { model: id }).await;
            if unloaded.is_err() {
                self.chosen.set(Some(id));
                self.store.go(Screen::Models);
            }
            self.show_failure(id, unloaded);
        });
    }

    /// Takes a model from the list, and on request its file from the disk.
    pub fn forget(self, id: Id, delete_file: bool) {
        let models = self.store.models.read_untracked();
        let name = models.iter().find(|model| model.id == id).map(|model| model.name.clone());
        let name = t!("models-the-model", name = name.unwrap_or_default());
        drop(models);
        spawn_local(async move {
            match bridge::call(ForgetModel { model: id, delete_file }).await {
                Ok(()) => {
                    let was_used = self.store.settings.read_untracked().model == Some(id);
                    if was_used {
                        self.store.change_settings(|settings| settings.model = None);
                    }
                    if !delete_file {
                        self.store.was_deleted(name, UndoDelete::Model { model: id, was_used });
                    }
                }
                Err(refused) => self.show_failure(id, Err(refused)),
            }
        });
    }

    /// Loads a model while a job uses another one.
    pub fn switch(self, id: Id, switch: Switch) {
        self.call(id, move || bridge::call(SwitchModel { model: id, switch }));
    }

    fn call<F: Future<Output = Result<(), Failure>> + 'static>(
        self,
        id: Id,
        send: impl FnOnce() -> F + 'static,
    ) {
        self.failure.set(None);
        spawn_local(async move {
            match send().await {
                Ok(()) => self.store.change_settings(|settings| settings.model = Some(id)),
                Err(refused) => {
                    self.failure.set(Some((id, refused)));
                    self.chosen.set(Some(id));
                    self.store.go(Screen::Models);
                }
            }
        });
    }

    /// Shows the failure of a call about a model, if there is one.
    pub fn show_failure(self, id: Id, result: Result<(), Failure>) {
        self.failure.try_set(result.err().map(|refused| (id, refused)));
    }

    /// Returns the failure of a model.
    #[must_use]
    pub fn failure_of(self, id: Id) -> Option<Failure> {
        self.failure.read().as_ref().filter(|(of, _)| *of == id).map(|(_, failure)| failure.clone())
    }
}

/// Returns the state of the Models screen, from the context of the view.
#[must_use]
pub fn library() -> ModelLibrary {
    expect_context::<ModelLibrary>()
}

/// Returns whether a refusal is that a job uses another model.
#[must_use]
pub fn is_in_use(failure: &Failure) -> bool {
    failure.code == Code::ModelInUse
}

/// Returns the window's state and the state of this screen.
#[must_use]
pub fn parts() -> (Store, ModelLibrary) {
    (store(), library())
}
