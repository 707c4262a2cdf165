//! Keeps what conversations have read beside the model that read it, so that a further turn costs only what is new.

use std::sync::Arc;

use ipc::Id;
use vectors::generate::Session;
use vectors::model::Model;

use super::Models;

/// The most bytes of all sessions beside the last one. Those that were answered longest ago are dropped first.
const MOST_BYTES: u64 = 1 << 30;

/// The sessions of conversations, the one that was used last at the end.
#[derive(Default)]
pub(super) struct Sessions(Vec<KeptSession>);

struct KeptSession {
    conversation: Id,
    model_id: Id,
    model: Arc<Model>,
    session: Session,
}

impl Sessions {
    /// Drops the oldest sessions until the others take few bytes.
    fn shrink(&mut self) {
        let mut bytes: u64 = self.0.iter().map(|kept| kept.session.kept_bytes()).sum();
        while bytes > MOST_BYTES && self.0.len() > 1 {
            bytes -= self.0.remove(0).session.kept_bytes();
        }
    }

    /// Drops the sessions of a model.
    pub(super) fn forget_model(&mut self, model_id: Id) {
        self.0.retain(|kept| kept.model_id != model_id);
    }
}

impl Models {
    /// Takes the session of a conversation out, or begins one. It is of this model.
    pub(crate) fn take_session(&self, conversation: Id, model: &Arc<Model>) -> Session {
        let mut slot = self.lock();
        let place = slot.sessions.0.iter().position(|kept| kept.conversation == conversation);
        let kept = place.map(|place| slot.sessions.0.remove(place));
        match kept.filter(|kept| Arc::ptr_eq(&kept.model, model)) {
            Some(kept) => kept.session,
            None => Session::new(Arc::clone(model)),
        }
    }

    /// Keeps the session of a conversation as long as its model is in memory.
    pub(crate) fn keep_session(&self, conversation: Id, model_id: Id, model: &Arc<Model>, session: Session) {
        let mut slot = self.lock();
        if !slot.loaded.iter().any(|loaded| loaded.id == model_id && Arc::ptr_eq(&loaded.model, model)) {
            return;
        }
        let model = Arc::clone(model);
        slot.sessions.0.push(KeptSession { conversation, model_id, model, session });
        slot.sessions.shrink();
    }

    /// Drops the session of a conversation.
    pub(crate) fn forget_session(&self, conversation: Id) {
        self.lock().sessions.0.retain(|kept| kept.conversation != conversation);
    }
}
