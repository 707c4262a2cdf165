//! How much of each job is done. A job's progress counts the units of its phase, and a run or a sweep has many phases: its bar and the
//! window's title would begin anew with each of them.

use std::collections::HashMap;

use ipc::Id;
use ipc::job::{Job, JobKind};
use ipc::sweep::Sweep;

/// The unit of a run's phase that counts: what is measured between its steps is a small part of it.
const STEP: &str = "step";

/// The done share of each job that is not over, from 0 to 1.
pub type Shares = HashMap<Id, f64>;

/// Notes how much of a job is done.
pub(super) fn follow(shares: &mut Shares, job: &Job, sweeps: &[Sweep]) {
    if job.state.is_over() {
        shares.remove(&job.id);
        return;
    }
    let progress = &job.progress;
    let of_phase = (progress.total > 0).then(|| f64::from(progress.done) / f64::from(progress.total));
    let now = match job.kind {
        JobKind::Train { .. } => of_phase.filter(|_| progress.unit == STEP),
        JobKind::Sweep { sweep } => sweeps.iter().find(|known| known.id == sweep).map(of_sweep),
        _ => of_phase,
    };
    let known = shares.entry(job.id).or_default();
    *known = now.unwrap_or(*known).clamp(0.0, 1.0);
}

/// Returns the share of a sweep's points that are measured.
fn of_sweep(sweep: &Sweep) -> f64 {
    sweep.measured_points() as f64 / f64::from(sweep.expected.max(1))
}

#[cfg(test)]
mod tests {
    use ipc::job::{JobState, Progress};

    use super::*;

    fn job(unit: &str, done: u32, total: u32) -> Job {
        let progress = Progress { done, total, unit: unit.into(), ..Progress::default() };
        Job { progress, kind: JobKind::Train { run: 1 }, ..crate::samples::job(1, JobState::Running) }
    }

    #[test]
    fn what_is_measured_between_the_steps_does_not_move_the_share_of_a_run() {
        let mut shares = Shares::new();
        let mut after = |unit: &str, done, total| {
            follow(&mut shares, &job(unit, done, total), &[]);
            shares.get(&1).copied()
        };
        assert_eq!(after("pair", 5, 6), Some(0.0), "nothing is trained yet");
        assert_eq!(after("step", 12, 48), Some(0.25));
        assert_eq!(after("pair", 5, 6), Some(0.25), "the held-out pairs are measured");
        assert_eq!(after("step", 24, 48), Some(0.5));
        let over = Job { state: JobState::Done, ..job("step", 48, 48) };
        follow(&mut shares, &over, &[]);
        assert!(shares.is_empty());
    }

    #[test]
    fn other_jobs_have_the_share_of_their_phase() {
        let mut shares = Shares::new();
        let download = Job { kind: JobKind::Download { download: 1 }, ..job("MB", 3, 4) };
        follow(&mut shares, &download, &[]);
        assert_eq!(shares.get(&1).copied(), Some(0.75));
    }
}
