//! What can be done with a sweep: naming it, running it again, running one from a file.

use ipc::Failure;
use ipc::command::{ChooseFile, DescribeSweep, ReadSweepFile, StartSweep};
use ipc::files::FilePurpose;
use ipc::sweep::{SavedSweep, Sweep};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::view_state::ViewState;
use crate::bridge;
use crate::state::Store;

/// Starts a sweep once more with all its settings. The form stays as it is: what is typed there is the person's.
pub(super) fn run_again(store: Store, view: ViewState, sweep: Sweep) {
    let (model, settings) = (sweep.model, sweep.settings);
    spawn_local(async move {
        match bridge::call(StartSweep { model, settings }).await {
            Ok(sweep) => view.choose(sweep.id),
            Err(failure) => store.failure.set(Some(failure)),
        }
    });
}

/// Changes the name or the note of a sweep.
pub(super) fn describe(store: Store, sweep: Sweep, change: impl FnOnce(&mut DescribeSweep)) {
    let mut request =
        DescribeSweep { sweep: sweep.id, name: sweep.name.unwrap_or_default(), note: sweep.note };
    change(&mut request);
    store.send(request);
}

/// Lets the person choose an exported sweep, and starts it with its name and note.
pub(super) fn run_file(store: Store, view: ViewState) {
    spawn_local(async move {
        if let Err(failure) = run_chosen_file(store, view).await {
            store.failure.set(Some(failure));
        }
    });
}

async fn run_chosen_file(store: Store, view: ViewState) -> Result<(), Failure> {
    let Some(file) = bridge::call(ChooseFile { purpose: FilePurpose::RunSweep }).await? else {
        return Ok(());
    };
    let SavedSweep { settings, name, note, passport } =
        bridge::call(ReadSweepFile { file: file.into() }).await?;
    // Vectors name their own model; what has none is measured on the one in use.
    let model = store.model().map_or(0, |model| model.id);
    let sweep = bridge::call(StartSweep { model, settings }).await?;
    if !name.is_empty() || !note.is_empty() {
        bridge::call(DescribeSweep { sweep: sweep.id, name, note }).await?;
    }
    view.choose(sweep.id);
    if let Some(passport) = passport {
        view.overlaid.set([passport].into());
    }
    Ok(())
}
