//! The card of one finding: what is wrong, what follows from it, its pairs, and its repair.

use ipc::list::PairFilter;
use ipc::quality::{Finding, FindingRow, Repair, Weight};
use leptos::prelude::*;

use super::check::Check;
use crate::screens::data::pairs::Pairs;
use crate::t;
use crate::text::said;

/// Rows that are listed before a person asks for more.
const FIRST_ROWS: usize = 50;

/// The card of a finding.
#[component]
pub(super) fn FindingCard(found: Finding) -> impl IntoView {
    let (check, pairs) = (expect_context::<Check>(), expect_context::<Pairs>());
    let is_open = RwSignal::new(false);
    let (weight, weight_word) = match found.weight {
        Weight::Problem => ("problem", t!("data-weight-problem")),
        Weight::Warning => ("warning", t!("data-weight-warning")),
        Weight::Note => ("note", t!("data-weight-note")),
    };
    let (rows, ids) = (StoredValue::new(found.rows), StoredValue::new(found.pairs));
    let list = move |_| {
        pairs
            .look_for(|filter| *filter = PairFilter { only: Some(ids.get_value()), ..PairFilter::default() });
    };
    let count = found.count as usize;
    let repair = found.repair.map(|repair| {
        view! {
            <button class="button" data-testid=format!("repair-{}", repair_key(repair)) title=t!("data-repair-title")
                disabled=move || check.is_busy.get() on:click=move |_| check.repair(pairs, repair, None)>{repair_label(repair)}</button>
        }
    });
    view! {
        <section class="finding" data-testid="finding" data-weight=weight>
            <span class="mark">{weight_word}</span>
            <div>
                <p class="message">{said(&found.message)}</p>
                <p class="quiet small">{said(&found.why)}</p>
            </div>
            <div class="row">
                {repair}
                <button class="button" data-testid="finding-list" title=t!("data-finding-list-title") on:click=list>{t!("data-finding-list")}</button>
                <button class="button" data-testid="finding-rows" aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>
                    {move || if is_open.get() { t!("data-finding-hide") } else { t!("data-finding-show", count = count) }}
                </button>
            </div>
            <Show when=move || is_open.get()><Rows rows count repair=found.repair /></Show>
        </section>
    }
}

/// The pairs of a finding; a click opens one.
#[component]
fn Rows(rows: StoredValue<Vec<FindingRow>>, count: usize, repair: Option<Repair>) -> impl IntoView {
    let shown = RwSignal::new(FIRST_ROWS);
    let listed = move || rows.with_value(|rows| rows.iter().take(shown.get()).cloned().collect::<Vec<_>>());
    let total = rows.with_value(Vec::len);
    let left_out = count.saturating_sub(total);
    view! {
        <div class="table-box rows">
            <table class="left-aligned">
                <thead><tr><th class="number">{t!("data-pair")}</th><th>{t!("prompt")}</th><th>{t!("data-finding-shows")}</th>{can_be_single(repair).then(|| view! { <td></td> })}</tr></thead>
                <tbody>
                    <For each=listed key=|row| row.pair children=move |row| view! { <Row row repair /> } />
                </tbody>
            </table>
        </div>
        <Show when=move || shown.get() < total>
            <div><button class="button" on:click=move |_| shown.update(|shown| *shown += 10 * FIRST_ROWS)>{t!("show-more")}</button></div>
        </Show>
        {(left_out > 0).then(|| view! { <p class="quiet small">{t!("data-and-more", number = left_out)}</p> })}
    }
}

#[component]
fn Row(row: FindingRow, repair: Option<Repair>) -> impl IntoView {
    let (check, pairs) = (expect_context::<Check>(), expect_context::<Pairs>());
    let pair = row.pair;
    let single = repair.filter(|repair| can_be_single(Some(*repair))).map(|repair| {
        view! {
            <td><button class="button" data-testid="repair-one" disabled=move || check.is_busy.get()
                on:click=move |event| {
                    event.stop_propagation();
                    check.repair(pairs, repair, Some(vec![pair]));
                }>{t!("data-swap")}</button></td>
        }
    });
    let prompt = if row.prompt.is_empty() { t!("data-no-prompt") } else { row.prompt };
    let name = format!("{}: {prompt}", row.number);
    // Enter on the button of the repair is the button's.
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && event.target() == event.current_target() {
            pairs.show_pair(pair);
        }
    };
    view! {
        <tr class="link-row" data-testid="finding-row" tabindex="0" aria-label=name title=t!("data-open-pair")
            on:click=move |_| pairs.show_pair(pair) on:keydown=on_key>
            <td class="number">{row.number}</td>
            <td class="text prose">{prompt}</td>
            <td class="text quiet">{said(&row.note)}</td>
            {single}
        </tr>
    }
}

/// Returns whether each pair is looked at by itself before it is repaired.
fn can_be_single(repair: Option<Repair>) -> bool {
    repair == Some(Repair::Swap)
}

/// Returns the text of a repair's button.
fn repair_label(repair: Repair) -> String {
    match repair {
        Repair::DeleteDuplicates => t!("data-repair-duplicates"),
        Repair::DeleteEmpty | Repair::DeleteIdentical => t!("data-repair-delete"),
        Repair::TrainOnLeaked => t!("data-repair-leaked"),
        Repair::Trim => t!("data-repair-trim"),
        Repair::EvenLetters => t!("data-repair-letters"),
        Repair::Swap => t!("data-repair-swap"),
    }
}

/// Returns a repair's name in tests.
fn repair_key(repair: Repair) -> &'static str {
    match repair {
        Repair::DeleteDuplicates => "duplicates",
        Repair::DeleteEmpty => "empty",
        Repair::DeleteIdentical => "identical",
        Repair::TrainOnLeaked => "leaked",
        Repair::Trim => "trim",
        Repair::EvenLetters => "letters",
        Repair::Swap => "swap",
    }
}
