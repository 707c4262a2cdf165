//! Holds the two lanes in which jobs run side by side, and the running job of each.

use ipc::job::Job;

use super::running_job::RunningJob;

/// The queue that a job waits in. Each lane has a thread of its own and runs one job at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Jobs that compute with a model.
    Engine,
    /// Downloads: they need the network and the disk, and no model.
    Downloads,
}

/// The running job of each lane.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(crate) engine: RunningJob,
    pub(crate) downloads: RunningJob,
}

impl Lanes {
    /// Returns the running job of a lane.
    pub(crate) fn get(&self, lane: Lane) -> &RunningJob {
        match lane {
            Lane::Engine => &self.engine,
            Lane::Downloads => &self.downloads,
        }
    }

    /// Replaces the stored progress of a running job by the newer one in memory.
    pub(crate) fn overlay(&self, job: &mut Job) {
        self.engine.overlay(job);
        self.downloads.overlay(job);
    }
}
