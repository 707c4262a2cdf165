//! Cuts the JSON of an event into parts that reach the window in their order.
//!
//! Tauri runs small messages of a channel in the page, one after another. The page would have to fetch larger ones: they
//! arrive out of order, and one whose answer is lost cannot be fetched again, after which the window would show nothing new.

use serde::{Deserialize, Serialize};

/// The most bytes of an event's JSON in a part. In a part's own JSON each of them takes two bytes at most, and Tauri runs
/// messages below 8192 bytes.
const MOST_BYTES: usize = 4000;

/// A part of an event's JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPart {
    /// The text of this part.
    pub text: String,
    /// Whether the event is complete with this part.
    pub is_last: bool,
}

/// Cuts an event's JSON into parts. There is at least one.
pub fn event_parts(json: &str) -> impl Iterator<Item = EventPart> {
    let mut rest = Some(json);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (part, after) = text.split_at(text.floor_char_boundary(MOST_BYTES));
        rest = Some(after).filter(|after| !after.is_empty());
        Some(EventPart { text: part.to_owned(), is_last: rest.is_none() })
    })
}

/// The parts of an event that is not complete yet.
#[derive(Debug, Default)]
pub struct OpenEvent(String);

impl OpenEvent {
    /// Adds the next part. Returns the event's JSON once it is complete.
    pub fn add(&mut self, part: &EventPart) -> Option<String> {
        self.0.push_str(&part.text);
        part.is_last.then(|| std::mem::take(&mut self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size from which on Tauri lets the page fetch a message (`tauri::ipc::channel`).
    const FETCHED_FROM: usize = 8192;

    #[test]
    fn parts_are_small_and_join_to_what_was_cut() {
        let quotes = serde_json::to_string(&"\"\\\n\u{1}".repeat(5000)).expect("JSON");
        let texts = ["{}".to_owned(), "\u{6f22}\u{1f642}".repeat(3000), quotes, "a".repeat(MOST_BYTES)];
        for text in texts {
            let parts: Vec<EventPart> = event_parts(&text).collect();
            let size = |part: &EventPart| serde_json::to_string(part).expect("JSON").len();
            assert!(parts.iter().all(|part| size(part) < FETCHED_FROM));
            let mut open = OpenEvent::default();
            let whole: Vec<String> = parts.iter().filter_map(|part| open.add(part)).collect();
            assert_eq!(whole, [text]);
        }
    }
}
