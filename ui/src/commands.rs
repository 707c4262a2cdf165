//! The one table of commands: the side bar, the palette, the keys and the help sheet all read it.

use ipc::job::JobAction;
use ipc::project::Theme;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::screens::Screen;
use crate::state::{Sheet, Store};

/// Something a person can do from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Shows a screen.
    Go(Screen),
    /// Lays a sheet over the screen.
    Open(Sheet),
    /// Sets the theme.
    Theme(Theme),
    /// Does something to the job that runs.
    Job(JobAction),
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandLine {
    /// What it says on buttons and in the palette.
    pub label: &'static str,
    /// The keys, as they are written on the screen; empty for none.
    pub keys: &'static str,
    /// What it does.
    pub action: Action,
}

const fn line(label: &'static str, keys: &'static str, action: Action) -> CommandLine {
    CommandLine { label, keys, action }
}

/// Every command.
pub const COMMANDS: &[CommandLine] = &[
    line("Go to Data", "Ctrl+1", Action::Go(Screen::Data)),
    line("Go to Train", "Ctrl+2", Action::Go(Screen::Train)),
    line("Go to Sweep", "Ctrl+3", Action::Go(Screen::Sweep)),
    line("Go to Chat", "Ctrl+4", Action::Go(Screen::Chat)),
    line("Go to Vectors", "Ctrl+5", Action::Go(Screen::Vectors)),
    line("Go to Models", "Ctrl+6", Action::Go(Screen::Models)),
    line("Find a command", "Ctrl+K", Action::Open(Sheet::Palette)),
    line("Show the shortcuts", "?", Action::Open(Sheet::Help)),
    line("Open the settings", "Ctrl+,", Action::Open(Sheet::Settings)),
    line("Import pairs", "Ctrl+I", Action::Open(Sheet::ImportPairs)),
    line("Export pairs", "Ctrl+E", Action::Open(Sheet::ExportPairs)),
    line("Import a vector", "", Action::Open(Sheet::ImportVector)),
    line("Add a model from this machine", "", Action::Open(Sheet::AddModel)),
    line("Download a model", "", Action::Open(Sheet::DownloadModel)),
    line("Rename, delete or make a data set", "", Action::Open(Sheet::DataSet)),
    line("Pause the job", "", Action::Job(JobAction::Pause)),
    line("Resume the job", "", Action::Job(JobAction::Resume)),
    line("Stop the job and keep what it made", "", Action::Job(JobAction::Stop)),
    line("Use the light theme", "", Action::Theme(Theme::Light)),
    line("Use the dark theme", "", Action::Theme(Theme::Dark)),
    line("Use the desktop's theme", "", Action::Theme(Theme::System)),
];

/// Keys that work inside the Data screen, for the help sheet: its editor handles them.
pub const DATA_KEYS: &[(&str, &str)] = &[
    ("Accept the pair and go to the next", "Ctrl+Enter"),
    ("Previous, next pair", "Alt+\u{2191} Alt+\u{2193}"),
    ("Undo", "Ctrl+Z"),
    ("Do it again", "Ctrl+Shift+Z"),
    ("Duplicate the pair", "Ctrl+D"),
    ("Search", "Ctrl+F"),
];

impl CommandLine {
    /// Whether it can be done now.
    #[must_use]
    pub fn is_enabled(&self, store: Store) -> bool {
        let Action::Job(action) = self.action else {
            return self.action != Action::Open(Sheet::ExportPairs) || !store.data_sets.read().is_empty();
        };
        let jobs = store.jobs.read();
        jobs.first().is_some_and(|job| match action {
            JobAction::Pause => matches!(job.state, ipc::job::JobState::Running | ipc::job::JobState::Queued),
            JobAction::Resume => job.state == ipc::job::JobState::Paused,
            JobAction::Stop => true,
        })
    }

    /// Does it.
    pub fn run(&self, store: Store) {
        store.sheet.set(None);
        match self.action {
            Action::Go(screen) => store.go(screen),
            Action::Open(sheet) => store.sheet.set(Some(sheet)),
            Action::Theme(theme) => store.change_settings(|settings| settings.theme = theme),
            Action::Job(action) => {
                if let Some(job) = store.jobs.read_untracked().first().map(|job| job.id) {
                    store.send(ipc::command::ControlJob { job, action });
                }
            }
        }
    }
}

/// A pressed key as the table writes it.
#[must_use]
pub fn chord(ctrl: bool, alt: bool, shift: bool, key: &str) -> String {
    let key = if key.chars().count() == 1 { key.to_uppercase() } else { key.to_owned() };
    let mut text = String::new();
    if ctrl {
        text.push_str("Ctrl+");
    }
    if alt {
        text.push_str("Alt+");
    }
    // A character that needs Shift is written as itself.
    if shift && (ctrl || alt) {
        text.push_str("Shift+");
    }
    text + &key
}

/// The command that a key event asks for. A single character typed into a text field asks for none.
#[must_use]
pub fn asked_by(event: &KeyboardEvent, in_text: bool) -> Option<&'static CommandLine> {
    let ctrl = event.ctrl_key() || event.meta_key();
    if in_text && !ctrl && !event.alt_key() {
        return None;
    }
    let chord = chord(ctrl, event.alt_key(), event.shift_key(), &event.key());
    COMMANDS.iter().find(|line| line.keys == chord)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_keys() {
        let mut keys: Vec<&str> =
            COMMANDS.iter().map(|line| line.keys).filter(|keys| !keys.is_empty()).collect();
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
    }
}
