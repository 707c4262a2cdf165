//! The panels that export and import a preset.

use ipc::Id;
use ipc::command;
use ipc::files::FilePurpose;
use leptos::prelude::*;

use super::conversation_files::with_ending;
use super::file_panel::{FilePanel, FileTask};
use crate::chosen_files;
use crate::state::store;
use crate::t;

/// The ending of a preset's file.
const ENDING: &str = "json";

/// The panel that exports a preset.
#[component]
pub(super) fn ExportPreset(
    /// The preset.
    id: Id,
    /// Goes back to the list.
    back: Callback<()>,
) -> impl IntoView {
    let (store, task, replace) = (store(), FileTask::new(), RwSignal::new(false));
    let name = Memo::new(move |_| {
        let all = store.presets.read();
        all.iter().find(|known| known.id == id).map(|known| known.name.clone()).unwrap_or_default()
    });
    let title = Signal::derive(move || t!("chat-export-named", name = name.get()));
    let purpose = Callback::new(move |()| FilePurpose::ExportPreset { name: name.get_untracked() });
    let act = Callback::new(move |path: String| {
        let path = with_ending(&path, ENDING);
        let file = chosen_files::to_write(&path);
        let request = command::ExportPreset { preset: id, file, replace: replace.get_untracked() };
        task.run(request, move |()| t!("chat-written", path = path));
    });
    view! {
        <FilePanel title testids=["preset-export", "preset-export-path", "preset-export-do"] action=t!("export") purpose replace task act close=back>
            <span class="quiet small">{t!("chat-preset-export-note")}</span>
        </FilePanel>
    }
}

/// The panel that imports a preset.
#[component]
pub(super) fn ImportPreset(
    /// Goes back to the list.
    back: Callback<()>,
) -> impl IntoView {
    let task = FileTask::new();
    let act = Callback::new(move |path: String| {
        let request = command::ImportPreset { file: chosen_files::to_read(&path) };
        task.run(request, |preset| t!("chat-preset-kept", name = preset.name));
    });
    view! {
        <FilePanel title=t!("chat-preset-import") testids=["preset-import", "preset-import-path", "preset-import-do"] action=t!("import")
            purpose=Callback::new(|()| FilePurpose::ImportPreset) task act close=back>
            <span class="quiet small">{t!("chat-preset-import-note")}</span>
        </FilePanel>
    }
}
