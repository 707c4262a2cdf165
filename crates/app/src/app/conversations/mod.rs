//! Begins, changes, finds and deletes the conversations of Chat.

mod batch;
mod check;
mod deletions;
mod drift;
mod edits;
mod exports;
mod imports;
mod load;
mod new_columns;
mod presets;
mod prompt;
mod say;
mod variants;

use ipc::Id;
use ipc::command::{
    BeginConversation, ChangeDesk, PinConversation, ReadTurns, RenameConversation, SearchConversations,
    StopAnswering,
};
use ipc::conversation::{Conversation, Turn};
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::turns::Node;
use store::{conversations, turns};

use super::App;
use crate::engine::chat;
use crate::{Error, clock};
pub(super) use load::{check_caps_of, check_gate_of};
use new_columns::{give_histories, new_columns};
pub use prompt::{LatestPrompt, latest_prompt};

impl App {
    /// Begins a conversation.
    ///
    /// # Errors
    /// Returns an error if the desk cannot be used, or the store cannot be written.
    pub async fn begin_conversation(&self, request: BeginConversation) -> Result<Conversation, Error> {
        let desk = self.checked_desk(request.desk, None).await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = conversations::insert(&mut db, self.state.project(), None, &desk, clock::now()).await?;
        let begun = conversations::find(&mut db, id).await?;
        db.commit().await?;
        change.send(&Event::Conversation(begun.clone()));
        Ok(begun)
    }

    /// Returns all turns of a conversation.
    ///
    /// # Errors
    /// Returns an error if the conversation does not exist, or the store cannot be read.
    pub async fn read_turns(&self, request: ReadTurns) -> Result<Vec<Turn>, Error> {
        // What is stored and what is sent about growing answers happens inside a change.
        let _change = self.state.events.change().await;
        let mut db = self.state.store.read().begin().await?;
        conversations::find(&mut db, request.conversation).await?;
        Ok(turns::list(&mut db, request.conversation).await?)
    }

    /// Replaces the desk of a conversation. Answers that are growing are steered by it from the next token on, and a new column
    /// takes over the history of the one that it was made from.
    ///
    /// # Errors
    /// Returns an error if the conversation does not exist, the desk cannot be used, or the store cannot be written.
    pub async fn change_desk(&self, request: ChangeDesk) -> Result<Conversation, Error> {
        let id = request.conversation;
        let mut db = self.state.store.read().acquire().await?;
        let before = conversations::find(&mut db, id).await?.desk;
        drop(db);
        let desk = self.checked_desk(request.desk, Some(&before)).await?;
        let change = self.state.events.change().await;
        // The growing answers come first, because a person listens to them.
        if let Some((_, live)) = self.state.live.desk(id) {
            self.state.live.set_desk(id, self.load_desk(&desk, live.model, Some(&live)).await?);
        }
        let mut db = self.state.store.begin().await?;
        // Another change of the desk may have come first.
        let new = new_columns(&desk, &conversations::find(&mut db, id).await?.desk);
        conversations::set_desk(&mut db, id, &desk).await?;
        let turns = give_histories(&mut db, id, &new).await?;
        let changed = conversations::find(&mut db, id).await?;
        db.commit().await?;
        if !turns.is_empty() {
            change.send(&Event::Turns { conversation: id, turns });
        }
        change.send(&Event::Conversation(changed.clone()));
        Ok(changed)
    }

    /// Stops the growing answers of a conversation, and keeps what they say so far.
    ///
    /// # Errors
    /// Returns an error if the conversation does not exist, or the store cannot be written.
    pub async fn stop_answering(&self, request: StopAnswering) -> Result<(), Error> {
        let mut db = self.state.store.read().acquire().await?;
        conversations::find(&mut db, request.conversation).await?;
        drop(db);
        chat::stop(&self.state, request.conversation, request.column).await
    }

    /// Returns the conversations in whose name or shown turns all these words occur.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn search_conversations(&self, request: SearchConversations) -> Result<Vec<Id>, Error> {
        let mut db = self.state.store.read().begin().await?;
        Ok(conversations::search(&mut db, self.state.project(), &request.words).await?)
    }

    /// Renames a conversation.
    ///
    /// # Errors
    /// Returns an error if the conversation does not exist, or the store cannot be written.
    pub async fn rename_conversation(&self, request: RenameConversation) -> Result<Conversation, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let name = request.name.trim();
        conversations::rename(&mut db, request.conversation, (!name.is_empty()).then_some(name)).await?;
        let renamed = conversations::find(&mut db, request.conversation).await?;
        db.commit().await?;
        change.send(&Event::Conversation(renamed.clone()));
        Ok(renamed)
    }

    /// Keeps a conversation at the top of the list, or no longer.
    ///
    /// # Errors
    /// Returns an error if the conversation does not exist, or the store cannot be written.
    pub async fn pin_conversation(&self, request: PinConversation) -> Result<Conversation, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        conversations::pin(&mut db, request.conversation, request.pinned).await?;
        let pinned = conversations::find(&mut db, request.conversation).await?;
        db.commit().await?;
        change.send(&Event::Conversation(pinned.clone()));
        Ok(pinned)
    }
}

/// Returns the turns that are new or are shown otherwise than before.
async fn changed(db: &mut SqliteConnection, conversation: Id, before: &[Node]) -> Result<Vec<Turn>, Error> {
    let after = turns::nodes(&mut *db, conversation).await?;
    // Both are sorted by id.
    let is_new = |node: &&Node| {
        before.binary_search_by_key(&node.id, |known| known.id).map_or(true, |at| before[at] != **node)
    };
    let ids: Vec<Id> = after.iter().filter(is_new).map(|node| node.id).collect();
    Ok(turns::find_all(db, conversation, &ids).await?)
}

/// Returns the last shown turn of a column.
fn last_shown(nodes: &[Node], column: u32) -> Option<Id> {
    let shown = nodes.iter().filter(|node| node.column == column && node.shown);
    // A turn is younger than the one before it.
    shown.map(|node| node.id).max()
}

/// Returns the shown turns of a column, in their order.
fn shown_path(nodes: &[Node], column: u32) -> Vec<Id> {
    last_shown(nodes, column).map_or_else(Vec::new, |last| path_to(nodes, last))
}

/// Returns the turns that lead to a turn, itself included. Their ids ascend.
fn path_to(nodes: &[Node], turn: Id) -> Vec<Id> {
    let parent =
        |id: Id| nodes.binary_search_by_key(&id, |node| node.id).ok().and_then(|at| nodes[at].parent);
    let mut path: Vec<Id> = std::iter::successors(Some(turn), |id| parent(*id)).collect();
    path.reverse();
    path
}

/// Refuses to change columns whose answers are growing.
fn check_quiet(open: &[Turn], is_touched: impl Fn(u32) -> bool) -> Result<(), Error> {
    if open.iter().any(|turn| is_touched(turn.column)) {
        return Err(Error::invalid("The conversation is being answered.", "Stop it first, or wait."));
    }
    Ok(())
}
