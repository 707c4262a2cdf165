//! Collects which parts of the Chat screen have a field that cannot be read, so that the message waits for all of them.

use leptos::prelude::*;

use super::state::Chat;
use crate::t;
use crate::widgets::FieldFaults;

/// A part of the screen with fields of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// This strip of the mixing desk.
    Strip(u32),
    /// How the tokens of this column are sampled.
    Sampling(u32),
    /// What stands in none of the others.
    Screen,
}

/// Collects the faults of the fields of this component, as those of this part.
pub(super) fn collect_as(part: Part) {
    let chat = expect_context::<Chat>();
    let faults = FieldFaults::provide();
    Effect::new(move |_| {
        let is_there = faults.are_there();
        if chat.unread.read_untracked().contains(&part) != is_there {
            chat.unread.update(|all| {
                let _ = if is_there { all.insert(part) } else { all.remove(&part) };
            });
        }
    });
    on_cleanup(move || {
        if chat.unread.try_read_untracked().is_some_and(|all| all.contains(&part)) {
            chat.unread.update(|all| {
                all.remove(&part);
            });
        }
    });
}

/// Says why a message waits: which part has a field that cannot be read.
pub(super) fn reason(chat: Chat) -> Option<String> {
    let all = chat.unread.read();
    all.first().map(|part| match *part {
        Part::Strip(id) => t!("chat-unread-strip", id = id),
        Part::Sampling(id) => t!("chat-unread-sampling", id = id),
        Part::Screen => t!("chat-unread-screen"),
    })
}
