//! The field that chooses one layer or several.

use ipc::train::TrainSettings;
use leptos::prelude::*;

use super::form::Form;
use crate::state::store;
use crate::t;
use crate::widgets::{Term, TypedField};

/// A slider for one layer, a line of numbers for several.
#[component]
pub(super) fn LayerChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let last = Memo::new(move |_| {
        store.model().and_then(|model| model.facts).map_or(0, |facts| facts.blocks.saturating_sub(1))
    });
    let layers = Memo::new(move |_| form.get(|settings| settings.layers.clone()));
    let is_several = RwSignal::new(false);
    Effect::new(move |_| {
        if layers.read().len() > 1 {
            is_several.set(true);
        }
    });
    let note = move || match layers.read().as_slice() {
        [only] => t!("train-layer-of", layer = *only, last = last.get()),
        several => t!("train-layers-of", count = several.len(), last = last.get()),
    };
    let first = move || layers.read().first().copied().unwrap_or_default();
    view! {
        <div class="field">
            <span class="label">
                <span><Term name="Layer" /></span>
                <span class="quiet" data-testid="train-layer-status">{note}</span>
            </span>
            <Show when=move || is_several.get() fallback=move || view! {
                <input type="range" min="0" max=move || last.get().to_string() step="1" data-testid="train-layer" aria-label=t!("layer")
                    prop:value=move || first().to_string()
                    on:input=move |event| {
                        if let Ok(layer) = event_target_value(&event).parse() {
                            form.change(|settings| settings.layers = vec![layer]);
                        }
                    } />
            }>
                <SeveralLayers last layers />
            </Show>
            <span class="row quiet small">
                <span class="grow">{t!("train-layer-note")}</span>
                <button class="link" data-testid="train-several" on:click=move |_| {
                    is_several.update(|several| *several = !*several);
                    if !is_several.get_untracked() {
                        form.change(|settings| settings.layers.truncate(1));
                    }
                }>{move || if is_several.get() { t!("train-layer-one") } else { t!("train-layer-several") }}</button>
            </span>
        </div>
    }
}

/// Several layers, typed: one part of the vector for each, trained together.
#[component]
fn SeveralLayers(last: Memo<u32>, layers: Memo<Vec<u32>>) -> impl IntoView {
    let form = expect_context::<Form>();
    let text = RwSignal::new(layer_list(&layers.get_untracked()));
    // The field follows the layers and not the other settings: what is typed and cannot be read stays.
    Effect::new(move |_| {
        let layers = layers.get();
        if read_layers(&text.read_untracked(), last.get_untracked()).ok().as_ref() != Some(&layers) {
            text.set(layer_list(&layers));
        }
    });
    let fault = Signal::derive(move || read_layers(&text.read(), last.get()).err());
    let typed = Callback::new(move |typed: String| {
        if let Ok(layers) = read_layers(&typed, last.get_untracked()) {
            form.change(|settings| settings.layers = layers);
        }
    });
    view! { <TypedField label=t!("layers") testid="train-layers" placeholder="8, 10, 12" value=text fault typed is_bare=true /> }
}

/// Writes layers as a person reads them.
pub(super) fn layer_list(layers: &[u32]) -> String {
    layers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Returns the layers of a run; an adapter acts in all blocks.
pub(super) fn layers_of_run(settings: &TrainSettings) -> String {
    numbered_layers(settings).unwrap_or_else(all_layers)
}

/// Returns the numbers of a run's layers; `None` for an adapter.
pub(super) fn numbered_layers(settings: &TrainSettings) -> Option<String> {
    (!settings.method.makes_adapter()).then(|| layer_list(&settings.layers))
}

/// Returns the word for all layers.
pub(super) fn all_layers() -> String {
    t!("all-layers")
}

/// Reads layers as a person types them: numbers and ranges such as `8-12`, between commas or blanks.
///
/// # Errors
/// Fails with a sentence that names what is no layer of the model.
pub(super) fn read_layers(text: &str, last: u32) -> Result<Vec<u32>, String> {
    let mut layers = vec![];
    for part in text.split([',', ';', ' ']).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once(['-', '\u{2013}']).unwrap_or((part, part));
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|layer| *layer <= last);
        match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => layers.extend(from..=to),
            _ => return Err(t!("train-layer-unknown", part = part.to_owned(), last = last)),
        }
    }
    layers.sort_unstable();
    layers.dedup();
    if layers.is_empty() { Err(t!("train-layer-missing")) } else { Ok(layers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_read_as_typed() {
        assert_eq!(read_layers("12, 8-10 9", 29), Ok(vec![8, 9, 10, 12]));
        for wrong in ["", "30", "9-8", "x", "-1"] {
            assert!(read_layers(wrong, 29).is_err(), "{wrong}");
        }
    }
}
