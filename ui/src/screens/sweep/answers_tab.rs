//! The tab with what lies behind one point: of which curve, at which multiplier.

use leptos::prelude::*;

use super::form::Form;
use super::panel_choice::{PanelChoice, chosen_panel};
use super::panels::Panel;
use super::point_examples::PointExamples;
use super::shown_sweeps::ShownSweeps;
use super::view_state::CurvePoint;
use crate::format;
use crate::t;
use crate::widgets::roving;

/// The choice of a point, and the examples behind it.
#[component]
pub(super) fn AnswersTab() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let panel = chosen_panel(form, shown);
    let place = Memo::new(move |_| view.point.get().or_else(|| first_point(panel.read().as_ref()?, shown)));
    let multipliers = Memo::new(move |_| {
        let place = place.get()?;
        let sweeps = shown.sweeps.read();
        let points = sweeps.iter().find(|one| one.id == place.sweep)?.curve_with_unread(place.curve);
        Some(points.iter().map(|point| point.multiplier).collect::<Vec<_>>())
    });
    let curves = Memo::new(move |_| {
        let sweeps = shown.sweeps.read();
        let name = |(id, curve): &(ipc::Id, ipc::sweep::Curve)| {
            let sweep = sweeps.iter().find(|one| one.id == *id)?;
            let arm = sweep.settings.arms.get(curve.arm as usize)?;
            Some((*id, *curve, arm.name.clone()))
        };
        panel.read().iter().flat_map(|panel| panel.curves.iter()).filter_map(name).collect::<Vec<_>>()
    });
    let choose_curve = move |event: leptos::ev::Event| {
        let Ok(at) = event_target_value(&event).parse::<usize>() else { return };
        let Some((sweep, curve, _)) = curves.read_untracked().get(at).cloned() else { return };
        let before = place.get_untracked().map(|place| place.multiplier);
        view.point.set(nearest(shown, sweep, curve, before.unwrap_or(1.0)));
    };
    let button = move |multiplier: f64| {
        let is_it = move || place.get().is_some_and(|place| place.multiplier.total_cmp(&multiplier).is_eq());
        view! {
            <button type="button" data-testid="answers-multiplier" aria-pressed=move || is_it().to_string()
                on:click=move |_| view.point.set(place.get_untracked().map(|place| CurvePoint { multiplier, ..place }))>{format::multiplier(multiplier)}</button>
        }
    };
    view! {
        <PanelChoice />
        <div class="row wrap">
            <Show when=move || { curves.read().len() > 1 }>
                <select class="panel-choice" data-testid="answers-curve" aria-label=t!("sweep-curve") on:change=choose_curve>
                    {move || curves.get().into_iter().enumerate().map(|(at, (sweep, curve, name))| view! {
                        <option value=at.to_string() selected=move || place.get().is_some_and(|place| (place.sweep, place.curve) == (sweep, curve))>{name}</option>
                    }).collect_view()}
                </select>
            </Show>
            <span class="quiet small">{t!("sweep-answers-at")}</span>
            {move || multipliers.get().map(|all| view! { <div use:roving class="segments wrap-segments" role="group" aria-label=t!("multiplier")>{all.into_iter().map(button).collect_view()}</div> })}
        </div>
        {move || match place.get() {
            Some(place) => view! { <PointExamples place /> }.into_any(),
            None => view! { <p class="quiet">{t!("sweep-answers-none")}</p> }.into_any(),
        }}
    }
}

/// Returns the point at +1 of the marked curve, or the one nearest to it.
fn first_point(panel: &Panel, shown: ShownSweeps) -> Option<CurvePoint> {
    let marked = shown.arm.get();
    let is_marked = |(sweep, curve): &&(ipc::Id, ipc::sweep::Curve)| marked == Some((*sweep, curve.arm));
    let (sweep, curve) = panel.curves.iter().find(is_marked).or(panel.curves.first())?;
    nearest(shown, *sweep, *curve, 1.0)
}

/// Returns the point of a curve nearest to a multiplier.
fn nearest(shown: ShownSweeps, sweep: ipc::Id, curve: ipc::sweep::Curve, to: f64) -> Option<CurvePoint> {
    let sweeps = shown.sweeps.read();
    let points = sweeps.iter().find(|one| one.id == sweep)?.curve_with_unread(curve);
    let far = |point: &ipc::sweep::SweepPoint| (point.multiplier - to).abs();
    let point = points.into_iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
    Some(CurvePoint { sweep, curve, multiplier: point.multiplier })
}
