//! The list of small models that Tiller reads, with what each takes of the free memory, and a click that downloads it.

use ipc::catalogue::CatalogueModel;
use ipc::command::{ListRepository, ReadCatalogue, StartDownload};
use ipc::download::HubListing;
use ipc::model::{Model, ModelOrigin};
use ipc::{Code, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::find_sheet::free;
use super::fit::Fit;
use super::library::{ModelLibrary, parts};
use crate::actions::Screen;
use crate::bridge;
use crate::format;
use crate::state::Store;
use crate::t;
use crate::text::said;

/// The table of the models.
#[component]
pub(super) fn Catalogue(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let models = RwSignal::new(Vec::<CatalogueModel>::new());
    let is_busy = RwSignal::new(false);
    spawn_local(async move {
        match bridge::call(ReadCatalogue {}).await {
            Ok(list) => drop(models.try_set(list)),
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
    });
    let rows =
        move || models.get().into_iter().map(|model| view! { <Row model is_busy failure /> }).collect_view();
    view! {
        <div class="table-box catalogue">
            <table data-testid="catalogue">
                <thead><tr>
                    <th scope="col">{t!("model")}</th>
                    <th scope="col" class="number">{t!("models-size")}</th>
                    <th scope="col" class="number">{t!("models-to-chat")}</th>
                    <th scope="col" class="number">{t!("models-to-train")}</th>
                    <th scope="col">{t!("models-memory")}</th>
                    <th scope="col">{t!("models-download-do")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(model: CatalogueModel, is_busy: RwSignal<bool>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let (store, library) = parts();
    let need = model.need;
    let is_too_much = move |bytes: u64| free(store, library).is_some_and(|free| bytes > free);
    let mark = move || {
        free(store, library).map(|free| {
            let fit = Fit::of(&need, free);
            view! { <span title=fit.sentence(free)><span class=format!("dot {}", fit.dot())></span>{fit.label()}</span> }
        })
    };
    let (repository, file) = (model.repository.clone(), model.file.clone());
    let is_here =
        Memo::new(move |_| store.models.read().iter().any(|there| comes_from(there, &repository, &file)));
    let name = model.name.clone();
    let wanted = StoredValue::new(model.clone());
    let fetch = move |_| fetch(store, library, wanted.get_value(), is_busy, failure);
    view! {
        <tr data-testid="catalogue-row">
            <td>
                <b>{model.name}</b>
                <div>{said(&model.good_for)}</div>
                <div class="quiet small path">{format!("{} \u{b7} {} \u{b7} {}", model.repository, model.quantization, model.licence)}</div>
            </td>
            <td class="number">{format::bytes(model.bytes)}<div class="quiet small">{t!("models-find-weights", count = format::count(model.parameters))}</div></td>
            <td class="number" class:warning=move || is_too_much(need.chat)>{format::bytes(need.chat)}</td>
            <td class="number" class:warning=move || is_too_much(need.train)>{format::bytes(need.train)}</td>
            <td class="fit" data-testid="catalogue-fit">{mark}</td>
            <td>
                <Show when=move || !is_here.get() fallback=move || view! { <span class="quiet">{t!("models-download-here")}</span> }>
                    <button class="button" type="button" data-testid="catalogue-download" disabled=is_busy
                        aria-label=t!("models-find-download", name = name.clone()) on:click=fetch>{t!("models-download-do")}</button>
                </Show>
            </td>
        </tr>
    }
}

/// Returns whether a model of the library is this file of this repository.
fn comes_from(model: &Model, of: &str, file: &str) -> bool {
    let is_repository =
        matches!(&model.origin, ModelOrigin::Hub { repository, .. } if repository.eq_ignore_ascii_case(of));
    is_repository && model.path.rsplit(['/', '\\']).next() == Some(file)
}

/// Downloads a model of the list. Where the hub has something else than the list says, or wants a token, the sheet with the
/// repository's files opens, so that the person decides.
fn fetch(
    store: Store,
    library: ModelLibrary,
    model: CatalogueModel,
    is_busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
) {
    let address = format!("{}:{}", model.repository, model.file);
    failure.set(None);
    is_busy.set(true);
    spawn_local(async move {
        match bridge::call(ListRepository { address: address.clone() }).await {
            Ok(listing) => match expected(&listing, &model) {
                Some(files) => {
                    let HubListing { repository, commit, .. } = listing;
                    match bridge::call(StartDownload { repository, commit, files }).await {
                        Ok(_) => {
                            store.sheet.set(None);
                            store.go(Screen::Models);
                        }
                        Err(refused) => drop(failure.try_set(Some(refused))),
                    }
                }
                None => library.list_on_hub(address),
            },
            Err(refused) if matches!(refused.code, Code::TokenWanted | Code::NotFound) => {
                library.list_on_hub(address);
            }
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
        is_busy.try_set(false);
    });
}

/// Returns the files of the suggested choice, if it is the one that the list promises and not larger.
fn expected(listing: &HubListing, model: &CatalogueModel) -> Option<Vec<String>> {
    let choice = listing.choices.get(listing.suggested? as usize)?;
    let is_promised = choice.files.contains(&model.file) && choice.bytes <= model.bytes / 10 * 11;
    (is_promised && !listing.is_gated).then(|| choice.files.clone())
}

#[cfg(test)]
mod tests {
    use ipc::download::HubChoice;
    use ipc::model::{MemoryNeed, Precision};

    use super::*;
    use crate::samples;

    fn entry() -> CatalogueModel {
        CatalogueModel {
            name: "Small".into(),
            repository: "org/Small-GGUF".into(),
            file: "small-q8_0.gguf".into(),
            quantization: "Q8_0".into(),
            parameters: 1000,
            bytes: 1000,
            licence: "MIT".into(),
            good_for: "Everything.".into(),
            need: MemoryNeed { precision: Precision::Quantized, load: 1, chat: 2, train: 3 },
        }
    }

    fn listing(file: &str, bytes: u64) -> HubListing {
        let choice = HubChoice { name: "Q8_0".into(), files: vec![file.into()], bytes, unusable: None };
        HubListing {
            host: "hub.example".into(),
            repository: "org/Small-GGUF".into(),
            revision: "main".into(),
            commit: "0".repeat(40),
            files: vec![],
            choices: vec![choice],
            suggested: Some(0),
            is_gated: false,
        }
    }

    #[test]
    fn only_what_the_list_promises_is_fetched_without_a_look_at_the_files() {
        let entry = entry();
        assert_eq!(expected(&listing("small-q8_0.gguf", 1050), &entry), Some(vec![entry.file.clone()]));
        assert_eq!(expected(&listing("small-q8_0.gguf", 5000), &entry), None, "it is much larger");
        assert_eq!(expected(&listing("other.gguf", 1000), &entry), None);
        let gated = HubListing { is_gated: true, ..listing("small-q8_0.gguf", 1000) };
        assert_eq!(expected(&gated, &entry), None, "its owners ask for an agreement");
        let none = HubListing { suggested: None, ..listing("small-q8_0.gguf", 1000) };
        assert_eq!(expected(&none, &entry), None);
    }

    #[test]
    fn a_model_is_here_if_its_file_came_from_the_repository() {
        let origin = ModelOrigin::Hub { repository: "Org/small-gguf".into(), commit: "0".repeat(40) };
        let path = "/hub/models--org--Small-GGUF/snapshots/0/small-q8_0.gguf".to_owned();
        let there = Model { origin, path, ..samples::model(1, "Small", 3) };
        let entry = entry();
        assert!(comes_from(&there, &entry.repository, &entry.file));
        assert!(!comes_from(&there, &entry.repository, "small-q4_0.gguf"));
        let own = Model { origin: ModelOrigin::File, ..there };
        assert!(!comes_from(&own, &entry.repository, &entry.file));
    }
}
