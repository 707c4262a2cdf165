//! The table of what the runs took: time before, in and between the steps, and memory (Table 15 of the paper).

use std::fmt::Write as _;

use ipc::command::ExportTable;
use ipc::files::FilePurpose;
use ipc::model::Model;
use ipc::spreadsheet::{guarded, quoted};
use ipc::train::{Method, Run, trained_numbers};
use leptos::prelude::*;

use super::layer_choice::{all_layers, numbered_layers};
use crate::bridge;
use crate::chosen_files;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{Term, WriteFile, Writing};

/// What one run took. Times are in seconds, `None` where they were not measured.
#[derive(Debug, Clone, PartialEq)]
struct Cost {
    run: String,
    method: Method,
    model: String,
    /// The layers; `None` for all of them.
    layers: Option<String>,
    /// The numbers that are trained, and their share of the model's parameters. `None` for methods without steps.
    trained: Option<u64>,
    share: Option<f64>,
    steps: u32,
    preparing: Option<f64>,
    stepping: f64,
    measuring: Option<f64>,
    peak_bytes: Option<u64>,
}

impl Cost {
    /// Returns the run's cost. `None` before anything of it was measured.
    fn of(run: &Run, models: &[Model]) -> Option<Self> {
        let cost = run.cost;
        if run.seconds <= 0.0 && cost.preparing_seconds.is_none() {
            return None;
        }
        let model = models.iter().find(|model| model.id == run.model);
        // Methods without steps read as many numbers off the activations, and train none.
        let facts = model.and_then(|model| model.facts.as_ref()).filter(|_| run.settings.method.has_steps());
        let trained = facts.map(|facts| trained_numbers(&run.settings, facts));
        let share =
            trained.zip(facts).map(|(numbers, facts)| numbers as f64 / facts.parameters.max(1) as f64);
        Some(Self {
            trained,
            share,
            run: run.name.clone(),
            method: run.settings.method,
            model: model.map(|model| model.name.clone()).unwrap_or_default(),
            layers: numbered_layers(&run.settings),
            steps: if run.settings.method.has_steps() { run.steps } else { 0 },
            preparing: cost.preparing_seconds,
            stepping: run.seconds,
            measuring: cost.measuring_seconds,
            peak_bytes: cost.peak_bytes,
        })
    }

    /// Returns the seconds of all parts that were measured.
    fn total(&self) -> f64 {
        self.preparing.unwrap_or(0.0) + self.stepping + self.measuring.unwrap_or(0.0)
    }

    fn a_step(&self) -> Option<f64> {
        (self.steps > 0 && self.stepping > 0.0).then(|| self.stepping / f64::from(self.steps))
    }
}

const COLUMNS: &str = "run,method,model,layers,trained_numbers,share_of_parameters,steps,preparing_seconds,step_seconds,measuring_seconds,total_seconds,\
seconds_per_step,peak_bytes";

/// Writes the table as CSV, with every digit.
fn csv(costs: &[Cost]) -> String {
    let mut text = format!("{COLUMNS}\n");
    for cost in costs {
        let layers = cost.layers.as_deref().unwrap_or("all");
        let words = [&*cost.run, &*format::method(cost.method), &cost.model, layers]
            .map(|word| quoted(&guarded(word)).into_owned());
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{}",
            words.join(","),
            cost.trained.map(|numbers| numbers.to_string()).unwrap_or_default(),
            number(cost.share),
            cost.steps,
            number(cost.preparing),
            cost.stepping,
            number(cost.measuring),
            cost.total(),
            number(cost.a_step()),
            cost.peak_bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
        );
    }
    text
}

/// What every run of the project took.
#[component]
pub(super) fn CostTable() -> impl IntoView {
    let store = store();
    let costs = Memo::new(move |_| {
        let (runs, models) = (store.runs.read(), store.models.read());
        runs.iter().filter_map(|run| Cost::of(run, &models)).collect::<Vec<_>>()
    });
    let row = |cost: Cost| {
        let seconds = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), format::duration);
        view! {
            <tr data-testid="cost-row">
                <td class="name"><div class="ellipsis" title=cost.run.clone()>{cost.run.clone()}</div></td>
                <td>{format::method(cost.method)}</td>
                <td class="number">{cost.layers.clone().unwrap_or_else(all_layers)}</td>
                <td class="number">{cost.trained.map_or("\u{2013}".to_owned(), format::count)}</td>
                <td class="number">{cost.share.map_or("\u{2013}".to_owned(), small_percent)}</td>
                <td class="number">{if cost.steps > 0 { cost.steps.to_string() } else { "\u{2013}".to_owned() }}</td>
                <td class="number">{seconds(cost.preparing)}</td>
                <td class="number">{seconds(Some(cost.stepping).filter(|_| cost.steps > 0))}</td>
                <td class="number">{seconds(cost.measuring)}</td>
                <td class="number">{format::duration(cost.total())}</td>
                <td class="number">{cost.peak_bytes.map_or("\u{2013}".to_owned(), format::bytes)}</td>
            </tr>
        }
    };
    view! {
        <Show when=move || !costs.read().is_empty()>
            <details>
            <summary data-testid="costs">{t!("train-costs")}</summary>
            <div class="fields">
            <div class="table-box"><table class="wide-name-table costs" data-testid="cost-table">
                <thead><tr>
                    <th>{t!("train-cost-run")}</th><th>{t!("method")}</th><th class="number"><Term name="Layer" text=t!("layers") /></th>
                    <th class="number">{t!("train-cost-trained")}</th><th class="number">{t!("train-cost-share")}</th><th class="number">{t!("steps")}</th>
                    <th class="number">{t!("train-cost-preparing")}</th><th class="number">{t!("train-cost-stepping")}</th>
                    <th class="number"><Term name="Held out" text=t!("train-held-out-pairs") /></th><th class="number">{t!("train-cost-total")}</th>
                    <th class="number">{t!("train-cost-memory")}</th>
                </tr></thead>
                <tbody>{move || costs.get().into_iter().map(row).collect_view()}</tbody>
            </table></div>
            <p class="quiet small">{t!("train-costs-note")}</p>
            <CostExport costs />
            </div>
            </details>
        </Show>
    }
}

/// Writes a share that is far below a per cent.
fn small_percent(share: f64) -> String {
    t!("percent", number = format::number(format::in_percent(share), 5))
}

/// Writes the table to a file.
#[component]
fn CostExport(costs: Memo<Vec<Cost>>) -> impl IntoView {
    let purpose =
        Callback::new(|()| FilePurpose::ExportSweep { name: t!("train-costs-file"), ending: "csv".into() });
    let write = move |path: &str, replace: bool| {
        let (text, file) = (csv(&costs.read_untracked()), chosen_files::to_write(path));
        let writing: Writing = Box::pin(bridge::call(ExportTable { text, file, replace }));
        Some((path.to_owned(), writing))
    };
    view! {
        <details>
            <summary data-testid="cost-export">{t!("train-costs-export")}</summary>
            <div class="fields">
                <WriteFile label=t!("train-costs-export-file") testid="cost-export" purpose write />
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;
    use ipc::train::RunCost;

    use super::*;
    use crate::samples;

    #[test]
    fn a_vectors_share_of_its_model_keeps_its_digits() {
        assert_eq!(small_percent(576.0 / 134_515_008.0), "0.00043 %");
    }

    #[test]
    fn a_cost_adds_up_and_is_written_with_every_digit() {
        let run = samples::run(3, JobState::Done);
        assert_eq!(Cost::of(&run, &[]), None, "nothing was measured");
        let cost =
            RunCost { preparing_seconds: Some(2.5), measuring_seconds: None, peak_bytes: Some(1 << 30) };
        let run = Run { name: "=A, B".into(), seconds: 42.5, cost, ..run };
        let cost = Cost::of(&run, &[]).expect("a cost");
        assert_eq!((cost.total(), cost.a_step()), (45.0, Some(0.5)));
        let line = format!("\"'=A, B\",{},,10,,,85,2.5,42.5,,45,0.5,1073741824", format::method(cost.method));
        assert_eq!(csv(&[cost]), format!("{COLUMNS}\n{line}\n"));
    }
}
