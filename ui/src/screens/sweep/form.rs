//! What a person chooses before a sweep.

use std::collections::HashSet;

use ipc::command::StartSweep;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::data_set_choice::DataSetChoice;
use crate::format;
use crate::number_field::NumberField;
use crate::screens::Screen;
use crate::shell::FailureCard;
use crate::state::{Store, store};
use crate::vector_note::VectorNote;

/// The form's state, which outlives the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Form {
    from: RwSignal<f64>,
    to: RwSignal<f64>,
    step: RwSignal<f64>,
    failure: RwSignal<Option<Failure>>,
    /// The sweep that is shown; `None` for the newest.
    pub sweep: RwSignal<Option<Id>>,
    /// The sweeps that lie over it.
    pub overlaid: RwSignal<HashSet<Id>>,
    /// The multiplier whose pairs are shown.
    pub point: RwSignal<Option<f64>>,
}

impl Form {
    /// From -2 to 2 by halves, as in the paper.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes signals, which belong to the running window")]
    pub fn new() -> Self {
        Self {
            from: RwSignal::new(-2.0),
            to: RwSignal::new(2.0),
            step: RwSignal::new(0.5),
            failure: RwSignal::new(None),
            sweep: RwSignal::new(None),
            overlaid: RwSignal::default(),
            point: RwSignal::new(None),
        }
    }

    /// Shows a sweep.
    pub(super) fn choose(self, sweep: Id) {
        self.point.set(None);
        self.sweep.set(Some(sweep));
    }

    fn multipliers(self) -> Result<Vec<f64>, String> {
        format::range(self.from.get(), self.to.get(), self.step.get())
    }

    fn start(self, store: Store) {
        let (Some(vector), Some(data_set)) = (store.vector(), store.data_set()) else { return };
        let Ok(multipliers) =
            format::range(self.from.get_untracked(), self.to.get_untracked(), self.step.get_untracked())
        else {
            return;
        };
        self.failure.set(None);
        spawn_local(async move {
            match bridge::call(StartSweep { vector: vector.id, data_set: data_set.id, multipliers }).await {
                Ok(sweep) => self.choose(sweep.id),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }
}

/// The form.
#[component]
pub(super) fn SweepForm() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let held_out = move || store.data_set().map_or(0, |set| set.held_out);
    let why_not = move || {
        if store.vectors.read().is_empty() {
            return Some("There is no vector to sweep yet.".to_owned());
        }
        if held_out() == 0 {
            return Some("This data set holds no pairs out: mark some under Data.".to_owned());
        }
        form.multipliers().err()
    };
    let count = move || {
        form.multipliers().map(|all| {
            format!(
                "{} over {}",
                format::plural(all.len(), "multiplier"),
                format::plural(held_out() as usize, "held-out pair")
            )
        })
    };
    view! {
        <label class="field">
            <span class="label">"Vector"</span>
            <VectorChoice />
            <VectorNote />
        </label>
        <label class="field">
            <span class="label">"Data set"</span>
            <DataSetChoice testid="sweep-data-set" name=|set| format!("{} ({} held out)", set.name, set.held_out) />
        </label>
        <div class="three">
            <NumberField label="From" testid="sweep-from" value=form.from set=Callback::new(move |v| form.from.set(v)) />
            <NumberField label="To" testid="sweep-to" value=form.to set=Callback::new(move |v| form.to.set(v)) />
            <NumberField label="Step" testid="sweep-step" value=form.step set=Callback::new(move |v| form.step.set(v)) />
        </div>
        <div class="field">
            <span class="label">"Score"</span>
            <span class="quiet small">"Preference: log-odds of the wanted answer against the opposite one, averaged over the held-out pairs. No text is generated, so it takes seconds."</span>
        </div>
        {move || match why_not() {
            Some(why) => view! { <p class="warning small">{why}</p> }.into_any(),
            None => view! { <p class="quiet small">{count().ok()}</p> }.into_any(),
        }}
        <FailureCard failure=form.failure />
        <button class="button primary" data-testid="sweep-start" disabled=move || why_not().is_some() on:click=move |_| form.start(store)>"Sweep"</button>
        <Show when=move || store.vectors.read().is_empty()>
            <button class="link" on:click=move |_| store.go(Screen::Train)>"Train a vector first"</button>
        </Show>
    }
}

/// Which vector is in use, here and in Chat.
#[component]
pub(in crate::screens) fn VectorChoice() -> impl IntoView {
    let store = store();
    let current = move || store.vector().map(|vector| vector.id.to_string()).unwrap_or_default();
    view! {
        <select data-testid="vector-choice" aria-label="Vector" prop:value=current on:change=move |event| {
            if let Ok(id) = event_target_value(&event).parse() {
                store.change_settings(|settings| settings.vector = Some(id));
            }
        }>
            {move || store.vectors.get().into_iter().map(|vector| {
                let is_current = current() == vector.id.to_string();
                view! { <option value=vector.id.to_string() selected=is_current>{vector.name}</option> }
            }).collect_view()}
            <Show when=move || store.vectors.read().is_empty()><option value="">"No vector yet"</option></Show>
        </select>
    }
}
