//! Tables of the numbers behind a run's curves.

use ipc::train::{EpochPoint, History, StepPoint};
use leptos::prelude::*;

use crate::format;
use crate::widgets::Term;

/// Steps in the table: the last ones.
const LISTED_STEPS: usize = 200;

/// Returns a sign as people write it; a step with both has ±.
pub(super) fn sign(sign: i8) -> String {
    if sign == 0 { "\u{00b1}1".into() } else { format::signed(f64::from(sign), 0) }
}

/// The numbers behind the charts.
#[component]
pub(super) fn Tables(history: Memo<History>) -> impl IntoView {
    let epoch = |e: &EpochPoint| {
        view! {
            <tr>
                <td class="number">{e.epoch}</td><td class="number">{e.step}</td>
                <td class="number">{format::number(e.plus, 2)}</td><td class="number">{format::number(e.minus, 2)}</td>
                <td class="number">{format::percent(e.sign_accuracy)}</td>
            </tr>
        }
    };
    let step = |s: &StepPoint| {
        view! {
            <tr>
                <td class="number">{s.step}</td><td class="number">{sign(s.sign)}</td>
                <td class="number">{format::number(s.loss, 4)}</td><td class="number">{format::number(s.margin, 2)}</td>
                <td class="number">{s.sign_accuracy.map(format::percent)}</td>
                <td class="number">{format::number(s.gradient_norm, 3)}</td><td class="number">{format::number(s.vector_norm, 2)}</td>
                <td class="number">{format!("{:.4}", s.learning_rate)}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box" data-testid="train-history-table">
            <table>
                <thead><tr>
                    <th class="number"><Term name="Epoch" /></th><th class="number">"Step"</th><th class="number"><Term name="Margin" text="Margin at +1" /></th>
                    <th class="number"><Term name="Margin" text="Margin at \u{2212}1" /></th><th class="number"><Term name="Sign accuracy" text="Right way" /></th>
                </tr></thead>
                <tbody>{move || history.read().epochs.iter().map(epoch).collect_view()}</tbody>
            </table>
        </div>
        <details>
            <summary>"Steps"</summary>
            <div class="table-box steps">
                <table data-testid="train-steps-table">
                    <thead><tr>
                        <th class="number">"Step"</th><th class="number">"d"</th><th class="number"><Term name="Loss" /></th><th class="number"><Term name="Margin" text="d \u{00d7} margin" /></th>
                        <th class="number"><Term name="Sign accuracy" text="Right way" /></th>
                        <th class="number"><Term name="Norm" text="Gradient norm" /></th><th class="number"><Term name="Norm" text="Vector norm" /></th><th class="number"><Term name="Learning rate" text="Rate" /></th>
                    </tr></thead>
                    <tbody>{move || history.read().steps.iter().rev().take(LISTED_STEPS).map(step).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
