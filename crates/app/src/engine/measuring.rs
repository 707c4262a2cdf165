//! Measurements that a person asks for beside everything else: they make way for answers, and end when a person says so.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// The pause between two looks at whether answers are still being made.
const PAUSE: Duration = Duration::from_millis(25);

/// Counts how often a person has stopped the measurements.
#[derive(Debug, Default)]
pub(crate) struct Measuring(AtomicU64);

/// A measurement under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measurement(u64);

impl Measuring {
    /// Begins a measurement.
    pub(crate) fn begin(&self) -> Measurement {
        Measurement(self.0.load(Ordering::SeqCst))
    }

    /// Stops all measurements that have begun.
    pub(crate) fn stop(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits while answers are being made, and returns whether a measurement goes on. Call it between two units of work.
    pub(crate) fn make_way(
        &self,
        measurement: Measurement,
        is_ending: impl Fn() -> bool,
        is_answering: impl Fn() -> bool,
    ) -> ControlFlow<()> {
        loop {
            if is_ending() || self.0.load(Ordering::SeqCst) != measurement.0 {
                return ControlFlow::Break(());
            }
            if !is_answering() {
                return ControlFlow::Continue(());
            }
            thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_measurement_waits_for_answers_and_ends_when_a_person_says_so() {
        let measuring = Measuring::default();
        let first = measuring.begin();
        let looks = Cell::new(0);
        let answers_for = |times: u32| {
            let looks = &looks;
            move || {
                looks.set(looks.get() + 1);
                looks.get() < times
            }
        };
        assert!(measuring.make_way(first, || false, answers_for(3)).is_continue());
        assert_eq!(looks.get(), 3, "it looked until nothing was answered");
        measuring.stop();
        assert!(measuring.make_way(first, || false, || true).is_break(), "even while answers are made");
        let second = measuring.begin();
        assert!(measuring.make_way(second, || false, || false).is_continue(), "a stop is for what had begun");
        assert!(measuring.make_way(second, || true, || false).is_break(), "the application ends");
    }
}
