//! The page of the export sheet that says how another program uses a vector: exact commands with the person's own files.

use ipc::Id;
use ipc::hand_over::{Material, Step, Target};
use ipc::steering::Intervention;
use leptos::prelude::*;

use crate::state::{Store, store};
use crate::widgets::copy_text;

/// The person's files, as they are typed.
#[derive(Clone, Copy)]
struct Files {
    gguf: RwSignal<String>,
    safetensors: RwSignal<String>,
    baked: RwSignal<String>,
    adapter: RwSignal<String>,
    multiplier: RwSignal<String>,
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
        multiplier: RwSignal::new("1".to_owned()),
    };
    let steps = move || {
        let material = material(store, id, files);
        let steps = material.map(|material| target.get().steps(&material)).unwrap_or_default();
        steps.into_iter().map(|step| view! { <ShownStep step /> }).collect_view()
    };
    let choose = move |event| {
        let name = event_target_value(&event);
        if let Some(chosen) = Target::ALL.into_iter().find(|target| target.name() == name) {
            target.set(chosen);
        }
    };
    view! {
        <div class="fields">
            <label class="field">
                <span class="label">"Program"</span>
                <select data-testid="hand-over-target" on:change=choose>
                    {Target::ALL.map(|target| view! { <option value=target.name()>{target.name()}</option> }).collect_view()}
                </select>
            </label>
            <div class="two top">
                <TypedFile label="Vector (.gguf)" testid="hand-over-gguf" value=files.gguf />
                <TypedFile label="Vector (.safetensors)" testid="hand-over-safetensors" value=files.safetensors />
            </div>
            <div class="two top">
                <TypedFile label="Baked model" testid="hand-over-baked" value=files.baked />
                <TypedFile label="Multiplier" testid="hand-over-multiplier" value=files.multiplier />
            </div>
            <TypedFile label="Distilled adapter (.gguf), if there is one" testid="hand-over-adapter" value=files.adapter />
            <p class="quiet small">"Export the vector on the first page; the page \u{201c}Into a model\u{201d} writes the baked model and proves it. Paths with blanks are quoted as shells of Linux and macOS read them."</p>
            <ol data-testid="hand-over-steps">{steps}</ol>
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="hand-over-close" on:click=move |_| store.sheet.set(None)>"Close"</button>
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
        multiplier: files
            .multiplier
            .read()
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .unwrap_or(1.0),
        is_everywhere: vector.intervention == Intervention::default(),
    })
}

#[component]
fn TypedFile(label: &'static str, testid: &'static str, value: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input type="text" data-testid=testid autocomplete="off" spellcheck="false" prop:value=value
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
            <p>{step.says}</p>
            {step.text.map(|text| {
                let shown = text.clone();
                view! {
                    <pre class="example" tabindex="0">{shown}</pre>
                    <button class="button" type="button" data-testid="hand-over-copy" on:click=move |_| copied.set(copy_text(&text))>
                        {move || if copied.get() { "Copied" } else { "Copy" }}
                    </button>
                }
            })}
        </li>
    }
}
