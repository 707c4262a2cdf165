//! The legend. A click hides a curve, the pointer highlights it, and one marked curve is that of the useful range and
//! of the examples.

use ipc::sweep::{Arm, Sweep};
use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use crate::charts::{Line, Stroke};
use crate::t;

/// The legend of the shown sweeps.
#[component]
pub(super) fn Legend() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let entry = move |entry: Entry| {
        let Entry { order, keys, arm } = entry;
        let first = keys[0];
        let (shown_keys, hidden_keys) = (keys.clone(), keys.clone());
        let is_shown = move || shown_keys.iter().any(|key| !view.hidden.read().contains(key));
        let is_left_out = is_shown.clone();
        let is_own = move || shown.arm.get().is_some_and(|key| keys.contains(&key));
        let is_pressed = is_own.clone();
        let color = format!("var(--series-{})", arm.color);
        let is_dashed = order > 0 || !arm.moves();
        let name = if order > 0 {
            t!("sweep-legend-other", name = arm.name.clone(), sweep = first.0)
        } else {
            arm.name.clone()
        };
        let marked = t!("sweep-legend-mark-of", name = name.clone());
        // A line in several charts is several curves, and the highlighted one is one curve.
        let highlighted = (hidden_keys.len() == 1).then_some(first);
        let toggle = move |_| {
            view.hidden.update(|all| {
                if hidden_keys.iter().all(|key| all.contains(key)) {
                    all.retain(|key| !hidden_keys.contains(key));
                } else {
                    all.extend(hidden_keys.iter().copied());
                }
            });
        };
        view! {
            <span class="entry" class:left-out=move || !is_left_out()
                on:mouseenter=move |_| view.highlighted.set(highlighted) on:mouseleave=move |_| view.highlighted.set(None)>
                <button class="key" data-testid="legend-entry" aria-pressed=move || is_shown().to_string() title=t!("sweep-legend-toggle") on:click=toggle>
                    <i class:dashed=is_dashed style:color=color></i><span class="ellipsis">{name}</span>
                </button>
                <button class="mark" data-testid="legend-mark" aria-label=marked aria-pressed=move || is_pressed().to_string() title=t!("sweep-legend-mark")
                    on:click=move |_| view.arm.set(Some(first))>{move || if is_own() { "\u{25cf}" } else { "\u{25cb}" }}</button>
            </span>
        }
    };
    let entries = move || entries(&shown.sweeps.read());
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
            <Show when=move || !view.axis.get().is_at_one()><span class="key quiet"><i style:color="var(--series-7)"></i>{t!("sweep-legend-unsteered")}</span></Show>
        </div>
    }
}

/// An entry of the legend: a line, which is one curve in each chart.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    /// The place of the sweep among those that are shown.
    order: usize,
    /// The sweep and the arm of each of its curves.
    keys: Vec<(ipc::Id, u32)>,
    arm: Arm,
}

/// Returns the entries of all sweeps. Arms of one name that are measured on sets of their own are one line.
fn entries(sweeps: &[Sweep]) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for (order, sweep) in sweeps.iter().enumerate() {
        for (place, arm) in (0_u32..).zip(&sweep.settings.arms) {
            let is_same_line = |entry: &&mut Entry| {
                let is_on_own_set = !arm.sets.is_empty() && !entry.arm.sets.is_empty();
                entry.order == order && is_on_own_set && entry.arm.name == arm.name
            };
            match all.iter_mut().find(is_same_line) {
                Some(entry) => entry.keys.push((sweep.id, place)),
                None => all.push(Entry { order, keys: vec![(sweep.id, place)], arm: arm.clone() }),
            }
        }
    }
    all
}
