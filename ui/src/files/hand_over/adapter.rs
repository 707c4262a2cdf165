//! The page that says how another program uses an adapter.

use ipc::Id;
use ipc::hand_over::{AdapterMaterial, Target};
use leptos::prelude::*;

use super::{ShownSteps, TargetChoice, TypedFile, read_strength};
use crate::state::{Store, store};
use crate::t;

/// The person's files, as they are typed.
#[derive(Clone, Copy)]
struct Files {
    gguf: RwSignal<String>,
    folder: RwSignal<String>,
    multiplier: RwSignal<String>,
}

/// Shows what to do with an adapter in the chosen program.
#[component]
pub(in crate::files) fn HandOverAdapterPage(
    /// The adapter.
    id: Id,
    /// The file that it was exported to on the first page.
    exported: RwSignal<String>,
) -> impl IntoView {
    let store = store();
    let target = RwSignal::new(Target::LlamaCpp);
    let (gguf, folder) = file_names(&exported.get_untracked());
    let files = Files {
        gguf: RwSignal::new(gguf),
        folder: RwSignal::new(folder),
        multiplier: RwSignal::new("1".to_owned()),
    };
    let steps = Signal::derive(move || {
        let material = material(store, id, files);
        material.map(|material| target.get().adapter_steps(&material)).unwrap_or_default()
    });
    view! {
        <div class="fields">
            <TargetChoice choices=Target::FOR_ADAPTERS.to_vec() target />
            <div class="two top">
                <TypedFile label=t!("files-hand-over-adapter-gguf") testid="hand-over-adapter-gguf" value=files.gguf />
                <TypedFile label=t!("files-hand-over-adapter-folder") testid="hand-over-adapter-folder" value=files.folder />
            </div>
            <TypedFile label=t!("multiplier") testid="hand-over-multiplier" value=files.multiplier />
            <p class="quiet small">{t!("files-hand-over-adapter-note")}</p>
            <ShownSteps steps />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="hand-over-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
            </div>
        </div>
    }
}

/// Returns the GGUF file and peft's folder that an exported file suggests.
fn file_names(exported: &str) -> (String, String) {
    let exported = exported.trim();
    let folder = exported.rsplit_once(['/', '\\']).map_or("adapter", |(folder, _)| folder);
    match exported.rsplit_once('.') {
        Some((_, "gguf")) => (exported.to_owned(), "adapter".to_owned()),
        Some((_, "safetensors")) => ("adapter.gguf".to_owned(), folder.to_owned()),
        _ => ("adapter.gguf".to_owned(), "adapter".to_owned()),
    }
}

/// Returns the files with what is known of the adapter. `None` where it or its model is gone.
fn material(store: Store, id: Id, files: Files) -> Option<AdapterMaterial> {
    let (vectors, models) = (store.vectors.read(), store.models.read());
    let vector = vectors.iter().find(|vector| vector.id == id)?;
    let model = models.iter().find(|model| model.id == vector.model)?;
    Some(AdapterMaterial {
        name: vector.name.clone(),
        model: model.path.clone(),
        gguf: files.gguf.get(),
        folder: files.folder.get(),
        rank: vector.adapter.as_ref()?.rank,
        multiplier: read_strength(&files.multiplier.read()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exported_file_is_the_one_in_the_commands() {
        let names = |exported| file_names(exported);
        assert_eq!(names("/out/lora.gguf"), ("/out/lora.gguf".into(), "adapter".into()));
        assert_eq!(names("/out/lora/adapter_model.safetensors"), ("adapter.gguf".into(), "/out/lora".into()));
        assert_eq!(names(""), ("adapter.gguf".into(), "adapter".into()));
    }
}
