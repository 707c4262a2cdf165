//! What can be done with a sweep: naming it, running it again, running one from a file.

use ipc::command::{ChooseFile, DescribeSweep, ReadSweepFile, StartSweep};
use ipc::files::FilePurpose;
use ipc::sweep::{SavedSweep, Sweep};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::view_state::{Shows, ViewState};
use crate::bridge;
use crate::state::Store;

/// Starts a sweep once more with all its settings. The form stays as it is: what is typed there is the person's.
pub(super) fn run_again(store: Store, view: ViewState, sweep: Sweep) {
    let (model, settings) = (sweep.model, sweep.settings);
    store.failure.set(None);
    spawn_local(async move {
        let before = known(store);
        match bridge::call(StartSweep { model, settings }).await {
            Ok(sweep) => show(view, sweep.id, &before),
            Err(failure) => store.failure.set(Some(failure)),
        }
    });
}

/// Returns the sweeps that are there.
fn known(store: Store) -> Vec<Id> {
    store.sweeps.read_untracked().iter().map(|sweep| sweep.id).collect()
}

/// Shows a sweep that was run again. Where nothing has changed, the application returns the one that was there before.
fn show(view: ViewState, sweep: Id, before: &[Id]) {
    view.choose(sweep);
    view.unchanged.set(Some(sweep).filter(|sweep| before.contains(sweep)));
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
    store.failure.set(None);
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
    let before = known(store);
    let sweep = bridge::call(StartSweep { model, settings }).await?;
    // A sweep that was there before keeps the person's own name and note.
    if !(before.contains(&sweep.id) || name.is_empty() && note.is_empty()) {
        bridge::call(DescribeSweep { sweep: sweep.id, name, note }).await?;
    }
    show(view, sweep.id, &before);
    if let Some(passport) = passport {
        view.overlaid.set([passport].into());
        // A passport has no items, without which a change from the unsteered model has no interval and is not drawn.
        view.shows.set(Shows::Values);
    }
    Ok(())
}
