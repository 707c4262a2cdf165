//! What a person chooses before a run.

use ipc::command::{DefaultSettings, Train};
use ipc::train::{Method, TrainSettings};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::estimate::EstimateNote;
use crate::bridge;
use crate::data_set_choice::DataSetChoice;
use crate::format;
use crate::number_field::NumberField;
use crate::shell::FailureCard;
use crate::state::{Store, store};

/// The form's state, which outlives the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Form {
    /// The settings; `None` until the model's and the data set's defaults are known.
    pub settings: RwSignal<Option<TrainSettings>>,
    /// What the run is to be called; empty for a name made from the settings.
    pub name: RwSignal<String>,
    /// Why the run could not be started.
    pub failure: RwSignal<Option<Failure>>,
    /// The run whose curves are shown; `None` for the newest.
    pub run: RwSignal<Option<Id>>,
}

impl Form {
    /// The state, which takes the defaults of a model and a data set the first time both are there.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let form = Self {
            settings: RwSignal::new(None),
            name: RwSignal::default(),
            failure: RwSignal::new(None),
            run: RwSignal::new(None),
        };
        let known = Memo::new(move |_| {
            let model = store.model().filter(|model| model.facts.is_some())?;
            Some((model.id, store.data_set()?.id))
        });
        Effect::new(move |_| {
            if let Some((model, data_set)) = known.get() {
                form.take_defaults(model, data_set);
            }
        });
        form
    }

    fn take_defaults(self, model: Id, data_set: Id) {
        spawn_local(async move {
            match bridge::call(DefaultSettings { model, data_set }).await {
                Ok(settings) => self.settings.set(Some(settings)),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    fn change(self, change: impl FnOnce(&mut TrainSettings)) {
        self.settings.update(|settings| {
            if let Some(settings) = settings {
                change(settings);
            }
        });
    }

    fn number(self, read: impl Fn(&TrainSettings) -> f64 + Send + Sync + 'static) -> Signal<f64> {
        Signal::derive(move || self.settings.read().as_ref().map_or(0.0, &read))
    }

    fn setter(self, write: impl Fn(&mut TrainSettings, f64) + Send + Sync + 'static) -> Callback<f64> {
        Callback::new(move |value| self.change(|settings| write(settings, value)))
    }

    fn start(self, store: Store) {
        let (Some(model), Some(data_set), Some(settings)) =
            (store.model(), store.data_set(), self.settings.get_untracked())
        else {
            return;
        };
        self.failure.set(None);
        let name = self.name.get_untracked();
        spawn_local(async move {
            match bridge::call(Train { name, model: model.id, data_set: data_set.id, settings }).await {
                Ok(run) => {
                    self.name.set(String::new());
                    self.run.set(Some(run.id));
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }
}

/// The form.
#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let is_there = Memo::new(move |_| form.settings.read().is_some());
    let has_steps =
        Memo::new(move |_| form.settings.read().as_ref().is_some_and(|s| s.method != Method::Freeform));
    view! {
        <Show when=move || is_there.get() fallback=|| view! {
            <p class="quiet">"The settings are here as soon as a model is loaded."</p>
        }>
            <DataSetField />
            <MethodChoice />
            <LayerChoice />
            <Show when=move || has_steps.get()>
                <div class="two">
                    <NumberField label="Epochs" hint="How often every pair is seen" testid="train-epochs"
                        value=form.number(|s| f64::from(s.epochs)) set=form.setter(|s, v| s.epochs = v as u32) />
                    <NumberField label="Learning rate" hint="AdamW's peak rate; the vector starts at zero" testid="train-rate"
                        value=form.number(|s| s.learning_rate) set=form.setter(|s, v| s.learning_rate = v) />
                </div>
                <More />
            </Show>
            <label class="field">
                <span class="label"><span>"Name"</span><span class="quiet">"optional"</span></span>
                <input type="text" data-testid="train-name" prop:value=form.name placeholder="from the settings"
                    on:input=move |event| form.name.set(event_target_value(&event)) />
            </label>
            <EstimateNote />
            <FailureCard failure=form.failure />
            <button class="button primary" data-testid="train-start" on:click=move |_| form.start(store)>"Train"</button>
        </Show>
    }
}

#[component]
fn DataSetField() -> impl IntoView {
    let store = store();
    let behaviour = move || store.data_set().map(|set| set.description);
    view! {
        <label class="field">
            <span class="label">"Data set"</span>
            <DataSetChoice testid="train-data-set" name=|set| format!("{} ({})", set.name, set.train) />
            <span class="quiet small">{behaviour}</span>
        </label>
    }
}

#[component]
fn MethodChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    let method = move || form.settings.read().as_ref().map(|settings| settings.method);
    let choices = [Method::Bipo, Method::BipoUni, Method::Freeform];
    view! {
        <div class="field">
            <span class="label" id="method-label">"Method"</span>
            <div class="segments" role="group" aria-labelledby="method-label">
                {choices.map(|choice| view! {
                    <button data-testid=format!("method-{}", format::method_key(choice))
                        aria-pressed=move || (method() == Some(choice)).to_string()
                        on:click=move |_| form.change(|settings| settings.method = choice)>
                        {format::method(choice)}
                    </button>
                })}
            </div>
            <span class="quiet small">{move || method().map(explained)}</span>
        </div>
    }
}

fn explained(method: Method) -> &'static str {
    match method {
        Method::Bipo => {
            "Trained by gradient: the vector must raise the wanted answer at +1 and the opposite one at \u{2212}1."
        }
        Method::BipoUni => "The same, at +1 only: the paper's ablation.",
        Method::Freeform => "No training: the mean difference between the answers' activations.",
    }
}

#[component]
fn LayerChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let last =
        move || store.model().and_then(|model| model.facts).map_or(0, |facts| facts.blocks.saturating_sub(1));
    let layer = move || form.settings.read().as_ref().map_or(0, |settings| settings.layer);
    view! {
        <label class="field" title="The block after which the vector is added, counted from 0">
            <span class="label">
                <span>"Layer"</span>
                <span class="quiet">{move || format!("{} of 0 to {}", layer(), last())}</span>
            </span>
            <input type="range" min="0" max=move || last().to_string() step="1" data-testid="train-layer"
                prop:value=move || layer().to_string()
                on:input=move |event| {
                    if let Ok(layer) = event_target_value(&event).parse() {
                        form.change(|settings| settings.layer = layer);
                    }
                } />
        </label>
    }
}

/// The settings that few people change.
#[component]
fn More() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let system = move || form.settings.read().as_ref().map(|s| s.system_prompt.clone()).unwrap_or_default();
    view! {
        <details>
            <summary>"More"</summary>
            <div class="fields">
                <div class="two">
                    <NumberField label="Beta" hint="Strength of the preference term" testid="train-beta"
                        value=form.number(|s| s.beta) set=form.setter(|s, v| s.beta = v) />
                    <NumberField label="Pairs in a step" testid="train-batch"
                        value=form.number(|s| f64::from(s.batch_pairs)) set=form.setter(|s, v| s.batch_pairs = v as u32) />
                    <NumberField label="Warm-up steps" hint="The rate rises from zero over these" testid="train-warmup"
                        value=form.number(|s| f64::from(s.warmup_steps)) set=form.setter(|s, v| s.warmup_steps = v as u32) />
                    <NumberField label="Weight decay" hint="The paper states 0.05; its program uses 0" testid="train-decay"
                        value=form.number(|s| s.weight_decay) set=form.setter(|s, v| s.weight_decay = v) />
                    <NumberField label="Gradient clipped at" testid="train-clip"
                        value=form.number(|s| s.clip_norm) set=form.setter(|s, v| s.clip_norm = v) />
                    <NumberField label="Seed" hint="Order of the pairs and the signs" testid="train-seed"
                        value=form.number(|s| s.seed as f64) set=form.setter(|s, v| s.seed = v as u64) />
                </div>
                <label class="field">
                    <span class="label">"System prompt"</span>
                    <textarea rows="2" dir="auto" data-testid="train-system" prop:value=system
                        on:input=move |event| form.change(|s| s.system_prompt = event_target_value(&event))></textarea>
                </label>
                <div><button class="link" on:click=move |_| {
                    if let (Some(model), Some(data_set)) = (store.model(), store.data_set()) {
                        form.take_defaults(model.id, data_set.id);
                    }
                }>"Back to the defaults"</button></div>
            </div>
        </details>
    }
}
