//! Shows the items behind a point: each pair, answer, question or paragraph, with its value and its difference from the
//! unsteered model.

use ipc::Failure;
use ipc::command::ReadPoint;
use ipc::score::{Judge, Score};
use ipc::sweep::PointItem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::diff;
use super::view_state::CurvePoint;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;
use crate::widgets::{SortHead, SortOrder};

/// A column by which the items are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    CurvePoint,
    Value,
    Moved,
}

/// The table of the items behind one point of a curve.
#[component]
pub(super) fn PointExamples(place: CurvePoint) -> impl IntoView {
    let store = store();
    let items = RwSignal::new(None::<Result<Vec<PointItem>, Failure>>);
    let CurvePoint { sweep, curve, multiplier } = place;
    spawn_local(async move {
        let found = bridge::call(ReadPoint { sweep, curve, multiplier }).await;
        items.try_set(Some(found));
    });
    let about = store.sweeps.with_untracked(|sweeps| {
        let sweep = sweeps.iter().find(|one| one.id == sweep)?;
        let arm = sweep.settings.arms.get(curve.arm as usize)?.name.clone();
        Some((arm, sweep.settings.score_on(curve.score, curve.set)?.into_owned()))
    });
    let Some((arm, score)) = about else { return ().into_any() };
    let at = format::multiplier(multiplier);
    let title = t!("sweep-point-title", score = said(&score.name()), arm = arm, multiplier = at);
    view! {
        <section class="reveal">
            <h3>{title}</h3>
            {move || match items.get() {
                None => view! { <p class="quiet">{t!("sweep-point-reading")}</p> }.into_any(),
                Some(Err(failure)) => view! { <FailureNote failure /> }.into_any(),
                Some(Ok(items)) => view! { <Table items score=score.clone() multiplier /> }.into_any(),
            }}
        </section>
    }
    .into_any()
}

fn moved(item: &PointItem) -> Option<f64> {
    Some(item.value? - item.unsteered?)
}

fn sorted(mut items: Vec<PointItem>, order: SortOrder<Column>) -> Vec<PointItem> {
    let key = |item: &PointItem| match order.column {
        Column::CurvePoint => Some(f64::from(item.place)),
        Column::Value => item.value,
        Column::Moved => moved(item),
    };
    // Items without a value come last in either direction.
    items.sort_by(|a, b| match (key(a), key(b)) {
        (Some(a), Some(b)) => order.apply(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    items
}

#[component]
fn Table(items: Vec<PointItem>, score: Score, multiplier: f64) -> impl IntoView {
    let order = RwSignal::new(SortOrder::by(Column::Moved));
    let has = |of: fn(&PointItem) -> bool| items.iter().any(of);
    let has_answers = has(|item| item.answer.is_some());
    let has_pairs = !has_answers && has(|item| item.wanted.is_some());
    let has_notes = has(|item| item.note.is_some());
    let decimals = score.decimals().max(2);
    let row = move |item: PointItem| {
        let moved = moved(&item);
        let steered = item.answer.clone().map(|answer| {
            let pieces = diff::pieces(item.unsteered_answer.as_deref().unwrap_or_default(), &answer);
            pieces
                .into_iter()
                .map(|piece| {
                    if piece.is_new {
                        view! { <mark>{piece.text}</mark> }.into_any()
                    } else {
                        view! { <span>{piece.text}</span> }.into_any()
                    }
                })
                .collect_view()
        });
        view! {
            <tr data-testid="point-row">
                <td class="text prose">{item.prompt}</td>
                {has_answers.then(|| view! { <td class="text prose">{item.unsteered_answer}</td><td class="text prose">{steered}</td> })}
                {has_pairs.then(|| view! { <td class="text prose">{item.wanted}</td><td class="text prose">{item.opposite}</td> })}
                <td class="number">{item.value.map_or_else(|| t!("sweep-point-unread"), |value| format::number(value, decimals))}</td>
                <td class="number">{moved.map(|moved| format::signed(moved, decimals))}</td>
                {has_notes.then(|| view! { <td class="quiet small">{item.note}</td> })}
            </tr>
        }
    };
    // A judge behind an address answers in words. The model's own verdict consists of the levels' probabilities.
    let is_remote = matches!(score.judged(), Some((Judge::Endpoint(_), _)));
    view! {
        <div class="table-box behind">
            <table>
                <thead><tr>
                    <SortHead order column=Column::CurvePoint label=t!("prompt") />
                    {has_answers.then(|| view! { <th>{t!("sweep-point-unsteered")}</th><th>{t!("sweep-point-at", multiplier = format::multiplier(multiplier))}</th> })}
                    {has_pairs.then(|| view! { <th>{t!("wanted")}</th><th>{t!("opposite")}</th> })}
                    <SortHead order column=Column::Value label=said(score.unit()) is_number=true testid="sort-value" />
                    <SortHead order column=Column::Moved label=t!("sweep-point-against") is_number=true testid="sort-moved" />
                    {has_notes.then(|| view! { <th>{if is_remote { t!("sweep-point-verdict") } else { t!("sweep-point-probabilities") }}</th> })}
                </tr></thead>
                <tbody>{move || { sorted(items.clone(), order.get()).into_iter().map(row).collect_view() }}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_sorted_with_those_without_a_value_last() {
        let item = |place, value| PointItem { place, value, unsteered: Some(0.0), ..PointItem::default() };
        let items = vec![item(0, Some(2.0)), item(1, None), item(2, Some(-1.0))];
        let places = |column, is_descending| {
            sorted(items.clone(), SortOrder { column, is_descending })
                .iter()
                .map(|i| i.place)
                .collect::<Vec<_>>()
        };
        assert_eq!(places(Column::Value, false), [2, 0, 1]);
        assert_eq!(places(Column::Moved, true), [0, 2, 1]);
    }
}
