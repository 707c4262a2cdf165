//! Shows each example by itself (after Tan et al. 2024): its slope over the multiplier, the number of examples with the
//! wrong sign, and which these are.

use ipc::Failure;
use ipc::command::ReadItems;
use ipc::sweep::{ItemCurve, ItemCurves};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::panel_choice::PanelChoice;
use super::shown_sweeps::ShownSweeps;
use crate::bridge;
use crate::format;
use crate::latest::Latest;
use crate::t;
use crate::widgets::FailureNote;
use crate::widgets::Term;

const BINS: usize = 15;

/// The examples of the curve that is marked in the legend, in the panel that the table shows.
#[component]
pub(super) fn Examples() -> impl IntoView {
    let (form, shown) = (expect_context::<Form>(), expect_context::<ShownSweeps>());
    let found = RwSignal::new(None::<Result<ItemCurves, Failure>>);
    let curve = Memo::new(move |_| {
        let panels = shown.panels.read();
        let panel = panels.0.get(form.view.panel.get()).or(panels.0.first())?;
        let arm = shown.arm.get();
        let is_of_arm = |(sweep, curve): &(ipc::Id, ipc::sweep::Curve)| arm == Some((*sweep, curve.arm));
        let known = panel.curves.iter().copied();
        known.clone().find(is_of_arm).or_else(|| known.clone().next())
    });
    // New points of the curve change its slopes.
    let points = Memo::new(move |_| {
        let (sweep, curve) = curve.get()?;
        let sweeps = shown.sweeps.read();
        Some(sweeps.iter().find(|one| one.id == sweep)?.curve(curve).len())
    });
    let latest = Latest::new();
    Effect::new(move |_| {
        points.with(|_| ());
        let turn = latest.begin();
        let Some((sweep, curve)) = curve.get() else { return };
        spawn_local(async move {
            let items = bridge::call(ReadItems { sweep, curve }).await;
            if turn.is_current() {
                found.try_set(Some(items));
            }
        });
    });
    view! {
        <section class="reveal">
            <PanelChoice />
            <h3>{t!("sweep-examples-title")}</h3>
            {move || match found.get() {
                None => view! { <p class="quiet">{t!("sweep-examples-reading")}</p> }.into_any(),
                Some(Err(failure)) => view! { <FailureNote failure /> }.into_any(),
                Some(Ok(curves)) => view! { <Slopes curves /> }.into_any(),
            }}
        </section>
    }
}

/// Returns the share of slopes below 0, and how many slopes there are.
fn wrong_way(items: &[ItemCurve]) -> (f64, usize) {
    let slopes: Vec<f64> = items.iter().filter_map(|item| item.slope).collect();
    let wrong = slopes.iter().filter(|slope| **slope < 0.0).count();
    (wrong as f64 / slopes.len().max(1) as f64, slopes.len())
}

/// Returns how many slopes fall into each of some equal bins, with the bins' ends. 0 is an end, so that no bin holds
/// both signs.
fn histogram(slopes: &[f64]) -> Vec<(f64, f64, usize)> {
    let (Some(low), Some(high)) =
        (slopes.iter().copied().reduce(f64::min), slopes.iter().copied().reduce(f64::max))
    else {
        return Vec::new();
    };
    let width = ((high - low) / BINS as f64).max(1e-9);
    let first = (low / width).floor();
    let count = ((high / width).floor() - first) as usize + 1;
    let mut bins: Vec<(f64, f64, usize)> =
        (0..count).map(|bin| ((first + bin as f64) * width, (first + bin as f64 + 1.0) * width, 0)).collect();
    for slope in slopes {
        let bin = ((slope / width).floor() - first) as usize;
        bins[bin.min(count - 1)].2 += 1;
    }
    bins
}

#[component]
fn Slopes(curves: ItemCurves) -> impl IntoView {
    let slopes: Vec<f64> = curves.items.iter().filter_map(|item| item.slope).collect();
    let (share, count) = wrong_way(&curves.items);
    let mean = slopes.iter().sum::<f64>() / count.max(1) as f64;
    let bins = histogram(&slopes);
    let most = bins.iter().map(|bin| bin.2).max().unwrap_or(1).max(1);
    let bar = move |(from, to, count): (f64, f64, usize)| {
        let height = format!("{}%", 100 * count / most);
        let (low, high) = (format::number(from, 2), format::number(to, 2));
        let note = t!("sweep-examples-bar", from = low, to = high, count = count);
        let color = if to <= 1e-12 { "var(--series-1)" } else { "var(--series-0)" };
        view! { <span class="bar" title=note><i style:height=height style:background=color></i></span> }
    };
    let mut items = curves.items;
    items.sort_by(|a, b| a.slope.unwrap_or(f64::MAX).total_cmp(&b.slope.unwrap_or(f64::MAX)));
    let multipliers = curves.multipliers;
    let row = move |item: ItemCurve| {
        let line = spark(&multipliers, &item.values);
        view! {
            <tr data-testid="example-row">
                <td class="number">{item.slope.map(|slope| format::signed(slope, 2))}</td>
                <td><svg class="spark" viewBox="0 0 80 24" aria-hidden="true"><path d="M0 23.5H80" class="ground" /><path d=line /></svg></td>
                <td class="text prose">{item.prompt}</td>
                <td class="text prose">{item.wanted}</td>
                <td class="text prose">{item.opposite}</td>
            </tr>
        }
    };
    view! {
        <div class="figures">
            <span class="figure"><b data-testid="examples-wrong">{format::percent(share)}</b><span class="quiet small">{t!("sweep-examples-wrong")}</span></span>
            <span class="figure"><b>{format::signed(mean, 2)}</b><span class="quiet small">{t!("sweep-examples-mean")}</span></span>
            <span class="figure"><b>{count}</b><span class="quiet small">{t!("sweep-examples-count")}</span></span>
            <div class="histogram" role="img" aria-label=t!("sweep-examples-histogram")>{bins.into_iter().map(bar).collect_view()}</div>
        </div>
        <div class="table-box behind">
            <table>
                <thead><tr>
                    <th class="number">{t!("sweep-slope")}</th><th><Term name="Multiplier" text=t!("sweep-examples-over") /></th>
                    <th>{t!("prompt")}</th><th>{t!("wanted")}</th><th>{t!("opposite")}</th>
                </tr></thead>
                <tbody>{items.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Returns the SVG path of a sparkline through the values, 80 by 24.
fn spark(multipliers: &[f64], values: &[Option<f64>]) -> String {
    let points: Vec<(f64, f64)> =
        multipliers.iter().zip(values).filter_map(|(x, value)| Some((*x, (*value)?))).collect();
    let span = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) = points.iter().map(of).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        (low, (high - low).max(1e-9))
    };
    let ((x0, width), (y0, height)) = (span(|p| p.0), span(|p| p.1));
    let place = |(index, (x, y)): (usize, &(f64, f64))| {
        let letter = if index == 0 { 'M' } else { 'L' };
        format!("{letter}{:.1} {:.1}", (x - x0) / width * 78.0 + 1.0, 22.0 - (y - y0) / height * 20.0)
    };
    points.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_that_go_the_wrong_way_are_counted() {
        let item = |slope| ItemCurve { slope, ..ItemCurve::default() };
        assert_eq!(
            wrong_way(&[item(Some(1.0)), item(Some(-0.5)), item(None), item(Some(2.0)), item(Some(-1.0))]),
            (0.5, 4)
        );
    }

    #[test]
    fn no_bin_holds_both_signs_and_none_is_lost() {
        let slopes = [-1.0, -0.1, 0.0, 0.1, 2.0];
        let bins = histogram(&slopes);
        assert_eq!(bins.iter().map(|bin| bin.2).sum::<usize>(), slopes.len());
        assert!(bins.iter().all(|(from, to, _)| from * to >= -1e-12));
        assert!(histogram(&[]).is_empty() && histogram(&[1.0]).len() == 1);
    }

    #[test]
    fn a_spark_spans_its_box() {
        assert_eq!(spark(&[-1.0, 0.0, 1.0], &[Some(0.0), None, Some(4.0)]), "M1.0 22.0L79.0 2.0");
    }
}
