//! The form that says whether a vector caps its projections, and at which percentile of a quiet set.

use ipc::command::{MeasurePercentiles, StopMeasuring};
use ipc::projection::{Percentiles, QuietSet};
use ipc::steering::{CapSide, Caps};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::{FailureCard, NumberField, NumberRange, Term, forget_with, roving};

/// The percentile of the assistant axis' paper.
const PERCENTILE: u8 = 25;

/// The form.
#[component]
pub fn CapsForm(
    /// The vector that acts.
    #[prop(into)]
    vector: Signal<Id>,
    /// Its caps; `None` where it does what it does.
    #[prop(into)]
    caps: Signal<Option<Caps>>,
    /// The system prompt before the prompts of a data set that have none.
    #[prop(into)]
    system_prompt: Signal<String>,
    /// Called with the new caps.
    set: Callback<Option<Caps>>,
) -> impl IntoView {
    let store = store();
    let caps = Memo::new(move |_| caps.get());
    let is_capped = Memo::new(move |_| caps.read().is_some());
    let percentile = Memo::new(move |_| caps.read().as_ref().map_or(PERCENTILE, |caps| caps.percentile));
    let side = Memo::new(move |_| caps.read().as_ref().map_or(CapSide::AtMost, |caps| caps.side));
    // The data set whose prompts are the quiet set; `None` for the neutral text.
    let data_set = RwSignal::new(None::<Id>);
    let (is_measuring, failure, latest) =
        (RwSignal::new(false), RwSignal::new(None::<Failure>), Latest::new());
    forget_with(failure, move || (vector.get(), data_set.get(), system_prompt.get(), store.model_is_ready()));
    let measured = RwSignal::new(None::<(Id, Option<Id>, Percentiles)>);
    let measure = move |percentile: u8, side: CapSide| {
        let (of, over) = (vector.get_untracked(), data_set.get_untracked());
        let known = measured.with_untracked(|known| match known {
            Some((vector, set, all)) if (*vector, *set) == (of, over) => all.caps(percentile, side),
            _ => None,
        });
        if known.is_some() {
            set.run(known);
            return;
        }
        let call = latest.begin();
        is_measuring.set(true);
        failure.set(None);
        let over_set = match over {
            None => QuietSet::Neutral,
            Some(data_set) => QuietSet::Prompts { data_set, system_prompt: system_prompt.get_untracked() },
        };
        spawn_local(async move {
            let found = bridge::call(MeasurePercentiles { vector: of, over: over_set }).await;
            if !call.is_current() {
                return;
            }
            is_measuring.set(false);
            match found {
                Ok(all) => {
                    set.run(all.caps(percentile, side));
                    measured.set(Some((of, over, all)));
                }
                Err(refused) => failure.set(Some(refused)),
            }
        });
    };
    let stop = move |_| {
        // What arrives after this is not shown.
        let _ = latest.begin();
        is_measuring.set(false);
        store.send(StopMeasuring {});
    };
    let again = Callback::new(move |(percentile, side): (u8, CapSide)| measure(percentile, side));
    let words = move || caps.with(|caps| caps.as_ref().map_or_else(uncapped, described));
    view! {
        <div class="gate fields" data-testid="caps">
            <div use:roving class="segments" role="group" aria-label=t!("widgets-caps-what")>
                <button type="button" data-testid="caps-off" aria-pressed=move || (!is_capped.get()).to_string() on:click=move |_| set.run(None)>{t!("widgets-caps-off")}</button>
                <button type="button" data-testid="caps-on" aria-pressed=move || is_capped.get().to_string() disabled=move || is_measuring.get()
                    on:click=move |_| if !is_capped.get_untracked() { measure(PERCENTILE, CapSide::AtMost); }>{t!("widgets-caps-on")}</button>
            </div>
            <Show when=move || is_capped.get()><CapsFields percentile side data_set set=again /></Show>
            <Show when=move || is_measuring.get()>
                <p class="row quiet small" data-testid="caps-measuring">{t!("widgets-caps-measuring")}
                    <button class="link" type="button" data-testid="caps-stop" on:click=stop>{t!("stop")}</button></p>
            </Show>
            <p class="quiet small" role="status" data-testid="caps-words">{words}</p>
            <FailureCard failure />
        </div>
    }
}

/// The fields of caps: their percentile, the quiet text, and the side that is kept.
#[component]
fn CapsFields(
    percentile: Memo<u8>,
    side: Memo<CapSide>,
    /// The data set whose prompts are the quiet text; `None` for the neutral text.
    data_set: RwSignal<Option<Id>>,
    /// Called with the percentile and the side that are wanted.
    set: Callback<(u8, CapSide)>,
) -> impl IntoView {
    let store = store();
    let choose_set = move |event| {
        data_set.set(event_target_value(&event).parse().ok());
        set.run((percentile.get_untracked(), side.get_untracked()));
    };
    view! {
        <div class="two top">
            <NumberField label=t!("widgets-caps-percentile") term="Cap" hint=t!("widgets-caps-percentile-hint") testid="caps-percentile"
                range=NumberRange::WholeBetween(0, 100) when_left=true value=Signal::derive(move || f64::from(percentile.get()))
                set=Callback::new(move |typed: f64| set.run((typed as u8, side.get_untracked()))) />
            <label class="field">
                <span class="label"><Term name="Cap" text=t!("widgets-caps-quiet-text") /></span>
                <select dir="auto" data-testid="caps-over" aria-label=t!("widgets-caps-quiet-text") on:change=choose_set>
                    <option value="" selected=move || data_set.get().is_none()>{t!("widgets-caps-neutral-text")}</option>
                    {move || store.data_sets.get().into_iter().map(|one| view! {
                        <option value=one.id.to_string() selected=move || data_set.get() == Some(one.id)>{t!("widgets-caps-prompts-of", name = one.name)}</option>
                    }).collect_view()}
                </select>
            </label>
        </div>
        <div use:roving class="segments" role="group" aria-label=t!("widgets-caps-side")>
            <button type="button" data-testid="caps-most" aria-pressed=move || (side.get() == CapSide::AtMost).to_string()
                on:click=move |_| set.run((percentile.get_untracked(), CapSide::AtMost))>{t!("widgets-caps-at-most")}</button>
            <button type="button" data-testid="caps-least" aria-pressed=move || (side.get() == CapSide::AtLeast).to_string()
                on:click=move |_| set.run((percentile.get_untracked(), CapSide::AtLeast))>{t!("widgets-caps-at-least")}</button>
        </div>
    }
}

fn uncapped() -> String {
    t!("widgets-caps-uncapped")
}

/// Says what caps do, with their thresholds.
fn described(caps: &Caps) -> String {
    let thresholds: Vec<String> = caps.thresholds.iter().map(|at| format::number(*at, 2)).collect();
    let (percentile, thresholds) = (u32::from(caps.percentile), thresholds.join(", "));
    let over = said(&caps.over);
    match caps.side {
        CapSide::AtMost => {
            t!("widgets-caps-stays-at-most", percentile = percentile, over = over, thresholds = thresholds)
        }
        CapSide::AtLeast => {
            t!("widgets-caps-stays-at-least", percentile = percentile, over = over, thresholds = thresholds)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_side_and_every_threshold() {
        let caps = Caps {
            percentile: 25,
            side: CapSide::AtLeast,
            over: "the neutral text".into(),
            thresholds: vec![-1.5, 2.25],
        };
        let words = described(&caps);
        assert!(words.contains("at least at p25 of the neutral text: \u{2212}1.50, 2.25."), "{words}");
        assert!(described(&Caps { side: CapSide::AtMost, ..caps }).contains("at most"), "the other side");
    }
}
