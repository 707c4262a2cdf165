//! The Models screen: the models on this machine, those in memory, and downloads from the hub.

mod add_sheet;
mod catalogue;
mod chat_template;
mod column;
mod details;
mod download_sheet;
mod downloads;
mod find_sheet;
mod fit;
mod hub_search;
mod hub_token;
mod library;
mod list;
mod load_button;
mod memory_need;
mod model_notes;
mod model_state;
mod token_report;

pub use add_sheet::AddModelSheet;
pub use download_sheet::DownloadSheet;
pub use find_sheet::FindModelSheet;
pub use library::ModelLibrary;
pub use load_button::LoadModelButton;
pub use model_state::model_state;

use ipc::Id;
use ipc::model::MachineDevice;
use leptos::prelude::*;

use crate::actions::Sheet;
use crate::state::store;
use crate::t;
use crate::text::said;

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
            <section class="left" aria-label=t!("models-title")>
                <div class="toolbar">
                    <input type="search" data-testid="models-filter" placeholder=t!("models-filter") aria-label=t!("models-filter")
                        prop:value=library.filter on:input=move |event| library.filter.set(event_target_value(&event)) />
                    <span class="grow"></span>
                    <button class="button" data-testid="models-add" on:click=move |_| store.sheet.set(Some(Sheet::AddModel))>{t!("models-add")}</button>
                    <button class="button" data-testid="models-download" on:click=move |_| store.sheet.set(Some(Sheet::DownloadModel))>{t!("models-download")}</button>
                    <button class="button primary" data-testid="models-find" on:click=move |_| store.sheet.set(Some(Sheet::FindModel))>{t!("models-find-more")}</button>
                </div>
                <list::List shown />
                <add_sheet::ScanNote />
                <downloads::Downloads />
                <span class="grow"></span>
                <Devices />
                <ModelsInMemory />
            </section>
            <section class="right" aria-label=t!("models-details")>
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
            devices.push(MachineDevice { label: t!("models-device-gone", name = name.clone()), name });
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
                    <span>{t!("models-load-on")}</span>
                    <select data-testid="models-device" prop:value=chosen on:change=set>
                        {move || devices.get().into_iter().map(|device| {
                            let selected = device.name == chosen();
                            view! { <option value=device.name selected=selected>{said(&device.label)}</option> }
                        }).collect_view()}
                    </select>
                </label>
                <span class="quiet small">{t!("models-load-on-note")}</span>
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
                <span>{t!("models-keep")}</span>
                <select class="narrow" data-testid="models-beside" aria-label=t!("models-keep") prop:value=move || count().to_string() on:change=set>
                    {(1..=4_u32).map(|number| view! {
                        <option value=number.to_string() selected=move || count() == number>{t!("models-keep-count", count = number)}</option>
                    }).collect_view()}
                </select>
            </label>
            <span class="quiet small">{t!("models-keep-note")}</span>
        </div>
    }
}
