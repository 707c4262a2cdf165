//! Commands about the window itself: its events, settings, dialogs and jobs.

use super::commands;
use crate::Id;
use crate::files::FilePurpose;
use crate::job::{Job, JobAction};
use crate::project::Settings;

commands! {
    /// Opens the channel of events (passed beside `request` as `events`). The first event is the whole picture.
    Watch = "watch" -> () {}

    /// Keeps the person's settings.
    SaveSettings = "save_settings" -> () {
        /// All of them.
        settings: Settings,
    }

    /// Lets the person choose a file in the desktop's dialog; `None` where the dialog was left.
    ChooseFile = "choose_file" -> Option<String> {
        /// What it is for.
        purpose: FilePurpose,
    }

    /// Pauses, resumes or stops a job.
    ControlJob = "control_job" -> Job {
        /// The job.
        job: Id,
        /// What to do.
        action: JobAction,
    }
}
