//! The mixing desk: a strip for each vector, what is observed, and the presets.

use std::time::Duration;

use ipc::conversation::{Desk, Strip};
use ipc::sweep::SteeringTerm;
use ipc::vector::Vector;
use leptos::prelude::*;

use super::change_acts::ChangeActs;
use super::observed::Tint;
use super::presets::PresetMenu;
use super::state::Chat;
use super::strip::StripView;
use crate::state::store;
use crate::t;
use crate::widgets::{Pause, VectorSumNote, roving};

/// The pause after the last move of a slider, before the sum of the vectors is looked at or answers are made again.
pub(super) const SETTLED_AFTER: Duration = Duration::from_millis(400);

/// The desk. It can be folded to one line.
#[component]
pub(super) fn MixingDesk() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let ids = Memo::new(move |_| chat.desk.read().strips.iter().map(|strip| strip.id).collect::<Vec<_>>());
    let terms = settled(move || sum_of(&chat.desk.read(), &store.vectors.read()));
    let are_many = move || ids.read().len() > 1;
    view! {
        <section class="mixing-desk" aria-label=t!("chat-desk") data-testid="mixing-desk">
            <div class="row wrap desk-head">
                <button class="desk-toggle" type="button" data-testid="desk-toggle" aria-expanded=move || chat.has_desk.get().to_string() title=t!("chat-desk-toggle-title")
                    on:click=move |_| chat.has_desk.update(|has| *has = !*has)>
                    <span aria-hidden="true">{move || if chat.has_desk.get() { "\u{25be} " } else { "\u{25b8} " }}</span>{t!("chat-desk")}
                </button>
                <AddStrip />
                <span class="grow"></span>
                <SeeItAct />
                <PresetMenu desk=Signal::from(chat.desk) apply=Callback::new(move |preset| chat.apply(preset)) />
            </div>
            <Show when=move || chat.has_desk.get()>
                <div class="strips">
                    <For each=move || ids.get() key=|id| *id children=move |id| view! { <StripView id /> } />
                </div>
                <Show when=are_many><p class="row wrap sum-note"><VectorSumNote terms /></p></Show>
                <Show when=move || !ids.read().is_empty()><ChangeActs /></Show>
            </Show>
        </section>
    }
}

/// Returns what a sum is once no slider has moved for a moment: the note on it reads every vector.
fn settled(now: impl Fn() -> Vec<SteeringTerm> + Send + Sync + 'static) -> RwSignal<Vec<SteeringTerm>> {
    let (now, settled, pause) = (Memo::new(move |_| now()), RwSignal::new(vec![]), Pause::new(SETTLED_AFTER));
    Effect::new(move |_| {
        let terms = now.get();
        pause.then(move || drop(settled.try_set(terms)));
    });
    settled
}

/// Returns the vectors of the strips with their sliders' values, for the note on how they act together.
fn sum_of(desk: &Desk, vectors: &[Vector]) -> Vec<SteeringTerm> {
    // A capped vector adds nothing.
    let adds = |strip: &&Strip| !desk.is_off(strip) && strip.caps.is_none();
    let is_known = |strip: &&Strip| adds(strip) && vectors.iter().any(|vector| vector.id == strip.vector);
    let term = |strip: &Strip| SteeringTerm { weight: strip.value, ..SteeringTerm::new(strip.vector) };
    desk.strips.iter().filter(is_known).map(term).collect()
}

/// The button that adds a strip for the first vector that has none.
#[component]
fn AddStrip() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let next = Memo::new(move |_| {
        let vectors = store.vectors.read();
        vectors.iter().find(|vector| chat.has_place_for(vector)).map(|vector| vector.id)
    });
    let add = move |_| {
        if let Some(vector) = next.get_untracked() {
            chat.add_vector(vector);
        }
    };
    let why = move || {
        if next.get().is_some() { t!("chat-strip-add-title") } else { t!("chat-strip-add-none") }
    };
    view! {
        <button class="link" type="button" data-testid="strip-add" disabled=move || next.get().is_none() title=why on:click=add>{t!("chat-strip-add")}</button>
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
    let segment = move |tint: Tint, label: String, testid: &'static str, title: String| {
        view! {
            <button type="button" data-testid=testid title=title aria-pressed=move || (shown.get() == tint).to_string() on:click=move |_| choose(tint)>{label}</button>
        }
    };
    view! {
        <div class="row" title=t!("chat-see-title")>
            <span class="quiet small">{t!("chat-see-cost")}</span>
            <div class="segments" role="group" aria-label=t!("chat-see") use:roving>
                {segment(Tint::None, t!("none"), "tint-none", t!("chat-tint-none-title"))}
                {segment(Tint::Probability, t!("chat-tint-probability"), "tint-probability", t!("chat-tint-probability-title"))}
                {segment(Tint::Projection, t!("chat-tint-projection"), "tint-projection", t!("chat-tint-projection-title"))}
            </div>
        </div>
    }
}
