//! Where Tiller keeps its data and its log on this machine, and the report on it.

use ipc::Failure;
use ipc::command::ReadFolders;
use ipc::project::Folders;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Group, Line};
use crate::actions::Sheet;
use crate::bridge;
use crate::state::store;
use crate::t;
use crate::widgets::{CopyField, FailureCard};

#[component]
pub(super) fn ThisMachine() -> impl IntoView {
    let store = store();
    let folders = RwSignal::new(None::<Folders>);
    let failure = RwSignal::new(None::<Failure>);
    spawn_local(async move {
        match bridge::call(ReadFolders {}).await {
            Ok(read) => drop(folders.try_set(Some(read))),
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
    });
    let data = move || {
        folders.get().map(|folders| view! { <CopyField text=folders.data testid="settings-data" label=t!("shell-folder-data") /> })
    };
    let logs = move || {
        folders.get().map(|folders| view! { <CopyField text=folders.logs testid="settings-logs" label=t!("shell-folder-logs") /> })
    };
    view! {
        <Group name=t!("shell-settings-machine") id="settings-machine">
            <Line name=t!("shell-folder-data") id="settings-folder-data" note=t!("shell-folder-data-note")>{data}</Line>
            <Line name=t!("shell-folder-logs") id="settings-folder-logs" note=t!("shell-folder-logs-note")>{logs}</Line>
            <FailureCard failure />
            <Line name=t!("shell-diagnostics") id="settings-diagnostics">
                <button class="button" type="button" data-testid="settings-report" on:click=move |_| store.sheet.set(Some(Sheet::Report))>{t!("shell-diagnostics-open")}</button>
            </Line>
        </Group>
    }
}
