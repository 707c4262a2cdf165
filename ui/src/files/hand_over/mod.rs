//! The page of the export sheet that says how another program uses a vector: exact commands with the person's own files.

mod adapter;

use ipc::Id;
use ipc::bake::{Bake, BakedCopy};
use ipc::command::ListBakes;
use ipc::hand_over::{Material, Step, Target};
use ipc::steering::Intervention;
use leptos::prelude::*;
use leptos::task::spawn_local;

pub(super) use adapter::HandOverAdapterPage;

use crate::bridge;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FaultNote, FieldFaults, NumberField, copy_text};

/// The person's files, as they are typed.
#[derive(Clone, Copy)]
struct Files {
    gguf: RwSignal<String>,
    safetensors: RwSignal<String>,
    baked: RwSignal<String>,
    adapter: RwSignal<String>,
    multiplier: RwSignal<f64>,
}

/// Shows what to do in the chosen program.
#[component]
pub(super) fn HandOverPage(
    /// The vector.
    id: Id,
    /// The file that the vector was exported to on the first page.
    exported: RwSignal<String>,
) -> impl IntoView {
    let store = store();
    let target = RwSignal::new(Target::LlamaCpp);
    let stem = exported.get_untracked().trim().rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let stem = stem.unwrap_or_else(|| "vector".to_owned());
    let files = Files {
        gguf: RwSignal::new(format!("{stem}.gguf")),
        safetensors: RwSignal::new(format!("{stem}.safetensors")),
        baked: RwSignal::new(format!("{stem}-baked.gguf")),
        adapter: RwSignal::new(String::new()),
        multiplier: RwSignal::new(1.0),
    };
    // A model that was baked already stands in the commands, unless a person has typed another one.
    let suggested = files.baked.get_untracked();
    spawn_local(async move {
        let Ok(bakes) = bridge::call(ListBakes { vector: id }).await else { return };
        let is_untouched = files.baked.try_get_untracked().is_some_and(|typed| typed == suggested);
        if let Some(copy) = newest_copy(&bakes).filter(|_| is_untouched) {
            files.baked.try_set(copy.path.clone());
            files.multiplier.try_set(copy.multiplier);
        }
    });
    let faults = FieldFaults::provide();
    let steps = Signal::derive(move || {
        // A command with another strength than the one that stands there would be wrong.
        if faults.are_there() {
            return Vec::new();
        }
        let material = material(store, id, files);
        material.map(|material| target.get().steps(&material)).unwrap_or_default()
    });
    view! {
        <div class="fields">
            <TargetChoice choices=Target::ALL.to_vec() target />
            <div class="two top">
                <TypedFile label=t!("files-hand-over-gguf") testid="hand-over-gguf" value=files.gguf />
                <TypedFile label=t!("files-hand-over-safetensors") testid="hand-over-safetensors" value=files.safetensors />
            </div>
            <div class="two top">
                <TypedFile label=t!("files-hand-over-baked") testid="hand-over-baked" value=files.baked />
                <NumberField label=t!("multiplier") testid="hand-over-multiplier" value=files.multiplier set=Callback::new(move |typed| files.multiplier.set(typed)) />
            </div>
            <TypedFile label=t!("files-hand-over-adapter") testid="hand-over-adapter" value=files.adapter />
            <p class="quiet small">{t!("files-hand-over-note")}</p>
            <FaultNote faults />
            <ShownSteps steps />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="hand-over-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
            </div>
        </div>
    }
}

/// Returns the files with what is known of the vector. `None` where the vector or its model is gone.
fn material(store: Store, id: Id, files: Files) -> Option<Material> {
    let (vectors, models) = (store.vectors.read(), store.models.read());
    let vector = vectors.iter().find(|vector| vector.id == id)?;
    let model = models.iter().find(|model| model.id == vector.model)?;
    let facts = model.facts.as_ref();
    Some(Material {
        name: vector.name.clone(),
        model: model.path.clone(),
        architecture: facts.map(|facts| facts.architecture.clone()).unwrap_or_default(),
        blocks: facts.map(|facts| facts.blocks).unwrap_or_default(),
        layers: vector.layers.clone(),
        gguf: files.gguf.get(),
        safetensors: files.safetensors.get(),
        baked: files.baked.get(),
        adapter: files.adapter.get().trim().to_owned(),
        multiplier: files.multiplier.get(),
        is_everywhere: vector.intervention == Intervention::default(),
    })
}

/// Returns the copy that was baked last and has its proof.
fn newest_copy(bakes: &[Bake]) -> Option<&BakedCopy> {
    bakes.iter().flat_map(|bake| bake.copies.iter().rev()).find(|copy| copy.proof.is_some())
}

/// Chooses the program.
#[component]
fn TargetChoice(choices: Vec<Target>, target: RwSignal<Target>) -> impl IntoView {
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some(chosen) = Target::ALL.into_iter().find(|target| target.name() == name) {
            target.set(chosen);
        }
    };
    view! {
        <label class="field">
            <span class="label">{t!("files-hand-over-program")}</span>
            <select data-testid="hand-over-target" aria-label=t!("files-hand-over-program") on:change=choose>
                {choices.into_iter().map(|target| view! { <option value=target.name()>{target.name()}</option> }).collect_view()}
            </select>
        </label>
    }
}

/// The steps, in their order.
#[component]
fn ShownSteps(#[prop(into)] steps: Signal<Vec<Step>>) -> impl IntoView {
    let shown = move || steps.get().into_iter().map(|step| view! { <ShownStep step /> }).collect_view();
    view! { <ol class="steps" data-testid="hand-over-steps">{shown}</ol> }
}

#[component]
fn TypedFile(label: String, testid: &'static str, value: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{label.clone()}</span>
            <input type="text" data-testid=testid aria-label=label autocomplete="off" spellcheck="false" prop:value=value
                on:input=move |event| value.set(event_target_value(&event)) />
        </label>
    }
}

/// A step with the text to copy.
#[component]
fn ShownStep(step: Step) -> impl IntoView {
    let copied = RwSignal::new(false);
    view! {
        <li>
            <p>{said(&step.says)}</p>
            {step.text.map(|text| {
                let shown = text.clone();
                view! {
                    <div class="step-text">
                        <pre class="example" tabindex="0">{shown}</pre>
                        <button class="button" type="button" data-testid="hand-over-copy" on:click=move |_| copied.set(copy_text(&text))>
                            {move || if copied.get() { t!("copied") } else { t!("copy") }}
                        </button>
                    </div>
                }
            })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use ipc::bake::{Proof, Verdict};
    use ipc::job::JobState;

    use super::*;

    #[test]
    fn a_copy_without_a_proof_is_not_handed_over() {
        let proof = Proof {
            verdict: Verdict::Identical,
            prompts: 16,
            logit_gap: Some(0.0),
            same_answers: 16,
            answer_tokens: 64,
            steered_perplexity: Some(1.0),
            baked_perplexity: Some(1.0),
        };
        let copy = |path: &str, proof| BakedCopy {
            multiplier: 1.0,
            path: path.into(),
            is_begun: true,
            bytes: 1,
            notes: vec![],
            proof,
        };
        let bake = |copies| Bake {
            id: 1,
            job: 1,
            state: JobState::Done,
            vector: 1,
            model: 1,
            replace: false,
            other_weights: false,
            copies,
            created: 0,
        };
        let older = bake(vec![copy("a", Some(proof.clone()))]);
        let newer = bake(vec![copy("b", Some(proof)), copy("c", None)]);
        assert_eq!(newest_copy(&[newer, older]).map(|copy| copy.path.as_str()), Some("b"));
        assert_eq!(newest_copy(&[bake(vec![copy("c", None)])]), None);
    }
}
