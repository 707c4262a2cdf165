//! The Models screen: the models on this machine, those in memory, and downloads from the hub.

mod add_sheet;
mod chat_template;
mod column;
mod details;
mod download_sheet;
mod downloads;
mod hub_token;
mod library;
mod list;
mod memory_need;
mod model_notes;
mod model_state;
mod token_report;

pub use add_sheet::AddModelSheet;
pub use download_sheet::DownloadSheet;
pub use library::ModelLibrary;
pub use model_state::model_state;

use ipc::Id;
use ipc::model::MachineDevice;
use leptos::prelude::*;

use crate::actions::Sheet;
use crate::state::store;

/// The Models screen.
#[component]
pub fn ModelsScreen() -> impl IntoView {
    let store = store();
    let library = expect_context::<ModelLibrary>();
    let shown = Memo::new(move |_| {
        let (models, chosen) = (store.models.read(), library.chosen.get());
        let used = store.model().map(|model| model.id);
        models.iter().find(|model| Some(model.id) == chosen.or(used)).or(models.first()).map(|model| model.id)
    });
    view! {
        <div class="columns models">
            <section class="left" aria-label="Models">
                <div class="toolbar">
                    <input type="search" data-testid="models-filter" placeholder="Find a model" aria-label="Find a model"
                        prop:value=library.filter on:input=move |event| library.filter.set(event_target_value(&event)) />
                    <span class="grow"></span>
                    <button class="button" data-testid="models-add" on:click=move |_| store.sheet.set(Some(Sheet::AddModel))>"Add\u{2026}"</button>
                    <button class="button primary" data-testid="models-download" on:click=move |_| store.sheet.set(Some(Sheet::DownloadModel))>"Download\u{2026}"</button>
                </div>
                <list::List shown />
                <add_sheet::ScanNote />
                <downloads::Downloads />
                <span class="grow"></span>
                <Devices />
                <ModelsInMemory />
            </section>
            <section class="right" aria-label="The model">
                {move || shown.get().map(|id: Id| view! { <details::Details id /> })}
            </section>
        </div>
    }
}

/// Where models are loaded, where there is a choice.
#[component]
fn Devices() -> impl IntoView {
    let (store, library) = library::parts();
    let chosen = move || store.settings.read().device.clone().unwrap_or_else(|| "cpu".to_owned());
    // A chosen GPU that is gone stays in the list, because nothing can be loaded until another device is chosen.
    let devices = Memo::new(move |_| {
        let mut devices = library.machine.get().map(|machine| machine.devices).unwrap_or_default();
        let name = chosen();
        if !devices.is_empty() && devices.iter().all(|device| device.name != name) {
            devices.push(MachineDevice { label: format!("{name}, which is not there"), name });
        }
        devices
    });
    let is_choice = move || devices.read().len() > 1;
    let set = move |event| {
        let name = event_target_value(&event);
        store.change_settings(|settings| settings.device = Some(name).filter(|name| name != "cpu"));
    };
    view! {
        <Show when=is_choice>
            <div class="foot row">
                <label class="row">
                    <span>"Load models on"</span>
                    <select data-testid="models-device" prop:value=chosen on:change=set>
                        {move || devices.get().into_iter().map(|device| {
                            let selected = device.name == chosen();
                            view! { <option value=device.name selected=selected>{device.label}</option> }
                        }).collect_view()}
                    </select>
                </label>
                <span class="quiet small">"What is in memory stays where it is until it is loaded again. Steering and the optimizer are the same on all; sums may round differently."</span>
            </div>
        </Show>
    }
}

/// The settings of how many models may be in memory, and a note on what jobs do.
#[component]
fn ModelsInMemory() -> impl IntoView {
    let store = store();
    let count = move || store.settings.read().models_beside + 1;
    let set = move |event| {
        if let Ok(count) = event_target_value(&event).parse::<u32>() {
            store.change_settings(|settings| settings.models_beside = count.clamp(1, 4) - 1);
        }
    };
    view! {
        <div class="foot row">
            <label class="row">
                <span>"Keep in memory at most"</span>
                <select class="narrow" data-testid="models-beside" prop:value=move || count().to_string() on:change=set>
                    {(1..=4_u32).map(|number| view! {
                        <option value=number.to_string() selected=move || count() == number>{crate::format::plural(number as usize, "model")}</option>
                    }).collect_view()}
                </select>
            </label>
            <span class="quiet small">"A job loads the model it was made for when its turn comes. A model that left for it is loaded again after the last job."</span>
        </div>
    }
}
