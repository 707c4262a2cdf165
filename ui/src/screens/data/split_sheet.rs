//! The sheet that splits a data set into training and held-out pairs. It shows the counts first; the split can be
//! undone.

use ipc::Failure;
use ipc::command::{PlanSplit, SplitPairs};
use ipc::split::{SplitPlan, SplitSettings};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pairs::Pairs;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, FaultNote, SheetFrame, Term};
use crate::widgets::{FieldFaults, NumberField, NumberRange};

/// The sheet that splits the data set.
#[component]
pub fn SplitSheet() -> impl IntoView {
    let (store, pairs) = (store(), expect_context::<Pairs>());
    pairs.save_typed();
    let settings = RwSignal::new(SplitSettings::default());
    let plan = RwSignal::new(None::<SplitPlan>);
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let id = store.data_set().map(|set| set.id);
    Effect::new(move |_| {
        let (Some(data_set), asked) = (id, settings.get()) else { return };
        spawn_local(async move {
            let answer = bridge::call(PlanSplit { data_set, settings: asked }).await;
            if settings.try_get_untracked() != Some(asked) {
                return;
            }
            match answer {
                Ok(found) => {
                    failure.try_set(None);
                    plan.try_set(Some(found));
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    });
    let split = move |_| {
        let Some(data_set) = id else { return };
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(SplitPairs { data_set, settings: settings.get_untracked() }).await {
                Ok(_) => {
                    store.sheet.set(None);
                    pairs.read_again();
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let faults = FieldFaults::provide();
    let changes = move || plan.read().as_ref().map_or(0, |plan| plan.changed);
    let is_set = move |take: fn(&SplitSettings) -> bool| settings.with(take);
    view! {
        <SheetFrame label=t!("data-split-sheet") testid="split-sheet">
            <h2>{move || t!("data-split-title", name = store.data_set().map(|set| set.name).unwrap_or_default())}</h2>
            <p class="quiet">{t!("data-split-help")}</p>
            <div class="two">
                <NumberField label=t!("data-split-share") term="Held out" testid="split-share" range=NumberRange::Between(0.0, 100.0) value=Signal::derive(move || format::in_percent(settings.read().share))
                    set=Callback::new(move |new: f64| settings.update(|settings| settings.share = new / 100.0)) />
                <NumberField label=t!("seed") term="Seed" hint=t!("data-split-seed-hint") testid="split-seed" range=NumberRange::Seed value=Signal::derive(move || settings.read().seed as f64)
                    set=Callback::new(move |new: f64| settings.update(|settings| settings.seed = new as u64)) />
            </div>
            <label class="row"><input type="checkbox" data-testid="split-by-tag" prop:checked=move || is_set(|s| s.by_tag)
                on:change=move |event| { let on = event_target_checked(&event); settings.update(|s| s.by_tag = on); } />{t!("data-split-by-tag")}</label>
            <label class="row"><input type="checkbox" data-testid="split-keep-pinned" prop:checked=move || is_set(|s| s.keep_pinned)
                on:change=move |event| { let on = event_target_checked(&event); settings.update(|s| s.keep_pinned = on); } />
                {move || t!("data-split-keep-pinned", count = format::whole(plan.read().as_ref().map_or(0, |plan| plan.pinned)))}</label>
            {move || plan.get().map(|plan| view! { <SplitCounts plan /> })}
            <FailureCard failure />
            <FaultNote faults />
            <div class="row">
                <span class="grow quiet small" data-testid="split-changes">{move || match changes() {
                    0 => t!("data-split-changes-none"),
                    some => t!("data-split-changes", count = some, number = format::whole(some)),
                }}</span>
                <button class="button" data-testid="split-cancel" on:click=move |_| store.sheet.set(None)>{t!("cancel")}</button>
                <button class="button primary" data-testid="split-do" disabled=move || is_busy.get() || faults.are_there() || changes() == 0 on:click=split>{t!("data-split-do")}</button>
            </div>
        </SheetFrame>
    }
}

/// The counts that the split would give, in all and for every tag.
#[component]
fn SplitCounts(plan: SplitPlan) -> impl IntoView {
    let row = |name: String, is_quiet: bool, train: u32, held_out: u32| {
        view! {
            <tr><td class="ellipsis" class:quiet=is_quiet>{name}</td><td class="number">{format::whole(train)}</td><td class="number">{format::whole(held_out)}</td></tr>
        }
    };
    // A single line for pairs without tags would repeat the total.
    let tags = if plan.tags.iter().all(|tag| tag.tag.is_empty()) { vec![] } else { plan.tags };
    let tags = tags.into_iter().map(|tag| {
        let (name, is_quiet) =
            if tag.tag.is_empty() { (t!("data-split-no-tag"), true) } else { (tag.tag, false) };
        row(name, is_quiet, tag.train, tag.held_out)
    });
    view! {
        <div class="table-box plan" data-testid="split-plan">
            <table>
                <thead><tr><th>{t!("pairs")}</th><th class="number">{t!("data-train")}</th><th class="number"><Term name="Held out" /></th></tr></thead>
                <tbody>
                    {row(t!("data-all"), false, plan.train, plan.held_out)}
                    {tags.collect_view()}
                </tbody>
            </table>
        </div>
        {(plan.torn > 0).then(|| view! {
            <p class="warning" data-testid="split-torn">{t!("data-split-torn", count = plan.torn)}</p>
        })}
    }
}
