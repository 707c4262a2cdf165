//! Deletes conversations and turns, so that it can be taken back.

use ipc::command::{DeleteConversation, DeleteTurn};
use ipc::conversation::Said;
use ipc::deletion::Deletion;
use ipc::event::Event;
use store::conversations::first_words;
use store::{conversations, turns};

use super::{App, check_quiet};
use crate::Error;
use crate::app::deletions::recorded;

impl App {
    /// Deletes a conversation with its turns.
    ///
    /// # Errors
    /// Returns an error if it does not exist or is being answered, or the store cannot be written.
    pub async fn delete_conversation(&self, request: DeleteConversation) -> Result<Deletion, Error> {
        let (change, conversation) = (self.state.events.change().await, request.conversation);
        let mut db = self.state.store.begin().await?;
        let gone = conversations::find(&mut db, conversation).await?;
        check_quiet(&turns::open(&mut db, conversation).await?, |_| true)?;
        let title = format!("the conversation \u{201c}{}\u{201d}", gone.name);
        let deletion = recorded(db, title, async |db| conversations::delete(db, conversation).await).await?;
        self.state.models.forget_session(conversation);
        change.send(&Event::ConversationDeleted(conversation));
        Ok(deletion)
    }

    /// Deletes a turn with its variants and all that followed.
    ///
    /// # Errors
    /// Returns an error if it does not exist or its column is being answered, or the store cannot be written.
    pub async fn delete_turn(&self, request: DeleteTurn) -> Result<Deletion, Error> {
        let (change, conversation) = (self.state.events.change().await, request.conversation);
        let mut db = self.state.store.begin().await?;
        let turn = turns::find(&mut db, conversation, request.turn).await?;
        check_quiet(&turns::open(&mut db, conversation).await?, |column| column == turn.column)?;
        let title = match &turn.said {
            Said::Person { text } => format!("the message \u{201c}{}\u{201d}", first_words(text)),
            Said::Model(answer) => format!("the answer \u{201c}{}\u{201d}", first_words(&answer.text)),
        };
        let mut gone = Vec::new();
        let deletion = recorded(db, title, async |db| {
            gone = turns::delete(db, conversation, &turn).await?;
            Ok(())
        })
        .await?;
        let mut read = self.state.store.read().acquire().await?;
        let now = conversations::find(&mut read, conversation).await?;
        change.send(&Event::TurnsDeleted { conversation, turns: gone });
        change.send(&Event::Conversation(now));
        Ok(deletion)
    }
}
