//! The table of the numbers behind the curves of one panel.

use ipc::Id;
use ipc::sweep::{Curve, SweepPoint};
use leptos::prelude::*;

use super::form::Form;
use super::panel_choice::{PanelChoice, chosen_panel};
use super::shown_sweeps::ShownSweeps;
use super::useful::changes_of;
use super::view_state::{CurvePoint, Tab};
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::Term;

/// The table, and the choice of the panel.
#[component]
pub(super) fn PointTable() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let panel = chosen_panel(form, shown);
    let rows = move || {
        let Some(panel) = panel.get() else { return Vec::new() };
        let sweeps = shown.sweeps.read();
        let curves = panel.curves.into_iter();
        let points = |(sweep, curve)| {
            let one = sweeps.iter().find(|one| one.id == sweep)?;
            let arm = one.settings.arms.get(curve_arm(curve))?.clone();
            Some((sweep, curve, arm, one.curve_with_unread(curve)))
        };
        curves.filter_map(points).collect()
    };
    let open = move |place: CurvePoint| {
        view.point.set(Some(place));
        view.tab.set(Tab::Answers);
    };
    let row = move |place: CurvePoint,
                    arm: ipc::sweep::Arm,
                    (point, change): (SweepPoint, Option<SweepPoint>),
                    decimals: usize,
                    is_many: bool| {
        let signed = |value: f64| format::signed(value, decimals.max(2));
        let at = if arm.moves() { format::multiplier(point.multiplier) } else { t!("sweep-point-any") };
        let value =
            if point.count > 0 { format::number(point.value, decimals) } else { t!("sweep-point-no-value") };
        // A row that has the focus is read by its name alone.
        let name = format!("{}, {at}: {value}", arm.name);
        view! {
            <tr class="link-row" data-testid="sweep-row" tabindex="0" aria-label=name title=t!("sweep-point-open")
                aria-selected=move || (view.point.get() == Some(place)).to_string()
                on:click=move |_| open(place)
                on:keydown=move |event| if event.key() == "Enter" { open(place); }>
                <td class="number">{at}</td>
                <td class="number">{value}</td>
                <td class="number">{(point.count > 0).then(|| t!("sweep-from-to", from = format::number(point.low, decimals), to = format::number(point.high, decimals)))}</td>
                <td class="number" data-testid="sweep-row-change">{change.map(|change| signed(change.value))}</td>
                <td class="number">{change.map(|change| t!("sweep-from-to", from = signed(change.low), to = signed(change.high)))}</td>
                <td class="number">{match point.missing {
                    0 => point.count.to_string(),
                    missing => t!("sweep-point-count-unread", count = point.count, unread = missing),
                }}</td>
                {is_many.then(|| view! { <td><span class="swatch" style:background=format!("var(--series-{})", arm.color)></span>" "{arm.name.clone()}</td> })}
            </tr>
        }
    };
    let body = move || {
        let all = rows();
        let is_many = all.len() > 1;
        let decimals = panel.read().as_ref().map_or(2, |panel| panel.score.decimals());
        let changes = changes_of(store, all.iter().map(|(sweep, ..)| *sweep));
        let of_curve = |(sweep, curve, arm, points): (Id, Curve, ipc::sweep::Arm, Vec<SweepPoint>)| {
            let one = |point: SweepPoint| {
                let change = changes.get(&(sweep, curve, point.multiplier.to_bits())).copied();
                row(
                    CurvePoint { sweep, curve, multiplier: point.multiplier },
                    arm.clone(),
                    (point, change),
                    decimals,
                    is_many,
                )
            };
            points.into_iter().map(one).collect_view()
        };
        all.into_iter().map(of_curve).collect_view()
    };
    view! {
        <PanelChoice />
        <div class="table-box points">
            <table data-testid="sweep-table">
                <thead><tr>
                    <th class="number"><Term name="Multiplier" /></th>
                    <th class="number">{move || panel.read().as_ref().map(|panel| said(panel.score.unit()))}</th>
                    <th class="number"><Term name="Interval" text=t!("sweep-point-interval") /></th>
                    <th class="number" title=t!("sweep-point-change-hint")>{t!("sweep-point-change")}</th>
                    <th class="number">{t!("sweep-point-change-interval")}</th><th class="number">"N"</th>
                    <Show when=move || { rows().len() > 1 }><th>{t!("sweep-curve")}</th></Show>
                </tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

fn curve_arm(curve: ipc::sweep::Curve) -> usize {
    curve.arm as usize
}
