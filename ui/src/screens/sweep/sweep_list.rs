//! The table of sweeps. A click shows a sweep; a tick lays its curves over the shown one.

use ipc::Failure;
use ipc::command::{ChooseFile, DeleteSweep, DescribeSweep, ReadSweepFile, StartSweep};
use ipc::files::FilePurpose;
use ipc::job::JobState;
use ipc::sweep::{SavedSweep, Sweep};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::shown_sweeps::{ShownSweeps, title};
use super::view_state::ViewState;
use crate::bridge;
use crate::format;
use crate::state::{Store, store};
use crate::widgets::Term;

/// The table of sweeps.
#[component]
pub(super) fn SweepList() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<ShownSweeps>());
    let view = form.view;
    let row = move |one: Sweep| {
        let id = one.id;
        let sets: Vec<&str> = one.settings.sets.iter().map(ipc::sweep::PromptSet::name).collect();
        let scores: Vec<String> = one.settings.measured_scores().iter().map(|score| score.name()).collect();
        let color = one.settings.arms.first().map_or(0, |arm| arm.color);
        let is_running = one.state == JobState::Running;
        let stop = |event: leptos::ev::MouseEvent| event.stop_propagation();
        // The keys of the row's buttons are not the row's.
        let stop_key = |event: leptos::ev::KeyboardEvent| {
            if event.key() == "Enter" {
                event.stop_propagation();
            }
        };
        view! {
            <tr class="link-row" data-testid="sweep-list-row" tabindex="0"
                aria-selected=move || (shown.sweep.read().as_ref().map(|s| s.id) == Some(id)).to_string()
                on:click=move |_| view.choose(id)
                on:keydown=move |event| if event.key() == "Enter" { view.choose(id); }>
                <td on:click=stop>
                    <input type="checkbox" aria-label="Lay this sweep over the chart"
                        prop:checked=move || view.overlaid.read().contains(&id)
                        on:change=move |_| view.overlaid.update(|all| if !all.remove(&id) { all.insert(id); }) />
                </td>
                <td><span class="swatch" style:background=format!("var(--series-{color})")></span>" "{title(&one)}</td>
                <td>{sets.join(", ")}</td>
                <td>{scores.join(", ")}</td>
                <td class="number">{format!("{} of {}", one.measured_points(), one.expected)}</td>
                <td class="warning small" title=one.stale.clone()>{one.stale.is_some().then_some("stale")}</td>
                <td class="quiet nowrap">{format::date(one.created)}</td>
                <td on:click=stop on:keydown=stop_key>
                    <button class="link" data-testid="sweep-delete" disabled=is_running title="Deletes this sweep; Ctrl+Z brings it back"
                        on:click=move |_| store.delete(DeleteSweep { sweep: id })>"Delete"</button>
                </td>
            </tr>
        }
    };
    view! {
        <div class="row">
            <h3 class="grow"><Term name="Sweep" text="Sweeps" /></h3>
            <button type="button" class="button" data-testid="sweep-run-file" title="Runs a sweep again from its exported JSON, or that of a vector\u{2019}s passport, with the vectors and data sets of the same content. The curves of a passport are laid over" on:click=move |_| run_file(store, view)>"Run from a file\u{2026}"</button>
        </div>
        <div class="table-box">
            <table>
                <thead><tr>
                    <th></th><th><Term name="Arm" text="Compared" /></th><th>"Measured on"</th><th><Term name="Score" text="Scores" /></th><th class="number">"Points"</th><th></th><th>"Begun"</th><th></th>
                </tr></thead>
                <tbody>{move || store.sweeps.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Lets the person choose an exported sweep, and starts it with its name and note.
fn run_file(store: Store, view: ViewState) {
    spawn_local(async move {
        if let Err(failure) = run_chosen_file(store, view).await {
            store.failure.set(Some(failure));
        }
    });
}

async fn run_chosen_file(store: Store, view: ViewState) -> Result<(), Failure> {
    let Some(file) = bridge::call(ChooseFile { purpose: FilePurpose::RunSweep }).await? else {
        return Ok(());
    };
    let SavedSweep { settings, name, note, passport } =
        bridge::call(ReadSweepFile { file: file.into() }).await?;
    // Vectors name their own model; what has none is measured on the one in use.
    let model = store.model().map_or(0, |model| model.id);
    let sweep = bridge::call(StartSweep { model, settings }).await?;
    if !name.is_empty() || !note.is_empty() {
        bridge::call(DescribeSweep { sweep: sweep.id, name, note }).await?;
    }
    view.choose(sweep.id);
    if let Some(passport) = passport {
        view.overlaid.set([passport].into());
    }
    Ok(())
}
