//! The mixing desk: a strip for each vector, what is observed, and the presets.

use std::time::Duration;

use ipc::command::Regenerate;
use ipc::conversation::{Desk, Strip};
use ipc::sweep::SteeringTerm;
use ipc::vector::Vector;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::desk_changes::add_strip;
use super::observed::Tint;
use super::presets::PresetMenu;
use super::state::Chat;
use super::strip::StripView;
use crate::state::store;
use crate::widgets::{Term, VectorSumNote, roving};

/// The most strips of a desk. Every vector costs time at every token.
const MOST_STRIPS: usize = 16;

/// The pause after the last move of a slider, before the sum of the vectors is looked at.
const PAUSE: Duration = Duration::from_millis(400);

/// The desk. It can be folded to one line.
#[component]
pub(super) fn MixingDesk() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let ids = Memo::new(move |_| chat.desk.read().strips.iter().map(|strip| strip.id).collect::<Vec<_>>());
    let terms = settled(move || sum_of(&chat.desk.read(), &store.vectors.read()));
    let are_many = move || ids.read().len() > 1;
    view! {
        <section class="mixing-desk" aria-label="Mixing desk" data-testid="mixing-desk">
            <div class="row wrap desk-head">
                <button class="desk-toggle" type="button" data-testid="desk-toggle" aria-expanded=move || chat.has_desk.get().to_string() title="Shows or hides the strips (Ctrl+M)"
                    on:click=move |_| chat.has_desk.update(|has| *has = !*has)>
                    <span aria-hidden="true">{move || if chat.has_desk.get() { "\u{25be} " } else { "\u{25b8} " }}</span>"Mixing desk"
                </button>
                <AddStrip />
                <span class="grow"></span>
                <SeeItAct />
                <PresetMenu desk=Signal::from(chat.desk) apply=Callback::new(move |preset: Desk| chat.change(|desk| *desk = preset)) />
            </div>
            <Show when=move || chat.has_desk.get()>
                <div class="strips">
                    <For each=move || ids.get() key=|id| *id children=move |id| view! { <StripView id /> } />
                </div>
                <Show when=are_many><p class="row wrap"><VectorSumNote terms /></p></Show>
                <Show when=move || !ids.read().is_empty()><FromTheStart /></Show>
            </Show>
        </section>
    }
}

/// Returns what a sum is once no slider has moved for a moment: the note on it reads every vector.
fn settled(now: impl Fn() -> Vec<SteeringTerm> + Send + Sync + 'static) -> RwSignal<Vec<SteeringTerm>> {
    let (now, settled) = (Memo::new(move |_| now()), RwSignal::new(vec![]));
    Effect::new(move |waiting: Option<Option<TimeoutHandle>>| {
        let terms = now.get();
        if let Some(waiting) = waiting.flatten() {
            waiting.clear();
        }
        set_timeout_with_handle(move || drop(settled.try_set(terms)), PAUSE).ok()
    });
    settled
}

/// Returns the vectors of the strips with their sliders' values, for the note on how they act together.
fn sum_of(desk: &Desk, vectors: &[Vector]) -> Vec<SteeringTerm> {
    // A capped vector adds nothing.
    let adds = |strip: &&Strip| !strip.muted && strip.caps.is_none();
    let is_known = |strip: &&Strip| adds(strip) && vectors.iter().any(|vector| vector.id == strip.vector);
    let term = |strip: &Strip| SteeringTerm { weight: strip.value, ..SteeringTerm::new(strip.vector) };
    desk.strips.iter().filter(is_known).map(term).collect()
}

/// The button that adds a strip for the first vector that has none.
#[component]
fn AddStrip() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let next = Memo::new(move |_| {
        let desk = chat.desk.read();
        let vectors = store.vectors.read();
        let has = |id| desk.strips.iter().any(|strip| strip.vector == id);
        let model = store.model().map(|model| model.id);
        let mut free = vectors.iter().filter(|vector| !has(vector.id) && Some(vector.model) == model);
        free.next().map(|vector| vector.id).filter(|_| desk.strips.len() < MOST_STRIPS)
    });
    let add = move |_| {
        let vectors = store.vectors.get_untracked();
        if let Some(vector) = vectors.iter().find(|vector| Some(vector.id) == next.get_untracked()) {
            chat.has_desk.set(true);
            chat.change(|desk| add_strip(desk, vector));
        }
    };
    let why = move || {
        if next.get().is_some() {
            "Another vector with a slider of its own"
        } else {
            "Every vector of this model has a strip"
        }
    };
    view! {
        <button class="link" type="button" data-testid="strip-add" disabled=move || next.get().is_none() title=why on:click=add>"Add a vector"</button>
    }
}

/// Which of what steering does is shown at the tokens.
#[component]
fn SeeItAct() -> impl IntoView {
    let chat = expect_context::<Chat>();
    let shown = Memo::new(move |_| if chat.desk.read().observes { chat.tint.get() } else { Tint::None });
    let choose = move |tint: Tint| {
        if tint != Tint::None {
            chat.tint.set(tint);
        }
        chat.change(|desk| desk.observes = tint != Tint::None);
    };
    let segment = move |tint: Tint, label: &'static str, testid: &'static str, title: &'static str| {
        view! {
            <button type="button" data-testid=testid title=title aria-pressed=move || (shown.get() == tint).to_string() on:click=move |_| choose(tint)>{label}</button>
        }
    };
    view! {
        <div class="row" title="Costs one more row of every batch: the plain model reads along, from the next answer on">
            <span class="quiet small">"See it act (one more row)"</span>
            <div class="segments" role="group" aria-label="See it act" use:roving>
                {segment(Tint::None, "None", "tint-none", "Answers as Markdown; nothing is measured")}
                {segment(Tint::Probability, "Probability", "tint-probability", "How much likelier steering made each token, in nats: blue for likelier, orange for less likely")}
                {segment(Tint::Projection, "Projection", "tint-projection", "The projection of the residual stream on the first strip\u{2019}s vector, before the edit")}
            </div>
        </div>
    }
}

/// Says when a change acts, and makes the last answers again as if it had been there from the start.
#[component]
fn FromTheStart() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let last = Memo::new(move |_| {
        let tree = store.turns.tree.read();
        let desk = chat.desk.read();
        desk.columns.iter().filter_map(|column| tree.last_answer(column.id)).collect::<Vec<_>>()
    });
    let grows = Memo::new(move |_| !store.turns.tree.read().growing().is_empty());
    let again = move |_| {
        if let Some(conversation) = store.turns.open.get_untracked() {
            chat.ask(Regenerate { conversation, turns: last.get_untracked(), new_seed: false });
        }
    };
    view! {
        <div class="row wrap small">
            <span class="quiet grow">"A change acts "<b>"from the next token on"</b>"; the prompt and the tokens before it stay as they are. "<b>"As if from the start"</b>" makes the last answers again with the same "<Term name="Seed" text="seed" />", and steers their prompts too."</span>
            <button class="button" type="button" data-testid="desk-from-start" disabled=move || last.read().is_empty() || grows.get()
                title=move || if grows.get() { "The answers still grow" } else { "Makes the last answer of every column again; the ones before stay as variants" } on:click=again>"As if from the start"</button>
        </div>
    }
}
