//! The table of sweeps. A click shows a sweep; a tick lays its curves over the shown one.

use ipc::command::DeleteSweep;
use ipc::job::JobState;
use ipc::sweep::Sweep;
use leptos::prelude::*;

use super::form::Form;
use super::shown_sweeps::{ShownSweeps, title};
use crate::format;
use crate::state::store;
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
        <h3><Term name="Sweep" text="Sweeps" /></h3>
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
