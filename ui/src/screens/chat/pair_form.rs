//! Makes a pair of an answer: it is the wanted answer or the opposite, and another column's answer to the same message is the
//! other one.

use ipc::Id;
use ipc::command::AddPair;
use ipc::conversation::Said;
use ipc::data::{PairContent, Turn as EarlierTurn};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk_changes::name_of;
use super::state::Chat;
use super::turn::TurnState;
use crate::bridge;
use crate::state::{Store, store};
use crate::widgets::{DataSetChoice, roving};

/// The choice of the data set, of the side, and of the other answer.
#[component]
pub(super) fn PairForm(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let is_wanted = RwSignal::new(true);
    let chosen = RwSignal::new(None::<Id>);
    let others = Memo::new(move |_| others(store, chat, state));
    let other = Memo::new(move |_| {
        let others = others.read();
        chosen
            .get()
            .filter(|id| others.iter().any(|(other, _)| other == id))
            .or(others.first().map(|(id, _)| *id))
    });
    let note = RwSignal::new(None::<Result<String, ipc::Failure>>);
    let is_sending = RwSignal::new(false);
    let cannot = move || other.get().is_none() || store.data_sets.read().is_empty() || is_sending.get();
    let add = move |_| {
        let Some(set) = untrack(|| store.data_set()) else { return };
        let Some(content) =
            other.get_untracked().and_then(|other| pair(store, state, other, is_wanted.get_untracked()))
        else {
            return;
        };
        is_sending.set(true);
        spawn_local(async move {
            let added = bridge::call(AddPair { data_set: set.id, after: None, content }).await;
            is_sending.try_set(false);
            note.try_set(Some(added.map(|_| format!("Added to \u{201c}{}\u{201d}.", set.name))));
        });
    };
    let side = move |wanted: bool, label: &'static str, testid: &'static str| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (is_wanted.get() == wanted).to_string() on:click=move |_| is_wanted.set(wanted)>{label}</button>
        }
    };
    let choose = move |event| chosen.set(event_target_value(&event).parse().ok());
    view! {
        <div class="pair-form" role="group" aria-label="Add to a data set" data-testid="pair-form">
            <label class="row"><span class="quiet">"Data set"</span><DataSetChoice testid="pair-form-set" name=|set| set.name.clone() /></label>
            <div class="row wrap">
                <span class="quiet">"This answer is"</span>
                <div class="segments" role="group" aria-label="This answer is" use:roving>
                    {side(true, "wanted", "pair-form-wanted")}
                    {side(false, "the opposite", "pair-form-opposite")}
                </div>
            </div>
            <label class="row"><span class="quiet">"The other is"</span>
                <select class="grow" data-testid="pair-form-other" on:change=choose>
                    {move || others.get().into_iter().map(|(id, name)| view! { <option value=id.to_string() selected=move || other.get() == Some(id)>{name}</option> }).collect_view()}
                </select>
            </label>
            <Show when=move || others.read().is_empty()><p class="quiet small">"No other column has answered this message."</p></Show>
            <div class="row">
                <button class="button" type="button" data-testid="pair-form-add" disabled=cannot on:click=add>"Add the pair"</button>
                <button class="link" type="button" data-testid="pair-form-close" on:click=move |_| state.has_pair_form.set(false)>"Close"</button>
                {move || note.get().and_then(Result::ok).map(|note| view! { <span class="quiet small" role="status">{note}</span> })}
            </div>
            {move || note.get().and_then(Result::err).map(|failure| view! { <crate::widgets::FailureNote failure /> })}
        </div>
    }
}

/// Returns the answers at the same place of the other columns, with the columns' names.
fn others(store: Store, chat: Chat, state: TurnState) -> Vec<(Id, String)> {
    let tree = store.turns.tree.read();
    let Some(place) = state.column.path.read().iter().position(|id| *id == state.id) else { return vec![] };
    let asked = |path: &[Id]| place.checked_sub(1).and_then(|before| store.turns.text(*path.get(before)?));
    let message = asked(&state.column.path.read());
    let desk = chat.desk.read();
    let others = desk.columns.iter().filter(|column| column.id != state.column.id);
    others
        .filter_map(|column| {
            let path = tree.path(column.id);
            let answer = *path.get(place)?;
            let is_same = asked(&path) == message
                && store.turns.text(answer).is_some_and(|text| !text.trim().is_empty());
            is_same.then(|| (answer, name_of(&desk, column)))
        })
        .collect()
}

/// Returns the pair of two answers to the same message, with what was said before it.
fn pair(store: Store, state: TurnState, other: Id, is_wanted: bool) -> Option<PairContent> {
    let path = state.column.path.get_untracked();
    let place = path.iter().position(|id| *id == state.id)?;
    let (before, prompt) = (&path[..place.checked_sub(1)?], path[place - 1]);
    let (this, other) = (store.turns.text(state.id)?, store.turns.text(other)?);
    let (wanted, opposite) = if is_wanted { (this, other) } else { (other, this) };
    let system = state.turn.with_untracked(|turn| match &turn.said {
        Said::Model(answer) => Some(answer.system_prompt.clone()).filter(|prompt| !prompt.is_empty()),
        Said::Person { .. } => None,
    });
    Some(PairContent {
        prompt: store.turns.text(prompt)?,
        wanted,
        opposite,
        system,
        turns: before.iter().filter_map(|id| earlier(store, *id)).collect(),
        ..PairContent::default()
    })
}

/// Returns what was said before the pair's prompt, in the form of a data set.
fn earlier(store: Store, turn: Id) -> Option<EarlierTurn> {
    let turn = store.turns.turn(turn)?.get_untracked();
    Some(match turn.said {
        Said::Person { text } => EarlierTurn { role: ipc::data::Role::User, text },
        Said::Model(answer) => EarlierTurn { role: ipc::data::Role::Assistant, text: answer.text },
    })
}
