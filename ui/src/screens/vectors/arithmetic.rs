//! The view that makes new vectors from the chosen one. The chosen vector stays, and the new one records its sources.

use ipc::command::MakeVector;
use ipc::derive::Change;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::VectorLibrary;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::NumberField;
use crate::widgets::{FailureCard, FaultNote, FieldFaults, forget_with};

/// The tab "Make from it".
#[component]
#[expect(clippy::too_many_lines, reason = "a form, from top to bottom")]
pub(super) fn ArithmeticView(id: Id) -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let failure = RwSignal::new(None::<Failure>);
    let name = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let make = Callback::new(move |change: Change| {
        failure.set(None);
        is_busy.set(true);
        let request = MakeVector { vector: id, change, name: name.get_untracked() };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(made) => library.show(made.id),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    });
    let others = move |fits: fn(&Vector, &Vector) -> bool| {
        Memo::new(move |_| {
            let vectors = store.vectors.read();
            let own = vector.read();
            let Some(own) = own.as_ref() else { return vec![] };
            let other = |other: &&Vector| other.id != id && other.adapter.is_none() && fits(own, other);
            vectors.iter().filter(other).map(|other| (other.id, other.name.clone())).collect::<Vec<_>>()
        })
    };
    let any = others(|_, _| true);
    let alike = others(|own, other| own.model == other.model && own.layers == other.layers);
    let (factor, norm) = (RwSignal::new(2.0), RwSignal::new(1.0));
    let (weight, other_weight) = (RwSignal::new(1.0), RwSignal::new(1.0));
    let [like, added, against] = [None::<Id>; 3].map(RwSignal::new);
    forget_with(failure, move || {
        let numbers = [factor.get(), norm.get(), weight.get(), other_weight.get()];
        (name.get(), numbers, [like.get(), added.get(), against.get()])
    });
    let faults = FieldFaults::provide();
    let number = |label: String, testid, value: RwSignal<f64>| view! { <NumberField label testid value set=Callback::new(move |new| value.set(new)) /> };
    let do_it = move |testid: &'static str,
                      label: String,
                      is_ready: Signal<bool>,
                      change: Callback<(), Option<Change>>| {
        view! {
            <button class="button" data-testid=testid disabled=move || is_busy.get() || faults.are_there() || !is_ready.get()
                on:click=move |_| if let Some(change) = change.run(()) { make.run(change) }>{label}</button>
        }
    };
    let always = Signal::stored(true);
    let has = move |chosen: RwSignal<Option<Id>>, of: Memo<Vec<(Id, String)>>| {
        Signal::derive(move || pick(chosen.get(), &of.read()).is_some())
    };
    let scale = Callback::new(move |()| Some(Change::Scale { factor: factor.get_untracked() }));
    let normalize = Callback::new(move |()| Some(Change::Normalize { norm: norm.get_untracked() }));
    let match_norm = Callback::new(move |()| {
        pick(like.get_untracked(), &any.read_untracked()).map(|other| Change::MatchNorm { other })
    });
    let add = Callback::new(move |()| {
        let (weight, other_weight) = (weight.get_untracked(), other_weight.get_untracked());
        pick(added.get_untracked(), &alike.read_untracked()).map(|other| Change::Add {
            weight,
            other,
            other_weight,
        })
    });
    let take_out = Callback::new(move |()| {
        pick(against.get_untracked(), &alike.read_untracked())
            .map(|against| Change::Orthogonalize { against })
    });
    view! {
        <div>
            <h2 class="ellipsis">{move || t!("vectors-make-from", name = vector.get().map(|v| v.name).unwrap_or_default())}</h2>
            <p class="quiet small">{t!("vectors-make-about")}</p>
        </div>
        <label class="field">
            <span class="label">{t!("vectors-make-name")}</span>
            <input type="text" data-testid="derive-name" aria-label=t!("vectors-make-name") dir="auto" placeholder=t!("vectors-make-name-placeholder") prop:value=name
                on:input=move |event| name.set(event_target_value(&event)) />
        </label>
        <FailureCard failure />
        <FaultNote faults />
        <div class="ways">
            <section><h3>{t!("vectors-make-copies")}</h3>
                <div class="row">
                    {do_it("derive-duplicate", t!("vectors-duplicate"), always, Callback::new(|()| Some(Change::Duplicate)))}
                    {do_it("derive-negate", t!("vectors-negate"), always, Callback::new(|()| Some(Change::Negate)))}
                </div>
            </section>
            <section><h3>{t!("vectors-make-length")}</h3>
                <div class="row bottom">{number(t!("vectors-scale-factor"), "derive-factor", factor)}{do_it("derive-scale", t!("vectors-scale"), always, scale)}</div>
                <div class="row bottom">{number(t!("norm"), "derive-norm", norm)}{do_it("derive-normalize", t!("vectors-normalize"), always, normalize)}</div>
                <Show when=move || !any.read().is_empty()>
                    <div class="row bottom"><OtherVector label=t!("vectors-as-long-as") testid="derive-like" of=any chosen=like />{do_it("derive-match", t!("vectors-match-norm"), has(like, any), match_norm)}</div>
                </Show>
            </section>
            <section><h3>{t!("vectors-make-with-another")}</h3>
                <Show when=move || !alike.read().is_empty() fallback=move || view! {
                    <p class="quiet small" data-testid="derive-alone">{move || vector.get().map(|vector| alone(&vector))}</p>
                }>
                    <div class="two">{number(t!("vectors-weight"), "derive-weight", weight)}{number(t!("vectors-other-weight"), "derive-other-weight", other_weight)}</div>
                    <div class="row bottom"><OtherVector label=t!("vectors-add") testid="derive-other" of=alike chosen=added />{do_it("derive-add", t!("vectors-add"), has(added, alike), add)}</div>
                    <div class="row bottom"><OtherVector label=t!("vectors-take-out-along") testid="derive-against" of=alike chosen=against />{do_it("derive-orthogonalize", t!("vectors-take-out"), has(against, alike), take_out)}</div>
                </Show>
            </section>
        </div>
    }
}

/// Returns a sentence for where no other vector fits.
fn alone(vector: &Vector) -> String {
    t!("vectors-make-alone", layers = format::layers(&vector.layers))
}

/// Returns the chosen vector while it is among these, else the first one.
fn pick(chosen: Option<Id>, of: &[(Id, String)]) -> Option<Id> {
    let is_there = |id: &Id| of.iter().any(|(known, _)| known == id);
    chosen.filter(is_there).or_else(|| of.first().map(|(id, _)| *id))
}

/// The field that chooses another vector.
#[component]
fn OtherVector(
    label: String,
    testid: &'static str,
    of: Memo<Vec<(Id, String)>>,
    chosen: RwSignal<Option<Id>>,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{label.clone()}</span>
            <select data-testid=testid aria-label=label on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                {move || of.get().into_iter().map(|(id, name)| view! {
                    <option value=id.to_string() selected=move || pick(chosen.get(), &of.read()) == Some(id)>{name}</option>
                }).collect_view()}
            </select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_is_gone_falls_back_to_the_first() {
        let all = [(3, "a".to_owned()), (5, "b".to_owned())];
        assert_eq!((pick(Some(5), &all), pick(Some(9), &all), pick(None, &[])), (Some(5), Some(3), None));
    }
}
