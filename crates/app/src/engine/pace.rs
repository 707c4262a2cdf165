//! Measures the rate of a job's phase, and limits how often its progress is reported.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ipc::job::Progress;

/// The shortest interval between two events about one thing, which makes 20 events a second.
pub(crate) const REPORT_INTERVAL: Duration = Duration::from_millis(50);

/// The number of last units over which the rate is measured.
const WINDOW: usize = 10;

/// Limits events to one in [`REPORT_INTERVAL`].
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    last: Option<Instant>,
}

impl Throttle {
    /// Returns whether an event is due now.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.last.is_none_or(|last| now.duration_since(last) >= REPORT_INTERVAL);
        if due {
            self.last = Some(now);
        }
        due
    }
}

/// One phase of a job. It consists of units of one kind.
#[derive(Debug)]
pub(crate) struct Phase {
    name: &'static str,
    unit: &'static str,
    /// The times at which the last units were done, with their counts.
    marks: VecDeque<(Instant, usize)>,
}

impl Phase {
    /// Begins a phase.
    pub(crate) fn new(name: &'static str, unit: &'static str) -> Self {
        Self { name, unit, marks: VecDeque::with_capacity(WINDOW + 1) }
    }

    /// Returns the progress after `done` of `total` units. `rest` is the number of seconds that the job's work after this phase
    /// takes. Where it is not known, neither is the time left: it is that of the whole job.
    pub(crate) fn progress(
        &mut self,
        now: Instant,
        done: usize,
        total: usize,
        rest: Option<f64>,
    ) -> Progress {
        if self.marks.back().is_none_or(|(_, last)| *last != done) {
            self.marks.push_back((now, done));
            if self.marks.len() > WINDOW {
                self.marks.pop_front();
            }
        }
        let seconds_per_unit = self.seconds_per_unit();
        Progress {
            phase: self.name.to_owned(),
            done: done as u32,
            total: total as u32,
            unit: self.unit.to_owned(),
            seconds_per_unit,
            seconds_left: seconds_per_unit
                .zip(rest)
                .map(|(seconds, rest)| seconds * total.saturating_sub(done) as f64 + rest),
        }
    }

    /// Returns the rate over the last units. Returns `None` until two are done.
    fn seconds_per_unit(&self) -> Option<f64> {
        let ((began, first), (ended, last)) = (self.marks.front()?, self.marks.back()?);
        let units = last.checked_sub(*first).filter(|units| *units >= 2)?;
        Some(ended.duration_since(*began).as_secs_f64() / units as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_absent_until_two_units_are_done_and_then_follows_the_last_ones() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut phase = Phase::new("Training", "step");
        assert_eq!(phase.progress(at(0), 0, 20, Some(0.0)).seconds_per_unit, None);
        assert_eq!(phase.progress(at(4), 1, 20, Some(0.0)).seconds_left, None);
        let progress = phase.progress(at(8), 2, 20, Some(5.0));
        assert_eq!((progress.seconds_per_unit, progress.seconds_left), (Some(4.0), Some(77.0)));
        let part = phase.progress(at(8), 2, 20, None);
        assert_eq!(part.seconds_left, None, "a part of a job does not say how long the job takes");
        let last = (3..=20).map(|done| phase.progress(at(8 + done), done as usize, 20, None)).last();
        assert_eq!(last.and_then(|progress| progress.seconds_per_unit), Some(1.0));
    }

    #[test]
    fn a_throttle_lets_through_20_times_a_second() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        let through = (0..1000).filter(|ms| throttle.is_due(start + Duration::from_millis(*ms))).count();
        assert_eq!(through, 20);
    }
}
