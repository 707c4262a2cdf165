//! The sequences that a session keeps between its answers.

use super::lane::Lane;

/// The most bytes that are kept. A thousand tokens take 50 MB in a model of 135 million parameters, 260 MB in one of 8 billion.
const MOST_BYTES: u64 = 2 << 30;

/// The name of a sequence: a key, and whether it is the plain twin of the steered sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LaneKey {
    pub(super) key: u64,
    pub(super) is_plain: bool,
}

/// The sequences that are kept, the least recently used first.
#[derive(Default)]
pub(super) struct Kept(Vec<(LaneKey, Lane)>);

impl Kept {
    /// Returns all sequences, in an order that only [`Kept::take`], [`Kept::put`] and [`Kept::forget`] change.
    pub(super) fn all(&self) -> &[(LaneKey, Lane)] {
        &self.0
    }

    /// Returns the place of a sequence in [`Kept::all`].
    pub(super) fn place(&self, key: LaneKey) -> Option<usize> {
        self.0.iter().position(|(known, _)| *known == key)
    }

    /// Removes a sequence, which then belongs to the caller.
    pub(super) fn take(&mut self, key: LaneKey) -> Option<Lane> {
        self.place(key).map(|place| self.0.remove(place).1)
    }

    /// Keeps a sequence in place of the one before, and drops the least recently used ones where all are too large.
    pub(super) fn put(&mut self, key: LaneKey, lane: Lane) {
        self.take(key);
        self.0.push((key, lane));
        self.shrink_to(MOST_BYTES);
    }

    fn shrink_to(&mut self, most: u64) {
        let mut bytes = self.bytes();
        while bytes > most && !self.0.is_empty() {
            bytes -= self.0.remove(0).1.bytes() as u64;
        }
    }

    /// Drops the sequences of a key.
    pub(super) fn forget(&mut self, key: u64) {
        self.0.retain(|(known, _)| known.key != key);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|(_, lane)| lane.bytes() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KvCache;

    #[test]
    fn the_least_recently_used_are_dropped_first() {
        let key = |key| LaneKey { key, is_plain: false };
        let mut kept = Kept::default();
        for number in 0..3 {
            let mut lane = Lane::new(KvCache::Host(Vec::new()), 4);
            lane.trunk = vec![0.0; 100];
            kept.put(key(number), lane);
        }
        let again = kept.take(key(0)).unwrap();
        kept.put(key(0), again);
        let one = kept.bytes() / 3;
        assert_eq!(one, 400);
        kept.shrink_to(2 * one);
        assert_eq!([0, 1, 2].map(|number| kept.place(key(number)).is_some()), [true, false, true]);
        kept.forget(2);
        assert_eq!((kept.place(key(2)), kept.bytes()), (None, one));
        kept.shrink_to(0);
        assert!(kept.all().is_empty());
    }
}
