//! The turns of a conversation as a tree: which follow which, and which of them are shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::conversation::{Said, Turn};

/// The place of a turn in the tree, without its text: it changes seldom while an answer grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The column.
    pub column: u32,
    /// The turn before it.
    pub parent: Option<Id>,
    /// Whether this variant is shown.
    pub shown: bool,
    /// Whether the model said it.
    pub by_model: bool,
    /// Whether it is still growing.
    pub is_open: bool,
}

impl Link {
    /// Returns the place of a turn.
    #[must_use]
    pub fn of(turn: &Turn) -> Self {
        let (by_model, is_open) = match &turn.said {
            Said::Person { .. } => (false, false),
            Said::Model(answer) => (true, answer.end == AnswerEnd::Open),
        };
        Self { column: turn.column, parent: turn.parent, shown: turn.shown, by_model, is_open }
    }
}

/// The tree of all turns of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnTree {
    links: BTreeMap<Id, Link>,
    /// The turns after each turn of a column, ascending by their ids.
    after: HashMap<(u32, Option<Id>), Vec<Id>>,
}

impl TurnTree {
    /// Makes the tree.
    #[must_use]
    pub fn new(links: &BTreeMap<Id, Link>) -> Self {
        let mut after: HashMap<_, Vec<Id>> = HashMap::new();
        for (id, link) in links {
            after.entry((link.column, link.parent)).or_default().push(*id);
        }
        Self { links: links.clone(), after }
    }

    /// Returns the turns of a column that are shown, the first one first.
    #[must_use]
    pub fn path(&self, column: u32) -> Vec<Id> {
        let mut path = Vec::new();
        let mut last = None;
        // A later turn has a larger id, so that the path ends whatever the links say.
        while let Some(next) = self.shown_after(column, last).filter(|next| last < Some(*next)) {
            path.push(next);
            last = Some(next);
        }
        path
    }

    fn shown_after(&self, column: u32, parent: Option<Id>) -> Option<Id> {
        let all = self.after.get(&(column, parent))?;
        all.iter().copied().find(|id| self.links.get(id).is_some_and(|link| link.shown))
    }

    /// Returns a turn with its variants, ascending by their ids.
    #[must_use]
    pub fn variants(&self, turn: Id) -> &[Id] {
        let all = self.links.get(&turn).and_then(|link| self.after.get(&(link.column, link.parent)));
        all.map_or(&[], Vec::as_slice)
    }

    /// Returns the last turn of a column that the model said, among those that are shown.
    #[must_use]
    pub fn last_answer(&self, column: u32) -> Option<Id> {
        self.path(column).into_iter().rev().find(|id| self.links[id].by_model)
    }

    /// Returns the last turn of a column that a person said, among those that are shown.
    #[must_use]
    pub fn last_message(&self, column: u32) -> Option<Id> {
        self.path(column).into_iter().rev().find(|id| !self.links[id].by_model)
    }

    /// Returns the columns in which an answer grows.
    #[must_use]
    pub fn growing(&self) -> BTreeSet<u32> {
        self.links.values().filter(|link| link.is_open).map(|link| link.column).collect()
    }

    /// Returns the answers that are growing.
    #[must_use]
    pub fn open_answers(&self) -> BTreeSet<Id> {
        self.links.iter().filter(|(_, link)| link.is_open).map(|(id, _)| *id).collect()
    }

    /// Returns the columns that have turns, those that were closed included.
    pub fn columns(&self) -> impl Iterator<Item = u32> {
        self.links.values().map(|link| link.column)
    }

    /// Returns whether there is no turn at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(column: u32, parent: Option<Id>, shown: bool, by_model: bool) -> Link {
        Link { column, parent, shown, by_model, is_open: false }
    }

    fn tree(links: &[(Id, Link)]) -> TurnTree {
        TurnTree::new(&links.iter().copied().collect())
    }

    #[test]
    fn the_path_follows_the_variants_that_are_shown() {
        let tree = tree(&[
            (1, link(1, None, true, false)),
            (2, link(2, None, true, false)),
            (3, link(1, Some(1), false, true)),
            (4, link(1, Some(1), true, true)),
            (5, link(1, Some(3), true, false)),
            (6, link(1, Some(4), true, false)),
        ]);
        assert_eq!(tree.path(1), [1, 4, 6], "what followed the other variant is not shown");
        assert_eq!(tree.path(2), [2]);
        assert_eq!(tree.path(3), [] as [Id; 0]);
        assert_eq!((tree.variants(4), tree.variants(6)), (&[3, 4][..], &[6][..]));
        assert_eq!(
            (tree.last_answer(1), tree.last_message(1), tree.last_answer(2)),
            (Some(4), Some(6), None)
        );
    }

    #[test]
    fn links_that_go_round_have_an_end() {
        let tree = tree(&[(1, link(1, None, true, false)), (3, link(1, Some(1), true, true))]);
        assert_eq!(tree.path(1), [1, 3]);
        let round = TurnTree::new(&BTreeMap::from([
            (2, link(1, None, true, false)),
            (1, link(1, Some(2), true, true)),
        ]));
        assert_eq!(round.path(1), [2]);
    }

    #[test]
    fn the_columns_with_open_answers_are_growing() {
        let open = Link { is_open: true, ..link(2, None, false, true) };
        let tree = tree(&[(1, link(1, None, true, true)), (2, open)]);
        assert_eq!(tree.growing().into_iter().collect::<Vec<_>>(), [2]);
        assert_eq!(tree.open_answers().into_iter().collect::<Vec<_>>(), [2]);
    }
}
