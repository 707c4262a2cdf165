//! Writes the shown turns of conversations to files.

use std::sync::Arc;

use ipc::command::ExportConversation;
use ipc::conversation::ConversationFormat;
use ipc::files::Access;
use store::{conversations, turns};

use super::{App, shown_path};
use crate::app::models::blocking;
use crate::conversation_files::{Talk, html, jsonl, markdown};
use crate::{Error, atomic_write};

impl App {
    /// Writes the shown turns of a conversation to a file.
    ///
    /// # Errors
    /// Returns an error if it does not exist, a file is there that may not be replaced, or it cannot be written.
    pub async fn export_conversation(&self, request: ExportConversation) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        let talk = self.talk(request.conversation).await?;
        let (state, format, replace) = (Arc::clone(&self.state), request.format, request.replace);
        blocking(move || {
            let text = match format {
                ConversationFormat::Markdown => markdown::write(&talk),
                ConversationFormat::Jsonl => jsonl::write(&talk)?,
                ConversationFormat::Html => html::write(&talk),
            };
            state.exports.write(&path, text.as_bytes(), replace)
        })
        .await?
    }

    /// Reads a conversation with what is shown in its columns.
    async fn talk(&self, id: ipc::Id) -> Result<Talk, Error> {
        let mut db = self.state.store.read().begin().await?;
        let conversation = conversations::find(&mut db, id).await?;
        let nodes = turns::nodes(&mut db, id).await?;
        let mut columns = Vec::with_capacity(conversation.desk.columns.len());
        for column in &conversation.desk.columns {
            columns.push(turns::find_all(&mut db, id, &shown_path(&nodes, column.id)).await?);
        }
        Ok(Talk { conversation, columns })
    }
}
