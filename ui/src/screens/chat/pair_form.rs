//! Makes a pair of an answer: it is the wanted answer or the opposite, and the other one is another column's answer to the same
//! message, or is drafted by the model.

use ipc::command::{AddPair, StartDrafts};
use ipc::conversation::Said;
use ipc::data::{DataSet, PairContent, Turn as EarlierTurn};
use ipc::drafts::{DraftSettings, DraftSource, DraftTask, contrasting_prompts};
use ipc::{Failure, Id};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk_changes::name_of;
use super::state::Chat;
use super::turn::TurnState;
use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{DataSetChoice, focus, roving};

/// The most tokens of a drafted answer, and the temperature and the seed with which it is drawn: those of the form for drafts.
const DRAFT_TOKENS: u32 = 120;
const DRAFT_TEMPERATURE: f64 = 0.7;
const DRAFT_SEED: u64 = 1;

/// The choice that stands for a draft.
const DRAFT: &str = "draft";

/// Where the other answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// This answer of another column.
    Answer(Id),
    /// The model drafts it.
    Draft,
}

impl Other {
    fn of_choice(choice: &str) -> Option<Self> {
        if choice == DRAFT { Some(Self::Draft) } else { choice.parse().ok().map(Self::Answer) }
    }

    /// Returns the choice if it is there, else the first that is.
    fn among(chosen: Option<Self>, answers: &[Id], can_draft: bool) -> Option<Self> {
        let is_there = |other: &Self| match other {
            Self::Answer(id) => answers.contains(id),
            Self::Draft => can_draft,
        };
        let first = answers.first().map(|id| Self::Answer(*id));
        chosen.filter(is_there).or(first).or(can_draft.then_some(Self::Draft))
    }
}

/// The choice of the data set, of the side, and of the other answer. Escape closes it.
#[component]
pub(super) fn PairForm(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let frame = NodeRef::<html::Div>::new();
    come_into_view(frame, "select");
    let is_wanted = RwSignal::new(true);
    let chosen = RwSignal::new(None::<Other>);
    let others = Memo::new(move |_| others(store, chat, state));
    let can_draft = Memo::new(move |_| store.model().is_some());
    let other = Memo::new(move |_| {
        let answers: Vec<Id> = others.read().iter().map(|(id, _)| *id).collect();
        Other::among(chosen.get(), &answers, can_draft.get())
    });
    // What was done last.
    let note = RwSignal::new(None::<Result<String, Failure>>);
    let is_sending = RwSignal::new(false);
    let cannot = move || other.get().is_none() || store.data_sets.read().is_empty() || is_sending.get();
    let add = move |_| {
        let (set, model) = untrack(|| (store.data_set(), store.model()));
        let (Some(set), Some(other)) = (set, other.get_untracked()) else { return };
        let answer = match other {
            Other::Answer(id) => store.turns.text(id),
            Other::Draft => Some(String::new()),
        };
        let content = answer.and_then(|answer| pair(store, state, answer, is_wanted.get_untracked()));
        let Some(content) = content else { return };
        let drafts = model.filter(|_| other == Other::Draft).map(|model| model.id);
        is_sending.set(true);
        spawn_local(async move {
            let added = add_pair(set, content, drafts).await;
            is_sending.try_set(false);
            note.try_set(Some(added));
        });
    };
    let leave = move || {
        state.has_pair_form.set(false);
        state.column.to_focus.set(Some(state.id));
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            leave();
        }
    };
    let side = move |wanted: bool, label: String, testid: &'static str| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (is_wanted.get() == wanted).to_string() on:click=move |_| is_wanted.set(wanted)>{label}</button>
        }
    };
    let choose = move |event| chosen.set(Other::of_choice(&event_target_value(&event)));
    view! {
        <div class="pair-form" role="group" aria-label=t!("chat-pair") data-testid="pair-form" node_ref=frame on:keydown=on_key>
            <label class="row"><span class="quiet">{t!("data-set")}</span><DataSetChoice testid="pair-form-set" name=|set| set.name.clone() /></label>
            <div class="row wrap">
                <span class="quiet">{t!("chat-pair-side")}</span>
                <div class="segments" role="group" aria-label=t!("chat-pair-side") use:roving>
                    {side(true, t!("chat-pair-wanted"), "pair-form-wanted")}
                    {side(false, t!("chat-pair-opposite"), "pair-form-opposite")}
                </div>
            </div>
            <label class="row"><span class="quiet">{t!("chat-pair-other")}</span>
                <select class="grow" data-testid="pair-form-other" on:change=choose>
                    {move || others.get().into_iter().map(|(id, name)| view! { <option value=id.to_string() selected=move || other.get() == Some(Other::Answer(id))>{name}</option> }).collect_view()}
                    <Show when=move || can_draft.get()><option value=DRAFT selected=move || other.get() == Some(Other::Draft)>{t!("chat-pair-draft")}</option></Show>
                </select>
            </label>
            <Show when=move || other.get() == Some(Other::Draft)><p class="quiet small">{t!("chat-pair-draft-note")}</p></Show>
            <Show when=move || other.get().is_none()><p class="quiet small">{t!("chat-pair-alone")}</p></Show>
            <div class="row">
                <button class="button" type="button" data-testid="pair-form-add" disabled=cannot on:click=add>{t!("chat-pair-add")}</button>
                <button class="link" type="button" data-testid="pair-form-close" on:click=move |_| leave()>{t!("close")}</button>
                {move || note.get().and_then(Result::ok).map(|done| view! { <span class="quiet small" role="status" dir="auto">{done}</span> })}
            </div>
            {move || note.get().and_then(Result::err).map(|failure| view! { <crate::widgets::FailureNote failure /> })}
        </div>
    }
}

/// Brings a form below a turn into view, and gives the focus to its first field of this kind.
pub(super) fn come_into_view(frame: NodeRef<html::Div>, field: &'static str) {
    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        frame.scroll_into_view_with_bool(false);
        focus::give_to_first(&frame, field);
    });
}

/// Adds a pair, and has this model draft the answer that it lacks. Returns what was done.
async fn add_pair(set: DataSet, content: PairContent, drafts: Option<Id>) -> Result<String, Failure> {
    let added = bridge::call(AddPair { data_set: set.id, after: None, content }).await?;
    let Some(model) = drafts else { return Ok(t!("chat-pair-added", name = set.name)) };
    bridge::call(draft_other(&set, added.pair_id, model)).await?;
    Ok(t!("chat-pair-drafting", name = set.name))
}

/// Asks a model on this machine for the answer that a pair lacks.
fn draft_other(set: &DataSet, pair: Id, model: Id) -> StartDrafts {
    let (wanted_prompt, opposite_prompt) = contrasting_prompts(set.behaviour());
    let settings = DraftSettings {
        source: DraftSource::Model { model },
        wanted_prompt,
        opposite_prompt,
        max_new_tokens: DRAFT_TOKENS,
        temperature: DRAFT_TEMPERATURE,
        seed: DRAFT_SEED,
    };
    StartDrafts { data_set: set.id, task: DraftTask::Opposites { pairs: vec![pair] }, settings }
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
fn pair(store: Store, state: TurnState, other: String, is_wanted: bool) -> Option<PairContent> {
    let path = state.column.path.get_untracked();
    let place = path.iter().position(|id| *id == state.id)?;
    let (before, prompt) = (&path[..place.checked_sub(1)?], path[place - 1]);
    let this = store.turns.text(state.id)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_answer_is_the_chosen_one_where_it_is_there() {
        let (first, second) = (Other::Answer(3), Other::Answer(5));
        for (chosen, answers, can_draft, other) in [
            (None, &[3, 5][..], true, Some(first)),
            (Some(second), &[3, 5][..], true, Some(second)),
            (Some(Other::Draft), &[3, 5][..], true, Some(Other::Draft)),
            (Some(Other::Draft), &[3, 5][..], false, Some(first)),
            (Some(second), &[3][..], true, Some(first)),
            (None, &[][..], true, Some(Other::Draft)),
            (None, &[][..], false, None),
        ] {
            assert_eq!(Other::among(chosen, answers, can_draft), other, "{chosen:?} {answers:?}");
        }
        assert_eq!(Other::of_choice("5"), Some(second));
        assert_eq!(Other::of_choice(DRAFT), Some(Other::Draft));
        assert_eq!(Other::of_choice(""), None);
    }
}
