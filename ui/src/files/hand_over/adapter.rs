//! The page that says how another program uses an adapter.

use ipc::Id;
use ipc::bake::Bake;
use ipc::command::ListBakes;
use ipc::hand_over::{AdapterMaterial, Target};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{ShownSteps, TargetChoice, TypedFile};
use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{FaultNote, FieldFaults, NumberField};

/// The names that stand in the commands before a file was exported.
const GGUF: &str = "adapter.gguf";
const FOLDER: &str = "adapter";

/// The person's files, as they are typed.
#[derive(Clone, Copy)]
struct Files {
    gguf: RwSignal<String>,
    folder: RwSignal<String>,
    multiplier: RwSignal<f64>,
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
    let files =
        Files { gguf: RwSignal::new(gguf), folder: RwSignal::new(folder), multiplier: RwSignal::new(1.0) };
    // Files that were exported and proved before stand in the commands, unless a person has named others.
    spawn_local(async move {
        let Ok(proofs) = bridge::call(ListBakes { vector: id }).await else { return };
        let (gguf, folder) = proved_files(&proofs);
        for (field, suggested, proved) in [(files.gguf, GGUF, gguf), (files.folder, FOLDER, folder)] {
            let is_untouched = field.try_with_untracked(|typed| typed == suggested);
            if let (Some(true), Some(proved)) = (is_untouched, proved) {
                field.try_set(proved);
            }
        }
    });
    let faults = FieldFaults::provide();
    let steps = Signal::derive(move || {
        // A command with another strength than the one that stands there would be wrong.
        if faults.are_there() {
            return Vec::new();
        }
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
            <NumberField label=t!("multiplier") testid="hand-over-multiplier" value=files.multiplier set=Callback::new(move |typed| files.multiplier.set(typed)) />
            <p class="quiet small">{t!("files-hand-over-adapter-note")}</p>
            <FaultNote faults />
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
    let (gguf, folder) = of_exported(exported);
    (gguf.unwrap_or_else(|| GGUF.to_owned()), folder.unwrap_or_else(|| FOLDER.to_owned()))
}

/// Returns the newest GGUF file and the newest folder of peft's that have their proof.
fn proved_files(proofs: &[Bake]) -> (Option<String>, Option<String>) {
    let copies = proofs.iter().flat_map(|proof| &proof.copies).filter(|copy| copy.proof.is_some());
    copies
        .map(|copy| of_exported(&copy.path))
        .fold((None, None), |(gguf, folder), of| (gguf.or(of.0), folder.or(of.1)))
}

/// Returns an exported file as the GGUF file, or its folder, if peft finds it there by its name.
fn of_exported(exported: &str) -> (Option<String>, Option<String>) {
    let exported = exported.trim();
    if exported.to_lowercase().ends_with(".gguf") {
        return (Some(exported.to_owned()), None);
    }
    match exported.rsplit_once(['/', '\\']) {
        Some((folder, "adapter_model.safetensors")) => (None, Some(folder.to_owned())),
        _ => (None, None),
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
        multiplier: files.multiplier.get(),
    })
}

#[cfg(test)]
mod tests {
    use ipc::bake::{BakedCopy, Proof, Verdict};
    use ipc::job::JobState;

    use super::*;

    #[test]
    fn the_exported_file_is_the_one_in_the_commands() {
        let names = |exported| file_names(exported);
        assert_eq!(names("/out/lora.gguf"), ("/out/lora.gguf".into(), "adapter".into()));
        assert_eq!(names("/out/LORA.GGUF").0, "/out/LORA.GGUF");
        assert_eq!(names("/out/lora/adapter_model.safetensors"), ("adapter.gguf".into(), "/out/lora".into()));
        // peft does not find a file of another name.
        assert_eq!(names("/out/lora/mine.safetensors"), ("adapter.gguf".into(), "adapter".into()));
        assert_eq!(names(""), ("adapter.gguf".into(), "adapter".into()));
    }

    #[test]
    fn the_newest_proved_files_stand_in_the_commands() {
        let proof = Proof {
            verdict: Verdict::Identical,
            prompts: 16,
            logit_gap: Some(0.0),
            same_answers: 16,
            answer_tokens: 64,
            steered_perplexity: Some(1.0),
            baked_perplexity: Some(1.0),
        };
        let job = |path: &str, proof: Option<&Proof>| Bake {
            id: 1,
            job: 1,
            state: JobState::Done,
            vector: 1,
            model: 1,
            replace: false,
            other_weights: true,
            copies: vec![BakedCopy {
                multiplier: 1.0,
                path: path.into(),
                is_begun: true,
                bytes: 1,
                notes: vec![],
                proof: proof.cloned(),
            }],
            created: 0,
        };
        let proofs = [
            job("/d.gguf", None),
            job("/c/adapter_model.safetensors", Some(&proof)),
            job("/b.gguf", Some(&proof)),
            job("/a.gguf", Some(&proof)),
        ];
        assert_eq!(proved_files(&proofs), (Some("/b.gguf".into()), Some("/c".into())));
        assert_eq!(proved_files(&[]), (None, None));
    }
}
