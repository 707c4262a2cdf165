//! One strip of the mixing desk: a vector, its slider, and what concerns it alone.

use ipc::conversation::{Column, MAX_STRIP, Strip, StripGate};
use ipc::steering::Caps;
use ipc::vector::Vector;
use leptos::prelude::*;

use super::desk_changes::{exchange, factor, remove_strip};
use super::faults::{self, Part};
use super::state::Chat;
use super::strip_columns::StripColumns;
use super::strip_slider::StripSlider;
use crate::state::{Store, UndoDelete, store};
use crate::t;
use crate::widgets::{CapsForm, GateForm, NumberField, NumberRange, VectorNote, roving};

/// What is open below a strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Panel {
    Columns,
    Gate,
    Caps,
}

/// A strip.
#[component]
pub(super) fn StripView(
    /// Its id.
    id: u32,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    faults::collect_as(Part::Strip(id));
    let strip = Memo::new(move |_| chat.desk.read().strips.iter().find(|strip| strip.id == id).cloned());
    let of = move |read: fn(&Strip) -> bool| strip.read().as_ref().is_some_and(read);
    let is_off = move || strip.read().as_ref().is_some_and(|strip| chat.desk.read().is_off(strip));
    let value = Memo::new(move |_| strip.read().as_ref().map_or(0.0, |strip| strip.value));
    let vector = Memo::new(move |_| {
        let id = strip.read().as_ref().map(|strip| strip.vector);
        store.vectors.read().iter().find(|vector| Some(vector.id) == id).cloned()
    });
    let color = move || match vector.read().as_ref() {
        Some(vector) => format!("--strip: var(--series-{})", vector.color % crate::charts::SERIES),
        None => "--strip: var(--quiet)".to_owned(),
    };
    let panel = RwSignal::new(None::<Panel>);
    let toggle = move |which: Panel| panel.update(|open| *open = (*open != Some(which)).then_some(which));
    let change = move |change: fn(&mut Strip)| change_strip(chat, id, change);
    let set = Callback::new(move |value: f64| change_strip(chat, id, |strip| strip.value = value));
    let can_be_capped = move || vector.read().as_ref().is_none_or(|vector| vector.adapter.is_none());
    let caps_label = move || {
        let percentile =
            strip.read().as_ref().and_then(|strip| strip.caps.as_ref().map(|caps| caps.percentile));
        percentile.map_or_else(
            || t!("chat-strip-cap"),
            |percentile| t!("chat-strip-cap-at", percentile = percentile),
        )
    };
    let name = move || strip.read().as_ref().map(|strip| strip.name.clone()).unwrap_or_default();
    view! {
        <div class="strip" role="group" data-testid="strip" data-strip=id.to_string() style=color aria-label=name class:off=is_off>
            <div class="strip-row">
                <span class="swatch" style="background: var(--strip)"></span>
                <StripVector id strip />
                <StripSlider value=Signal::from(value) vector set />
                <span class="strip-value"><NumberField label=t!("multiplier") testid="strip-value" range=NumberRange::Between(-MAX_STRIP, MAX_STRIP) value=Signal::from(value) set /></span>
                <span use:roving class="segments" role="group" aria-label=t!("chat-strip-mute-and-solo")>
                    <button type="button" data-testid="strip-mute" title=t!("chat-strip-mute-title") aria-pressed=move || of(|strip| strip.muted).to_string() on:click=move |_| change(|strip| strip.muted = !strip.muted)>{t!("chat-strip-mute")}</button>
                    <button type="button" data-testid="strip-solo" title=t!("chat-strip-solo-title") aria-pressed=move || of(|strip| strip.solo).to_string() on:click=move |_| change(|strip| strip.solo = !strip.solo)>{t!("chat-strip-solo")}</button>
                </span>
                <StripColumns id strip is_open=Signal::derive(move || panel.get() == Some(Panel::Columns)) toggle=Callback::new(move |()| toggle(Panel::Columns)) />
                <button class="button small" type="button" data-testid="strip-gate" aria-expanded=move || (panel.get() == Some(Panel::Gate)).to_string() title=t!("chat-strip-gate-title")
                    on:click=move |_| toggle(Panel::Gate)>{move || if of(|strip| strip.gate.is_some()) { t!("chat-strip-gate-on") } else { t!("chat-strip-gate") }}</button>
                <Show when=can_be_capped>
                    <button class="button small" type="button" data-testid="strip-caps" aria-expanded=move || (panel.get() == Some(Panel::Caps)).to_string() title=t!("chat-strip-cap-title")
                        on:click=move |_| toggle(Panel::Caps)>{caps_label}</button>
                </Show>
                <button class="link small" type="button" data-testid="strip-reset" title=t!("chat-strip-reset-title") on:click=move |_| change(reset)>{t!("chat-strip-reset")}</button>
                <button class="link small" type="button" data-testid="strip-remove" data-once="true" title=t!("chat-strip-remove-title") on:click=move |_| take_off(store, chat, id)>{t!("remove")}</button>
            </div>
            <div class="row wrap strip-note"><VectorNote vector /></div>
            <Show when=move || panel.get() == Some(Panel::Gate)><Gate id strip /></Show>
            <Show when=move || panel.get() == Some(Panel::Caps)><CapsOf id strip /></Show>
        </div>
    }
}

fn reset(strip: &mut Strip) {
    (strip.value, strip.muted, strip.solo) = (1.0, false, false);
}

/// Takes a strip off the desk. Ctrl+Z brings it back, with what it did in the columns.
fn take_off(store: Store, chat: Chat, id: u32) {
    let before = chat.desk.get_untracked();
    let Some(place) = before.strips.iter().position(|strip| strip.id == id) else { return };
    chat.change(|desk| remove_strip(desk, id));
    let strip = before.strips[place].clone();
    let of = |column: &Column| (column.id, factor(column, id));
    let factors = before.columns.iter().map(of).filter(|(_, factor)| *factor != 0.0).collect();
    let title = t!("shell-deleted-strip", name = strip.name.clone());
    let conversation = store.turns.open.get_untracked();
    store.was_deleted(title, UndoDelete::Strip { conversation, place, strip: Box::new(strip), factors });
}

/// Changes a strip of the desk.
fn change_strip(chat: Chat, id: u32, change: impl FnOnce(&mut Strip)) {
    chat.change(|desk| {
        if let Some(strip) = desk.strips.iter_mut().find(|strip| strip.id == id) {
            change(strip);
        }
    });
}

/// The field that puts another vector of the same model onto the strip. A vector that is gone keeps its name.
#[component]
fn StripVector(id: u32, strip: Memo<Option<Strip>>) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let chosen = Memo::new(move |_| strip.read().as_ref().map(|strip| strip.vector));
    let choices = move || {
        let vectors = store.vectors.read();
        let of = vectors.iter().find(|vector| Some(vector.id) == chosen.get()).map(|vector| vector.model);
        let of = of.or_else(|| store.model().map(|model| model.id));
        let mut all: Vec<(ipc::Id, String)> = vectors
            .iter()
            .filter(|vector| Some(vector.model) == of)
            .map(|vector| (vector.id, vector.name.clone()))
            .collect();
        if let Some(strip) =
            strip.read().as_ref().filter(|strip| !all.iter().any(|(id, _)| *id == strip.vector))
        {
            all.insert(0, (strip.vector, t!("chat-strip-deleted", name = strip.name.clone())));
        }
        all
    };
    let choose = move |event| {
        let vectors = store.vectors.get_untracked();
        let wanted = event_target_value(&event).parse().ok();
        let vector: Option<&Vector> = vectors.iter().find(|vector| Some(vector.id) == wanted);
        if let Some(vector) = vector {
            chat.change(|desk| exchange(desk, id, vector));
        }
    };
    view! {
        <select class="strip-vector" data-testid="strip-vector" aria-label=t!("vector") on:change=choose>
            {move || choices().into_iter().map(|(id, name)| view! {
                <option value=id.to_string() selected=move || chosen.get() == Some(id)>{name}</option>
            }).collect_view()}
        </select>
    }
}

/// Returns the system prompt of the first column that a strip steers, else of the first one.
fn system_prompt(chat: Chat, id: u32) -> String {
    let desk = chat.desk.read();
    let steered = desk.columns.iter().find(|column| column.factors.iter().any(|factor| factor.strip == id));
    steered.or(desk.columns.first()).map(|column| column.system_prompt.clone()).unwrap_or_default()
}

/// Returns the vector of a strip. A strip that has just been removed is shown for one moment more.
fn vector_of(strip: Memo<Option<Strip>>) -> Memo<ipc::Id> {
    Memo::new(move |before: Option<&ipc::Id>| {
        strip.read().as_ref().map(|strip| strip.vector).or(before.copied()).unwrap_or_default()
    })
}

#[component]
fn Gate(id: u32, strip: Memo<Option<Strip>>) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let gate = Memo::new(move |_| strip.read().as_ref().and_then(|strip| strip.gate.clone()));
    let system_prompt = Signal::derive(move || Some(system_prompt(chat, id)));
    let set = Callback::new(move |gate: Option<StripGate>| change_strip(chat, id, |strip| strip.gate = gate));
    view! { <div class="strip-panel"><GateForm vector=vector_of(strip) gate system_prompt set /></div> }
}

#[component]
fn CapsOf(id: u32, strip: Memo<Option<Strip>>) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let caps = Memo::new(move |_| strip.read().as_ref().and_then(|strip| strip.caps.clone()));
    let system_prompt = Signal::derive(move || system_prompt(chat, id));
    let set = Callback::new(move |caps: Option<Caps>| change_strip(chat, id, |strip| strip.caps = caps));
    view! { <div class="strip-panel"><CapsForm vector=vector_of(strip) caps system_prompt set /></div> }
}
