//! Gives a column that is new in a conversation the history of the column that it was made from.

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::conversation::{Desk, Said, Turn};
use sqlx::SqliteConnection;
use store::turns;

use super::{changed, shown_path};
use crate::Error;

/// A column that is new on a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewColumn {
    /// Its id.
    id: u32,
    /// The column whose history it takes over.
    from: u32,
}

/// Returns the columns that a desk has and the one before had not. Each is made from the nearest at its left that was there
/// before, behind which the window puts what it makes from a column; without one, from the first that was there.
pub(super) fn new_columns(desk: &Desk, before: &Desk) -> Vec<NewColumn> {
    let was_there = |id: u32| before.column(id).is_some();
    let stays = desk.columns.iter().find(|column| was_there(column.id));
    let Some(first) = stays.or(before.columns.first()) else { return vec![] };
    let (mut from, mut new) = (first.id, Vec::new());
    for column in &desk.columns {
        if was_there(column.id) {
            from = column.id;
        } else {
            new.push(NewColumn { id: column.id, from });
        }
    }
    new
}

/// Copies what is shown to the new columns, unless they have turns: a column that was closed comes back with its own. An answer that
/// grows is taken over as far as it is stored, as a stopped one. Returns the turns that were added.
pub(super) async fn give_histories(
    db: &mut SqliteConnection,
    conversation: Id,
    new: &[NewColumn],
) -> Result<Vec<Turn>, Error> {
    if new.is_empty() {
        return Ok(vec![]);
    }
    let before = turns::nodes(&mut *db, conversation).await?;
    for NewColumn { id, from } in new {
        if before.iter().any(|node| node.column == *id) {
            continue;
        }
        let mut parent = None;
        for mut turn in turns::find_all(&mut *db, conversation, &shown_path(&before, *from)).await? {
            if let Said::Model(answer) = &mut turn.said
                && answer.end == AnswerEnd::Open
            {
                answer.end = AnswerEnd::Stopped;
            }
            let at = (*id, parent);
            parent = Some(turns::insert(&mut *db, conversation, at, &turn.said, turn.created).await?);
        }
    }
    changed(db, conversation, &before).await
}

#[cfg(test)]
mod tests {
    use ipc::conversation::{Column, SamplingSettings};

    use super::*;

    fn desk(ids: &[u32]) -> Desk {
        let column = |id: &u32| Column {
            id: *id,
            name: String::new(),
            factors: vec![],
            system_prompt: String::new(),
            sampling: SamplingSettings::exact(),
        };
        Desk { columns: ids.iter().map(column).collect(), ..Desk::default() }
    }

    #[test]
    fn a_new_column_is_made_from_the_one_at_its_left() {
        let made = |before: &[u32], now: &[u32]| {
            let new = new_columns(&desk(now), &desk(before));
            new.iter().map(|column| (column.id, column.from)).collect::<Vec<_>>()
        };
        assert_eq!(made(&[1, 2], &[1, 3, 2]), [(3, 1)], "a duplicate stands behind its original");
        assert_eq!(made(&[1, 2], &[1, 2, 3]), [(3, 2)], "what is added is like the last one");
        assert_eq!(made(&[1, 2], &[3, 4, 2]), [(3, 2), (4, 2)], "nothing that stays is at their left");
        assert_eq!(made(&[1, 2], &[5, 6]), [(5, 1), (6, 1)], "a preset has replaced all of them");
        assert_eq!(made(&[1, 2], &[2, 1]), [] as [(u32, u32); 0], "moved columns are no new ones");
    }
}
