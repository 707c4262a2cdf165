//! Changes many pairs at once. Each change is one step that can be undone.

use ipc::command::ChangePairs;
use ipc::data::{Edited, MOST_TAGS, Pair, PairContent, tag};
use ipc::list::{MoveTarget, PairChange};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;
use store::edits::Step;
use store::insertion::{Insertion, positions};
use store::{data_sets, pairs};

use super::App;
use crate::{Error, clock};

impl App {
    /// Changes many pairs at once. Returns `None` if the change alters nothing.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, the tag is empty or one too many, or the store cannot be
    /// written.
    pub async fn change_pairs(&self, request: ChangePairs) -> Result<Option<Edited>, Error> {
        data_sets::find(self.state.store.read(), request.data_set).await?;
        let (data_set, ids) = (request.data_set, request.pairs.iter().collect::<Vec<_>>());
        let change = checked(request.change)?;
        self.edit(data_set, async move |db| {
            let now = clock::now();
            let before = pairs::find_all(&mut *db, data_set, &ids).await?;
            let mut step = Step::new(title(&change, before.len()));
            match &change {
                PairChange::Delete => delete(db, &before, &mut step).await?,
                PairChange::Duplicate => duplicate(db, data_set, before, now, &mut step).await?,
                PairChange::Move { to } => move_beside(db, data_set, &ids, *to, &mut step).await?,
                change => {
                    let mut put = vec![];
                    for before in &before {
                        let mut after = before.clone();
                        apply(change, &mut after.content)?;
                        if after.content != before.content {
                            after.changed = now;
                            step.changed(before, &after)?;
                            put.push(after);
                        }
                    }
                    pairs::put_all(db, &put).await?;
                }
            }
            if step.is_empty() { Ok(None) } else { Ok(Some(step.note(db, data_set, now).await?)) }
        })
        .await
    }
}

/// Refuses a change with an empty tag, and returns the tag as it is stored.
fn checked(change: PairChange) -> Result<PairChange, Error> {
    let clean = |text: &str| tag(text).ok_or_else(|| Error::invalid("A tag needs a name.", "Type one."));
    Ok(match change {
        PairChange::Tag { tag } => PairChange::Tag { tag: clean(&tag)? },
        other => other,
    })
}

/// Returns the name of the step that undo shows.
fn title(change: &PairChange, count: usize) -> String {
    let pairs = if count == 1 { "a pair".to_owned() } else { format!("{count} pairs") };
    match change {
        PairChange::Tag { tag } => format!("Tag {pairs} with \u{201c}{tag}\u{201d}"),
        PairChange::Untag { tag } => format!("Take the tag \u{201c}{tag}\u{201d} from {pairs}"),
        PairChange::Split { .. } => format!("Change the split of {pairs}"),
        PairChange::Pin { .. } => format!("Pin or unpin {pairs}"),
        PairChange::Swap => format!("Swap the answers of {pairs}"),
        PairChange::Delete => format!("Delete {pairs}"),
        PairChange::Duplicate => format!("Duplicate {pairs}"),
        PairChange::Move { .. } => format!("Move {pairs}"),
    }
}

fn apply(change: &PairChange, content: &mut PairContent) -> Result<(), Error> {
    match change {
        PairChange::Tag { tag } if content.tags.contains(tag) => {}
        PairChange::Tag { .. } if content.tags.len() >= MOST_TAGS => {
            let message = format!("A pair has {MOST_TAGS} tags already, and cannot have more.");
            return Err(Error::invalid(message, "Take a tag from it first."));
        }
        PairChange::Tag { tag } => content.tags.push(tag.clone()),
        PairChange::Untag { tag } => content.tags.retain(|other| other != tag),
        PairChange::Split { split } => (content.split, content.pinned) = (*split, true),
        PairChange::Pin { pinned } => content.pinned = *pinned,
        PairChange::Swap => std::mem::swap(&mut content.wanted, &mut content.opposite),
        PairChange::Delete | PairChange::Duplicate | PairChange::Move { .. } => {}
    }
    Ok(())
}

async fn delete(db: &mut SqliteConnection, before: &[Pair], step: &mut Step) -> Result<(), Error> {
    for pair in before {
        step.removed(pair)?;
    }
    Ok(pairs::delete_all(db, &before.iter().map(|pair| pair.id).collect::<Vec<_>>()).await?)
}

async fn duplicate(
    db: &mut SqliteConnection,
    data_set: Id,
    before: Vec<Pair>,
    now: Millis,
    step: &mut Step,
) -> Result<(), Error> {
    let Some(last) = before.last().map(|pair| pair.id) else { return Ok(()) };
    let free = positions(db, data_set, Insertion::After(last), before.len(), step).await?;
    let copies = free.into_iter().zip(before.into_iter().map(|pair| pair.content)).collect();
    for pair in pairs::add(db, data_set, copies, now).await? {
        step.added(&pair)?;
    }
    Ok(())
}

async fn move_beside(
    db: &mut SqliteConnection,
    data_set: Id,
    ids: &[Id],
    to: MoveTarget,
    step: &mut Step,
) -> Result<(), Error> {
    let (MoveTarget::Before(stays) | MoveTarget::After(stays)) = to;
    if ids.contains(&stays) {
        return Err(Error::invalid("Pairs cannot be moved next to themselves.", "Choose another place."));
    }
    let insertion = match to {
        MoveTarget::Before(id) => Insertion::Before(id),
        MoveTarget::After(id) => Insertion::After(id),
    };
    let free = positions(db, data_set, insertion, ids.len(), step).await?;
    // The pairs are read only now, because they may have been renumbered.
    let moving = pairs::find_all(&mut *db, data_set, ids).await?;
    let mut moved = Vec::with_capacity(moving.len());
    for (before, position) in moving.into_iter().zip(free) {
        let after = Pair { position, ..before.clone() };
        step.changed(&before, &after)?;
        moved.push(after);
    }
    Ok(pairs::put_all(db, &moved).await?)
}
