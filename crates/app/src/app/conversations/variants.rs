//! Shows other variants of turns, follows one answer in all columns, and branches conversations.

use std::collections::HashMap;

use ipc::Id;
use ipc::command::{BranchConversation, FollowAnswer, ShowVariant};
use ipc::conversation::{Conversation, Said, Turn};
use ipc::event::Event;
use store::turns::Node;
use store::{WriteTransaction, conversations, turns};

use super::{App, changed, check_quiet, path_to, shown_path};
use crate::event_bus::Change;
use crate::{Error, clock};

impl App {
    /// Shows this variant of a turn, with what followed it.
    ///
    /// # Errors
    /// Returns an error if the turn does not exist, or the store cannot be written.
    pub async fn show_variant(&self, request: ShowVariant) -> Result<(), Error> {
        let (change, id) = (self.state.events.change().await, request.conversation);
        let mut db = self.state.store.begin().await?;
        let turn = turns::find(&mut db, id, request.turn).await?;
        let before = turns::nodes(&mut db, id).await?;
        turns::show(&mut db, id, turn.id).await?;
        self.send_changed(change, db, id, &before).await
    }

    /// Goes on with one answer in all columns.
    ///
    /// # Errors
    /// Returns an error if the answer does not exist or the conversation is being answered, or the store cannot be written.
    pub async fn follow_answer(&self, request: FollowAnswer) -> Result<(), Error> {
        let (change, id) = (self.state.events.change().await, request.conversation);
        let mut db = self.state.store.begin().await?;
        let conversation = conversations::find(&mut db, id).await?;
        let turn = turns::find(&mut db, id, request.turn).await?;
        check_quiet(&turns::open(&mut db, id).await?, |_| true)?;
        let before = turns::nodes(&mut db, id).await?;
        let followed = turns::find_all(&mut db, id, &path_to(&before, turn.id)).await?;
        let known = Siblings::new(turns::list(&mut db, id).await?);
        for column in conversation.desk.columns.iter().filter(|column| column.id != turn.column) {
            let mut parent = None;
            for said in &followed {
                // What a column has said itself stays the same turn.
                parent = Some(match known.same(column.id, parent, &said.said) {
                    Some(same) => same,
                    None => turns::insert(&mut db, id, (column.id, parent), &said.said, clock::now()).await?,
                });
            }
            if let Some(last) = parent {
                turns::show(&mut db, id, last).await?;
                turns::hide_after(&mut db, last).await?;
            }
        }
        self.send_changed(change, db, id, &before).await
    }

    /// Begins a new conversation with the shown turns of all columns up to the place of this turn.
    ///
    /// # Errors
    /// Returns an error if the turn does not exist or an answer up to it is growing, or the store cannot be written.
    pub async fn branch_conversation(&self, request: BranchConversation) -> Result<Conversation, Error> {
        let (change, id) = (self.state.events.change().await, request.conversation);
        let mut db = self.state.store.begin().await?;
        let conversation = conversations::find(&mut db, id).await?;
        let turn = turns::find(&mut db, id, request.turn).await?;
        check_quiet(&turns::open(&mut db, id).await?, |_| true)?;
        let nodes = turns::nodes(&mut db, id).await?;
        let own = path_to(&nodes, turn.id);
        let (project, now) = (self.state.project(), clock::now());
        let name = conversations::branch_name(&mut db, project, &conversation.name).await?;
        let name = Some(name.as_str()).filter(|name| !name.is_empty());
        let branch = conversations::insert(&mut db, project, name, &conversation.desk, now).await?;
        for column in &conversation.desk.columns {
            let path = if column.id == turn.column { own.clone() } else { shown_path(&nodes, column.id) };
            let path = &path[..path.len().min(own.len())];
            let mut parent = None;
            for said in turns::find_all(&mut db, id, path).await? {
                let at = (column.id, parent);
                parent = Some(turns::insert(&mut db, branch, at, &said.said, said.created).await?);
            }
        }
        let begun = conversations::find(&mut db, branch).await?;
        db.commit().await?;
        change.send(&Event::Conversation(begun.clone()));
        Ok(begun)
    }

    /// Commits a change, and tells the window which turns have changed.
    pub(super) async fn send_changed(
        &self,
        change: Change<'_>,
        mut db: WriteTransaction,
        conversation: Id,
        before: &[Node],
    ) -> Result<(), Error> {
        let turns = changed(&mut db, conversation, before).await?;
        let now = conversations::find(&mut db, conversation).await?;
        db.commit().await?;
        for turn in &turns {
            self.state.live.set_shown(conversation, turn.id, turn.shown);
        }
        change.send(&Event::Turns { conversation, turns });
        change.send(&Event::Conversation(now));
        Ok(())
    }
}

/// The turns of a conversation, by what comes before them.
struct Siblings(HashMap<(u32, Option<Id>), Vec<Turn>>);

impl Siblings {
    fn new(all: Vec<Turn>) -> Self {
        let mut siblings: HashMap<_, Vec<Turn>> = HashMap::new();
        for turn in all {
            siblings.entry((turn.column, turn.parent)).or_default().push(turn);
        }
        Self(siblings)
    }

    /// Returns a turn of a column behind another one that says the same.
    fn same(&self, column: u32, parent: Option<Id>, said: &Said) -> Option<Id> {
        let is_same = |turn: &&Turn| match (&turn.said, said) {
            (Said::Person { text: one }, Said::Person { text: other }) => one == other,
            (Said::Model(one), Said::Model(other)) => one == other,
            _ => false,
        };
        self.0.get(&(column, parent))?.iter().find(is_same).map(|turn| turn.id)
    }
}
