//! Shows the open pair as a choice between (A) and (B), as contrastive activation addition (CAA) reads it, and converts
//! data sets.

use ipc::Failure;
use ipc::choices::{Choice, ChoiceForm};
use ipc::command::{ConvertChoices, ExportChoices, ReadChoice};
use ipc::files::FilePurpose;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use super::shown_view::ShownView;
use crate::actions::DataView;
use crate::bridge;
use crate::chosen_files;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::widgets::FailureCard;
use crate::widgets::PathField;
use crate::widgets::forget_with;
use crate::widgets::{NumberField, NumberRange};

/// The open pair as a choice, with buttons that convert or export all pairs.
#[component]
pub(super) fn ChoiceView() -> impl IntoView {
    let (store, pairs, views) = (store(), expect_context::<Pairs>(), expect_context::<ShownView>());
    let seed = RwSignal::new(0.0_f64);
    let choice = RwSignal::new(None::<Choice>);
    let failure = RwSignal::new(None::<Failure>);
    forget_with(failure, move || (store.data_set().map(|set| set.id), pairs.open.get(), seed.get()));
    let latest = Latest::new();
    // Every edit sends the data set again, and the choice is read again with it.
    Effect::new(move |_| {
        let turn = latest.begin();
        let (pair, seed, ()) = (pairs.open.get(), seed.get(), store.data_sets.track());
        if !views.is(DataView::Choice) {
            return;
        }
        let Some(pair) = pair else { return choice.set(None) };
        spawn_local(async move {
            let read = bridge::call(ReadChoice { pair, seed: seed.max(0.0) as u64 }).await;
            if turn.is_current() {
                failure.set(read.as_ref().err().cloned());
                choice.set(read.ok());
            }
        });
    });
    view! {
        <div class="toolbar">
            <h2 class="grow">{t!("data-choice-title")}</h2>
        </div>
        <div class="editor">
            <p class="quiet">{t!("data-choice-help")}</p>
            <div class="narrow-field"><NumberField label=t!("seed") term="Seed" hint=t!("data-choice-seed-hint") testid="choice-seed" range=NumberRange::Seed value=seed set=Callback::new(move |new| seed.set(new)) /></div>
            <Show when=move || choice.read().is_some() fallback=|| view! { <p class="quiet">{t!("data-choice-none")}</p> }>
                <div class="choice prose" data-testid="choice-question" dir="auto">{move || choice.get().map(|choice| choice.question)}</div>
                <p data-testid="choice-letters">{move || choice.get().map(|choice| t!("data-choice-letters", wanted = choice.wanted.to_string(), opposite = choice.opposite.to_string()))}</p>
            </Show>
            <ConvertDataSet seed failure />
            <ExportChoices seed failure />
            <FailureCard failure />
        </div>
    }
}

/// New data sets from this one.
#[component]
fn ConvertDataSet(seed: RwSignal<f64>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let store = store();
    let convert = move |form| {
        let Some(set) = store.data_set() else { return };
        failure.set(None);
        spawn_local(async move {
            let asked = ConvertChoices { data_set: set.id, form, seed: seed.get_untracked() as u64 };
            match bridge::call(asked).await {
                Ok(made) => store.change_settings(|settings| settings.data_set = Some(made.id)),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <h3>{t!("data-choice-all")}</h3>
        <div class="row wrap">
            <button class="button" data-testid="choices-make" title=t!("data-choice-make-title") on:click=move |_| convert(ChoiceForm::Choices)>{t!("data-choice-make")}</button>
            <button class="button" data-testid="choices-unmake" title=t!("data-choice-unmake-title") on:click=move |_| convert(ChoiceForm::Pairs)>{t!("data-choice-unmake")}</button>
            <span class="quiet small">{t!("data-choice-stays")}</span>
        </div>
    }
}

/// CAA's own file.
#[component]
fn ExportChoices(seed: RwSignal<f64>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let store = store();
    let (path, replace) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (done, is_busy) = (RwSignal::new(None::<u32>), RwSignal::new(false));
    let export = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(set) = store.data_set() else { return };
        let request = ExportChoices {
            data_set: set.id,
            split: None,
            seed: seed.get_untracked() as u64,
            file: chosen_files::to_write(&path.get_untracked()),
            replace: replace.get_untracked(),
        };
        failure.set(None);
        done.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(count) => {
                    done.try_set(Some(count));
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let name = move || store.data_set().map(|set| set.name).unwrap_or_default();
    view! {
        <form class="fields" on:submit=export>
            <PathField label=t!("data-choice-path") testid="choices-path" path failure
                purpose=Callback::new(move |()| FilePurpose::ExportChoices { name: name() })
                changed=Callback::new(move |()| done.set(None)) />
            <div class="row wrap">
                <label class="row"><input type="checkbox" data-testid="choices-replace" prop:checked=replace on:change=move |event| replace.set(event_target_checked(&event)) /><span>{t!("data-choice-replace")}</span></label>
                <span class="grow quiet small" data-testid="choices-done">{move || done.get().map(|count| t!("data-choice-written", count = count))}</span>
                <button class="button" type="submit" data-testid="choices-export" disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("export")}</button>
            </div>
        </form>
    }
}
