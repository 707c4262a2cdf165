//! One sentence that reads a sweep: in how many unseen pairs the vector does what it should, and from where the text suffers.

use ipc::command::ReadItems;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::sweep::{Curve, ItemCurves, Sweep};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::t;

/// The sentence, once the sweep is complete.
#[component]
pub(super) fn Reading() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let curve = Memo::new(move |_| {
        let (id, arm) = shown.arm.get()?;
        let sweeps = shown.sweeps.read();
        let sweep = sweeps.iter().find(|sweep| sweep.id == id && sweep.state == JobState::Done)?;
        Some((id, log_odds(sweep, arm)?))
    });
    let items = RwSignal::new(None::<ItemCurves>);
    let latest = Latest::new();
    Effect::new(move |_| {
        items.set(None);
        let Some((sweep, curve)) = curve.get() else { return };
        let turn = latest.begin();
        spawn_local(async move {
            // Without the items there is no sentence; the table has the numbers.
            let read = bridge::call(ReadItems { sweep, curve }).await.ok();
            if turn.is_current() {
                items.try_set(read);
            }
        });
    });
    let sentence = move || {
        let (id, curve) = curve.get()?;
        let sweeps = shown.sweeps.read();
        let sweep = sweeps.iter().find(|sweep| sweep.id == id)?;
        sentence(items.read().as_ref()?, &perplexities(sweep, curve.arm), form.view.factor.get())
    };
    move || sentence().map(|sentence| view! { <p class="reading" data-testid="sweep-reading">{sentence}</p> })
}

/// Returns the first curve of an arm over pairs that nobody trained on, in log-odds.
fn log_odds(sweep: &Sweep, arm: u32) -> Option<Curve> {
    let scores = &sweep.settings.scores;
    let is_it = |curve: &Curve| curve.arm == arm && scores[curve.score as usize] == Score::LogOdds;
    sweep.settings.curves().into_iter().find(is_it)
}

/// Returns the perplexity of the neutral text at each measured multiplier.
fn perplexities(sweep: &Sweep, arm: u32) -> Vec<[f64; 2]> {
    let score = sweep.settings.scores.iter().position(|score| *score == Score::Perplexity);
    let Some(score) = score else { return vec![] };
    let curve = Curve { arm, set: None, score: score as u32 };
    sweep.curve(curve).iter().map(|point| [point.multiplier, point.value]).collect()
}

/// Reads the curves at +1, or at the positive multiplier nearest to it.
fn sentence(items: &ItemCurves, perplexities: &[[f64; 2]], factor: f64) -> Option<String> {
    let at =
        |multiplier: f64| items.multipliers.iter().position(|known| known.total_cmp(&multiplier).is_eq());
    let positive = items.multipliers.iter().copied().filter(|multiplier| *multiplier > 0.0);
    let one = positive.min_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs()))?;
    let (zero, steered) = (at(0.0)?, at(one)?);
    let pairs: Vec<(f64, f64)> = items
        .items
        .iter()
        .filter_map(|item| Some(((*item.values.get(zero)?)?, (*item.values.get(steered)?)?)))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let likelier = pairs.iter().filter(|(without, with)| with > without).count();
    let multiplier = format::multiplier(one);
    let pairs = t!("sweep-reading", multiplier = multiplier, likelier = likelier, count = pairs.len());
    Some(match text(perplexities, factor) {
        Some(text) => t!("sweep-reading-both", pairs = pairs, text = text),
        None => t!("sentence", text = pairs),
    })
}

/// Says from which positive multiplier on the perplexity is more than a factor times what it is unsteered.
fn text(perplexities: &[[f64; 2]], factor: f64) -> Option<String> {
    let unsteered = perplexities.iter().find(|[multiplier, _]| *multiplier == 0.0)?[1];
    let mut upwards: Vec<[f64; 2]> = perplexities.iter().copied().filter(|[at, _]| *at >= 0.0).collect();
    upwards.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let last = upwards.last().filter(|last| last[0] > 0.0)?;
    let suffers = upwards.iter().position(|[_, perplexity]| *perplexity > factor * unsteered);
    Some(match suffers {
        Some(place) => {
            let well = upwards[place.saturating_sub(1)][0];
            t!("sweep-reading-suffers", multiplier = format::multiplier(well))
        }
        None => t!("sweep-reading-stays", multiplier = format::multiplier(last[0])),
    })
}

#[cfg(test)]
mod tests {
    use ipc::sweep::ItemCurve;

    use super::*;

    fn items(multipliers: &[f64], values: &[&[f64]]) -> ItemCurves {
        let item = |values: &&[f64]| ItemCurve {
            values: values.iter().map(|value| Some(*value)).collect(),
            ..ItemCurve::default()
        };
        ItemCurves { multipliers: multipliers.to_vec(), items: values.iter().map(item).collect() }
    }

    #[test]
    fn a_sweep_is_read_in_one_sentence() {
        let found = items(&[-1.0, 0.0, 1.0, 2.0], &[&[-3.0, -2.0, 1.0, 2.0], &[0.0, 0.5, 0.25, 0.0]]);
        let perplexity = [[-1.0, 60.0], [0.0, 50.0], [1.0, 60.0], [2.0, 100.0]];
        assert_eq!(
            sentence(&found, &perplexity, 1.5).as_deref(),
            Some("+1 makes the wanted answers likelier in 1 of 2 unseen pairs; above +1 the text suffers.")
        );
        assert_eq!(
            sentence(&found, &perplexity, 3.0).as_deref(),
            Some(
                "+1 makes the wanted answers likelier in 1 of 2 unseen pairs; the text stays as it is up to +2."
            )
        );
        assert_eq!(
            sentence(&found, &[], 1.5).as_deref(),
            Some("+1 makes the wanted answers likelier in 1 of 2 unseen pairs.")
        );
    }

    #[test]
    fn the_multiplier_nearest_to_one_is_read() {
        let found = items(&[0.0, 0.5, 2.5], &[&[0.0, 1.0, -1.0]]);
        assert_eq!(
            sentence(&found, &[], 1.5).as_deref(),
            Some("+0.5 makes the wanted answers likelier in 1 of 1 unseen pair.")
        );
        assert_eq!(sentence(&items(&[-1.0, 0.0], &[&[0.0, 1.0]]), &[], 1.5), None, "nothing adds the vector");
        assert_eq!(sentence(&items(&[0.0, 1.0], &[]), &[], 1.5), None, "there is no pair");
    }
}
