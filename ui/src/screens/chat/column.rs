//! One column: its head, and its turns, of which only those around what is read are in the page.

use ipc::Id;
use leptos::html;
use leptos::prelude::*;

use super::column_drag::ColumnDrag;
use super::column_head::ColumnHead;
use super::desk_changes::{color_of, name_of};
use super::state::Chat;
use super::turn::TurnView;
use super::turn_window::TurnWindow;
use crate::actions::Screen;
use crate::state::store;
use crate::t;

/// The distance from the end, in pixels, within which the list follows what is written.
const NEARLY_AT_THE_END: i32 = 48;
/// The distance from an end of what is in the page, in pixels, within which further turns are added there.
const NEARLY_OUT: i32 = 400;

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
    /// The turn with the focus that is about to make way for another one, and its place.
    makes_way: StoredValue<Option<(usize, Id)>>,
}

impl ColumnState {
    /// Lets what comes to the place of a turn have the focus, if the turn has it.
    pub(super) fn hand_on_focus(self, turn: Id) {
        if self.active.get_untracked() == Some(turn) {
            let place = self.path.read_untracked().iter().position(|id| *id == turn);
            self.makes_way.set_value(place.map(|place| (place, turn)));
        }
    }

    /// Gives the focus of the turn that has made way to the one at its place, or to the last one.
    fn follow_focus(self) {
        Effect::new(move |_| {
            let path = self.path.get();
            let Some((place, turn)) = self.makes_way.get_value() else { return };
            if path.get(place) != Some(&turn) {
                self.makes_way.set_value(None);
                self.to_focus.set(path.get(place).or(path.last()).copied());
            }
        });
    }
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
        makes_way: StoredValue::new(None),
    };
    state.follow_focus();
    let label = move || {
        let desk = chat.desk.read();
        desk.column(id).map(|column| t!("chat-column-label", name = name_of(&desk, column)))
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
    let window = RwSignal::new(TurnWindow::LATEST);
    let range = Memo::new(move |_| window.get().range(state.path.read().len()));
    let shown = Memo::new(move |_| state.path.read()[range.get()].to_vec());
    let earlier = move || range.get().start;
    let later = move || window.get().later();
    let follows = StoredValue::new(true);
    let length = Memo::new(move |_| state.path.read().len());
    // What was just said comes into view.
    Effect::new(move |before: Option<usize>| {
        let length = length.get();
        if before.is_some_and(|before| length > before) {
            follows.set_value(true);
            window.set(TurnWindow::LATEST);
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
    // Moves the window. This turn, which is in the page before and after, stays where it is.
    let move_to = move |next: TurnWindow, kept: Option<Id>| {
        let (Some(frame), Some(kept)) = (frame.get_untracked(), kept) else { return };
        if next == window.get_untracked() {
            return;
        }
        let top = move |frame: &web_sys::HtmlDivElement| {
            let turn = frame.query_selector(&format!("[data-turn=\"{kept}\"]")).ok().flatten();
            turn.map(|turn| turn.get_bounding_client_rect().top())
        };
        let before = top(&frame);
        window.set(next);
        request_animation_frame(move || {
            if let (Some(before), Some(after)) = (before, top(&frame)) {
                frame.set_scroll_top(frame.scroll_top() + (after - before).round() as i32);
            }
        });
    };
    let add_earlier = move || {
        let length = state.path.read_untracked().len();
        move_to(window.get_untracked().move_back(length), shown.read_untracked().first().copied());
    };
    let add_later = move || move_to(window.get_untracked().move_on(), shown.read_untracked().last().copied());
    let scrolled = move |_| {
        if let Some(frame) = frame.get_untracked().filter(|frame| frame.client_height() > 0) {
            let below = frame.scroll_height() - frame.scroll_top() - frame.client_height();
            let is_latest = window.get_untracked().later() == 0;
            follows.set_value(is_latest && below < NEARLY_AT_THE_END);
            if frame.scroll_top() < NEARLY_OUT && below >= NEARLY_AT_THE_END {
                add_earlier();
            } else if below < NEARLY_OUT && !is_latest {
                add_later();
            }
        }
    };
    view! {
        <div class="chat-turns" node_ref=frame data-testid="chat-turns" on:scroll=scrolled>
            <Show when=move || { earlier() > 0 }>
                <button class="link small" type="button" data-testid="turns-earlier" on:click=move |_| add_earlier()>
                    {move || t!("chat-turns-earlier", count = earlier())}
                </button>
            </Show>
            <For each=move || shown.get() key=|turn| *turn children=move |turn| view! { <TurnView turn state /> } />
            <Show when=move || { later() > 0 }>
                <button class="link small" type="button" data-testid="turns-later" on:click=move |_| add_later()>
                    {move || t!("chat-turns-later", count = later())}
                </button>
            </Show>
        </div>
    }
}
