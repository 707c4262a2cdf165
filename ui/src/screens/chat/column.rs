//! One column: its head, and its turns, of which the last ones are in the page.

use ipc::Id;
use leptos::html;
use leptos::prelude::*;

use super::column_drag::ColumnDrag;
use super::column_head::ColumnHead;
use super::desk_changes::{color_of, name_of};
use super::state::Chat;
use super::turn::TurnView;
use crate::actions::Screen;
use crate::format;
use crate::state::store;

/// The distance from the end, in pixels, within which the list follows what is written.
const NEARLY_AT_THE_END: i32 = 48;
/// The distance from the beginning, in pixels, within which earlier turns are added.
const NEARLY_AT_THE_BEGINNING: i32 = 400;
/// The number of turns that are in the page at first, and that are added at a time.
const SOME: usize = 60;

/// What the turns of a column share. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct ColumnState {
    /// The column.
    pub(super) id: u32,
    /// The turns that are shown.
    pub(super) path: Memo<Vec<Id>>,
    /// The turn that the keys act on.
    pub(super) active: RwSignal<Option<Id>>,
    /// Whether an answer grows in the column.
    pub(super) grows: Memo<bool>,
    /// The turn that takes the focus as soon as it is in the page.
    pub(super) to_focus: RwSignal<Option<Id>>,
}

/// A column.
#[component]
pub(super) fn ColumnView(
    /// Its id.
    id: u32,
    /// The drag that moves columns.
    drag: ColumnDrag,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let tree = store.turns.tree;
    let state = ColumnState {
        id,
        path: Memo::new(move |_| tree.read().path(id)),
        active: RwSignal::new(None),
        grows: Memo::new(move |_| tree.read().growing().contains(&id)),
        to_focus: RwSignal::new(None),
    };
    let label = move || {
        let desk = chat.desk.read();
        desk.column(id).map(|column| format!("Column {}", name_of(&desk, column)))
    };
    let style = format!("--column: {}", color_of(id));
    view! {
        <section class="chat-column" style=style data-testid="chat-column" data-column=id.to_string() aria-label=label
            class:moving=move || drag.moving.get() == Some(id)>
            <ColumnHead id drag grows=state.grows />
            <Turns state />
        </section>
    }
}

/// The turns. The list follows the end while an answer grows, unless a person has scrolled up.
#[component]
fn Turns(state: ColumnState) -> impl IntoView {
    let store = store();
    let frame = NodeRef::<html::Div>::new();
    let count = RwSignal::new(SOME);
    let earlier = Memo::new(move |_| state.path.read().len().saturating_sub(count.get()));
    let shown = Memo::new(move |_| state.path.read()[earlier.get()..].to_vec());
    let has_earlier = move || earlier.get() > 0;
    let follows = StoredValue::new(true);
    let length = Memo::new(move |_| state.path.read().len());
    // What was just said comes into view.
    Effect::new(move |before: Option<usize>| {
        let length = length.get();
        if before.is_some_and(|before| length > before) {
            follows.set_value(true);
        }
        length
    });
    Effect::new(move |_| {
        let last = state.path.read().last().copied();
        if let Some(last) = last.and_then(|last| store.turns.turn(last)) {
            last.track();
        }
        let is_shown = store.screen.get() == Screen::Chat;
        let to_end = move || {
            if let Some(frame) = frame.try_get_untracked().flatten()
                && is_shown
                && follows.try_get_value() == Some(true)
            {
                frame.set_scroll_top(frame.scroll_height());
            }
        };
        // The turns that come into view for the first time have their own heights only in the next frame.
        request_animation_frame(move || {
            to_end();
            request_animation_frame(to_end);
        });
    });
    let add_earlier = move || {
        let Some(frame) = frame.get_untracked().filter(|_| earlier.get_untracked() > 0) else { return };
        let (height, top) = (frame.scroll_height(), frame.scroll_top());
        count.update(|count| *count += SOME);
        // What is read stays where it is.
        request_animation_frame(move || frame.set_scroll_top(top + frame.scroll_height() - height));
    };
    let scrolled = move |_| {
        if let Some(frame) = frame.get_untracked().filter(|frame| frame.client_height() > 0) {
            let below = frame.scroll_height() - frame.scroll_top() - frame.client_height();
            follows.set_value(below < NEARLY_AT_THE_END);
            if frame.scroll_top() < NEARLY_AT_THE_BEGINNING && below >= NEARLY_AT_THE_END {
                add_earlier();
            }
        }
    };
    view! {
        <div class="chat-turns" node_ref=frame data-testid="chat-turns" on:scroll=scrolled>
            <Show when=has_earlier>
                <button class="link small" type="button" data-testid="turns-earlier" on:click=move |_| add_earlier()>
                    {move || format!("{} earlier", format::plural(earlier.get(), "turn"))}
                </button>
            </Show>
            <For each=move || shown.get() key=|turn| *turn children=move |turn| view! { <TurnView turn state /> } />
        </div>
    }
}
