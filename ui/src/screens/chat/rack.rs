//! The vectors that steer: the one in use, and others beside it, each with a weight of its own.

use ipc::sweep::SteeringTerm;
use leptos::prelude::*;

use super::Draft;
use crate::number_field::NumberField;
use crate::screens::sweep::VectorChoice;
use crate::state::{Store, store};
use crate::together_note::TogetherNote;
use crate::vector_note::VectorNote;

/// The rack. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Rack {
    /// The weight of the vector in use; 1 while it is alone.
    weight: RwSignal<f64>,
    /// The others.
    more: RwSignal<Vec<SteeringTerm>>,
}

impl Rack {
    pub(super) fn new() -> Self {
        Self { weight: RwSignal::new(1.0), more: RwSignal::default() }
    }

    /// Leaves only the vector in use.
    pub(super) fn clear(self) {
        self.weight.set(1.0);
        self.more.set(vec![]);
    }

    /// The vectors with their weights; none where there is none. One that was deleted is left out.
    pub(super) fn terms(self, store: Store) -> Vec<SteeringTerm> {
        let Some(first) = store.vector() else { return vec![] };
        let vectors = store.vectors.read();
        let more = self.more.read();
        let more = more.iter().filter(|term| vectors.iter().any(|vector| vector.id == term.vector)).copied();
        let weight = if self.more.read().is_empty() { 1.0 } else { self.weight.get() };
        std::iter::once(SteeringTerm { weight, ..SteeringTerm::new(first.id) }).chain(more).collect()
    }

    /// Adds a vector: the first one of the model that is not there yet, else the first one.
    fn add(self, store: Store) {
        let Some(first) = store.vector() else { return };
        let used: Vec<_> = self.terms(store).iter().map(|term| term.vector).collect();
        let vectors = store.vectors.read_untracked();
        let fits = |vector: &&ipc::vector::Vector| vector.model == first.model;
        let next = vectors.iter().filter(fits).find(|vector| !used.contains(&vector.id));
        let vector = next.map_or(first.id, |vector| vector.id);
        self.more.update(|all| all.push(SteeringTerm::new(vector)));
    }

    fn change(self, place: usize, change: impl FnOnce(&mut SteeringTerm)) {
        self.more.update(|all| {
            if let Some(term) = all.get_mut(place) {
                change(term);
            }
        });
    }
}

/// The rack's lines.
#[component]
pub(super) fn RackLines() -> impl IntoView {
    let (store, rack) = (store(), expect_context::<Draft>().rack);
    let count = Memo::new(move |_| rack.more.read().len());
    let has_more = Memo::new(move |_| count.get() > 0);
    let has_others = move || store.vectors.read().len() > 1;
    view! {
        <div class="rack">
            <div class="row wrap">
                <span class="narrow-field"><VectorChoice /></span>
                <Show when=move || has_more.get()>
                    <span class="rack-weight"><NumberField label="times" testid="rack-weight" value=rack.weight set=Callback::new(move |weight| rack.weight.set(weight)) /></span>
                </Show>
                <VectorNote vector=Signal::derive(move || store.vector()) />
                <Show when=has_others>
                    <button class="link" type="button" data-testid="rack-add" on:click=move |_| untrack(|| rack.add(store))>"Add a vector"</button>
                </Show>
            </div>
            {move || (0..count.get()).map(|place| view! { <Line place /> }).collect_view()}
            <Show when=move || has_more.get()>
                <TogetherNote terms=Signal::derive(move || rack.terms(store)) />
            </Show>
        </div>
    }
}

/// A vector beside the one in use.
#[component]
fn Line(place: usize) -> impl IntoView {
    let (store, rack) = (store(), expect_context::<Draft>().rack);
    let term = Memo::new(move |_| rack.more.read().get(place).copied());
    let id = Memo::new(move |_| term.get().map(|term| term.vector));
    let weight = Signal::derive(move || term.get().map_or(1.0, |term| term.weight));
    let choose = move |event| {
        if let Ok(vector) = event_target_value(&event).parse() {
            rack.change(place, |term| term.vector = vector);
        }
    };
    let vector =
        Signal::derive(move || store.vectors.read().iter().find(|known| Some(known.id) == id.get()).cloned());
    view! {
        <div class="row wrap" data-testid="rack-line">
            <select class="narrow-field" data-testid="rack-vector" aria-label="Vector" on:change=choose>
                {move || store.vectors.get().into_iter().map(|known| view! {
                    <option value=known.id.to_string() selected=move || id.get() == Some(known.id)>{known.name}</option>
                }).collect_view()}
            </select>
            <span class="rack-weight"><NumberField label="times" testid="rack-line-weight" value=weight set=Callback::new(move |weight| rack.change(place, |term| term.weight = weight)) /></span>
            <label class="row" title="The multiplier leaves it alone: it steers every answer alike">
                <input type="checkbox" data-testid="rack-fixed" prop:checked=move || term.get().is_some_and(|term| term.fixed)
                    on:change=move |event| rack.change(place, |term| term.fixed = event_target_checked(&event)) />
                <span>"always"</span>
            </label>
            <button class="link" type="button" data-testid="rack-remove" aria-label="Take this vector away"
                on:click=move |_| rack.more.update(|all| if place < all.len() { all.remove(place); })>"Remove"</button>
            <VectorNote vector />
        </div>
    }
}
