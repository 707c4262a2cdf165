//! Tables of the numbers behind a run's curves.

use ipc::train::{EpochPoint, History, StepPoint};
use leptos::prelude::*;

use crate::format;
use crate::t;
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
                    <th class="number"><Term name="Epoch" /></th><th class="number">{t!("train-table-step")}</th><th class="number"><Term name="Margin" text=t!("train-table-margin-plus") /></th>
                    <th class="number"><Term name="Margin" text=t!("train-table-margin-minus") /></th><th class="number"><Term name="Sign accuracy" text=t!("train-table-right-way") /></th>
                </tr></thead>
                <tbody>{move || history.read().epochs.iter().map(epoch).collect_view()}</tbody>
            </table>
        </div>
        <details>
            <summary>{t!("train-table-steps")}</summary>
            <div class="table-box steps">
                <table data-testid="train-steps-table">
                    <thead><tr>
                        <th class="number">{t!("train-table-step")}</th><th class="number">"d"</th><th class="number"><Term name="Loss" /></th><th class="number"><Term name="Margin" text=t!("train-d-margin") /></th>
                        <th class="number"><Term name="Sign accuracy" text=t!("train-table-right-way") /></th>
                        <th class="number"><Term name="Norm" text=t!("train-table-gradient-norm") /></th><th class="number"><Term name="Norm" text=t!("train-table-vector-norm") /></th><th class="number"><Term name="Learning rate" text=t!("train-rate") /></th>
                    </tr></thead>
                    <tbody>{move || history.read().steps.iter().rev().take(LISTED_STEPS).map(step).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
