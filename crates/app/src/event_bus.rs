//! Sends events to every subscriber, in the same order to all of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::Event;
use tokio::sync as tokio_sync;

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
}

impl EventBus {
    /// Waits until no other change is under way.
    pub(crate) async fn change(&self) -> Change<'_> {
        Change { _turn: self.gate.lock().await, bus: self }
    }

    /// Sends an event that is about no stored row: progress, or a growing text.
    pub(crate) fn send(&self, event: &Event) {
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
