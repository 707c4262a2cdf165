//! The figures of a run, in a fixed grid above its curves.

use ipc::train::{EpochPoint, History, Run, StepPoint};
use leptos::prelude::*;

use crate::format;
use crate::state::store;
use crate::t;

/// Steps whose speed is shown: the last ones.
const SPEED_OVER: usize = 20;

/// How far the run is, and what came out.
#[component]
pub(super) fn Figures(
    /// The run.
    run: Memo<Option<Run>>,
    /// Its steps and epochs.
    history: Memo<History>,
    /// Whether its method has steps.
    has_steps: Memo<bool>,
) -> impl IntoView {
    let store = store();
    let steps = move || {
        let total = run.read().as_ref().map_or(0, |run| run.steps);
        t!("train-steps-of", done = history.read().steps.last().map_or(0, |step| step.step), total = total)
    };
    let last =
        move |value: fn(&StepPoint) -> String| history.read().steps.last().map_or("\u{2013}".into(), value);
    let epoch =
        move |value: fn(&EpochPoint) -> String| history.read().epochs.last().map_or("\u{2013}".into(), value);
    let norm = move || {
        let vector = run.read().as_ref().and_then(|run| run.vector);
        let vectors = store.vectors.read();
        let known = vectors
            .iter()
            .find(|known| Some(known.id) == vector)
            .map(|v| (v.norm, v.residual_norm.map(|residual| v.norm / residual)));
        let (norm, share) =
            known.or_else(|| history.read().steps.last().map(|step| (step.vector_norm, None)))?;
        Some((format::number(norm, 2), share))
    };
    let of_what = move || {
        let makes_adapter = run.read().as_ref().is_some_and(|run| run.settings.method.makes_adapter());
        match (makes_adapter, norm().and_then(|(_, share)| share).map(format::percent)) {
            (true, Some(share)) => t!("train-figure-norm-weights-share", share = share),
            (true, None) => t!("train-figure-norm-weights"),
            (false, Some(share)) => t!("train-figure-norm-share", share = share),
            (false, None) => t!("train-figure-norm"),
        }
    };
    let speed = move || {
        let history = history.read();
        let last = history.steps.iter().rev().take(SPEED_OVER);
        let (tokens, seconds) =
            last.fold((0.0, 0.0), |sum, step| (sum.0 + f64::from(step.tokens), sum.1 + step.seconds));
        if tokens > 0.0 && seconds > 0.0 {
            format::number(tokens / seconds, 0)
        } else {
            "\u{2013}".to_owned()
        }
    };
    let left = move || {
        let job = run.read().as_ref().map(|run| run.job)?;
        let jobs = store.jobs.read();
        format::time_left(jobs.iter().find(|known| known.id == job)?.progress.seconds_left)
    };
    view! {
        <div class="figures">
            <Show when=move || has_steps.get()>
                <div class="figure"><b data-testid="train-step-count">{steps}</b><span class="quiet small">{t!("train-figure-steps")}</span></div>
                <div class="figure"><b>{move || last(|step| format::number(step.loss, 3))}</b><span class="quiet small">{t!("train-figure-loss")}</span></div>
            </Show>
            <div class="figure"><b>{move || epoch(|e| format::signed(e.plus - e.minus, 2))}</b><span class="quiet small">{t!("train-figure-margin")}</span></div>
            <div class="figure"><b>{move || epoch(|e| format::percent(e.sign_accuracy))}</b><span class="quiet small">{t!("train-figure-right-way")}</span></div>
            <div class="figure"><b>{move || norm().map_or("\u{2013}".into(), |(norm, _)| norm)}</b><span class="quiet small">{of_what}</span></div>
            <Show when=move || has_steps.get()>
                <div class="figure"><b data-testid="train-speed">{speed}</b><span class="quiet small">{t!("train-figure-speed")}</span></div>
            </Show>
            <Show when=move || has_steps.get()>
                <div class="figure"><b data-testid="train-left">{move || left()}</b><span class="quiet small">{move || left().map(|_| t!("train-figure-left"))}</span></div>
            </Show>
        </div>
    }
}
