//! What comes back to the desk of a conversation that may not have begun: the desk that a preset has replaced, and strips.

use ipc::Id;
use ipc::conversation::Desk;
use leptos::prelude::*;

use super::Store;
use super::deletions::{Deleted, UndoDelete, UndoToast};
use crate::t;

impl Store {
    /// Remembers the desk that a preset has replaced, and says so. The conversation is `None` for the one that has not begun.
    pub fn was_applied(self, preset: &str, conversation: Option<Id>, before: Desk) {
        self.remember(UndoToast::Applied(preset.to_owned()), replaced(preset, conversation, before));
    }

    /// Notes that the conversation that had not begun has begun: what comes back to its desk comes back there.
    pub fn new_desk_has_begun(self, begun: Id) {
        self.deleted.update(|all| {
            for deleted in all {
                if let UndoDelete::Desk { conversation, .. } | UndoDelete::Strip { conversation, .. } =
                    &mut deleted.undo
                {
                    conversation.get_or_insert(begun);
                }
            }
        });
    }

    /// Forgets what would come back to the desk of the conversation that has not begun: another one is laid for it.
    pub fn new_desk_is_left(self) {
        let is_of_it = |deleted: &Deleted| {
            matches!(
                deleted.undo,
                UndoDelete::Desk { conversation: None, .. } | UndoDelete::Strip { conversation: None, .. }
            )
        };
        self.deleted.update(|all| all.retain(|deleted| !is_of_it(deleted)));
    }
}

/// Returns what brings the desk back that a preset has replaced.
fn replaced(preset: &str, conversation: Option<Id>, before: Desk) -> Deleted {
    let title = t!("shell-replaced-desk", name = preset.to_owned());
    Deleted { title, undo: UndoDelete::Desk { conversation, desk: Box::new(before) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_before_a_preset_comes_back_to_its_own_conversation() {
        let owner = Owner::new();
        owner.set();
        let store = Store::new();
        let replaced = |conversation| replaced("Calm", conversation, Desk::default());
        assert_eq!(replaced(None).title, "the desk before \u{201c}Calm\u{201d}");
        store.deleted.set(vec![
            replaced(Some(3)),
            Deleted { title: "the vector V".into(), undo: UndoDelete::Deletion(1) },
            replaced(None),
        ]);
        store.new_desk_has_begun(4);
        assert_eq!(store.deleted.read_untracked().last(), Some(&replaced(Some(4))));
        store.deleted.update(|all| all.push(replaced(None)));
        store.new_desk_is_left();
        let left = store.deleted.get_untracked();
        assert_eq!(
            (left.len(), &left[2]),
            (3, &replaced(Some(4))),
            "what the other conversation began with is over"
        );
    }
}
