//! The table of commands, which the side bar, the palette, the keys and the help sheet read.

use ipc::job::JobAction;
use ipc::project::{Language, Theme};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::actions::{Action, ChatAction, DataView, PairAction, ProjectAction, Screen, Sheet, Zoom};
use crate::state::Store;
use crate::text;

/// A command: one line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandLine {
    /// The message in the palette and in the help sheet.
    pub label: &'static str,
    /// The keys as the screen writes them; empty for none.
    pub keys: &'static str,
    /// The action that it runs.
    pub action: Action,
}

const fn line(label: &'static str, keys: &'static str, action: Action) -> CommandLine {
    CommandLine { label, keys, action }
}

/// The commands that work on every screen.
pub const COMMANDS: &[CommandLine] = &[
    line("commands-go-start", "Alt+Home", Action::Go(Screen::Start)),
    line("commands-go-data", "Ctrl+1", Action::Go(Screen::Data)),
    line("commands-go-train", "Ctrl+2", Action::Go(Screen::Train)),
    line("commands-go-sweep", "Ctrl+3", Action::Go(Screen::Sweep)),
    line("commands-go-chat", "Ctrl+4", Action::Go(Screen::Chat)),
    line("commands-go-vectors", "Ctrl+5", Action::Go(Screen::Vectors)),
    line("commands-go-models", "Ctrl+6", Action::Go(Screen::Models)),
    line("commands-find", "Ctrl+K", Action::Open(Sheet::Palette)),
    line("commands-help", "?", Action::Open(Sheet::Help)),
    line("commands-settings", "Ctrl+,", Action::Open(Sheet::Settings)),
    line("commands-report", "", Action::Open(Sheet::Report)),
    line("commands-glossary", "", Action::Open(Sheet::Glossary(None))),
    line("commands-import-pairs", "Ctrl+I", Action::Open(Sheet::ImportPairs)),
    line("commands-export-pairs", "Ctrl+E", Action::Open(Sheet::ExportPairs)),
    line("commands-import-vector", "", Action::Open(Sheet::ImportVector)),
    line("commands-find-model", "", Action::Open(Sheet::FindModel)),
    line("commands-add-model", "", Action::Open(Sheet::AddModel)),
    line("commands-download-model", "", Action::Open(Sheet::DownloadModel)),
    line("commands-data-set", "", Action::Open(Sheet::DataSet)),
    line("commands-split", "", Action::Open(Sheet::Split)),
    line("commands-versions", "", Action::Open(Sheet::Versions)),
    line("commands-undo-deletion", "Ctrl+Z", Action::UndoDeletion),
    line("commands-queue", "Ctrl+J", Action::Open(Sheet::Queue)),
    line("commands-pause-job", "", Action::Job(JobAction::Pause)),
    line("commands-resume-job", "", Action::Job(JobAction::Resume)),
    line("commands-stop-job", "", Action::Job(JobAction::Stop)),
    line("commands-zoom-in", "Ctrl++", Action::Zoom(Zoom::In)),
    line("commands-zoom-in", "Ctrl+=", Action::Zoom(Zoom::In)),
    line("commands-zoom-out", "Ctrl+-", Action::Zoom(Zoom::Out)),
    line("commands-zoom-reset", "Ctrl+0", Action::Zoom(Zoom::Reset)),
    line("commands-theme-light", "", Action::Theme(Theme::Light)),
    line("commands-theme-dark", "", Action::Theme(Theme::Dark)),
    line("commands-theme-system", "", Action::Theme(Theme::System)),
    line("commands-language-english", "", Action::Language(Language::English)),
    line("commands-language-chinese", "", Action::Language(Language::Chinese)),
    line("commands-language-system", "", Action::Language(Language::System)),
    line("commands-projects", "Ctrl+Shift+O", Action::Project(ProjectAction::Menu)),
    line("commands-new-project", "", Action::Open(Sheet::NewProject)),
    line("commands-rename-project", "", Action::Open(Sheet::RenameProject)),
    line("commands-duplicate-project", "", Action::Project(ProjectAction::Duplicate)),
    line("commands-export-project", "", Action::Open(Sheet::ExportProject)),
    line("commands-import-project", "", Action::Open(Sheet::ImportProject)),
    line("commands-delete-project", "", Action::Project(ProjectAction::Delete)),
];

/// The commands that work on the Data screen.
pub const PAIR_COMMANDS: &[CommandLine] = &[
    line("commands-accept-pair", "Ctrl+Enter", Action::Pairs(PairAction::Accept)),
    line("commands-next-pair", "Alt+\u{2193}", Action::Pairs(PairAction::Next)),
    line("commands-previous-pair", "Alt+\u{2191}", Action::Pairs(PairAction::Previous)),
    line("commands-undo", "Ctrl+Z", Action::Pairs(PairAction::Undo)),
    line("commands-redo", "Ctrl+Shift+Z", Action::Pairs(PairAction::Redo)),
    line("commands-add-pair", "Ctrl+Shift+N", Action::Pairs(PairAction::Add)),
    line("commands-duplicate-pairs", "Ctrl+D", Action::Pairs(PairAction::Duplicate)),
    line("commands-swap-pairs", "Ctrl+Shift+X", Action::Pairs(PairAction::Swap)),
    line("commands-delete-pairs", "Delete", Action::Pairs(PairAction::Delete)),
    line("commands-move-pairs-up", "Alt+Shift+\u{2191}", Action::Pairs(PairAction::MoveUp)),
    line("commands-move-pairs-down", "Alt+Shift+\u{2193}", Action::Pairs(PairAction::MoveDown)),
    line("commands-train-pairs", "", Action::Pairs(PairAction::Train)),
    line("commands-hold-out-pairs", "", Action::Pairs(PairAction::HoldOut)),
    line("commands-pin-pairs", "", Action::Pairs(PairAction::Pin)),
    line("commands-unpin-pairs", "", Action::Pairs(PairAction::Unpin)),
    line("commands-select-pairs", "Ctrl+A", Action::Pairs(PairAction::SelectAll)),
    line("commands-search-pairs", "Ctrl+F", Action::Pairs(PairAction::Search)),
    line("commands-search-pairs", "/", Action::Pairs(PairAction::Search)),
    line("commands-show-pair", "", Action::Pairs(PairAction::Show(DataView::Pair))),
    line("commands-check-data-set", "Ctrl+Shift+C", Action::Pairs(PairAction::Show(DataView::Quality))),
    line("commands-draft-pairs", "Ctrl+Shift+G", Action::Pairs(PairAction::Show(DataView::Drafts))),
    line("commands-show-choice", "", Action::Pairs(PairAction::Show(DataView::Choice))),
    line("commands-add-tag", "Ctrl+T", Action::Pairs(PairAction::Tag)),
];

/// The commands that work on the Chat screen.
pub const CHAT_COMMANDS: &[CommandLine] = &[
    line("commands-new-conversation", "Ctrl+N", Action::Chat(ChatAction::New)),
    line("commands-stop-answers", "Escape", Action::Chat(ChatAction::Stop)),
    line("commands-write-message", "Ctrl+L", Action::Chat(ChatAction::Write)),
    line("commands-add-column", "Ctrl+Shift+K", Action::Chat(ChatAction::AddColumn)),
    line("commands-desk", "Ctrl+M", Action::Chat(ChatAction::Desk)),
    line("commands-conversations", "Ctrl+B", Action::Chat(ChatAction::List)),
    line("commands-import-conversations", "", Action::Chat(ChatAction::Import)),
    line("commands-drift", "", Action::Chat(ChatAction::Drift)),
];

/// Returns all commands of all tables.
pub fn all() -> impl Iterator<Item = &'static CommandLine> {
    COMMANDS.iter().chain(PAIR_COMMANDS).chain(CHAT_COMMANDS)
}

impl CommandLine {
    /// Returns the text in the language that is spoken.
    #[must_use]
    pub fn text(&self) -> String {
        text::message(self.label, &[])
    }

    /// Returns whether the command can run now.
    #[must_use]
    pub fn is_enabled(&self, store: Store) -> bool {
        let action = match self.action {
            Action::Job(action) => action,
            Action::UndoDeletion => return store.can_undo_deletion(),
            Action::Chat(ChatAction::Stop) => {
                return store.screen.get() == Screen::Chat && !store.turns.tree.read().growing().is_empty();
            }
            Action::Project(ProjectAction::Delete) => return store.projects.read().len() > 1,
            Action::Chat(_) => return store.screen.get() == Screen::Chat,
            Action::Pairs(_) => {
                return store.screen.get() == Screen::Data && !store.data_sets.read().is_empty();
            }
            Action::Open(Sheet::ExportPairs | Sheet::Split | Sheet::Versions) => {
                return !store.data_sets.read().is_empty();
            }
            _ => return true,
        };
        let jobs = store.jobs.read();
        jobs.first().is_some_and(|job| match action {
            JobAction::Pause => matches!(job.state, ipc::job::JobState::Running | ipc::job::JobState::Queued),
            JobAction::Resume => job.state == ipc::job::JobState::Paused,
            JobAction::Stop => true,
        })
    }

    /// Closes the open sheet and runs the command.
    pub fn run(&self, store: Store) {
        store.sheet.set(None);
        match self.action {
            Action::Go(screen) => store.go(screen),
            Action::Open(Sheet::Glossary(term)) => store.look_up(term),
            Action::Open(sheet) => store.sheet.set(Some(sheet)),
            Action::Theme(theme) => store.change_settings(|settings| settings.theme = theme),
            Action::Language(language) => store.change_settings(|settings| settings.language = language),
            Action::Zoom(step) => store.zoom(step),
            Action::UndoDeletion => store.undo_deletion(),
            Action::Project(action) => store.act_on_project(action),
            Action::Chat(action) => {
                if let Some(act) = store.on_chat.get_value() {
                    act.run(action);
                }
            }
            Action::Pairs(action) => {
                if let Some(act) = store.on_pairs.get_value() {
                    act.run(action);
                }
            }
            Action::Job(action) => {
                if let Some(job) = store.jobs.read_untracked().first().map(|job| job.id) {
                    store.send(ipc::command::ControlJob { job, action });
                }
            }
        }
    }
}

/// Writes a pressed key as the table does.
#[must_use]
pub fn chord(ctrl: bool, alt: bool, shift: bool, key: &str) -> String {
    let key = match key {
        "ArrowUp" => "\u{2191}".to_owned(),
        "ArrowDown" => "\u{2193}".to_owned(),
        key if key.chars().count() == 1 => key.to_uppercase(),
        key => key.to_owned(),
    };
    let mut text = String::new();
    if ctrl {
        text.push_str("Ctrl+");
    }
    if alt {
        text.push_str("Alt+");
    }
    // A character that needs Shift is written as itself.
    let is_sign = key.chars().count() == 1 && !key.chars().all(char::is_alphanumeric) && key.is_ascii();
    if shift && (ctrl || alt) && !is_sign {
        text.push_str("Shift+");
    }
    text + &key
}

/// Returns the commands of which a key event runs the first that is enabled. A single character in a text field runs none,
/// and neither do the keys that every text field has itself.
pub fn asked_by(event: &KeyboardEvent, in_text: bool) -> impl Iterator<Item = &'static CommandLine> {
    let ctrl = event.ctrl_key() || event.meta_key();
    let chord = chord(ctrl, event.alt_key(), event.shift_key(), &event.key());
    // Escape types nothing: it stops the answers while the next message is being written.
    let is_typed = in_text && !ctrl && !event.alt_key() && event.key() != "Escape";
    // What is typed into a field of the Data screen is an edit, so that Ctrl+Z undoes that one there.
    let is_fields =
        move |line: &CommandLine| in_text && (line.keys == "Ctrl+A" || line.action == Action::UndoDeletion);
    all().filter(move |line| !is_typed && line.keys == chord && !is_fields(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_keys() {
        // Ctrl+Z undoes what was done last: a deletion, or an edit of a pair.
        let is_alone = |line: &&CommandLine| !line.keys.is_empty() && line.action != Action::UndoDeletion;
        let mut keys: Vec<&str> = all().filter(is_alone).map(|line| line.keys).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn chords_are_written_as_the_table_writes_them() {
        assert_eq!(chord(true, false, false, "k"), "Ctrl+K");
        assert_eq!(chord(false, false, true, "?"), "?");
        assert_eq!(chord(true, false, true, "z"), "Ctrl+Shift+Z");
        assert_eq!(
            (chord(true, false, true, "+"), chord(true, false, false, "-")),
            ("Ctrl++".into(), "Ctrl+-".into())
        );
        assert_eq!(chord(false, true, true, "\u{2191}"), "Alt+Shift+\u{2191}");
        assert_eq!(chord(false, true, true, "ArrowUp"), "Alt+Shift+\u{2191}");
    }
}
