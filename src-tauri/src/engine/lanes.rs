//! The two lanes that jobs run in, side by side, and the job that runs in each.

use ipc::job::Job;

use super::running_job::RunningJob;

/// Which queue a job waits in. Each lane has a thread of its own and runs one job at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Jobs that compute with a model.
    Engine,
    /// Downloads: they need the network and the disk, and no model.
    Downloads,
}

/// The job that runs in each lane, if one does.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(crate) engine: RunningJob,
    pub(crate) downloads: RunningJob,
}

impl Lanes {
    /// The job that runs in a lane.
    pub(crate) fn get(&self, lane: Lane) -> &RunningJob {
        match lane {
            Lane::Engine => &self.engine,
            Lane::Downloads => &self.downloads,
        }
    }

    /// Puts what is known in memory over what the store says about a job.
    pub(crate) fn overlay(&self, job: &mut Job) {
        self.engine.overlay(job);
        self.downloads.overlay(job);
    }
}
