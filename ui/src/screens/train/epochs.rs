//! The view that measures the epochs of a run over multipliers, to find out which epoch to keep.

use ipc::Id;
use ipc::analysis::{Analysis, Finding, Question};
use ipc::command::PickEpoch;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::run::read_history;
use super::tab::Tab;
use crate::actions::Screen;
use crate::bridge;
use crate::charts::{Chart, Heat, Picture};
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::analysis::{AnalysisState, ask_about, is_open, newest};
use crate::widgets::{FaultNote, FieldFaults, Term, TypedField, forget_with};

/// The tab "Epochs".
#[component]
#[expect(clippy::too_many_lines, reason = "a view, from top to bottom")]
pub(super) fn EpochsView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let (failure, multipliers) = (RwSignal::new(None), form.kept.epoch_multipliers);
    // What is wrong here is nothing to the settings on the left.
    let faults = FieldFaults::provide();
    let fault = Signal::derive(move || format::read_multipliers(&multipliers.read()).err());
    let run = form.shown_run(store);
    forget_with(failure, move || (run.read().as_ref().map(|run| run.id), multipliers.get()));
    Effect::new(move |_| {
        if let Some(run) = run.get() {
            read_history(store, run.id);
        }
    });
    let kept = Memo::new(move |_| {
        let run = run.read().as_ref().map(|run| run.id)?;
        store.histories.read().get(&run).map(|history| history.vectors.clone())
    });
    let analysis = Memo::new(move |_| {
        let id = run.read().as_ref()?.id;
        newest(store, |analysis| matches!(analysis.question, Question::Epochs { run, .. } if run == id))
    });
    // The run that was shown when a cell was chosen, with the cell: another run has other epochs.
    let picked_cell = RwSignal::new(None::<(Id, u32, f64)>);
    let chosen = move || {
        let shown = run.read().as_ref().map(|run| run.id);
        picked_cell
            .get()
            .filter(|(of, ..)| Some(*of) == shown)
            .map(|(_, epoch, multiplier)| (epoch, multiplier))
    };
    let heat = Memo::new(move |_| heat(&kept.get().unwrap_or_default(), analysis.read().as_ref()));
    let start = move |_| {
        let (Some(run), Ok(multipliers)) =
            (run.get_untracked(), format::read_multipliers(&multipliers.read_untracked()))
        else {
            return;
        };
        ask_about(store, run.model, run.data_set, Question::Epochs { run: run.id, multipliers }, failure);
    };
    let pick = move |epoch: u32| {
        let Some(run) = run.get_untracked() else { return };
        spawn_local(async move {
            match bridge::call(PickEpoch { run: run.id, epoch }).await {
                Ok(vector) => {
                    store.change_settings(|settings| settings.vector = Some(vector.id));
                    picked_cell.set(None);
                }
                Err(refused) => failure.set(Some(refused)),
            }
        });
    };
    let picked = move || {
        let run = run.read().as_ref().map(|run| run.id);
        let vectors = store.vectors.read();
        vectors
            .iter()
            .filter(|vector| vector.run == run)
            .filter_map(|vector| vector.epoch)
            .collect::<Vec<_>>()
    };
    let on_pick = Callback::new(move |(row, column): (String, f64)| {
        let multiplier = heat.read_untracked().1.get(column as usize).copied().unwrap_or_default();
        let shown = run.read_untracked().as_ref().map(|run| run.id);
        if let (Some(run), Ok(epoch)) = (shown, row.parse()) {
            picked_cell.set(Some((run, epoch, multiplier)));
        }
    });
    view! {
        <div class="row wrap">
            <h2 class="grow ellipsis">{move || run.get().map(|run| t!("train-epochs-of", run = run.name))}</h2>
            <div class="narrow-field">
                <TypedField label=t!("train-epochs-multipliers") testid="epochs-multipliers" value=multipliers fault is_bare=true />
            </div>
            <button class="button primary" data-testid="epochs-start"
                disabled=move || is_open(analysis.read().as_ref()) || kept.read().as_ref().is_none_or(Vec::is_empty) || faults.are_there()
                on:click=start>{t!("train-epochs-measure")}</button>
        </div>
        <p class="quiet">
            {t!("train-epochs-note")}
        </p>
        {move || kept.get().is_some_and(|kept| kept.is_empty()).then(|| view! {
            <div class="empty"><h2>{t!("train-epochs-none")}</h2><p>{t!("train-epochs-none-note")}</p>
                <button class="button" data-testid="empty-epochs" on:click=move |_| form.tab.set(Tab::Run)>{t!("train-go-to-run")}</button></div>
        })}
        <FaultNote faults />
        <AnalysisState analysis failure />
        <Show when=move || !heat.read().0.rows.is_empty()>
            <div class="chart tall">
                <div class="title">
                    <h3><Term name="Held out" text=t!("train-held-out") />{t!("train-epochs-score-after")}<Term name="Nats" text=t!("train-nats") /></h3>
                    <span class="key"><i style="color: var(--series-0)"></i>{t!("train-epochs-above")}</span>
                    <span class="key"><i style="color: var(--series-1)"></i>{t!("train-epochs-below")}</span>
                    <span class="quiet small">{t!("train-epochs-click")}</span>
                </div>
                <Chart picture=Signal::derive(move || Picture {
                    x_title: t!("train-epochs-axis-multiplier"), y_title: t!("train-axis-epoch"), heat: Some(heat.get().0), ..Picture::default()
                }) testid="chart-epochs" label=t!("train-epochs-chart-label") on_pick />
            </div>
            {move || chosen().map(|(epoch, multiplier)| view! {
                <div class="row" data-testid="epochs-chosen">
                    <span>{t!("train-epochs-chosen", epoch = epoch, multiplier = format::multiplier(multiplier))}</span>
                    <button class="button primary" data-testid="epochs-pick" on:click=move |_| pick(epoch)>{t!("train-epochs-make-of", epoch = epoch)}</button>
                </div>
            })}
            <div class="table-box"><table data-testid="epochs-table">
                <thead><tr>
                    <th class="number"><Term name="Epoch" /></th>
                    {move || heat.read().0.columns.iter().map(|column| view! { <th class="number">{column.clone()}</th> }).collect_view()}
                    <td></td>
                </tr></thead>
                <tbody>{move || rows(&heat.read().0).into_iter().map(|(epoch, values)| {
                    let is_picked = picked().contains(&epoch);
                    view! {
                        <tr data-testid="epochs-row">
                            <td class="number">{epoch}</td>
                            {values.into_iter().map(|value| view! {
                                <td class="number">{if value.is_finite() { format::number(value, 2) } else { "\u{2013}".into() }}</td>
                            }).collect_view()}
                            <td>{if is_picked {
                                view! { <button class="link" on:click=move |_| store.go(Screen::Vectors)>{t!("train-epochs-in-vectors")}</button> }.into_any()
                            } else {
                                view! { <button class="link" data-testid="epochs-row-pick" on:click=move |_| pick(epoch)>{t!("train-epochs-make")}</button> }.into_any()
                            }}</td>
                        </tr>
                    }
                }).collect_view()}</tbody>
            </table></div>
        </Show>
    }
}

/// Returns the epochs that are kept over the multipliers that were asked for, with those multipliers.
fn heat(kept: &[u32], analysis: Option<&Analysis>) -> (Heat, Vec<f64>) {
    let multipliers = match analysis.map(|analysis| &analysis.question) {
        Some(Question::Epochs { multipliers, .. }) => multipliers.clone(),
        _ => return (rows_without_columns(kept), vec![]),
    };
    let findings = analysis.map(|analysis| analysis.findings.as_slice()).unwrap_or_default();
    let score = |epoch: u32, multiplier: f64| {
        let found = findings.iter().find_map(|finding| match finding {
            Finding::Epoch { epoch: of, multiplier: at, score }
                if *of == epoch && at.total_cmp(&multiplier).is_eq() =>
            {
                Some(*score)
            }
            _ => None,
        });
        found.unwrap_or(f64::NAN)
    };
    let values: Vec<f64> = kept
        .iter()
        .flat_map(|epoch| multipliers.iter().map(|multiplier| score(*epoch, *multiplier)))
        .collect();
    let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let plain = kept.iter().map(|epoch| score(*epoch, 0.0)).find(|score| score.is_finite());
    let heat = Heat {
        columns: multipliers.iter().map(|multiplier| format::multiplier(*multiplier)).collect(),
        middle: plain.unwrap_or(mean),
        decimals: 1,
        values,
        ..rows_without_columns(kept)
    };
    (heat, multipliers)
}

fn rows_without_columns(kept: &[u32]) -> Heat {
    Heat { rows: kept.iter().map(ToString::to_string).collect(), ..Heat::default() }
}

/// The same numbers as rows of a table.
fn rows(heat: &Heat) -> Vec<(u32, Vec<f64>)> {
    let width = heat.columns.len();
    let epoch = |(row, name): (usize, &String)| {
        Some((name.parse().ok()?, heat.values.get(row * width..(row + 1) * width)?.to_vec()))
    };
    heat.rows.iter().enumerate().filter_map(epoch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::job::JobState;

    #[test]
    fn cells_are_filled_as_they_are_measured_and_the_plain_model_is_the_middle() {
        let found = |epoch, multiplier, score| Finding::Epoch { epoch, multiplier, score };
        let analysis = Analysis {
            id: 1,
            job: 1,
            state: JobState::Running,
            model: 1,
            data_set: 1,
            stale: false,
            question: Question::Epochs { run: 1, multipliers: vec![-1.0, 0.0, 1.0] },
            findings: vec![found(1, -1.0, -9.0), found(1, 0.0, -5.0), found(1, 1.0, -4.0)],
            created: 0,
        };
        let (heat, multipliers) = heat(&[1, 2], Some(&analysis));
        assert_eq!((heat.middle, heat.values.len(), multipliers.len()), (-5.0, 6, 3));
        assert!((heat.strength(-9.0) + 1.0).abs() < 1e-12);
        let rows = rows(&heat);
        assert_eq!(rows[0], (1, vec![-9.0, -5.0, -4.0]));
        assert!(rows[1].1.iter().all(|value| value.is_nan()));
        assert_eq!(super::heat(&[1], None).0.rows, ["1"]);
    }
}
