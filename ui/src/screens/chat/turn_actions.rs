//! What can be done with a turn: by a button, and by a key while the turn has the focus.

use ipc::answer::AnswerEnd;
use ipc::command::{BranchConversation, ContinueTurns, DeleteTurn, FollowAnswer, Regenerate};
use ipc::conversation::Said;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

use super::desk_changes::name_of;
use super::repeats::would_repeat;
use super::state::Chat;
use super::turn::{TurnState, said, show_variant};
use crate::actions::Screen;
use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::menu::Edge;
use crate::widgets::{copy_text, menu, move_in_row};

/// The height of the menu with all its items, in pixels.
const MENU_HEIGHT: f64 = 208.0;

/// An action on a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TurnAction {
    /// Changes its text.
    Edit,
    /// Answers once more with another seed.
    Again,
    /// Goes on with an answer that ended early.
    Continue,
    /// Copies its text.
    Copy,
    /// Makes the other columns follow this answer.
    Follow,
    /// Begins a new conversation from here.
    Branch,
    /// Makes a pair of it.
    Pair,
    /// Lays the Sweep screen open with what steered it.
    Sweep,
    /// Makes a preset of what steered it.
    Preset,
    /// Deletes it with all that followed.
    Delete,
    /// Shows the variant so many places beside it.
    Variant(isize),
}

impl TurnAction {
    /// The actions that have a button, in the buttons' order. The others stand in the menu beside them.
    const WITH_BUTTON: [Self; 4] = [Self::Continue, Self::Again, Self::Edit, Self::Copy];

    /// Returns the action of a key on a turn that has the focus.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "e" => Self::Edit,
            "r" => Self::Again,
            "g" => Self::Continue,
            "c" => Self::Copy,
            "f" => Self::Follow,
            "b" => Self::Branch,
            "a" => Self::Pair,
            "s" => Self::Sweep,
            "p" => Self::Preset,
            "Delete" => Self::Delete,
            "ArrowLeft" => Self::Variant(-1),
            "ArrowRight" => Self::Variant(1),
            _ => return None,
        })
    }
}

/// The state of a turn that decides which actions it has.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a turn")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    by_model: bool,
    /// Whether an answer grows in its column.
    grows: bool,
    /// Whether one grows in any column.
    any_grows: bool,
    /// Whether it can be continued: it did not come to its own end, or its text is a person's.
    is_cut: bool,
    /// Whether there are other columns.
    has_others: bool,
    /// Whether another answer would be the same again.
    would_repeat: bool,
}

impl Facts {
    fn of(store: Store, chat: Chat, state: TurnState) -> Self {
        let turn = state.turn.read();
        let would_repeat = match &turn.said {
            Said::Model(answer) => {
                chat.made.read().contains(&turn.id) && would_repeat(answer, &chat.desk.read(), turn.column)
            }
            Said::Person { .. } => false,
        };
        let is_cut = match &turn.said {
            Said::Model(answer) => match answer.end {
                AnswerEnd::Open => false,
                AnswerEnd::EndOfTurn => answer.given as usize == answer.text.len(),
                AnswerEnd::Length | AnswerEnd::Stopped | AnswerEnd::Failed { .. } => true,
            },
            Said::Person { .. } => false,
        };
        Self {
            by_model: state.by_model,
            grows: state.column.grows.get(),
            any_grows: !store.turns.tree.read().growing().is_empty(),
            is_cut,
            has_others: chat.desk.read().columns.len() > 1,
            would_repeat,
        }
    }

    /// Whether the turn has an action at all.
    fn has(self, action: TurnAction) -> bool {
        match action {
            TurnAction::Edit
            | TurnAction::Copy
            | TurnAction::Branch
            | TurnAction::Delete
            | TurnAction::Variant(_) => true,
            TurnAction::Again | TurnAction::Pair | TurnAction::Sweep | TurnAction::Preset => self.by_model,
            TurnAction::Continue => self.by_model && self.is_cut,
            TurnAction::Follow => self.by_model && self.has_others,
        }
    }

    /// Whether an action waits until the answers have ended that it would touch.
    fn waits(self, action: TurnAction) -> bool {
        match action {
            TurnAction::Copy | TurnAction::Sweep | TurnAction::Preset | TurnAction::Variant(_) => false,
            TurnAction::Follow | TurnAction::Branch => self.any_grows,
            TurnAction::Again => self.grows || self.would_repeat,
            _ => self.grows,
        }
    }
}

/// Runs an action, if the turn has it now.
pub(super) fn act(store: Store, chat: Chat, state: TurnState, action: TurnAction) {
    let facts = untrack(|| Facts::of(store, chat, state));
    let Some(conversation) = store.turns.open.get_untracked() else { return };
    if !facts.has(action) || facts.waits(action) {
        return;
    }
    let turn = state.id;
    match action {
        TurnAction::Edit => state.is_edited.set(true),
        TurnAction::Again => {
            state.column.hand_on_focus(turn);
            chat.ask(Regenerate { conversation, turns: vec![turn], new_seed: true });
        }
        TurnAction::Continue => chat.ask(ContinueTurns { conversation, turns: vec![turn] }),
        TurnAction::Copy => {
            let text = said(&state.turn.read_untracked());
            let is_copied = copy_text(&text);
            state.copied.set(is_copied.then_some(text));
        }
        TurnAction::Follow => chat.ask(FollowAnswer { conversation, turn }),
        TurnAction::Pair => state.has_pair_form.update(|has| *has = !*has),
        TurnAction::Sweep => open_as_sweep_point(store, chat, state),
        TurnAction::Preset => state.has_preset_form.update(|has| *has = !*has),
        TurnAction::Delete => {
            state.column.hand_on_focus(turn);
            store.delete(DeleteTurn { conversation, turn });
        }
        TurnAction::Variant(step) => show_variant(chat, store, state, step),
        TurnAction::Branch => {
            spawn_local(async move {
                match bridge::call(BranchConversation { conversation, turn }).await {
                    Ok(begun) => {
                        store.turns.open.set(Some(begun.id));
                        chat.write();
                    }
                    Err(failure) => chat.fail(failure),
                }
            });
        }
    }
}

/// Lays the Sweep screen open with what steered an answer at its end.
fn open_as_sweep_point(store: Store, chat: Chat, state: TurnState) {
    let turn = state.turn.read_untracked();
    let Said::Model(answer) = &turn.said else { return };
    let name = chat.desk.with_untracked(|desk| desk.column(turn.column).map(|column| name_of(desk, column)));
    let terms = answer.steering.last().map_or(&[][..], |change| &change.terms);
    chat.sweep.open_point(&name.unwrap_or_default(), terms, &answer.system_prompt);
    drop(turn);
    store.go(Screen::Sweep);
}

/// The buttons of a turn, in one row, so that nothing moves when they come and go. Tab leads to one of them, and the arrow keys
/// to the others.
#[component]
pub(super) fn TurnActions(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let facts = Memo::new(move |_| Facts::of(store, chat, state));
    let first = Memo::new(move |_| {
        let facts = facts.get();
        TurnAction::WITH_BUTTON.into_iter().find(|action| facts.has(*action) && !facts.waits(*action))
    });
    let tab_index = move |action: TurnAction| if first.get() == Some(action) { "0" } else { "-1" };
    let button = move |action: TurnAction, label: String, testid: &'static str, title: String| {
        let title = move || {
            let is_repeat = action == TurnAction::Again && facts.get().would_repeat;
            if is_repeat { t!("chat-turn-again-same") } else { title.clone() }
        };
        view! {
            <Show when=move || facts.get().has(action)>
                <button class="link" type="button" data-testid=testid title=title.clone() tabindex=move || tab_index(action) disabled=move || facts.get().waits(action)
                    on:click=move |_| act(store, chat, state, action)>{label.clone()}</button>
            </Show>
        }
    };
    // A text that has grown since is not the one that was copied.
    let is_copied =
        move || state.copied.read().as_ref().is_some_and(|copied| *copied == said(&state.turn.read()));
    let on_key = move |event: web_sys::KeyboardEvent| {
        let row = event.current_target().and_then(|row| row.dyn_into::<web_sys::Element>().ok());
        if let Some(row) = row {
            move_in_row(&row, &event);
        }
    };
    view! {
        <span class="turn-actions" role="group" aria-label=t!("chat-turn-actions") on:keydown=on_key>
            {button(TurnAction::Continue, t!("chat-turn-continue"), "turn-continue", t!("chat-turn-continue-title"))}
            {button(TurnAction::Again, t!("chat-turn-again"), "turn-again", t!("chat-turn-again-title"))}
            {button(TurnAction::Edit, t!("chat-turn-edit"), "turn-edit", t!("chat-turn-edit-title"))}
            <button class="link" type="button" data-testid="turn-copy" title=t!("chat-turn-copy-title") tabindex=move || tab_index(TurnAction::Copy)
                on:click=move |_| act(store, chat, state, TurnAction::Copy)>{move || if is_copied() { t!("copied") } else { t!("copy") }}</button>
            <TurnMenu state facts />
        </span>
    }
}

/// The button of the menu with the rarer actions.
#[component]
fn TurnMenu(state: TurnState, facts: Memo<Facts>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let opener = NodeRef::<html::Button>::new();
    view! {
        <button class="link" type="button" node_ref=opener tabindex="-1" data-testid=if state.by_model { "turn-menu" } else { "message-menu" } aria-label=t!("chat-turn-menu") title=t!("chat-turn-menu")
            aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>"\u{22ef}"</button>
        <Show when=move || is_open.get()><MenuItems state facts is_open opener /></Show>
    }
}

#[component]
fn MenuItems(
    state: TurnState,
    facts: Memo<Facts>,
    is_open: RwSignal<bool>,
    opener: NodeRef<html::Button>,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let items = NodeRef::<html::Div>::new();
    let on_key = menu::keys(items, is_open);
    let leave = move || menu::leave(is_open, opener);
    let item = move |action: TurnAction, label: String, testid: &'static str, title: String| {
        view! {
            <Show when=move || facts.get().has(action)>
                <button role="menuitem" type="button" data-testid=testid title=title.clone() disabled=move || facts.get().waits(action)
                    on:click=move |_| { leave(); act(store, chat, state, action); }>{label.clone()}</button>
            </Show>
        }
    };
    view! {
        <div class="menu-shade" on:click=move |_| leave()></div>
        <div class="menu fixed" role="menu" aria-label=t!("chat-turn-menu") data-testid="turn-menu-items" node_ref=items style=menu::beside(opener, MENU_HEIGHT, Edge::Left) on:keydown=on_key>
            {item(TurnAction::Follow, t!("chat-turn-follow"), "turn-follow", t!("chat-turn-follow-title"))}
            {item(TurnAction::Branch, t!("chat-turn-branch"), "turn-branch", t!("chat-turn-branch-title"))}
            {item(TurnAction::Pair, t!("chat-pair"), "turn-pair", t!("chat-turn-pair-title"))}
            {item(TurnAction::Sweep, t!("chat-turn-sweep"), "turn-sweep", t!("chat-turn-sweep-title"))}
            {item(TurnAction::Preset, t!("chat-turn-preset"), "turn-preset", t!("chat-turn-preset-title"))}
            <hr />
            {item(TurnAction::Delete, t!("delete"), "turn-delete", t!("chat-turn-delete-title"))}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_has_only_what_can_be_done_with_it() {
        let message = Facts {
            by_model: false,
            grows: false,
            any_grows: false,
            is_cut: false,
            has_others: true,
            would_repeat: false,
        };
        let of_answers = [
            TurnAction::Again,
            TurnAction::Continue,
            TurnAction::Follow,
            TurnAction::Pair,
            TurnAction::Sweep,
            TurnAction::Preset,
        ];
        for action in of_answers {
            assert!(!message.has(action), "{action:?} is for answers");
        }
        let answer = Facts { by_model: true, ..message };
        assert!(answer.has(TurnAction::Follow) && !answer.has(TurnAction::Continue));
        assert!(Facts { is_cut: true, ..answer }.has(TurnAction::Continue));
        assert!(!Facts { has_others: false, ..answer }.has(TurnAction::Follow));
        let growing = Facts { grows: true, any_grows: true, ..answer };
        assert!(growing.waits(TurnAction::Edit) && !growing.waits(TurnAction::Copy));
        let beside = Facts { any_grows: true, ..answer };
        assert!(beside.waits(TurnAction::Follow) && !beside.waits(TurnAction::Edit));
        assert!(!answer.waits(TurnAction::Edit) && !answer.waits(TurnAction::Again));
        assert!(Facts { would_repeat: true, ..answer }.waits(TurnAction::Again));
    }

    #[test]
    fn no_two_actions_share_a_key() {
        let keys = ["e", "r", "g", "c", "f", "b", "a", "s", "p", "Delete", "ArrowLeft", "ArrowRight"];
        let actions: Vec<_> = keys.iter().filter_map(|key| TurnAction::of_key(key)).collect();
        assert_eq!(actions.len(), keys.len());
        assert!((1..actions.len()).all(|at| !actions[..at].contains(&actions[at])));
        assert_eq!(TurnAction::of_key("x"), None);
    }
}
