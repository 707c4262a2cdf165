//! Earlier runs: a click shows one's curves.

use ipc::train::{Method, Run};
use leptos::prelude::*;

use super::Form;
use super::history::standing;
use crate::format;
use crate::state::store;

/// The list of runs, newest first.
#[component]
pub(super) fn Runs() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let shown = Memo::new(move |_| {
        let (runs, chosen) = (store.runs.read(), form.run.get());
        chosen.filter(|id| runs.iter().any(|run| run.id == *id)).or_else(|| runs.first().map(|run| run.id))
    });
    let row = move |run: Run| {
        let (id, settings) = (run.id, run.settings.clone());
        let epochs =
            if settings.method == Method::Freeform { "\u{2013}".into() } else { settings.epochs.to_string() };
        let set =
            store.data_sets.read().iter().find(|set| set.id == run.data_set).map(|set| set.name.clone());
        view! {
            <tr class="link-row" data-testid="run-row" tabindex="0" aria-selected=move || (shown.get() == Some(id)).to_string()
                on:click=move |_| form.run.set(Some(id))
                on:keydown=move |event| if event.key() == "Enter" { form.run.set(Some(id)); }>
                <td>{run.name}</td>
                <td>{set}</td>
                <td>{format::method(settings.method)}</td>
                <td class="number">{settings.layer}</td>
                <td class="number">{epochs}</td>
                <td class="number">{settings.learning_rate.to_string()}</td>
                <td>{standing(&run.state)}</td>
                <td class="quiet">{format::date(run.created)}</td>
            </tr>
        }
    };
    view! {
        <Show when=move || !store.runs.read().is_empty()>
            <h3>"Runs"</h3>
            <div class="table-box">
                <table>
                    <thead><tr>
                        <th>"Name"</th><th>"Data set"</th><th>"Method"</th><th class="number">"Layer"</th><th class="number">"Epochs"</th>
                        <th class="number">"Rate"</th><th>"State"</th><th>"Begun"</th>
                    </tr></thead>
                    <tbody>{move || store.runs.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}
