//! The turns of a column in the page: those around what is read, which follow the end while an answer grows.

use ipc::Id;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::column::ColumnState;
use super::moved_columns::is_put_back;
use super::turn::TurnView;
use super::turn_window::TurnWindow;
use crate::actions::Screen;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::on_resize;

/// The distance from the end, in pixels, within which the list follows what is written.
const NEARLY_AT_THE_END: i32 = 48;
/// The distance from an end of what is in the page, in pixels, within which further turns are added there.
const NEARLY_OUT: i32 = 800;
/// What has the keys Home and End for itself.
const FIELDS: &str = "input,textarea,select";

/// The list. Copies point to the same signals.
#[derive(Clone, Copy)]
struct Scrolled {
    column: ColumnState,
    frame: NodeRef<html::Div>,
    window: RwSignal<TurnWindow>,
    /// The turns that are in the page.
    shown: Memo<Vec<Id>>,
    /// Whether the end stays in view: until a person scrolls up.
    follows: StoredValue<bool>,
    /// How far the list is scrolled, in pixels.
    top: StoredValue<i32>,
    /// Whether turns were added in this frame.
    is_moving: StoredValue<bool>,
}

/// The turns. The list follows the end while an answer grows, unless a person has scrolled up.
#[component]
pub(super) fn TurnList(
    /// The column.
    state: ColumnState,
) -> impl IntoView {
    let window = RwSignal::new(TurnWindow::LATEST);
    let range = Memo::new(move |_| window.get().range(state.length.get()));
    let list = Scrolled {
        column: state,
        frame: NodeRef::new(),
        window,
        shown: Memo::new(move |_| state.path.read().get(range.get()).unwrap_or_default().to_vec()),
        follows: StoredValue::new(true),
        top: StoredValue::new(0),
        is_moving: StoredValue::new(false),
    };
    let earlier = move || range.get().start;
    let later = move || window.get().later();
    let frame = list.frame;
    list.follow_the_end(store());
    list.give_focus();
    // A window, a panel or the desk that takes room from the list takes it from the end of the answers.
    on_resize(frame, move || list.keep_end());
    view! {
        <div class="chat-turns" node_ref=frame data-testid="chat-turns" on:scroll=move |_| list.was_scrolled() on:keydown=move |event| list.go_to_an_end(&event)
            on:mouseover=move |event| list.point(event.target()) on:mouseleave=move |_| list.point(None)
            on:focusin=move |event| list.reach(event.target()) on:focusout=move |event| list.reach(event.related_target())>
            <Show when=move || { earlier() > 0 }>
                <button class="link small" type="button" data-testid="turns-earlier" on:click=move |_| list.add_earlier()>
                    {move || t!("chat-turns-earlier", count = earlier())}
                </button>
            </Show>
            <For each=move || list.shown.get() key=|turn| *turn children=move |turn| view! { <TurnView turn state /> } />
            <Show when=move || { later() > 0 }>
                <button class="link small" type="button" data-testid="turns-later" on:click=move |_| list.add_later()>
                    {move || t!("chat-turns-later", count = later())}
                </button>
            </Show>
        </div>
    }
}

impl Scrolled {
    /// Keeps the end in view while the column grows there, and shows what was just said.
    fn follow_the_end(self, store: Store) {
        Effect::new(move |before: Option<usize>| {
            let length = self.column.length.get();
            if before.is_some_and(|before| length > before) {
                self.follows.set_value(true);
                self.window.set(TurnWindow::LATEST);
            }
            length
        });
        Effect::new(move |_| {
            let last = self.column.path.read().last().copied();
            if let Some(last) = last.and_then(|last| store.turns.turn(last)) {
                last.track();
            }
            if store.screen.get() != Screen::Chat {
                return;
            }
            request_animation_frame(move || self.keep_end());
        });
    }

    /// Shows the end, if the list follows it, also once the turns that come into view for the first time have their own heights.
    fn keep_end(self) {
        self.to_end();
        request_animation_frame(move || self.to_end());
    }

    fn to_end(self) {
        if let Some(frame) = self.frame()
            && self.follows.try_get_value() == Some(true)
        {
            frame.set_scroll_top(frame.scroll_height());
        }
    }

    /// Gives the focus to the turn that is to have it, once that is in the page.
    fn give_focus(self) {
        let to_focus = self.column.to_focus;
        Effect::new(move |_| {
            self.shown.with(|_| ());
            let Some(turn) = to_focus.get() else { return };
            request_animation_frame(move || {
                let turn = self.frame().and_then(|frame| article(&frame, turn));
                if let Some(turn) = turn.and_then(|turn| turn.dyn_into::<web_sys::HtmlElement>().ok()) {
                    to_focus.try_set(None);
                    let _ = turn.focus();
                }
            });
        });
    }

    /// Returns the element of the list, unless it is gone or the screen is hidden.
    fn frame(self) -> Option<web_sys::HtmlDivElement> {
        self.frame.try_get_untracked().flatten().filter(|frame| frame.client_height() > 0)
    }

    fn was_scrolled(self) {
        let Some(frame) = self.frame().filter(|frame| !is_put_back(frame)) else { return };
        let top = frame.scroll_top();
        let went_up = self.top.try_update_value(|before| std::mem::replace(before, top) > top) == Some(true);
        let is_latest = self.window.get_untracked().later() == 0;
        // A turn that comes into view for the first time may be higher than was thought: the end has moved then, and no person.
        let stays = !went_up && self.follows.get_value();
        self.follows.set_value(is_latest && (stays || below(&frame) < NEARLY_AT_THE_END));
        if !went_up {
            self.to_end();
        }
        self.look();
    }

    /// Goes to the first turn of the conversation by Home and to the last one by End, which need not be in the page.
    fn go_to_an_end(self, event: &web_sys::KeyboardEvent) {
        let is_bare = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key());
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_typed = target.is_some_and(|target| target.matches(FIELDS).unwrap_or(false));
        let (Some(frame), true, false) = (self.frame(), is_bare, is_typed) else { return };
        let length = self.column.length.get_untracked();
        let path = self.column.path.read_untracked();
        let (window, turn, is_end) = match event.key().as_str() {
            "Home" => (TurnWindow::earliest(length), path.first().copied(), false),
            "End" => (TurnWindow::LATEST, path.last().copied(), true),
            _ => return,
        };
        drop(path);
        event.prevent_default();
        self.is_moving.set_value(true);
        self.follows.set_value(is_end);
        self.window.set(window);
        self.column.to_focus.set(turn);
        request_animation_frame(move || {
            if is_end {
                self.keep_end();
            } else {
                frame.set_scroll_top(0);
            }
            request_animation_frame(move || {
                self.is_moving.try_set_value(false);
            });
        });
    }

    /// Adds turns at the end of the page that is nearly reached.
    fn look(self) {
        let (Some(frame), Some(false)) = (self.frame(), self.is_moving.try_get_value()) else { return };
        let below = below(&frame);
        if frame.scroll_top() < NEARLY_OUT && below >= NEARLY_AT_THE_END {
            self.add_earlier();
        } else if below < NEARLY_OUT {
            self.add_later();
        }
    }

    fn add_earlier(self) {
        let length = self.column.length.get_untracked();
        let first = self.shown.read_untracked().first().copied();
        self.move_to(self.window.get_untracked().move_back(length), first);
    }

    fn add_later(self) {
        let last = self.shown.read_untracked().last().copied();
        self.move_to(self.window.get_untracked().move_on(), last);
    }

    /// Moves the window. This turn, which is in the page before and after, stays where it is. The next frame looks whether that was
    /// enough: a few turns in each frame, so that no frame is late.
    fn move_to(self, next: TurnWindow, kept: Option<Id>) {
        let (Some(frame), Some(kept)) = (self.frame(), kept) else { return };
        if next == self.window.get_untracked() {
            return;
        }
        let top = move |frame: &web_sys::HtmlDivElement| {
            article(frame, kept).map(|turn| turn.get_bounding_client_rect().top())
        };
        let before = top(&frame);
        self.is_moving.set_value(true);
        self.window.set(next);
        request_animation_frame(move || {
            if let (Some(before), Some(after)) = (before, top(&frame)) {
                frame.set_scroll_top(frame.scroll_top() + (after - before).round() as i32);
            }
            request_animation_frame(move || {
                self.is_moving.try_set_value(false);
                self.look();
            });
        });
    }

    /// Notes which turn is under the pointer.
    fn point(self, target: Option<web_sys::EventTarget>) {
        let turn = self.turn_at(target);
        if self.column.pointed.get_untracked() != turn {
            self.column.pointed.set(turn);
        }
    }

    /// Notes which turn has the focus.
    fn reach(self, target: Option<web_sys::EventTarget>) {
        let turn = self.turn_at(target);
        if self.column.active.get_untracked() != turn {
            self.column.active.set(turn);
        }
    }

    /// Returns the turn of this list around an element.
    fn turn_at(self, target: Option<web_sys::EventTarget>) -> Option<Id> {
        let element = target?.dyn_into::<web_sys::Element>().ok()?;
        let turn = element.closest("[data-turn]").ok().flatten()?;
        let is_here = self.frame.try_get_untracked().flatten()?.contains(Some(&turn));
        turn.get_attribute("data-turn").filter(|_| is_here)?.parse().ok()
    }
}

/// Returns how much of a list is below what is in view, in pixels.
fn below(frame: &web_sys::HtmlDivElement) -> i32 {
    frame.scroll_height() - frame.scroll_top() - frame.client_height()
}

/// Returns the element of a turn.
fn article(frame: &web_sys::HtmlDivElement, turn: Id) -> Option<web_sys::Element> {
    frame.query_selector(&format!("[data-turn=\"{turn}\"]")).ok().flatten()
}
