//! The turns of the conversation that is open. Each turn has a signal of its own, so that a growing answer renders only itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use ipc::Id;
use ipc::command::ReadTurns;
use ipc::conversation::{Said, Turn};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use super::turn_tree::{Link, TurnTree};
use crate::bridge;
use crate::latest::Latest;

/// The turns of the open conversation. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct OpenTurns {
    /// The conversation that is open; `None` while a new one has not begun.
    pub open: RwSignal<Option<Id>>,
    /// How the turns hang together, without their texts.
    pub tree: Memo<TurnTree>,
    /// Whether the turns were read.
    pub is_read: RwSignal<bool>,
    /// The conversation whose turns are held here.
    of: StoredValue<Option<Id>>,
    links: RwSignal<BTreeMap<Id, Link>>,
    turns: StoredValue<HashMap<Id, ArcRwSignal<Turn>>>,
    /// The turns that events have changed or deleted since the last request, which may be older than they are.
    touched: StoredValue<HashSet<Id>>,
    latest: Latest,
}

impl OpenTurns {
    /// Holds no turns.
    pub(super) fn new() -> Self {
        let links = RwSignal::new(BTreeMap::new());
        Self {
            open: RwSignal::new(None),
            tree: Memo::new(move |_| TurnTree::new(&links.read())),
            is_read: RwSignal::new(true),
            of: StoredValue::new(None),
            links,
            turns: StoredValue::default(),
            touched: StoredValue::default(),
            latest: Latest::new(),
        }
    }

    /// Holds the turns of the open conversation from now on.
    pub fn follow(self, store: Store) {
        let open = self.open.get_untracked();
        if self.of.get_value() == open {
            return;
        }
        self.of.set_value(open);
        self.turns.update_value(HashMap::clear);
        self.links.update(BTreeMap::clear);
        self.read(store);
    }

    /// Reads the turns of the open conversation, again where they are known.
    pub(super) fn read(self, store: Store) {
        self.touched.update_value(HashSet::clear);
        let request = self.latest.begin();
        let Some(conversation) = self.of.get_value() else {
            self.is_read.set(true);
            return;
        };
        self.is_read.set(false);
        spawn_local(async move {
            let turns = bridge::call(ReadTurns { conversation }).await;
            if !request.is_current() {
                return;
            }
            match turns {
                Ok(turns) => self.take_all(turns),
                Err(failure) => store.failure.set(Some(failure)),
            }
            self.is_read.set(true);
        });
    }

    /// Takes all turns of the conversation as they were read. What events have said meanwhile is newer.
    fn take_all(self, turns: Vec<Turn>) {
        let touched = self.touched.get_value();
        let known: HashSet<Id> = turns.iter().map(|turn| turn.id).collect();
        let held = self.turns.with_value(|held| held.keys().copied().collect::<Vec<_>>());
        let is_gone = |id: &Id| !known.contains(id) && !touched.contains(id);
        self.remove(&held.into_iter().filter(is_gone).collect::<Vec<_>>());
        self.put(turns.into_iter().filter(|turn| !touched.contains(&turn.id)).collect());
    }

    /// Takes turns that an event has brought.
    pub(super) fn merge(self, conversation: Id, turns: Vec<Turn>) {
        if self.of.get_value() != Some(conversation) {
            return;
        }
        self.touched.update_value(|touched| touched.extend(turns.iter().map(|turn| turn.id)));
        self.put(turns);
    }

    /// Takes turns away that were deleted.
    pub(super) fn delete(self, conversation: Id, turns: &[Id]) {
        if self.of.get_value() != Some(conversation) {
            return;
        }
        self.touched.update_value(|touched| touched.extend(turns));
        self.remove(turns);
    }

    /// Closes a conversation that was deleted.
    pub(super) fn close(self, store: Store, conversation: Id) {
        if self.open.get_untracked() == Some(conversation) {
            self.open.set(None);
            self.follow(store);
        }
    }

    fn put(self, turns: Vec<Turn>) {
        let links: Vec<(Id, Link)> = turns.iter().map(|turn| (turn.id, Link::of(turn))).collect();
        for turn in turns {
            let known = self.turns.with_value(|held| held.get(&turn.id).cloned());
            match known {
                Some(known) if *known.read_untracked() != turn => known.set(turn),
                Some(_) => (),
                None => self.turns.update_value(|held| drop(held.insert(turn.id, ArcRwSignal::new(turn)))),
            }
        }
        // While an answer grows its link stays the same, and the tree is not made again.
        let is_new = |(id, link): &(Id, Link)| self.links.with_untracked(|all| all.get(id) != Some(link));
        if links.iter().any(is_new) {
            self.links.update(|all| all.extend(links));
        }
    }

    fn remove(self, turns: &[Id]) {
        if turns.is_empty() {
            return;
        }
        self.links.update(|all| all.retain(|id, _| !turns.contains(id)));
        self.turns.update_value(|held| held.retain(|id, _| !turns.contains(id)));
    }

    /// Returns the signal of a turn.
    #[must_use]
    pub fn turn(self, id: Id) -> Option<ArcRwSignal<Turn>> {
        self.turns.with_value(|held| held.get(&id).cloned())
    }

    /// Returns the text of a turn as it is now.
    #[must_use]
    pub fn text(self, id: Id) -> Option<String> {
        let turn = self.turn(id)?;
        Some(match &turn.read_untracked().said {
            Said::Person { text } => text.clone(),
            Said::Model(answer) => answer.text.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(id: Id, parent: Option<Id>, text: &str) -> Turn {
        Turn { id, column: 1, parent, shown: true, said: Said::Person { text: text.into() }, created: 0 }
    }

    fn open() -> OpenTurns {
        let turns = OpenTurns::new();
        turns.open.set(Some(1));
        turns.of.set_value(Some(1));
        turns
    }

    #[test]
    fn what_events_said_meanwhile_is_newer_than_what_was_read() {
        let owner = Owner::new();
        owner.set();
        let turns = open();
        turns.merge(1, vec![turn(2, Some(1), "new")]);
        turns.delete(1, &[3]);
        turns.merge(2, vec![turn(4, None, "of another conversation")]);
        turns.take_all(vec![turn(1, None, "first"), turn(2, Some(1), "old"), turn(3, Some(2), "deleted")]);
        let text = |id| turns.text(id);
        assert_eq!((text(1), text(2)), (Some("first".into()), Some("new".into())));
        assert_eq!((text(3), text(4)), (None, None));
        assert_eq!(untrack(|| turns.tree.get()).path(1), [1, 2]);
    }

    #[test]
    fn what_is_no_longer_there_when_it_is_read_again_goes() {
        let owner = Owner::new();
        owner.set();
        let turns = open();
        turns.take_all(vec![turn(1, None, "a"), turn(2, Some(1), "b")]);
        turns.take_all(vec![turn(1, None, "a")]);
        assert_eq!(untrack(|| turns.tree.get()).path(1), [1]);
        assert!(turns.turn(2).is_none());
    }

    #[test]
    fn a_longer_text_leaves_the_tree_alone() {
        let owner = Owner::new();
        owner.set();
        let turns = open();
        let made = StoredValue::new(0);
        let count = Memo::new(move |_| {
            turns.links.track();
            made.update_value(|made| *made += 1);
        });
        turns.merge(1, vec![turn(1, None, "a")]);
        count.get_untracked();
        turns.merge(1, vec![turn(1, None, "ab")]);
        count.get_untracked();
        assert_eq!((made.get_value(), turns.text(1)), (1, Some("ab".into())));
    }
}
