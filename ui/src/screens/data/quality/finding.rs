//! The card of one finding: what is wrong, what follows from it, its pairs, and its repair.

use ipc::list::PairFilter;
use ipc::quality::{Finding, FindingRow, Repair, Weight};
use leptos::prelude::*;

use super::check::Check;
use crate::format;
use crate::screens::data::pairs::Pairs;

/// Rows that are listed before a person asks for more.
const FIRST_ROWS: usize = 50;

/// The card of a finding.
#[component]
pub(super) fn FindingCard(found: Finding) -> impl IntoView {
    let (check, pairs) = (expect_context::<Check>(), expect_context::<Pairs>());
    let is_open = RwSignal::new(false);
    let (weight, weight_word) = match found.weight {
        Weight::Problem => ("problem", "Problem"),
        Weight::Warning => ("warning", "Warning"),
        Weight::Note => ("note", "Note"),
    };
    let (rows, ids) = (StoredValue::new(found.rows), StoredValue::new(found.pairs));
    let list = move |_| {
        pairs
            .look_for(|filter| *filter = PairFilter { only: Some(ids.get_value()), ..PairFilter::default() });
    };
    let count = found.count as usize;
    let repair = found.repair.map(|repair| {
        view! {
            <button class="button" data-testid=format!("repair-{}", repair_key(repair)) title="One edit: Undo takes it back"
                disabled=move || check.is_busy.get() on:click=move |_| check.repair(pairs, repair, None)>{repair_label(repair)}</button>
        }
    });
    view! {
        <section class="finding" data-testid="finding" data-weight=weight>
            <span class="mark">{weight_word}</span>
            <div>
                <p class="message">{found.message}</p>
                <p class="quiet small">{found.why}</p>
            </div>
            <div class="row">
                {repair}
                <button class="button" data-testid="finding-list" title="Lists only these pairs on the left, to select and change them there" on:click=list>"List"</button>
                <button class="button" data-testid="finding-rows" aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>
                    {move || if is_open.get() { "Hide the pairs".to_owned() } else { format!("Show {}", format::plural(count, "pair")) }}
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
                <thead><tr><th class="number">"Pair"</th><th>"Prompt"</th><th>"What it shows"</th>{can_be_single(repair).then(|| view! { <td></td> })}</tr></thead>
                <tbody>
                    <For each=listed key=|row| row.pair children=move |row| view! { <Row row repair /> } />
                </tbody>
            </table>
        </div>
        <Show when=move || shown.get() < total>
            <div><button class="button" on:click=move |_| shown.update(|shown| *shown += 10 * FIRST_ROWS)>"Show more"</button></div>
        </Show>
        {(left_out > 0).then(|| view! { <p class="quiet small">{format!("and {left_out} more")}</p> })}
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
                }>"Swap"</button></td>
        }
    });
    view! {
        <tr class="link-row" data-testid="finding-row" title="Open the pair" on:click=move |_| pairs.show_pair(pair)>
            <td class="number">{row.number}</td>
            <td class="text">{if row.prompt.is_empty() { "(no prompt)".to_owned() } else { row.prompt }}</td>
            <td class="text quiet">{row.note}</td>
            {single}
        </tr>
    }
}

/// Returns whether each pair is looked at by itself before it is repaired.
fn can_be_single(repair: Option<Repair>) -> bool {
    repair == Some(Repair::Swap)
}

/// Returns the text of a repair's button.
fn repair_label(repair: Repair) -> &'static str {
    match repair {
        Repair::DeleteDuplicates => "Delete the duplicates",
        Repair::DeleteEmpty | Repair::DeleteIdentical => "Delete these pairs",
        Repair::TrainOnLeaked => "Move them to training",
        Repair::Trim => "Trim the white space",
        Repair::EvenLetters => "Even out the letters",
        Repair::Swap => "Swap all of them",
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
