//! Commands about the window itself: its events, settings, dialogs and jobs.

use super::commands;
use crate::Id;
use crate::files::FilePurpose;
use crate::job::{Job, JobAction};
use crate::project::Settings;

commands! {
    /// Opens the channel of events (passed beside `request` as `events`). [`crate::Event::Overview`] is the first event.
    Watch = "watch" -> () {}

    /// Stores the person's settings.
    SaveSettings = "save_settings" -> () {
        /// The complete settings.
        settings: Settings,
    }

    /// Opens the desktop's file dialog. `None` if the person cancels.
    ChooseFile = "choose_file" -> Option<String> {
        /// The purpose of the file.
        purpose: FilePurpose,
    }

    /// Pauses, resumes or stops a job.
    ControlJob = "control_job" -> Job {
        /// The job.
        job: Id,
        /// The action on the job.
        action: JobAction,
    }
}
