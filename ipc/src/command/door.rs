//! Commands of the local socket, by which another process of the same person uses the engine. The window calls none of them.

use super::commands;
use crate::Id;
use crate::download::Secret;
use crate::drafts::EndpointFacts;
use crate::files::FileRef;
use crate::job::{Job, ListedJob};

commands! {
    /// Returns all jobs, those that are over included, in the order in which they were queued.
    ListJobs -> Vec<ListedJob> {}

    /// Names the file that a job writes when it is done or stopped, and replaces a file of that name. A job that is over
    /// writes it at once. Training writes its vector, a sweep its numbers.
    SetOut -> Job {
        /// The job.
        job: Id,
        /// The file. The ending selects the format.
        file: FileRef,
    }

    /// Keeps the key of an endpoint in memory, until the process that runs the engine ends. It is stored nowhere.
    UseKey -> EndpointFacts {
        /// The address as it was typed.
        address: String,
        /// The key.
        key: Secret,
    }
}
