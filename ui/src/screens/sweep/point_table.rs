//! The table of the numbers behind the curves of one panel.

use ipc::sweep::SweepPoint;
use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use super::view_state::CurvePoint;
use crate::format;
use crate::widgets::Term;

/// The table, and the choice of the panel.
#[component]
pub(super) fn PointTable() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let panel = Memo::new(move |_| {
        let panels = shown.panels.read();
        panels.0.get(view.panel.get()).or(panels.0.first()).cloned()
    });
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
    let row = move |place: CurvePoint,
                    arm: ipc::sweep::Arm,
                    point: SweepPoint,
                    decimals: usize,
                    is_many: bool| {
        view! {
            <tr class="link-row" data-testid="sweep-row" tabindex="0" title="Shows what lies behind this point"
                aria-selected=move || (view.point.get() == Some(place)).to_string()
                on:click=move |_| view.point.set(Some(place))
                on:keydown=move |event| if event.key() == "Enter" { view.point.set(Some(place)); }>
                <td class="number">{if arm.moves() { format::multiplier(point.multiplier) } else { "any".to_owned() }}</td>
                <td class="number">{if point.count > 0 { format::number(point.value, decimals) } else { "no value".to_owned() }}</td>
                <td class="number">{(point.count > 0).then(|| format!("{} to {}", format::number(point.low, decimals), format::number(point.high, decimals)))}</td>
                <td class="number">{point.count}{(point.missing > 0).then(|| format!(" + {} unread", point.missing))}</td>
                {is_many.then(|| view! { <td><span class="swatch" style:background=format!("var(--series-{})", arm.color)></span>" "{arm.name.clone()}</td> })}
            </tr>
        }
    };
    let body = move || {
        let all = rows();
        let is_many = all.len() > 1;
        let decimals = panel.read().as_ref().map_or(2, |panel| panel.score.decimals());
        let of_curve = |(sweep, curve, arm, points): (ipc::Id, _, ipc::sweep::Arm, Vec<SweepPoint>)| {
            let one = move |point: SweepPoint| {
                row(
                    CurvePoint { sweep, curve, multiplier: point.multiplier },
                    arm.clone(),
                    point,
                    decimals,
                    is_many,
                )
            };
            points.into_iter().map(one).collect_view()
        };
        all.into_iter().map(of_curve).collect_view()
    };
    let names = move || {
        let panels = shown.panels.read();
        let name = |panel: &super::panels::Panel| match &panel.set {
            Some(set) => format!("{}: {set}", panel.score.name()),
            None => panel.score.name(),
        };
        panels.0.iter().map(name).collect::<Vec<_>>()
    };
    view! {
        <div class="row">
            <Show when=move || { shown.panels.read().0.len() > 1 }>
                <select class="panel-choice" data-testid="sweep-panel" aria-label="Score in the table" on:change=move |event| {
                    if let Ok(at) = event_target_value(&event).parse() {
                        view.panel.set(at);
                    }
                }>
                    {move || names().into_iter().enumerate().map(|(at, name)| view! {
                        <option value=at.to_string() selected=move || view.panel.get() == at>{name}</option>
                    }).collect_view()}
                </select>
            </Show>
            <span class="quiet small grow">{move || panel.read().as_ref().map(|panel| panel.score.formula())}</span>
        </div>
        <div class="table-box points">
            <table data-testid="sweep-table">
                <thead><tr>
                    <th class="number"><Term name="Multiplier" /></th>
                    <th class="number">{move || panel.read().as_ref().map(|panel| panel.score.unit())}</th>
                    <th class="number"><Term name="Interval" text="95 % interval" /></th><th class="number">"N"</th>
                    <Show when=move || { rows().len() > 1 }><th>"Curve"</th></Show>
                </tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

fn curve_arm(curve: ipc::sweep::Curve) -> usize {
    curve.arm as usize
}
