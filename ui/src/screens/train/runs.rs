//! The table of runs with their settings and costs. A click on a run shows its curves.

use ipc::command::DeleteRun;
use ipc::job::JobState;
use ipc::train::Run;
use leptos::prelude::*;

use super::form::Form;
use super::layer_choice::layers_of_run;
use super::run::run_state;
use crate::format;
use crate::state::{Store, store};
use crate::widgets::Term;

/// The list of runs, newest first.
#[component]
pub(super) fn Runs() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let shown = form.shown_run(store);
    let waiting = move || store.runs.read().iter().filter(|run| run.state == JobState::Queued).count();
    // The buttons of a row are not the row.
    let stop = |event: web_sys::MouseEvent| event.stop_propagation();
    let stop_key = |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.stop_propagation();
        }
    };
    let row = move |run: Run| {
        let (id, settings) = (run.id, run.settings.clone());
        let epochs =
            if settings.method.has_steps() { settings.epochs.to_string() } else { "\u{2013}".into() };
        let rate =
            if settings.method.has_steps() { settings.learning_rate.to_string() } else { "\u{2013}".into() };
        let set =
            store.data_sets.read().iter().find(|set| set.id == run.data_set).map(|set| set.name.clone());
        let is_open = !run.state.is_over();
        let is_shown = move || shown.read().as_ref().map(|run| run.id) == Some(id);
        view! {
            <tr class="link-row" data-testid="run-row" tabindex="0" aria-selected=move || is_shown().to_string()
                on:click=move |_| form.run.set(Some(id))
                on:keydown=move |event| if event.key() == "Enter" { form.run.set(Some(id)); }>
                <td>{run.name}</td>
                <td>{set}</td>
                <td>{format::method(settings.method)}</td>
                <td class="number">{layers_of_run(&settings)}</td>
                <td class="number">{epochs}</td>
                <td class="number">{rate}</td>
                <td>{run_state(&run.state)}</td>
                <td class="quiet nowrap">{format::date(run.created)}</td>
                <td on:click=stop on:keydown=stop_key>
                    <button class="link" data-testid="run-delete" disabled=is_open title="Deletes this run with its curves; its vectors stay, and Ctrl+Z brings it back"
                        on:click=move |_| store.delete(DeleteRun { run: id })>"Delete"</button>
                </td>
            </tr>
        }
    };
    view! {
        <Show when=move || !store.runs.read().is_empty()>
            <div class="row"><h3 class="grow"><Term name="Run" text="Runs" /></h3>
                {move || (waiting() > 0).then(|| view! {
                    <span class="quiet small" data-testid="runs-waiting">{format!("{} in the queue; Train adds another", format::plural(waiting(), "run"))}</span>
                })}
            </div>
            <div class="table-box">
                <table>
                    <thead><tr>
                        <th>"Name"</th><th>"Data set"</th><th>"Method"</th><th class="number"><Term name="Layer" /></th><th class="number"><Term name="Epoch" text="Epochs" /></th>
                        <th class="number"><Term name="Learning rate" text="Rate" /></th><th>"State"</th><th>"Begun"</th><th></th>
                    </tr></thead>
                    <tbody>{move || store.runs.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
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
