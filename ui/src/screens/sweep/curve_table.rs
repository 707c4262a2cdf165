//! The table that summarizes all curves of one score: range, slope, useful range and area.

use ipc::Id;
use ipc::sweep::{Curve, Sweep};
use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::ShownSweeps;
use crate::charts::curve::{CurveSummary, summarize};
use crate::format;
use crate::state::{Changes, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FieldFaults, NumberField, NumberRange, SortHead, SortOrder};

/// A curve in the table.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    sweep: Id,
    arm: u32,
    name: String,
    color: u8,
    score: String,
    set: String,
    digest: CurveSummary,
    useful: Option<(f64, f64)>,
    decimals: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Score,
    Range,
    Slope,
    Useful,
    Area,
}

fn rows(sweeps: &[Sweep], changes: Changes, factor: f64) -> Vec<Row> {
    let mut all = Vec::new();
    for sweep in sweeps {
        let changes = changes.of(sweep.id);
        for curve in sweep.settings.curves() {
            let Curve { arm, set, score } = curve;
            let Some(score) = sweep.settings.score_on(score, set) else { continue };
            let one = &sweep.settings.arms[arm as usize];
            let points: Vec<[f64; 2]> = sweep.curve(curve).iter().map(|p| [p.multiplier, p.value]).collect();
            let Some(digest) = summarize(&points) else { continue };
            let set = set.and_then(|set| sweep.settings.sets.get(set as usize));
            all.push(Row {
                sweep: sweep.id,
                arm,
                name: one.name.clone(),
                color: one.color,
                score: said(&score.name()),
                set: set.map(|set| set.name().to_owned()).unwrap_or_default(),
                digest,
                useful: sweep.useful_range(&changes, arm, factor).ok().filter(|_| score.is_behavior()),
                decimals: score.decimals().max(2),
            });
        }
    }
    all
}

fn sorted(mut rows: Vec<Row>, order: SortOrder<Column>) -> Vec<Row> {
    let width = |row: &Row| row.useful.map_or(0.0, |(from, to)| to - from);
    rows.sort_by(|a, b| {
        order.apply(match order.column {
            Column::Name => a.name.cmp(&b.name),
            Column::Score => a.score.cmp(&b.score).then_with(|| a.set.cmp(&b.set)),
            Column::Range => a.digest.range.total_cmp(&b.digest.range),
            Column::Slope => a.digest.slope.total_cmp(&b.digest.slope),
            Column::Useful => width(a).total_cmp(&width(b)),
            Column::Area => a.digest.area.total_cmp(&b.digest.area),
        })
    });
    rows
}

/// The table over all sweeps.
#[component]
pub(super) fn CurveTable() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    // What is typed here is nothing to the next sweep.
    let _ = FieldFaults::provide();
    let filter = RwSignal::new(String::new());
    let order = RwSignal::new(SortOrder::by(Column::Score));
    let is_open = RwSignal::new(false);
    Effect::new(move |_| {
        if is_open.get() {
            for sweep in store.sweeps.read().iter() {
                let arms = 0..sweep.settings.arms.len() as u32;
                let curves: Vec<_> = arms.filter_map(|arm| sweep.behavior_curve(arm)).collect();
                store.read_changes(sweep, &curves);
            }
        }
    });
    let visible = move || {
        let wanted = filter.get().to_lowercase();
        let holds =
            |row: &Row| format!("{} {} {}", row.name, row.score, row.set).to_lowercase().contains(&wanted);
        let all =
            rows(&store.sweeps.read(), store.changes, view.factor.get()).into_iter().filter(holds).collect();
        sorted(all, order.get())
    };
    let row = move |row: Row| {
        let id = row.sweep;
        let number = move |value: f64| format::number(value, row.decimals);
        let is_over = move || {
            shown.sweep.read().as_ref().is_some_and(|own| own.id == id) || view.overlaid.read().contains(&id)
        };
        view! {
            <tr data-testid="compare-row">
                <td><input type="checkbox" aria-label=t!("sweep-lay-over") prop:checked=is_over
                    on:change=move |_| view.overlaid.update(|all| if !all.remove(&id) { all.insert(id); }) /></td>
                <td><span class="swatch" style:background=format!("var(--series-{})", row.color)></span>" "{row.name.clone()}</td>
                <td>{row.score.clone()}{(!row.set.is_empty()).then(|| view! { " "<span class="quiet">{t!("sweep-on-set", set = row.set.clone())}</span> })}</td>
                <td class="number">{number(row.digest.range)}</td>
                <td class="number">{format::signed(row.digest.slope, row.decimals)}</td>
                <td class="number">{row.useful.map(|(from, to)| t!("sweep-from-to", from = format::multiplier(from), to = format::multiplier(to)))}</td>
                <td class="number">{format::signed(row.digest.area, row.decimals)}</td>
            </tr>
        }
    };
    view! {
        <details data-testid="compare" on:toggle=move |event| is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"))>
            <summary>{t!("sweep-compare")}</summary>
            <div class="row">
                <input type="search" class="narrow-field" placeholder=t!("sweep-compare-filter") aria-label=t!("sweep-compare-filter") data-testid="compare-filter" prop:value=filter
                    on:input=move |event| filter.set(event_target_value(&event)) />
                <div class="narrow-field">
                    <NumberField label=t!("sweep-compare-factor") hint=t!("sweep-compare-factor-hint") testid="compare-factor" range=NumberRange::Over(1.0) value=view.factor
                        set=Callback::new(move |factor| view.factor.set(factor)) />
                </div>
            </div>
            <div class="table-box behind">
                <table>
                    <thead><tr>
                        <td></td>
                        <SortHead order column=Column::Name label=t!("sweep-curve") />
                        <SortHead order column=Column::Score label=t!("sweep-score") term="Score" />
                        <SortHead order column=Column::Range label=t!("sweep-compare-range") hint=t!("sweep-compare-range-hint") is_number=true />
                        <SortHead order column=Column::Slope label=t!("sweep-slope") hint=t!("sweep-compare-slope-hint") is_number=true />
                        <SortHead order column=Column::Useful label=t!("sweep-compare-useful") term="Useful range" hint=t!("sweep-compare-useful-hint") is_number=true />
                        <SortHead order column=Column::Area label=t!("sweep-compare-area") hint=t!("sweep-compare-area-hint") is_number=true />
                    </tr></thead>
                    <tbody>{move || is_open.get().then(|| visible().into_iter().map(row).collect_view())}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_both_ways() {
        let row = |name: &str, range: f64| Row {
            sweep: 1,
            arm: 0,
            name: name.into(),
            color: 0,
            score: "S".into(),
            set: String::new(),
            digest: CurveSummary { range, slope: 0.0, area: 0.0, at_zero: None },
            useful: None,
            decimals: 2,
        };
        let names = |rows: Vec<Row>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        let all = vec![row("b", 1.0), row("a", 3.0), row("c", 2.0)];
        assert_eq!(names(sorted(all.clone(), SortOrder::by(Column::Name))), ["a", "b", "c"]);
        assert_eq!(
            names(sorted(all, SortOrder { column: Column::Range, is_descending: true })),
            ["a", "c", "b"]
        );
    }
}
