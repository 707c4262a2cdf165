//! Which turns of a column are in the page: at first the latest ones, and never more than a few, however long the conversation is.

use std::ops::Range;

/// The number of turns that are in the page at first.
const SOME: usize = 60;
/// The number of turns that are added at a time. One frame has time to make them, and together they are higher than the distance
/// that a person scrolls in one frame.
const STEP: usize = 12;
/// The most turns in the page. With these, both ends are out of sight while a person reads the middle.
const MOST: usize = 180;

/// The turns that are in the page, counted from the end of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TurnWindow {
    count: usize,
    /// The number of turns behind them.
    later: usize,
}

impl TurnWindow {
    /// The latest turns.
    pub(super) const LATEST: Self = Self { count: SOME, later: 0 };

    /// Returns the earliest turns of a column with this number of turns.
    pub(super) fn earliest(length: usize) -> Self {
        Self { count: SOME, later: length.saturating_sub(SOME) }
    }

    /// Returns the places of the turns in a column with this number of turns.
    pub(super) fn range(self, length: usize) -> Range<usize> {
        let end = length.saturating_sub(self.later);
        end.saturating_sub(self.count)..end
    }

    /// Returns the number of turns behind those in the page.
    pub(super) fn later(self) -> usize {
        self.later
    }

    /// Adds some turns before, and takes those away that are too many at the end.
    pub(super) fn move_back(self, length: usize) -> Self {
        let count = self.count + STEP.min(self.range(length).start);
        let too_many = count.saturating_sub(MOST);
        Self { count: count - too_many, later: self.later + too_many }
    }

    /// Adds some turns behind, and takes as many away at the beginning once there are many.
    pub(super) fn move_on(self) -> Self {
        let added = STEP.min(self.later);
        Self { count: (self.count + added).min(MOST), later: self.later - added }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_column_is_walked_through_with_few_turns_in_the_page() {
        let length = 10_000;
        let mut window = TurnWindow::LATEST;
        assert_eq!(window.range(length), 9940..10_000);
        let mut seen = window.range(length).start;
        while window.range(length).start > 0 {
            let before = window.range(length);
            window = window.move_back(length);
            let now = window.range(length);
            assert!(now.len() <= MOST && now.start < before.start && now.end > before.start, "{now:?}");
            assert!(before.start - now.start <= STEP, "no frame has to make more: {before:?}, {now:?}");
            seen = seen.min(now.start);
        }
        assert_eq!((seen, window.range(length)), (0, 0..MOST));
        while window.later() > 0 {
            let before = window.range(length);
            window = window.move_on();
            let now = window.range(length);
            assert!(now.len() <= MOST && now.end > before.end && now.start < before.end, "{now:?}");
            assert!(now.end - before.end <= STEP, "no frame has to make more: {before:?}, {now:?}");
        }
        assert_eq!(window.range(length), length - MOST..length);
    }

    #[test]
    fn the_earliest_turns_are_as_many_as_the_latest() {
        assert_eq!(TurnWindow::earliest(10_000).range(10_000), 0..SOME);
        assert_eq!(TurnWindow::earliest(7), TurnWindow::LATEST, "a short column is whole");
    }

    #[test]
    fn a_short_column_is_whole() {
        assert_eq!(TurnWindow::LATEST.range(7), 0..7);
        assert_eq!(TurnWindow::LATEST.move_back(7), TurnWindow::LATEST);
        assert_eq!(TurnWindow::LATEST.move_on(), TurnWindow::LATEST);
        assert_eq!(TurnWindow::LATEST.range(0), 0..0);
        assert_eq!(TurnWindow::LATEST.move_back(65).range(65), 0..65);
    }
}
