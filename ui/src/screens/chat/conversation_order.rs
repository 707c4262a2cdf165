//! The order of the conversations in their list, and the row to which a key or a deletion leads.

use ipc::Id;
use ipc::conversation::Conversation;

/// Returns the conversations that are shown: the pinned ones first, then those that changed last.
pub(super) fn ordered(all: &[Conversation], found: Option<&[Id]>) -> Vec<Id> {
    let is_found = |one: &&Conversation| found.is_none_or(|found| found.contains(&one.id));
    let mut shown: Vec<&Conversation> = all.iter().filter(is_found).collect();
    shown.sort_by_key(|one| (!one.pinned, std::cmp::Reverse((one.changed, one.id))));
    shown.into_iter().map(|one| one.id).collect()
}

/// Returns the row after this one, else the one before it.
pub(super) fn neighbour(shown: &[Id], id: Id) -> Option<Id> {
    let at = shown.iter().position(|known| *known == id)?;
    shown.get(at + 1).or_else(|| at.checked_sub(1).and_then(|before| shown.get(before))).copied()
}

/// Returns the row to which a key leads.
pub(super) fn target_row(key: &str, shown: &[Id], id: Id) -> Option<Id> {
    let at = shown.iter().position(|known| *known == id)?;
    let last = shown.len() - 1;
    let to = match key {
        "ArrowDown" => (at + 1).min(last),
        "ArrowUp" => at.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    shown.get(to).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(id: Id, changed: i64, pinned: bool) -> Conversation {
        let desk = ipc::conversation::Desk::default();
        Conversation { id, name: String::new(), pinned, desk, turns: 0, created: 0, changed }
    }

    #[test]
    fn pinned_conversations_come_first_and_then_the_last_changed() {
        let all = [
            conversation(1, 10, false),
            conversation(2, 30, false),
            conversation(3, 5, true),
            conversation(4, 30, false),
        ];
        assert_eq!(ordered(&all, None), [3, 4, 2, 1]);
        assert_eq!(ordered(&all, Some(&[1, 3, 9])), [3, 1], "9 was deleted since");
        assert_eq!(ordered(&all, Some(&[])), Vec::<Id>::new());
    }

    #[test]
    fn the_next_row_takes_the_place_of_a_deleted_one() {
        assert_eq!(neighbour(&[3, 4, 2], 3), Some(4));
        assert_eq!(neighbour(&[3, 4, 2], 2), Some(4));
        assert_eq!((neighbour(&[3], 3), neighbour(&[3], 9)), (None, None));
    }

    #[test]
    fn the_arrow_keys_stay_in_the_list() {
        let to = |key, id| target_row(key, &[3, 4, 2], id);
        assert_eq!((to("ArrowDown", 3), to("ArrowDown", 2)), (Some(4), Some(2)));
        assert_eq!((to("ArrowUp", 3), to("End", 3), to("Home", 2)), (Some(3), Some(2), Some(3)));
        assert_eq!((to("a", 3), to("End", 9)), (None, None));
    }
}
