//! The tab with the charts of the shown sweep, the numbers behind them, and all curves side by side.

use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::attack_table::AttackTable;
use super::curve_table::CurveTable;
use super::form::Form;
use super::legend::Legend;
use super::point_table::PointTable;
use super::reading::Reading;
use super::shown_sweeps::ShownSweeps;
use super::useful::why_not;
use super::view_state::{Axis, Shows, Tab};
use crate::charts::{Panels, Pick};
use crate::format;
use crate::t;
use crate::widgets::{FieldFaults, NumberField, Term, roving};

/// The height of a row of panels, and of a single row, in pixels.
const ROW: u32 = 232;
const ALONE: u32 = 320;

/// The charts and their tables.
#[component]
pub(super) fn ChartTab() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let is_shown = Memo::new(move |_| view.tab.get() == Tab::Chart);
    let pictures = Signal::derive(move || {
        let (panels, columns) = shown.panels.get();
        (panels.into_iter().map(|panel| panel.picture).collect(), columns)
    });
    let height = Signal::derive(move || {
        let panels = shown.panels.read();
        let rows = panels.0.len().div_ceil(panels.1.max(1)).max(1) as u32;
        Some(if rows == 1 { ALONE } else { rows * ROW })
    });
    let on_pick = Callback::new(move |pick: Pick| {
        let place = shown.panels.with_untracked(|(panels, _)| {
            panels.get(pick.panel)?.places.get(pick.line)?.get(pick.point).copied()
        });
        if place.is_some() {
            view.panel.set(pick.panel);
            view.point.set(place);
            view.tab.set(Tab::Answers);
        }
    });
    view! {
        <div class="chart">
            <Show when=move || is_shown.get()><ChartControls /><Useful /><Reading /><Legend /></Show>
            <Panels pictures resets=view.resets testid="chart-sweep" label=t!("sweep-chart-label") height on_pick=Some(on_pick) />
        </div>
        <Show when=move || is_shown.get()><AttackTable /><PointTable /><CurveTable /></Show>
    }
}

/// What the chart shows: changes or values, over which axis.
#[component]
fn ChartControls() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    // What is typed here is nothing to the next sweep.
    let _ = FieldFaults::provide();
    let option = move |shows: Shows, label: String, testid: &'static str, hint: String| {
        view! {
            <button type="button" data-testid=testid title=hint aria-pressed=move || (view.shows.get() == shows).to_string()
                on:click=move |_| { view.shows.set(shows); view.resets.update(|resets| *resets += 1); }>{label}</button>
        }
    };
    view! {
        <div class="row wrap">
            <div use:roving class="segments" role="group" aria-label=t!("sweep-chart-numbers")>
                {option(Shows::Change, t!("sweep-chart-change"), "sweep-change", t!("sweep-chart-change-hint"))}
                {option(Shows::Values, t!("sweep-chart-values"), "sweep-values", t!("sweep-chart-values-hint"))}
            </div>
            <span class="grow"></span>
            <label class="row small">{t!("sweep-chart-over")}
                <select class="narrow" data-testid="sweep-axis" aria-label=t!("sweep-chart-axis") on:change=move |event| {
                    let name = event_target_value(&event);
                    if let Some(axis) = Axis::ALL.into_iter().find(|axis| axis.name() == name) {
                        view.axis.set(axis);
                        view.resets.update(|resets| *resets += 1);
                    }
                }>
                    {Axis::ALL.into_iter().map(|axis| view! { <option value=axis.name() selected=move || view.axis.get() == axis>{axis.name()}</option> }).collect_view()}
                </select>
            </label>
            <button class="button" data-testid="sweep-reset" title=t!("sweep-chart-reset-hint") on:click=move |_| view.resets.update(|resets| *resets += 1)>{t!("sweep-chart-reset")}</button>
        </div>
        <Show when=move || view.axis.get().is_at_one()>
            <div class="narrow-field">
                <NumberField label=t!("sweep-at-multiplier") term="Multiplier" testid="sweep-at" value=view.at set=Callback::new(move |v| view.at.set(v)) />
            </div>
        </Show>
        {move || (view.axis.get() == Axis::Divergence && !has_divergence(&shown.sweeps.read())).then(|| view! {
            <p class="warning small">{t!("sweep-chart-no-divergence")}</p>
        })}
    }
}

/// The useful range of the marked curve, or why it has none.
#[component]
fn Useful() -> impl IntoView {
    let shown = expect_context::<ShownSweeps>();
    let factor = expect_context::<Form>().view.factor;
    let sentence = move || {
        let ((id, arm), useful) = (shown.arm.get()?, shown.useful.get()?);
        let sweeps = shown.sweeps.read();
        let sweep = sweeps.iter().find(|sweep| sweep.id == id)?;
        let text = match useful {
            Ok((from, to)) => {
                t!("sweep-useful-range", from = format::multiplier(from), to = format::multiplier(to))
            }
            Err(why) => t!("sweep-useful-none", why = why_not(sweep, arm, factor.get(), why)?),
        };
        let is_many = sweep.settings.arms.len() > 1;
        Some(match sweep.settings.arms.get(arm as usize).filter(|_| is_many) {
            Some(arm) => t!("sweep-useful-of", arm = arm.name.clone(), range = text),
            None => t!("sweep-useful-alone", range = text),
        })
    };
    move || {
        sentence().map(|text| view! { <p class="small" data-testid="sweep-useful"><Term name="Useful range" />{text}</p> })
    }
}

fn has_divergence(sweeps: &[Sweep]) -> bool {
    sweeps.iter().any(|sweep| sweep.settings.scores.contains(&ipc::score::Score::Divergence))
}
