//! Commands about the window itself: its events, settings, dialogs and jobs.

use super::commands;
use crate::Id;
use crate::files::{ChosenFile, FilePurpose, FileRef};
use crate::job::{Job, JobAction, QueueMove};
use crate::project::{Folders, Language, Settings};
use crate::repair::{RepairHow, Repairs};

commands! {
    /// Opens the channel of events (passed beside `request` as `events`). [`crate::Event::Overview`] is the first event.
    Watch -> () {}

    /// Answers [`crate::Event::Closing`]: closes the window, or keeps it open because what is typed could not be stored.
    AnswerClosing -> () {
        /// Whether the window closes.
        close: bool,
    }

    /// Reads how a store that cannot be opened can be mended.
    ReadRepairs -> Repairs {}

    /// Mends a store that cannot be opened. [`Watch`] opens it afterwards.
    Repair -> () {
        /// How it is mended.
        how: RepairHow,
    }

    /// Stores the person's settings.
    SaveSettings -> () {
        /// The complete settings.
        settings: Settings,
    }

    /// Opens the desktop's file dialog. `None` if the person cancels.
    ChooseFile -> Option<ChosenFile> {
        /// The purpose of the file.
        purpose: FilePurpose,
    }

    /// Writes a report of versions, the machine, the models, the jobs and the end of the log. It holds no prompt, no answer
    /// and no name that the person gave.
    ReadDiagnostics -> String {}

    /// Reads where the data and the log are kept.
    ReadFolders -> Folders {}

    /// Saves the report that was read last.
    SaveDiagnostics -> () {
        /// The file.
        file: FileRef,
        /// Whether an existing file is replaced.
        replace: bool,
    }

    /// Sets what the window's title says beside the name of the program.
    SetTitle -> () {
        /// What is under way and how far it is. `None` leaves the name alone.
        work: Option<String>,
    }

    /// Sets how large the page is.
    SetZoom -> () {
        /// In per cent, from 50 to 300.
        percent: u32,
    }

    /// Sets the language of the desktop's dialogs. The next start speaks it before the page has loaded.
    SetLanguage -> () {
        /// The one that the page speaks.
        language: Language,
    }

    /// Shows a notification of the desktop, unless the window is in front.
    Notify -> () {
        /// What has happened, in a few words.
        title: String,
        /// A sentence about it.
        text: String,
    }

    /// Moves a waiting job in the queue. [`crate::Event::Queue`] follows.
    MoveJob -> () {
        /// The job.
        job: Id,
        /// Where it goes. The first and the last of the queue stay where they are.
        to: QueueMove,
    }

    /// Pauses, resumes or stops a job.
    ControlJob -> Job {
        /// The job.
        job: Id,
        /// The action on the job.
        action: JobAction,
    }
}
