//! Collects which parts of the Chat screen have a field that cannot be read, so that the message waits for all of them.

use leptos::prelude::*;

use super::state::Chat;
use crate::widgets::FieldFaults;

/// Collects the faults of the fields of this component, under a name that no other part of the screen has.
pub(super) fn collect_as(part: String) {
    let chat = expect_context::<Chat>();
    let faults = FieldFaults::provide();
    let name = part.clone();
    Effect::new(move |_| {
        let (is_there, name) = (faults.are_there(), name.clone());
        if chat.unread.read_untracked().contains(&name) != is_there {
            chat.unread.update(|all| {
                let _ = if is_there { all.insert(name) } else { all.remove(&name) };
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
    all.first().map(|part| format!("A field of {part} cannot be read."))
}
