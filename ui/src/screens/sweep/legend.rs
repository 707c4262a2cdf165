//! The legend. A click hides a curve, the pointer highlights it, and one marked curve is that of the useful range and
//! of the examples.

use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use crate::charts::{Line, Stroke};

/// The legend of the shown sweeps.
#[component]
pub(super) fn Legend() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let entry = move |(order, sweep, place, arm): (usize, ipc::Id, u32, ipc::sweep::Arm)| {
        let key = (sweep, place);
        let is_shown = move || !view.hidden.read().contains(&key);
        let is_own = move || shown.arm.get() == Some(key);
        let color = format!("var(--series-{})", arm.color);
        let is_dashed = order > 0 || !arm.moves();
        let name = if order > 0 { format!("{} (sweep {sweep})", arm.name) } else { arm.name.clone() };
        view! {
            <span class="entry" class:left-out=move || !is_shown()
                on:mouseenter=move |_| view.highlighted.set(Some(key)) on:mouseleave=move |_| view.highlighted.set(None)>
                <button class="key" data-testid="legend-entry" aria-pressed=move || is_shown().to_string() title="Leaves this curve out, or takes it in again"
                    on:click=move |_| view.hidden.update(|all| if !all.remove(&key) { all.insert(key); })>
                    <i class:dashed=is_dashed style:color=color></i><span class="ellipsis">{name}</span>
                </button>
                <button class="mark" data-testid="legend-mark" aria-pressed=move || is_own().to_string() title="The useful range and the examples are of this curve"
                    on:click=move |_| view.arm.set(Some(key))>{move || if is_own() { "\u{25cf}" } else { "\u{25cb}" }}</button>
            </span>
        }
    };
    let entries = move || {
        let sweeps = shown.sweeps.get();
        let mut all = Vec::new();
        for (order, sweep) in sweeps.into_iter().enumerate() {
            let arms = (0_u32..).zip(sweep.settings.arms);
            all.extend(arms.map(|(place, arm)| (order, sweep.id, place, arm)));
        }
        all
    };
    // Over layers or epochs, a line does not belong to one arm.
    let lines = move || {
        let panels = shown.panels.read();
        let lines = panels.0.first().map(|panel| panel.picture.lines.clone()).unwrap_or_default();
        let key = |line: Line| {
            view! {
                <span class="key">
                    <i class:dashed=line.stroke == Stroke::Dashed style:color=format!("var(--series-{})", line.color)></i>
                    <span class="ellipsis">{line.name}</span>
                </span>
            }
        };
        lines.into_iter().map(key).collect_view()
    };
    view! {
        <div class="legend" data-testid="sweep-legend">
            {move || if view.axis.get().is_at_one() { lines().into_any() } else { entries().into_iter().map(entry).collect_view().into_any() }}
            <Show when=move || !view.axis.get().is_at_one()><span class="key quiet"><i style:color="var(--series-7)"></i>"unsteered"</span></Show>
        </div>
    }
}
