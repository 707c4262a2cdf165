//! The fields that choose which model judges answers, and by which rubric those to each data set.

use std::collections::BTreeMap;

use ipc::Id;
use ipc::command::SetRubric;
use ipc::data::DataSet;
use ipc::project::Prices;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::PromptSet;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use crate::actions::Screen;
use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::Term;
use crate::widgets::roving;
use crate::widgets::{NumberField, NumberRange};

/// Returns the rubric for the first data set that is measured on. Prompts of a list are judged by it as well.
fn rubric_of(form: Form, store: Store) -> Rubric {
    match form.measured_set(store) {
        Some(set) => set.rubric(),
        None => Rubric::on_board().swap_remove(1),
    }
}

/// Returns the short name of a rubric. That of a built-in one is in the language that is spoken; the others are people's words.
fn short_name(rubric: &Rubric) -> String {
    let is_built_in = Rubric::on_board().iter().any(|known| known.behavior == rubric.behavior);
    if is_built_in { said(rubric.name()) } else { rubric.name().to_owned() }
}

impl Form {
    /// Returns the judge that is chosen.
    pub(super) fn judge(self, store: Store) -> Judge {
        let endpoint = store.settings.read().endpoint.clone().filter(|_| self.is_remote.get());
        endpoint.map_or(Judge::Local, Judge::Endpoint)
    }

    /// Returns the judge's score with the rubric that is chosen, by whoever is chosen to judge.
    pub(super) fn judge_score(self, store: Store) -> Score {
        Score::Judge { judge: self.judge(store), rubric: rubric_of(self, store) }
    }

    /// Keeps the scores that are chosen with the judge and the rubric that are chosen now.
    pub(super) fn follow_judge(self, store: Store) {
        let (judge, rubric) = untrack(|| (self.judge(store), rubric_of(self, store)));
        self.scores.update(|all| {
            for score in all {
                match score {
                    Score::Judge { judge: old, rubric: by } => {
                        old.clone_from(&judge);
                        by.clone_from(&rubric);
                    }
                    Score::JudgedCompliance { judge: old } => old.clone_from(&judge),
                    _ => {}
                }
            }
        });
    }

    /// Keeps the chosen judge's rubric that of the first data set, as long as the form is there.
    pub(super) fn keep_rubric(self, store: Store) {
        // Another data set in the first place has another rubric.
        Effect::new(move |before: Option<Rubric>| {
            let now = rubric_of(self, store);
            if before.is_some_and(|before| before != now) {
                self.follow_judge(store);
            }
            now
        });
    }

    /// Returns the rubrics of the sets that are not judged by the judge's own, by the set's index.
    pub(super) fn rubrics_of(store: Store, scores: &[Score], sets: &[PromptSet]) -> BTreeMap<u32, Rubric> {
        let Some(judged) = scores.iter().find_map(Score::rubric) else { return BTreeMap::new() };
        let known = store.data_sets.read();
        let own = |(at, set): (u32, &PromptSet)| {
            let set = known.iter().find(|known| Some(known.id) == set.data_set())?;
            Some((at, set.rubric())).filter(|(_, rubric)| rubric != judged)
        };
        (0..).zip(sets).filter_map(own).collect()
    }

    /// Stores a data set's rubric; `None` for the one that is made from its behaviour. The judge follows once it is stored.
    fn store_rubric(self, set: Id, rubric: Option<Rubric>) {
        spawn_local(async move {
            let refused = bridge::call(SetRubric { data_set: set, rubric }).await.err();
            self.failure.set(refused);
        });
    }
}

/// The rubric of each data set that is measured on.
#[component]
pub(super) fn RubricChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let sets = Memo::new(move |_| {
        let sets = form.chosen_sets(store);
        if sets.is_empty() { form.measured_set(store).into_iter().map(|set| set.id).collect() } else { sets }
    });
    view! {
        <For each=move || sets.get() key=|set| *set children=move |id| view! { <RubricOfSet id sets /> } />
        <Show when=move || { sets.read().len() > 1 && !form.list_of_prompts().is_empty() }>
            <p class="quiet small">{t!("sweep-rubric-of-prompts")}</p>
        </Show>
    }
}

/// The rubric of one data set: a built-in one, unchanged or edited.
#[component]
fn RubricOfSet(
    id: Id,
    /// All sets that are measured on.
    sets: Memo<Vec<Id>>,
) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let set = Memo::new(move |_| store.data_sets.read().iter().find(|set| set.id == id).cloned());
    let rubric = Memo::new(move |_| set.read().as_ref().map_or_else(|| Rubric::new(""), DataSet::rubric));
    let change = move |change: &dyn Fn(&mut Rubric)| {
        let mut changed = rubric.get_untracked();
        change(&mut changed);
        form.store_rubric(id, Some(changed));
    };
    let choose = move |event: leptos::ev::Event| {
        let behavior = event_target_value(&event);
        if let Some(chosen) = Rubric::on_board().into_iter().find(|rubric| rubric.behavior == behavior) {
            change(&|rubric| rubric.clone_from(&chosen));
        }
    };
    let levels = move || {
        [3_usize, 2, 1, 0].into_iter().map(|level| view! {
            <label class="row">
                <b>{level + 1}</b>
                <textarea rows="2" class="grow prose" dir="auto" data-testid="rubric-level" aria-label=t!("sweep-rubric-level", level = level + 1)
                    prop:value=move || rubric.read().levels[level].clone()
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        change(&|rubric| rubric.levels[level].clone_from(&text));
                    }></textarea>
            </label>
        }).collect_view()
    };
    let name = move || set.read().as_ref().map(|set| set.name.clone()).unwrap_or_default();
    // A chip stands for the rubric; a click shows its text.
    let is_many = move || sets.read().len() > 1;
    let chip = move || {
        let behavior = short_name(&rubric.read());
        if is_many() {
            t!("sweep-rubric-of", set = name(), behavior = behavior)
        } else {
            t!("sweep-rubric-chip", behavior = behavior)
        }
    };
    view! {
        <details class="rubric-chip" data-testid="rubric">
            <summary class="choice-chip" data-testid=move || if is_many() { "rubric-set" } else { "rubric-of-one" } title=chip><span class="ellipsis" dir="auto">{chip}</span></summary>
            <div class="rubric">
            <select data-testid="rubric-choice" aria-label=move || t!("sweep-rubric-choice", set = name()) on:change=choose prop:value=move || rubric.read().behavior.clone()>
                {Rubric::on_board().into_iter().map(|rubric| view! { <option value=rubric.behavior.clone()>{said(&rubric.behavior)}</option> }).collect_view()}
                {move || {
                    let own = rubric.read().behavior.clone();
                    let is_own = Rubric::on_board().iter().all(|rubric| rubric.behavior != own);
                    is_own.then(|| view! { <option value=own.clone() selected=true>{own.clone()}</option> })
                }}
            </select>
            <label class="field">
                <span class="label small"><Term name="Rubric" text=t!("sweep-rubric-behavior") /></span>
                <textarea class="prose" rows="2" dir="auto" data-testid="rubric-behavior" aria-label=t!("sweep-rubric-behavior") prop:value=move || rubric.read().behavior.clone()
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        change(&|rubric| text.trim().clone_into(&mut rubric.behavior));
                    }></textarea>
            </label>
            {levels}
            <p class="quiet small">{t!("sweep-rubric-examples")}</p>
            <Show when=move || set.read().as_ref().is_some_and(|set| set.rubric.is_some())>
                <button type="button" class="link small" data-testid="rubric-from-behaviour" on:click=move |_| form.store_rubric(id, None)>{t!("sweep-rubric-made")}</button>
            </Show>
            </div>
        </details>
    }
}

/// The choice of the judge: the model, the server that receives the answers, and its prices.
#[component]
pub(super) fn JudgeChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let endpoint =
        Memo::new(move |_| store.settings.read().endpoint.clone().filter(|to| !to.address.is_empty()));
    let set = move |is_remote: bool| {
        form.is_remote.set(is_remote);
        form.follow_judge(store);
    };
    let says = move || match endpoint.get().filter(|_| form.is_remote.get()) {
        Some(to) => t!("sweep-judge-sends", address = to.address, model = to.model, count = to.at_once),
        None => t!("sweep-judge-stays"),
    };
    let prices = move || store.settings.read().prices.unwrap_or_default();
    let price = move |change: fn(&mut Prices, f64)| {
        Callback::new(move |value: f64| {
            store.change_settings(|settings| {
                let mut prices = settings.prices.unwrap_or_default();
                change(&mut prices, value.max(0.0));
                settings.prices = Some(prices).filter(|prices| prices.read + prices.written > 0.0);
            });
        })
    };
    view! {
        <Show when=move || endpoint.read().is_some() fallback=move || view! {
            <p class="quiet small">{t!("sweep-judge-address-before")}<button type="button" class="link" on:click=move |_| store.go(Screen::Data)>{t!("sweep-judge-address-drafts")}</button>{t!("sweep-judge-address-after")}</p>
        }>
            <div use:roving class="segments">
                <button type="button" data-testid="judge-local" aria-pressed=move || (!form.is_remote.get()).to_string() on:click=move |_| set(false)>{t!("sweep-judge-local")}</button>
                <button type="button" data-testid="judge-remote" aria-pressed=move || form.is_remote.get().to_string() on:click=move |_| set(true)>{t!("sweep-judge-remote")}</button>
            </div>
        </Show>
        <p class="quiet small" data-testid="judge-destination">{says}</p>
        <Show when=move || form.is_remote.get() && endpoint.read().is_some()>
            <div class="two" title=t!("sweep-price-hint")>
                <NumberField label=t!("sweep-price-read") testid="price-read" range=NumberRange::From(0.0) value=Signal::derive(move || prices().read) set=price(|prices, value| prices.read = value) />
                <NumberField label=t!("sweep-price-written") testid="price-written" range=NumberRange::From(0.0) value=Signal::derive(move || prices().written) set=price(|prices, value| prices.written = value) />
            </div>
        </Show>
    }
}
