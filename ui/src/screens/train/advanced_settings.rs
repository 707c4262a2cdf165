//! The fields for the settings that few people change, each with a line on what it does.

use ipc::steering::Positions;
use ipc::train::{AnswerPosition, Method, Schedule, TrainPrecision};
use leptos::prelude::*;

use super::form::Form;
use super::option_key::OptionKey;
use crate::format;
use crate::screens::models::ModelLibrary;
use crate::t;
use crate::widgets::{NumberField, NumberRange, SelectField, Term, TypedField};

/// The number of epochs and the learning rate.
#[component]
pub(super) fn EpochsAndRate() -> impl IntoView {
    let form = expect_context::<Form>();
    view! {
        <div class="two top">
            <NumberField label=t!("train-epochs") term="Epoch" hint=t!("train-epochs-hint") testid="train-epochs" range=NumberRange::Whole(1)
                value=form.number(|s| f64::from(s.epochs)) set=form.setter(|s, v| s.epochs = v as u32) />
            <NumberField label=t!("learning-rate") term="Learning rate" hint=t!("train-rate-hint") testid="train-rate" range=NumberRange::Over(0.0)
                value=form.number(|s| s.learning_rate) set=form.setter(|s, v| s.learning_rate = v) />
        </div>
    }
}

/// The settings that few people change.
#[component]
pub(super) fn AdvancedSettings(has_steps: Memo<bool>, makes_adapter: Memo<bool>) -> impl IntoView {
    let form = expect_context::<Form>();
    let system = move || form.get(|s| s.system_prompt.clone());
    let is = move |method: Method| {
        Memo::new(move |_| form.settings.read().as_ref().is_some_and(|s| s.method == method))
    };
    let (is_reps, is_freeform) = (is(Method::Reps), is(Method::Freeform));
    view! {
        <details data-testid="train-more">
            <summary>{t!("train-more")}</summary>
            <div class="fields">
                <Show when=move || has_steps.get()>
                    <div class="two top">
                        <NumberField label=t!("train-beta") term="Beta" hint=t!("train-beta-hint") testid="train-beta" range=NumberRange::Over(0.0)
                            value=form.number(|s| s.beta) set=form.setter(|s, v| s.beta = v) />
                        <NumberField label=t!("train-batch") hint=t!("train-batch-hint") testid="train-batch" range=NumberRange::Whole(1)
                            value=form.number(|s| f64::from(s.batch_pairs)) set=form.setter(|s, v| s.batch_pairs = v as u32) />
                        <NumberField label=t!("train-warmup") hint=t!("train-warmup-hint") testid="train-warmup" range=NumberRange::Whole(0)
                            value=form.number(|s| f64::from(s.warmup_steps)) set=form.setter(|s, v| s.warmup_steps = v as u32) />
                        <SelectField label=t!("train-schedule") line=t!("train-schedule-hint") testid="train-schedule"
                            choices=vec![("cosine", t!("train-schedule-cosine")), ("linear", t!("train-schedule-linear")), ("constant", t!("train-schedule-constant"))]
                            value=Signal::derive(move || form.get(|s| s.schedule).key())
                            set=Callback::new(move |key: String| form.change(|s| s.schedule = Schedule::from_key(&key))) />
                        <NumberField label=t!("train-decay") term="Weight decay" hint=t!("train-decay-hint") testid="train-decay" range=NumberRange::From(0.0)
                            value=form.number(|s| s.weight_decay) set=form.setter(|s, v| s.weight_decay = v) />
                        <NumberField label=t!("train-clip") hint=t!("train-clip-hint") testid="train-clip" range=NumberRange::Over(0.0)
                            value=form.number(|s| s.clip_norm) set=form.setter(|s, v| s.clip_norm = v) />
                    </div>
                </Show>
                <Show when=move || is_reps.get()><Factors /></Show>
                <Show when=move || is_freeform.get()>
                    <SelectField label=t!("train-position") line=t!("train-position-hint") testid="train-position"
                        choices=vec![("mean", t!("train-position-mean")), ("last", t!("train-position-last"))]
                        value=Signal::derive(move || form.get(|s| s.position).key())
                        set=Callback::new(move |key: String| form.change(|s| s.position = AnswerPosition::from_key(&key))) />
                </Show>
                <Show when=move || !makes_adapter.get()>
                    <SelectField label=t!("train-acts-on") line=t!("train-acts-on-hint") testid="train-on"
                        choices=Positions::ALL.into_iter().map(|on| (on.key(), format::positions_name(on))).collect()
                        value=Signal::derive(move || form.get(|s| s.positions).key())
                        set=Callback::new(move |key: String| form.change(|s| s.positions = Positions::from_key(&key))) />
                </Show>
                <div class="two top">
                    <NumberField label=t!("seed") term="Seed" hint=t!("train-seed-hint") testid="train-seed" range=NumberRange::Seed
                        value=form.number(|s| s.seed as f64) set=form.setter(|s, v| s.seed = v as u64) />
                    <Weights />
                </div>
                <label class="field">
                    <span class="label"><Term name="System prompt" /></span>
                    <textarea class="prose" rows="2" dir="auto" data-testid="train-system" aria-label=t!("system-prompt") prop:value=system
                        on:input=move |event| form.change(|s| s.system_prompt = event_target_value(&event))></textarea>
                    <span class="quiet small">{t!("train-system-hint")}</span>
                </label>
            </div>
        </details>
    }
}

/// The multipliers that RePS draws from.
#[component]
fn Factors() -> impl IntoView {
    let form = expect_context::<Form>();
    let factors = Memo::new(move |_| form.get(|s| s.factors.clone()));
    let text = RwSignal::new(factor_list(&factors.get_untracked()));
    // The field follows the factors and not the other settings: what is typed and cannot be read stays.
    Effect::new(move |_| {
        let factors = factors.get();
        if read_factors(&text.read_untracked()).ok().as_ref() != Some(&factors) {
            text.set(factor_list(&factors));
        }
    });
    let fault = Signal::derive(move || read_factors(&text.read()).err());
    let typed = Callback::new(move |typed: String| {
        if let Ok(factors) = read_factors(&typed) {
            form.change(|s| s.factors = factors);
        }
    });
    view! { <TypedField label=t!("train-factors") hint=t!("train-factors-hint") testid="train-factors" value=text fault typed /> }
}

/// Writes factors as a person types them.
fn factor_list(factors: &[f64]) -> String {
    factors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn read_factors(text: &str) -> Result<Vec<f64>, String> {
    let factors = format::read_multipliers(text)?;
    if factors.iter().all(|factor| *factor > 0.0) {
        Ok(factors)
    } else {
        Err(t!("train-factors-not-over-zero"))
    }
}

/// The choice of the weights' form in memory and of the precision of products.
#[component]
fn Weights() -> impl IntoView {
    let (form, machine) = (expect_context::<Form>(), expect_context::<ModelLibrary>().machine);
    let has_bf16 = Memo::new(move |_| {
        machine.read().as_ref().is_some_and(|machine| machine.has_bf16)
            || form.get(|s| s.precision) == TrainPrecision::Bf16
    });
    move || {
        let mut choices = vec![("stored", t!("train-weights-stored")), ("full", t!("train-weights-full"))];
        let mut line = t!("train-weights-hint");
        if has_bf16.get() {
            choices.push(("bf16", t!("train-weights-bf16")));
            line = t!("train-weights-hint-bf16");
        }
        view! {
            <SelectField label=t!("train-weights") line testid="train-precision" choices
                value=Signal::derive(move || form.get(|s| s.precision).key())
                set=Callback::new(move |key: String| form.change(|s| s.precision = TrainPrecision::from_key(&key))) />
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_over_zero() {
        assert_eq!(read_factors("0,5 2"), Ok(vec![0.5, 2.0]));
        assert!(read_factors("0 1").is_err() && read_factors("").is_err());
    }
}
