//! The table of commands, which the side bar, the palette, the keys and the help sheet read.

use ipc::job::JobAction;
use ipc::project::Theme;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::actions::{Action, ChatAction, DataView, PairAction, ProjectAction, Screen, Sheet, Zoom};
use crate::state::Store;

/// A command: one line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandLine {
    /// The text in the palette and in the help sheet.
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
    line("Go to Start", "Alt+Home", Action::Go(Screen::Start)),
    line("Go to Data", "Ctrl+1", Action::Go(Screen::Data)),
    line("Go to Train", "Ctrl+2", Action::Go(Screen::Train)),
    line("Go to Sweep", "Ctrl+3", Action::Go(Screen::Sweep)),
    line("Go to Chat", "Ctrl+4", Action::Go(Screen::Chat)),
    line("Go to Vectors", "Ctrl+5", Action::Go(Screen::Vectors)),
    line("Go to Models", "Ctrl+6", Action::Go(Screen::Models)),
    line("Find a command or a thing", "Ctrl+K", Action::Open(Sheet::Palette)),
    line("Show the help", "?", Action::Open(Sheet::Help)),
    line("Open the settings", "Ctrl+,", Action::Open(Sheet::Settings)),
    line("Copy diagnostics or save a report", "", Action::Open(Sheet::Report)),
    line("Open the glossary", "", Action::Open(Sheet::Glossary(None))),
    line("Import pairs", "Ctrl+I", Action::Open(Sheet::ImportPairs)),
    line("Export pairs", "Ctrl+E", Action::Open(Sheet::ExportPairs)),
    line("Import a vector", "", Action::Open(Sheet::ImportVector)),
    line("Add a model from this machine", "", Action::Open(Sheet::AddModel)),
    line("Download a model", "", Action::Open(Sheet::DownloadModel)),
    line("Rename, delete or make a data set", "", Action::Open(Sheet::DataSet)),
    line("Split the data set", "", Action::Open(Sheet::Split)),
    line("Versions of the data set", "", Action::Open(Sheet::Versions)),
    line("Bring back what was deleted last", "Ctrl+Z", Action::UndoDeletion),
    line("Show the queue", "Ctrl+J", Action::Open(Sheet::Queue)),
    line("Pause the job", "", Action::Job(JobAction::Pause)),
    line("Resume the job", "", Action::Job(JobAction::Resume)),
    line("Stop the job and keep what it made", "", Action::Job(JobAction::Stop)),
    line("Zoom in", "Ctrl++", Action::Zoom(Zoom::In)),
    line("Zoom in", "Ctrl+=", Action::Zoom(Zoom::In)),
    line("Zoom out", "Ctrl+-", Action::Zoom(Zoom::Out)),
    line("Zoom to 100 %", "Ctrl+0", Action::Zoom(Zoom::Reset)),
    line("Use the light theme", "", Action::Theme(Theme::Light)),
    line("Use the dark theme", "", Action::Theme(Theme::Dark)),
    line("Use the desktop's theme", "", Action::Theme(Theme::System)),
    line("Open another project", "Ctrl+Shift+O", Action::Project(ProjectAction::Menu)),
    line("Make a new project", "", Action::Open(Sheet::NewProject)),
    line("Rename the project", "", Action::Open(Sheet::RenameProject)),
    line("Duplicate the project", "", Action::Project(ProjectAction::Duplicate)),
    line("Export the project", "", Action::Open(Sheet::ExportProject)),
    line("Import or merge a project", "", Action::Open(Sheet::ImportProject)),
    line("Delete the project", "", Action::Project(ProjectAction::Delete)),
];

/// The commands that work on the Data screen.
pub const PAIR_COMMANDS: &[CommandLine] = &[
    line("Accept the pair and go to the next", "Ctrl+Enter", Action::Pairs(PairAction::Accept)),
    line("Next pair", "Alt+\u{2193}", Action::Pairs(PairAction::Next)),
    line("Previous pair", "Alt+\u{2191}", Action::Pairs(PairAction::Previous)),
    line("Undo", "Ctrl+Z", Action::Pairs(PairAction::Undo)),
    line("Do it again", "Ctrl+Shift+Z", Action::Pairs(PairAction::Redo)),
    line("Add a pair", "Ctrl+Shift+N", Action::Pairs(PairAction::Add)),
    line("Duplicate the pairs", "Ctrl+D", Action::Pairs(PairAction::Duplicate)),
    line("Swap wanted and opposite", "Ctrl+Shift+X", Action::Pairs(PairAction::Swap)),
    line("Delete the pairs", "Delete", Action::Pairs(PairAction::Delete)),
    line("Move the pairs up", "Alt+Shift+\u{2191}", Action::Pairs(PairAction::MoveUp)),
    line("Move the pairs down", "Alt+Shift+\u{2193}", Action::Pairs(PairAction::MoveDown)),
    line("Select every listed pair", "Ctrl+A", Action::Pairs(PairAction::SelectAll)),
    line("Search the pairs", "Ctrl+F", Action::Pairs(PairAction::Search)),
    line("Search the pairs", "/", Action::Pairs(PairAction::Search)),
    line("Show the open pair", "", Action::Pairs(PairAction::Show(DataView::Pair))),
    line("Check the data set", "Ctrl+Shift+C", Action::Pairs(PairAction::Show(DataView::Quality))),
    line("Make pairs with a model", "Ctrl+Shift+G", Action::Pairs(PairAction::Show(DataView::Drafts))),
    line("Show the pair as a choice", "", Action::Pairs(PairAction::Show(DataView::Choice))),
    line("Add a tag", "Ctrl+T", Action::Pairs(PairAction::Tag)),
];

/// The commands that work on the Chat screen.
pub const CHAT_COMMANDS: &[CommandLine] = &[
    line("Begin a new conversation", "Ctrl+N", Action::Chat(ChatAction::New)),
    line("Stop the answers", "Escape", Action::Chat(ChatAction::Stop)),
    line("Write a message", "Ctrl+L", Action::Chat(ChatAction::Write)),
    line("Add a column", "Ctrl+Shift+K", Action::Chat(ChatAction::AddColumn)),
    line("Show or hide the mixing desk", "Ctrl+M", Action::Chat(ChatAction::Desk)),
    line("Show or hide the conversations", "Ctrl+B", Action::Chat(ChatAction::List)),
];

/// Returns all commands of all tables.
pub fn all() -> impl Iterator<Item = &'static CommandLine> {
    COMMANDS.iter().chain(PAIR_COMMANDS).chain(CHAT_COMMANDS)
}

impl CommandLine {
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
