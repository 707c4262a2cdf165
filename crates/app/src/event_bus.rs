//! Sends events to every subscriber, in the same order to all of them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::{Event, Id};
use tokio::sync as tokio_sync;

use crate::named_project;

/// Receives every event. Returns `false` if it no longer can.
pub type Subscriber = Box<dyn Fn(Event) -> bool + Send>;

/// Sends events to the subscribers, in the same order to all of them.
///
/// A window that opens meanwhile must see the same state in the store and in the events. Therefore a change of the
/// store and the events about it happen inside one [`Change`], and the first event of a new subscriber is read inside
/// one as well.
#[derive(Default)]
pub(crate) struct EventBus {
    gate: tokio_sync::Mutex<()>,
    subscribers: Mutex<Vec<(String, Subscriber)>>,
    /// The open project, which the subscribers show. It changes inside a [`Change`].
    open_project: AtomicI64,
}

impl EventBus {
    pub(crate) fn new(open_project: Id) -> Self {
        Self { open_project: AtomicI64::new(open_project), ..Self::default() }
    }

    /// Returns the open project.
    pub(crate) fn open_project(&self) -> Id {
        self.open_project.load(Ordering::SeqCst)
    }

    /// Opens another project. Call this inside a change.
    pub(crate) fn set_open_project(&self, project: Id) {
        self.open_project.store(project, Ordering::SeqCst);
    }

    /// Waits until no other change is under way.
    pub(crate) async fn change(&self) -> Change<'_> {
        Change { _turn: self.gate.lock().await, bus: self }
    }

    /// Sends an event that is about no stored row: progress, or a growing text. The rows of a project that is not open are
    /// shown by nobody: whoever opens it reads them.
    pub(crate) fn send(&self, event: &Event) {
        if event.is_about_rows_of_a_project()
            && named_project::named().is_some_and(|named| named != self.open_project())
        {
            return;
        }
        self.lock().retain(|(_, subscriber)| subscriber(event.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Subscriber)>> {
        // A panicking subscriber leaves the list unchanged.
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A change of the store together with the events about it.
pub(crate) struct Change<'a> {
    _turn: tokio_sync::MutexGuard<'a, ()>,
    bus: &'a EventBus,
}

impl Change<'_> {
    /// Sends an event about the change. Call this after the change is stored.
    pub(crate) fn send(&self, event: &Event) {
        self.bus.send(event);
    }

    /// Adds a subscriber, and sends it the whole state as its first event. It replaces an earlier one of that name, so
    /// that a reloaded window does not receive everything twice.
    pub(crate) fn subscribe(&self, name: &str, subscriber: Subscriber, picture: Event) {
        let mut subscribers = self.bus.lock();
        subscribers.retain(|(other, _)| other != name);
        if subscriber(picture) {
            subscribers.push((name.to_owned(), subscriber));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn listener() -> (Subscriber, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel();
        (Box::new(move |event| sender.send(event).is_ok()), receiver)
    }

    #[tokio::test]
    async fn a_subscriber_receives_the_overview_first_and_then_every_event() {
        let bus = EventBus::default();
        let (subscriber, received) = listener();
        bus.send(&Event::VectorDeleted(1));
        bus.change().await.subscribe("window", subscriber, Event::VectorDeleted(2));
        bus.send(&Event::VectorDeleted(3));
        assert_eq!(
            received.try_iter().collect::<Vec<_>>(),
            [Event::VectorDeleted(2), Event::VectorDeleted(3)]
        );
    }

    #[tokio::test]
    async fn what_a_command_makes_in_a_project_that_is_not_open_is_shown_by_nobody() {
        let bus = EventBus::new(1);
        let (subscriber, received) = listener();
        bus.change().await.subscribe("window", subscriber, Event::Closing);
        for project in [1, 2] {
            named_project::within(Some(project), async {
                bus.send(&Event::VectorDeleted(project));
                bus.send(&Event::ModelForgotten(project));
            })
            .await;
        }
        assert_eq!(
            received.try_iter().collect::<Vec<_>>(),
            [Event::Closing, Event::VectorDeleted(1), Event::ModelForgotten(1), Event::ModelForgotten(2)]
        );
    }

    #[tokio::test]
    async fn a_subscriber_takes_the_place_of_an_earlier_one_of_its_name() {
        let bus = EventBus::default();
        let (first, heard_first) = listener();
        let (second, heard_second) = listener();
        bus.change().await.subscribe("window", first, Event::VectorDeleted(1));
        bus.change().await.subscribe("window", second, Event::VectorDeleted(1));
        bus.send(&Event::VectorDeleted(2));
        assert_eq!((heard_first.try_iter().count(), heard_second.try_iter().count()), (1, 2));
    }
}
