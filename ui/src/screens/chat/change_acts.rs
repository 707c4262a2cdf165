//! Since when a change of the desk acts: from the next token on, or as if it had been there from the start. In the second case
//! the last answers are made again after every change.

use ipc::Id;
use ipc::command::{Regenerate, StopAnswering};
use ipc::conversation::{Column, Desk, Strip};
use leptos::prelude::*;

use super::mixing_desk::SETTLED_AFTER;
use super::state::Chat;
use crate::state::store;
use crate::t;
use crate::widgets::{Pause, Term, roving};

/// Since when a change of the desk acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acts {
    /// Answers that grow follow from their next token on.
    FromNextToken,
    /// The last answers are made again.
    FromStart,
}

/// What steers the columns of a conversation: their strips with the multipliers.
#[derive(Debug, Clone, PartialEq)]
struct Steering {
    conversation: Option<Id>,
    columns: Vec<(u32, Vec<(Strip, f64)>)>,
}

impl Steering {
    fn of(conversation: Option<Id>, desk: &Desk) -> Self {
        let own = |(strip, multiplier): (&Strip, f64)| (strip.clone(), multiplier);
        let steering = |column: &Column| desk.steering(column).into_iter().map(own).collect();
        let columns = desk.columns.iter().map(|column| (column.id, steering(column))).collect();
        Self { conversation, columns }
    }

    /// Returns the columns of the same conversation that are steered otherwise than they were.
    fn changed_since(&self, before: &Self) -> Vec<u32> {
        if self.conversation != before.conversation {
            return vec![];
        }
        let is_other = |(id, now): &&(u32, Vec<(Strip, f64)>)| {
            before.columns.iter().any(|(known, was)| known == id && was != now)
        };
        self.columns.iter().filter(is_other).map(|(id, _)| *id).collect()
    }
}

/// The choice, and what makes the answers again.
#[component]
pub(super) fn ChangeActs() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let grows = Memo::new(move |_| !store.turns.tree.read().growing().is_empty());
    // The columns whose last answers are made again as soon as none grows.
    let waiting = RwSignal::new(Vec::<u32>::new());
    remake_after_changes(chat, waiting);
    Effect::new(move |_| {
        let columns = waiting.get();
        if columns.is_empty() {
            return;
        }
        let Some(conversation) = store.turns.open.get_untracked() else { return waiting.set(vec![]) };
        // A message that is on its way has no answer yet.
        if chat.is_sending.get() {
            return;
        }
        if grows.get() {
            return store.send(StopAnswering { conversation, column: None });
        }
        waiting.set(vec![]);
        let tree = store.turns.tree.read_untracked();
        let turns: Vec<Id> = columns.into_iter().filter_map(|column| tree.last_answer(column)).collect();
        drop(tree);
        if !turns.is_empty() {
            chat.ask(Regenerate { conversation, turns, new_seed: false });
        }
    });
    let from_start = move |_| {
        chat.acts.set(Acts::FromStart);
        waiting.set(chat.desk.read_untracked().columns.iter().map(|column| column.id).collect());
    };
    let is = move |acts: Acts| (chat.acts.get() == acts).to_string();
    let note = move || match chat.acts.get() {
        Acts::FromNextToken => t!("chat-acts-next-note"),
        Acts::FromStart => t!("chat-acts-start-note"),
    };
    view! {
        <div class="row wrap small">
            <span class="quiet grow">{note}" "<Term name="Seed" text=t!("chat-acts-seed-note") /></span>
            <div class="segments" role="group" aria-label=t!("chat-acts") use:roving>
                <button type="button" data-testid="desk-from-next" aria-pressed=move || is(Acts::FromNextToken) title=t!("chat-acts-next-title")
                    on:click=move |_| chat.acts.set(Acts::FromNextToken)>{t!("chat-acts-next")}</button>
                <button type="button" data-testid="desk-from-start" aria-pressed=move || is(Acts::FromStart) title=t!("chat-acts-start-title")
                    on:click=from_start>{t!("chat-acts-start")}</button>
            </div>
        </div>
    }
}

/// Names the columns that are steered otherwise, a moment after the last change, while changes act from the start.
fn remake_after_changes(chat: Chat, waiting: RwSignal<Vec<u32>>) {
    let store = store();
    let now = Memo::new(move |_| Steering::of(store.turns.open.get(), &chat.desk.read()));
    // What steered before the first of the changes that no answer has yet.
    let before = StoredValue::new(now.get_untracked());
    let pause = Pause::new(SETTLED_AFTER);
    Effect::new(move |_| {
        now.with(|_| ());
        pause.cancel();
        let other = before.with_value(|before| before.conversation != now.read_untracked().conversation);
        if other || chat.acts.get_untracked() == Acts::FromNextToken {
            return before.set_value(now.get_untracked());
        }
        pause.then(move || {
            let Some(now) = now.try_get_untracked() else { return };
            let columns = before.with_value(|before| now.changed_since(before));
            before.set_value(now);
            if !columns.is_empty() {
                waiting.set(columns);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use ipc::conversation::SamplingSettings;

    use super::super::desk_changes::{add_column, add_strip, first_desk};
    use super::*;
    use crate::samples::vector;

    fn changed(change: impl FnOnce(&mut Desk)) -> Vec<u32> {
        let mut desk = first_desk(Some(&vector(3)), &SamplingSettings::lively());
        add_strip(&mut desk, &vector(4));
        let before = Steering::of(Some(1), &desk);
        change(&mut desk);
        Steering::of(Some(1), &desk).changed_since(&before)
    }

    #[test]
    fn the_columns_of_a_moved_strip_answer_again() {
        assert_eq!(changed(|desk| desk.strips[0].value = 2.0), [1, 3], "the plain column stays");
        assert_eq!(changed(|desk| desk.strips[1].muted = true), [1, 3]);
        assert_eq!(changed(|desk| desk.strips[1].solo = true), [1, 3]);
        assert_eq!(changed(|desk| desk.columns[1].factors = desk.columns[0].factors.clone()), [2]);
        assert_eq!(changed(|desk| desk.columns[0].name = "A".to_owned()), [] as [u32; 0]);
        assert_eq!(
            changed(|desk| add_column(desk, std::iter::empty())),
            [] as [u32; 0],
            "a new column has no answer"
        );
    }

    #[test]
    fn another_conversation_is_no_change() {
        let desk = first_desk(Some(&vector(3)), &SamplingSettings::lively());
        let plain = first_desk(None, &SamplingSettings::lively());
        let (now, before) = (Steering::of(Some(1), &desk), Steering::of(Some(2), &plain));
        assert_eq!(now.changed_since(&before), [] as [u32; 0]);
    }
}
