//! Imports conversations from JSON lines.

use ipc::answer::AnswerEnd;
use ipc::command::ImportConversations;
use ipc::conversation::{Conversation, Said};
use ipc::event::Event;
use ipc::files::Access;
use store::{conversations, turns};

use super::App;
use super::check::check_desk;
use crate::app::models::blocking;
use crate::conversation_files::{jsonl, library, read_text};
use crate::{Error, clock};

impl App {
    /// Imports conversations from JSON lines: those that an export wrote, and any with `messages`.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is none of these, or the store cannot be written.
    pub async fn import_conversations(
        &self,
        request: ImportConversations,
    ) -> Result<Vec<Conversation>, Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        let text = blocking(move || read_text(&path)).await??;
        let mut imported = blocking(move || jsonl::read(&text)).await??;
        let known = self.library().await?;
        for one in &mut imported {
            check_desk(&one.desk)?;
            // A vector that is not in the library stays on the desk by its name, and steers nothing.
            library::find_vectors(&mut one.desk, &known);
        }
        let (change, now) = (self.state.events.change().await, clock::now());
        let mut db = self.state.store.begin().await?;
        let mut begun = Vec::with_capacity(imported.len());
        for one in imported {
            let name = one.name.as_deref();
            let id = conversations::insert(&mut db, self.state.project(), name, &one.desk, now).await?;
            for (column, said) in one.columns {
                let mut parent = None;
                for mut said in said {
                    if let Said::Model(answer) = &mut said
                        && answer.end == AnswerEnd::Open
                    {
                        answer.end = AnswerEnd::Stopped;
                    }
                    parent = Some(turns::insert(&mut db, id, (column, parent), &said, now).await?);
                }
            }
            begun.push(conversations::find(&mut db, id).await?);
        }
        db.commit().await?;
        for conversation in &begun {
            change.send(&Event::Conversation(conversation.clone()));
        }
        Ok(begun)
    }
}
