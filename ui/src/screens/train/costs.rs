//! What the runs cost: the numbers that each has trained, its steps and its time.

use ipc::train::Run;
use leptos::prelude::*;

use crate::format;
use crate::state::{Store, store};

/// The table of costs.
#[component]
pub(super) fn Costs() -> impl IntoView {
    let store = store();
    view! {
        <Show when=move || !store.runs.read().is_empty()>
            <details>
                <summary>"What they cost"</summary>
                <div class="table-box"><table data-testid="cost-table">
                    <thead><tr>
                        <th>"Name"</th><th>"Method"</th><th class="number">"Trained numbers"</th><th class="number">"Of the model\u{2019}s parameters"</th>
                        <th class="number">"Steps"</th><th class="number">"Time in steps"</th>
                    </tr></thead>
                    <tbody>{move || store.runs.get().into_iter().map(|run| cost(store, run)).collect_view()}</tbody>
                </table></div>
                <p class="quiet small">"Time is what the steps took, without preparing and measuring; energy is not measured. Methods without steps train no numbers: they read as many off the activations."</p>
            </details>
        </Show>
    }
}

fn cost(store: Store, run: Run) -> impl IntoView {
    let facts =
        store.models.read().iter().find(|model| model.id == run.model).and_then(|model| model.facts.clone());
    let numbers = facts.as_ref().map(|facts| ipc::train::trained_numbers(&run.settings, facts));
    let trains = run.settings.method.has_steps();
    let share = numbers.zip(facts).map(|(numbers, facts)| numbers as f64 / facts.parameters.max(1) as f64);
    let unknown = || "\u{2013}".to_owned();
    view! {
        <tr>
            <td>{run.name}</td>
            <td>{format::method(run.settings.method)}</td>
            <td class="number">{numbers.filter(|_| trains).map_or_else(unknown, |numbers| numbers.to_string())}</td>
            <td class="number">{share.filter(|_| trains).map_or_else(unknown, small_percent)}</td>
            <td class="number">{if trains { run.steps.to_string() } else { unknown() }}</td>
            <td class="number">{if run.seconds > 0.0 { format::duration(run.seconds) } else { unknown() }}</td>
        </tr>
    }
}

/// Returns a share that is far below a per cent.
fn small_percent(share: f64) -> String {
    format!("{} %", format::number(format::in_percent(share), 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vectors_share_of_its_model_keeps_its_digits() {
        assert_eq!(small_percent(576.0 / 134_515_008.0), "0.00043 %");
    }
}
