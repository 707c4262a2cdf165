//! The panels that export a conversation and import conversations.

use ipc::Id;
use ipc::command::{ExportConversation, ImportConversations};
use ipc::conversation::ConversationFormat;
use ipc::files::FilePurpose;
use leptos::prelude::*;

use super::file_panel::{FilePanel, FileTask};
use crate::chosen_files;
use crate::state::store;
use crate::t;
use crate::text;
use crate::widgets::roving;

/// Each format: its ending, its name, and the message of what such a file holds.
const FORMATS: [(ConversationFormat, &str, &str, &str); 3] = [
    (ConversationFormat::Markdown, "md", "Markdown", "chat-format-markdown"),
    (ConversationFormat::Jsonl, "jsonl", "JSONL", "chat-format-jsonl"),
    (ConversationFormat::Html, "html", "HTML", "chat-format-html"),
];

/// The panel that exports a conversation.
#[component]
pub(super) fn ExportPanel(
    /// The conversation.
    id: Id,
    /// Closes the panel.
    close: Callback<()>,
) -> impl IntoView {
    let (store, task) = (store(), FileTask::new());
    let (chosen, replace) = (RwSignal::new(0_usize), RwSignal::new(false));
    let name = Memo::new(move |_| {
        let all = store.conversations.read();
        all.iter().find(|known| known.id == id).map(|known| known.name.clone()).unwrap_or_default()
    });
    let title =
        Signal::derive(move || t!("chat-export-named", name = super::conversation_row::title(&name.read())));
    let purpose = Callback::new(move |()| FilePurpose::ExportConversation {
        name: super::conversation_row::title(&name.read_untracked()),
        ending: FORMATS[chosen.get_untracked()].1.to_owned(),
    });
    let act = Callback::new(move |path: String| {
        let (format, ending, ..) = FORMATS[chosen.get_untracked()];
        let path = with_ending(&path, ending);
        let file = chosen_files::to_write(&path);
        let request = ExportConversation { conversation: id, format, file, replace: replace.get_untracked() };
        task.run(request, move |()| t!("chat-written", path = path));
    });
    let formats = FORMATS.iter().enumerate().map(move |(at, (_, ending, name, _))| {
        view! {
            <button type="button" data-testid=format!("conversation-export-{ending}") aria-pressed=move || (chosen.get() == at).to_string()
                on:click=move |_| chosen.set(at)>{*name}</button>
        }
    });
    view! {
        <FilePanel title testids=["conversation-export", "conversation-export-path", "conversation-export-do"] action=t!("export") purpose replace task act close>
            <span use:roving class="segments" role="group" aria-label=t!("chat-format")>{formats.collect_view()}</span>
            <span class="quiet small">{move || text::message(FORMATS[chosen.get()].3, &[])}</span>
        </FilePanel>
    }
}

/// The panel that imports conversations.
#[component]
pub(super) fn ImportPanel(
    /// The conversation that is open: the first of those that were imported, afterwards.
    open: RwSignal<Option<Id>>,
    /// Closes the panel.
    close: Callback<()>,
) -> impl IntoView {
    let task = FileTask::new();
    let act = Callback::new(move |path: String| {
        task.run(ImportConversations { file: chosen_files::to_read(&path) }, move |imported| {
            if let Some(first) = imported.first() {
                open.set(Some(first.id));
            }
            t!("chat-conversations-imported", count = imported.len())
        });
    });
    view! {
        <FilePanel title=t!("chat-import-conversations") testids=["conversation-import", "conversation-import-path", "conversation-import-do"]
            action=t!("import") purpose=Callback::new(|()| FilePurpose::ImportConversations) task act close>
            <span class="quiet small">{t!("chat-import-conversations-note")}</span>
        </FilePanel>
    }
}

/// Returns a path with the format's ending.
pub(super) fn with_ending(path: &str, ending: &str) -> String {
    let path = path.trim();
    let has = path.to_lowercase().ends_with(&format!(".{ending}"));
    if has { path.to_owned() } else { format!("{path}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gets_its_ending_once() {
        assert_eq!(with_ending(" /a/b ", "md"), "/a/b.md");
        assert_eq!(with_ending("/a.JSONL", "jsonl"), "/a.JSONL");
    }
}
