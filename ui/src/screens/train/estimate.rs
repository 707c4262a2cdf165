//! Estimates the steps, the memory and the time of a run before it is started.

use std::time::Duration;

use ipc::command::EstimateTraining;
use ipc::train::Estimate;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::Pause;

/// The pause between the last change and the request.
const PAUSE: Duration = Duration::from_millis(250);

/// Steps, memory and time; nothing while no model is loaded.
#[component]
pub(super) fn EstimateNote() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let estimate = RwSignal::new(None::<Result<Estimate, String>>);
    let pause = Pause::new(PAUSE);
    let latest = Latest::new();
    let over = Memo::new(move |_| {
        let model = store.model().filter(|_| store.model_is_ready())?;
        let set = store.data_set()?;
        Some((model.id, set.id, set.train, set.held_out, form.settings.get()?))
    });
    Effect::new(move |_| {
        pause.cancel();
        let Some((model, data_set, _, _, settings)) = over.get() else {
            estimate.set(None);
            return;
        };
        let ask = move || {
            let turn = latest.begin();
            spawn_local(async move {
                let answer = bridge::call(EstimateTraining { model, data_set, settings }).await;
                if turn.is_current() {
                    estimate.set(Some(answer.map_err(|failure| failure.message)));
                }
            });
        };
        pause.then(ask);
    });
    move || {
        estimate.get().map(|estimate| match estimate {
            Ok(estimate) => {
                let is_tight = estimate.memory_bytes > estimate.free_bytes;
                view! {
                    <p class="quiet small" data-testid="train-estimate">{sentence(&estimate)}</p>
                    {is_tight.then(|| view! {
                        <p class="warning small">{t!("train-estimate-tight", memory = format::bytes(estimate.free_bytes))}</p>
                    })}
                }
                .into_any()
            }
            Err(message) => view! { <p class="warning small" data-testid="train-estimate">{said(&message)}</p> }.into_any(),
        })
    }
}

fn sentence(estimate: &Estimate) -> String {
    let memory = format::bytes(estimate.memory_bytes);
    // A method that reads its vector off the activations has no steps.
    match (estimate.steps, estimate.seconds.map(format::duration)) {
        (0, None) => t!("train-estimate-extract", memory = memory),
        (0, Some(time)) => t!("train-estimate-extract-time", memory = memory, time = time),
        (steps, None) => t!("train-estimate-steps", count = steps, memory = memory),
        (steps, Some(time)) => t!("train-estimate-steps-time", count = steps, memory = memory, time = time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_says_steps_memory_and_time_where_it_is_known() {
        let estimate = Estimate {
            steps: 96,
            memory_bytes: 1_100_000_000,
            free_bytes: 8_000_000_000,
            seconds: Some(80.2),
        };
        assert_eq!(sentence(&estimate), "96 steps, needs 1.1 GB, about 1 min 20 s.");
        assert_eq!(sentence(&Estimate { steps: 0, seconds: None, ..estimate }), "Needs 1.1 GB.");
    }
}
