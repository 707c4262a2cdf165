//! Deletes conversations and turns, so that it can be taken back.

use ipc::command::{DeleteConversation, DeleteTurn};
use ipc::conversation::Said;
use ipc::deletion::Deletion;
use ipc::event::Event;
use store::conversations::first_words;
use store::{conversations, deletions, turns};

use super::{App, check_quiet};
use crate::Error;

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
        let id = deletions::begin(&mut db).await?;
        conversations::delete(&mut db, conversation).await?;
        deletions::end(&mut db, id).await?;
        db.commit().await?;
        self.state.models.forget_session(conversation);
        change.send(&Event::ConversationDeleted(conversation));
        Ok(Deletion { id, title: format!("the conversation \u{201c}{}\u{201d}", gone.name) })
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
        let id = deletions::begin(&mut db).await?;
        let turns = turns::delete(&mut db, conversation, &turn).await?;
        deletions::end(&mut db, id).await?;
        let now = conversations::find(&mut db, conversation).await?;
        db.commit().await?;
        change.send(&Event::TurnsDeleted { conversation, turns });
        change.send(&Event::Conversation(now));
        let title = match &turn.said {
            Said::Person { text } => format!("the message \u{201c}{}\u{201d}", first_words(text)),
            Said::Model(answer) => format!("the answer \u{201c}{}\u{201d}", first_words(&answer.text)),
        };
        Ok(Deletion { id, title })
    }
}
