//! The panels that export and import a preset.

use ipc::Id;
use ipc::command;
use ipc::files::FilePurpose;
use leptos::prelude::*;

use super::conversation_files::with_ending;
use super::file_panel::{FilePanel, FileTask};
use crate::chosen_files;
use crate::state::store;

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
    let title = Signal::derive(move || format!("Export \u{201c}{}\u{201d}", name.read()));
    let purpose = Callback::new(move |()| FilePurpose::ExportPreset { name: name.get_untracked() });
    let act = Callback::new(move |path: String| {
        let path = with_ending(&path, ENDING);
        let file = chosen_files::to_write(&path);
        let request = command::ExportPreset { preset: id, file, replace: replace.get_untracked() };
        task.run(request, move |()| format!("Written to {path}."));
    });
    view! {
        <FilePanel title testids=["preset-export", "preset-export-path", "preset-export-do"] action="Export" purpose replace task act close=back>
            <span class="quiet small">"One small JSON file. It names the vectors by their hashes and does not hold them: hand them on as files of their own."</span>
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
        task.run(request, |preset| format!("\u{201c}{}\u{201d} is kept.", preset.name));
    });
    view! {
        <FilePanel title="Import a preset".to_owned() testids=["preset-import", "preset-import-path", "preset-import-do"] action="Import"
            purpose=Callback::new(|()| FilePurpose::ImportPreset) task act close=back>
            <span class="quiet small">"Its vectors are found in the library by their hashes. Import those that are missing first."</span>
        </FilePanel>
    }
}
