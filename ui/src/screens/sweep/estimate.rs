//! Estimates the time of a sweep before it is started.

use std::time::Duration;

use ipc::command::EstimateSweep;
use ipc::job::JobState;
use ipc::sweep::SweepSettings;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form_settings::by_model;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::widgets::Pause;

/// The pause between the last change and the request.
const PAUSE: Duration = Duration::from_millis(250);

/// The time of the sweep that the form describes; nothing while it describes none.
#[component]
pub(super) fn EstimateNote(settings: Memo<Result<SweepSettings, String>>) -> impl IntoView {
    let store = store();
    let sentence = RwSignal::new(None::<String>);
    let pause = Pause::new(PAUSE);
    let latest = Latest::new();
    // A sweep that has ended has measured speeds, and a data set that was edited has other texts.
    let ended =
        Memo::new(move |_| store.sweeps.read().iter().filter(|sweep| sweep.state == JobState::Done).count());
    let held_out = Memo::new(move |_| {
        store.data_sets.read().iter().map(|set| (set.id, set.held_out)).collect::<Vec<_>>()
    });
    let parts = Memo::new(move |_| {
        let usual = store.model()?.id;
        Some(by_model(settings.read().as_ref().ok()?, &store.vectors.read(), usual))
    });
    Effect::new(move |_| {
        pause.cancel();
        ended.with(|_| ());
        held_out.with(|_| ());
        let turn = latest.begin();
        let Some(parts) = parts.get() else {
            sentence.set(None);
            return;
        };
        let ask = move || {
            spawn_local(async move {
                let found = seconds(parts).await;
                if turn.is_current() {
                    // Without an estimate nothing is said; starting the sweep itself says what is wrong.
                    sentence.set(found.ok().map(self::sentence));
                }
            });
        };
        pause.then(ask);
    });
    move || sentence.get().map(|text| view! { <p class="quiet small" data-testid="sweep-time">{text}</p> })
}

/// Returns the seconds of all parts. `None` where the time of one of them is not known.
async fn seconds(parts: Vec<(ipc::Id, SweepSettings)>) -> Result<Option<f64>, ipc::Failure> {
    let mut all = Some(0.0);
    for (model, settings) in parts {
        let part = bridge::call(EstimateSweep { model, settings }).await?.seconds;
        all = all.zip(part).map(|(all, part)| all + part);
    }
    Ok(all)
}

fn sentence(seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) => t!("sweep-time", time = format::duration(seconds)),
        None => t!("sweep-time-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_a_measured_one_or_not_known() {
        let known = "About 4 min 5 s on this machine; what is measured already takes no time.";
        assert_eq!(sentence(Some(245.0)), known);
        assert!(!sentence(None).contains(char::is_numeric), "no number is made up");
    }
}
