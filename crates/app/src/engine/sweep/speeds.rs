//! The speed of each kind of measurement, as a sweep measures it, for the time that the whole sweep still takes.

use std::time::Duration;

use super::kind::Kind;

/// The seconds that an item takes, by the kind of measurement.
#[derive(Debug, Default)]
pub(super) struct Speeds(Vec<(Kind, f64)>);

impl Speeds {
    /// Notes how long this many items have taken. The last speed of a kind counts.
    pub(super) fn note(&mut self, kind: &Kind, items: usize, passed: Duration) {
        if items == 0 {
            return;
        }
        self.0.retain(|(known, _)| known != kind);
        self.0.push((kind.clone(), passed.as_secs_f64() / items as f64));
    }

    /// Returns the seconds that these numbers of items take. `None` while the speed of one of them is not known.
    pub(super) fn seconds<'a>(&self, items: impl Iterator<Item = (&'a Kind, usize)>) -> Option<f64> {
        let mut seconds = 0.0;
        for (kind, items) in items.filter(|(_, items)| *items > 0) {
            let (_, speed) = self.0.iter().find(|(known, _)| known == kind)?;
            seconds += speed * items as f64;
        }
        Some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_known_once_every_kind_that_is_left_was_measured() {
        let mut speeds = Speeds::default();
        assert_eq!(speeds.seconds(std::iter::empty()), Some(0.0), "nothing is left");
        let left = [(&Kind::Pairs, 10), (&Kind::Answers, 4), (&Kind::Choice, 0)];
        speeds.note(&Kind::Pairs, 5, Duration::from_secs(1));
        assert_eq!(speeds.seconds(left.into_iter()), None, "no answer was timed yet");
        speeds.note(&Kind::Answers, 2, Duration::from_secs(6));
        assert_eq!(speeds.seconds(left.into_iter()), Some(2.0 + 12.0));
        speeds.note(&Kind::Pairs, 5, Duration::from_secs(2));
        assert_eq!(speeds.seconds(left.into_iter()), Some(4.0 + 12.0), "the last speed counts");
    }
}
