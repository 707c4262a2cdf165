//! Compares the memory that a model needs with what is free. It advises and forbids nothing.

use ipc::model::{MemoryNeed, Model, Precision};
use leptos::prelude::*;

use super::library::parts;
use crate::format;
use crate::t;

/// Returns the name of a precision.
#[must_use]
pub fn precision_label(precision: Precision) -> String {
    match precision {
        Precision::Quantized => t!("models-precision-stored"),
        Precision::Q8 => t!("models-precision-q8"),
        Precision::F32 => "F32".to_owned(),
    }
}

/// A line of the table: its name, and the function that reads its number.
type Line = (String, fn(&MemoryNeed) -> u64);

#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn MemoryNeedTable(model: Model) -> impl IntoView {
    let (_, library) = parts();
    // The memory of the model itself would be free without it.
    let own = model.in_memory.map_or(0, |there| there.bytes);
    let free = move || library.machine.read().as_ref().map(|machine| machine.free_bytes + own);
    let rows: [Line; 3] = [
        (t!("models-to-load"), |need| need.load),
        (t!("models-to-chat"), |need| need.chat),
        (t!("models-to-train"), |need| need.train),
    ];
    let chosen = model.precision;
    let cell = move |bytes: u64, precision: Precision| {
        let is_too_much = move || free().is_some_and(|free| bytes > free);
        view! {
            <td class="number" class:warning=is_too_much class:strong=precision == chosen>{format::bytes(bytes)}</td>
        }
    };
    let needs = model.needs.clone();
    let heads = needs
        .iter()
        .map(|need| need.precision)
        .map(|precision| {
            view! {
                <th class="number">{precision_label(precision)}</th>
            }
        })
        .collect_view();
    let body = rows.map(|(name, read)| {
        let cells = needs.iter().map(|need| cell(read(need), need.precision)).collect_view();
        view! { <tr><td>{name}</td>{cells}</tr> }
    });
    let note = move || {
        let Some(machine) = library.machine.get() else { return String::new() };
        let (free, total) = (format::bytes(machine.free_bytes + own), format::bytes(machine.total_bytes));
        if own > 0 {
            t!("models-free-without", free = free, total = total)
        } else {
            t!("models-free", free = free, total = total)
        }
    };
    view! {
        <div class="table-box needs" tabindex="0" data-testid="model-needs">
            <table><thead><tr><th>{t!("models-memory")}</th>{heads}</tr></thead><tbody>{body}</tbody></table>
        </div>
        <p class="quiet small" data-testid="machine-free">{note}</p>
    }
}
