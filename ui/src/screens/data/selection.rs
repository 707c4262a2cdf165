//! Selects pairs, and makes the edits that change all selected pairs at once.

use std::collections::HashSet;

use ipc::Id;
use ipc::list::{Ids, MoveTarget, PairChange};
use leptos::prelude::*;

use super::edits::Edit;
use super::pairs::Pairs;

/// The change of the selection by a click or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SelectionChange {
    /// Selects only this pair.
    Only,
    /// Adds this pair to the selection, or removes it.
    Toggle,
    /// Selects every pair from where the selection began to this one.
    Through,
}

impl SelectionChange {
    pub(super) fn from_keys(ctrl: bool, shift: bool) -> Self {
        match (ctrl, shift) {
            (_, true) => Self::Through,
            (true, false) => Self::Toggle,
            (false, false) => Self::Only,
        }
    }
}

impl Pairs {
    /// Picks a pair in the list and opens it.
    pub(super) fn pick(self, pair: Id, pick: SelectionChange) {
        let current = self.current();
        match pick {
            SelectionChange::Only => {
                self.selected.set(HashSet::new());
                self.anchor.set_value(Some(pair));
            }
            SelectionChange::Toggle => {
                self.anchor.set_value(Some(pair));
                self.selected.update(|selected| {
                    // The first pair of a selection is the one that was open.
                    if let (true, Some(current)) = (selected.is_empty(), current) {
                        selected.insert(current);
                    }
                    if !selected.remove(&pair) {
                        selected.insert(pair);
                    }
                });
            }
            SelectionChange::Through => {
                let from = self.anchor.get_value().or(current).unwrap_or(pair);
                let through = self.listed.with_untracked(|listed| range(listed, from, pair));
                self.selected.set(through);
            }
        }
        self.open(pair);
    }

    /// Selects everything that is listed.
    pub(super) fn select_all(self) {
        self.save_typed();
        self.selected.set(self.listed.with_untracked(|listed| listed.iter().copied().collect()));
    }

    /// Selects nothing.
    pub(super) fn select_none(self) {
        self.selected.set(HashSet::new());
    }

    /// Returns whether more than one pair is selected.
    pub(super) fn has_many(self) -> bool {
        self.selected.with(|selected| selected.len() > 1)
    }

    /// Returns the pairs that an edit is for: the selected ones, else the open one, in the order of the list.
    pub(super) fn targets(self) -> Ids {
        let selected = self.selected.read_untracked();
        if selected.is_empty() {
            return self.current().into_iter().collect();
        }
        self.listed
            .with_untracked(|listed| listed.iter().filter(|id| selected.contains(id)).copied().collect())
    }

    /// Changes the selected pairs, else the open one, as one step to undo.
    pub(super) fn change_all(self, change: PairChange) {
        self.save_typed();
        let pairs = self.targets();
        if pairs.is_empty() {
            return;
        }
        let then = if change == PairChange::Delete { self.left_after(&pairs) } else { None };
        self.make(Edit::Many { pairs, change, then });
    }

    /// Takes a tag from the open pair.
    pub(super) fn untag(self, tag: &str) {
        let Some(open) = self.open.get_untracked() else { return };
        self.untagged.set_value(Some((open, tag.to_owned())));
        self.change(|content| content.tags.retain(|other| other != tag));
    }

    /// Returns the pair to open after these are deleted: the next one, else the one before.
    fn left_after(self, gone: &Ids) -> Option<Id> {
        let gone: HashSet<Id> = gone.iter().collect();
        let listed = self.listed.read_untracked();
        let last = listed.iter().rposition(|id| gone.contains(id))?;
        let stays = |id: &&Id| !gone.contains(id);
        listed[last..].iter().find(stays).or_else(|| listed[..last].iter().rev().find(stays)).copied()
    }

    /// Returns the pair beside this one in the list.
    pub(super) fn neighbour(self, pair: Id) -> Option<Id> {
        self.left_after(&[pair].into_iter().collect())
    }

    /// Moves the selected pairs, else the open one, one place up or down.
    pub(super) fn move_by(self, down: bool) {
        self.save_typed();
        let pairs = self.targets();
        if let Some(to) = self.listed.with_untracked(|listed| place_beside(listed, &pairs, down)) {
            self.make(Edit::Many { pairs, change: PairChange::Move { to }, then: None });
        }
    }

    /// Moves pairs into a gap of the list: 0 is before the first, and behind the last is as many as are listed.
    pub(super) fn move_into(self, pairs: Ids, gap: usize) {
        if let Some(to) = self.listed.with_untracked(|listed| place_in_gap(listed, &pairs, gap)) {
            self.make(Edit::Many { pairs, change: PairChange::Move { to }, then: None });
        }
    }
}

/// Returns all ids between two of the list, both included, in either order.
fn range(listed: &[Id], from: Id, to: Id) -> HashSet<Id> {
    let place = |id| listed.iter().position(|other| *other == id);
    let (Some(from), Some(to)) = (place(from), place(to)) else { return HashSet::from([to]) };
    listed[from.min(to)..=from.max(to)].iter().copied().collect()
}

/// Returns the place of these pairs after a move by one; `None` at the end of the list.
fn place_beside(listed: &[Id], pairs: &Ids, down: bool) -> Option<MoveTarget> {
    let moving: HashSet<Id> = pairs.iter().collect();
    let first = listed.iter().position(|id| moving.contains(id))?;
    let last = listed.iter().rposition(|id| moving.contains(id))?;
    if down {
        return listed.get(last + 1).map(|next| MoveTarget::After(*next));
    }
    Some(MoveTarget::Before(listed[first.checked_sub(1)?]))
}

/// Returns where these stand once they have fallen into a gap of the list; `None` where they stand there already.
/// Between two pairs of a filtered list may be others: they go next to the one above, and at its top next to the first
/// one.
fn place_in_gap(listed: &[Id], pairs: &Ids, gap: usize) -> Option<MoveTarget> {
    let moving: HashSet<Id> = pairs.iter().collect();
    let first = listed.iter().position(|id| moving.contains(id))?;
    let last = listed.iter().rposition(|id| moving.contains(id))?;
    let stand_together = last - first + 1 == moving.len();
    if stand_together && (first..=last + 1).contains(&gap) {
        return None;
    }
    let stays = |id: &&Id| !moving.contains(id);
    let above = listed.iter().take(gap).rev().find(stays).map(|id| MoveTarget::After(*id));
    above.or_else(|| listed.iter().find(stays).map(|id| MoveTarget::Before(*id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_goes_both_ways() {
        let listed = [5, 3, 9, 1];
        assert_eq!(range(&listed, 3, 1), HashSet::from([3, 9, 1]));
        assert_eq!(range(&listed, 9, 5), HashSet::from([5, 3, 9]));
        assert_eq!(range(&listed, 7, 5), HashSet::from([5]), "where it began is no longer listed");
    }

    #[test]
    fn pairs_move_past_their_neighbours() {
        let listed = [5, 3, 9, 1];
        let of = |ids: &[Id], down| place_beside(&listed, &ids.iter().copied().collect(), down);
        assert_eq!((of(&[9], false), of(&[5], false)), (Some(MoveTarget::Before(3)), None));
        assert_eq!((of(&[3], true), of(&[1], true)), (Some(MoveTarget::After(9)), None));
        assert_eq!(of(&[3, 9], true), Some(MoveTarget::After(1)), "a selection moves together");
    }

    #[test]
    fn dragged_pairs_fall_between_those_that_stay() {
        let listed = [5, 3, 9, 1];
        let of = |ids: &[Id], gap| place_in_gap(&listed, &ids.iter().copied().collect(), gap);
        let behind = |id| Some(MoveTarget::After(id));
        assert_eq!(
            (of(&[9], 0), of(&[9], 1), of(&[9], 4)),
            (Some(MoveTarget::Before(5)), behind(5), behind(1))
        );
        assert_eq!((of(&[9], 2), of(&[9], 3)), (None, None), "it stands there already");
        assert_eq!(of(&[5, 9], 3), behind(3), "what is apart comes together");
        assert_eq!(of(&[5, 9], 0), Some(MoveTarget::Before(3)));
        assert_eq!((of(&[5, 3], 1), of(&[5, 3], 4)), (None, behind(1)));
        assert_eq!((of(&[7], 0), of(&[9], 99)), (None, behind(1)));
    }
}
