//! What the commands and the thread that answers share: the desks that steer growing answers, and which of them are stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipc::Id;

use super::desk::LoadedDesk;

/// The conversations that wait for answers or are being answered.
#[derive(Default)]
pub(crate) struct LiveConversations {
    live: Mutex<HashMap<Id, Live>>,
}

/// A conversation that waits for answers or is being answered.
struct Live {
    desk: Arc<LoadedDesk>,
    /// Grows with every change of the desk.
    version: u64,
    /// The batches of answers that wait or are being generated.
    batches: usize,
    growing: HashMap<Id, Growing>,
}

/// An answer that is being generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Growing {
    /// Whether it has a token. Before, the prompt is read, which nothing interrupts.
    has_begun: bool,
    is_stopped: bool,
    is_shown: bool,
}

impl LiveConversations {
    /// Adds a batch of answers that waits, with the desk that steers it.
    pub(crate) fn enqueue(&self, conversation: Id, desk: LoadedDesk) {
        let mut all = self.lock();
        let desk = Arc::new(desk);
        let live = all.entry(conversation).or_insert_with(|| Live {
            desk: Arc::clone(&desk),
            version: 0,
            batches: 0,
            growing: HashMap::new(),
        });
        (live.desk, live.version, live.batches) = (desk, live.version + 1, live.batches + 1);
    }

    /// Removes a batch of answers that is over.
    pub(crate) fn end(&self, conversation: Id) {
        let mut all = self.lock();
        let Some(live) = all.get_mut(&conversation) else { return };
        live.batches -= 1;
        live.growing.clear();
        if live.batches == 0 {
            all.remove(&conversation);
        }
    }

    /// Returns the desk of a conversation that waits for answers or is being answered, with its version.
    pub(crate) fn desk(&self, conversation: Id) -> Option<(u64, Arc<LoadedDesk>)> {
        self.lock().get(&conversation).map(|live| (live.version, Arc::clone(&live.desk)))
    }

    /// Replaces the desk of a conversation that waits for answers or is being answered.
    pub(crate) fn set_desk(&self, conversation: Id, desk: LoadedDesk) {
        if let Some(live) = self.lock().get_mut(&conversation) {
            (live.desk, live.version) = (Arc::new(desk), live.version + 1);
        }
    }

    /// Returns whether any conversation waits for answers or is being answered.
    pub(crate) fn is_answering(&self) -> bool {
        !self.lock().is_empty()
    }

    /// Begins to generate these answers.
    pub(super) fn begin(&self, conversation: Id, turns: impl Iterator<Item = (Id, bool)>) {
        if let Some(live) = self.lock().get_mut(&conversation) {
            let growing = |is_shown| Growing { has_begun: false, is_stopped: false, is_shown };
            live.growing = turns.map(|(turn, is_shown)| (turn, growing(is_shown))).collect();
        }
    }

    /// Notes the first token of an answer. Returns whether it is still wanted.
    pub(super) fn has_begun(&self, conversation: Id, turn: Id) -> bool {
        self.of(conversation, turn, |growing| growing.has_begun = true).is_some_and(|now| !now.is_stopped)
    }

    /// Returns whether a person has stopped an answer.
    pub(super) fn is_stopped(&self, conversation: Id, turn: Id) -> bool {
        self.of(conversation, turn, |_| ()).is_none_or(|now| now.is_stopped)
    }

    /// Stops an answer. Returns whether the thread ends it at its next token: one without a token is ended by the caller.
    pub(crate) fn stop(&self, conversation: Id, turn: Id) -> bool {
        self.of(conversation, turn, |growing| growing.is_stopped = true).is_some_and(|now| now.has_begun)
    }

    /// Notes whether a growing answer is shown.
    pub(crate) fn set_shown(&self, conversation: Id, turn: Id, is_shown: bool) {
        self.of(conversation, turn, |growing| growing.is_shown = is_shown);
    }

    /// Returns whether a growing answer is shown.
    pub(super) fn is_shown(&self, conversation: Id, turn: Id) -> bool {
        self.of(conversation, turn, |_| ()).is_some_and(|now| now.is_shown)
    }

    /// Changes an answer that is being generated. Returns it as it is then.
    fn of(&self, conversation: Id, turn: Id, change: impl FnOnce(&mut Growing)) -> Option<Growing> {
        let mut all = self.lock();
        let growing = all.get_mut(&conversation)?.growing.get_mut(&turn)?;
        change(growing);
        Some(*growing)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ipc::conversation::Desk;

    use super::*;

    fn desk(observes: bool) -> LoadedDesk {
        LoadedDesk { desk: Desk { observes, ..Desk::default() }, model: 1, vectors: HashMap::new() }
    }

    #[test]
    fn an_answer_is_ended_by_whoever_can_end_it_first() {
        let live = LiveConversations::default();
        assert!(!live.stop(1, 10), "nothing grows");
        live.enqueue(1, desk(false));
        live.begin(1, [(10, true), (11, true)].into_iter());
        assert!(!live.stop(1, 10), "its prompt is being read");
        assert!(!live.has_begun(1, 10), "so that its first token comes too late");
        assert!(live.has_begun(1, 11) && !live.is_stopped(1, 11));
        assert!(live.stop(1, 11) && live.is_stopped(1, 11));
        live.end(1);
        assert!(live.is_stopped(1, 11), "what is over is not wanted");
    }

    #[test]
    fn a_desk_is_kept_while_answers_wait_for_it() {
        let live = LiveConversations::default();
        live.set_desk(1, desk(true));
        assert!(live.desk(1).is_none() && !live.is_answering());
        live.enqueue(1, desk(false));
        live.enqueue(1, desk(false));
        let (before, _) = live.desk(1).expect("a desk");
        live.set_desk(1, desk(true));
        let (after, changed) = live.desk(1).expect("a desk");
        assert!(after > before && changed.desk.observes);
        live.end(1);
        assert!(live.desk(1).is_some() && live.is_answering());
        live.end(1);
        assert!(live.desk(1).is_none() && !live.is_answering());
    }
}
