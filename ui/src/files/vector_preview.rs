//! What a vector's file holds, shown before it is imported: layers or sizes, a suggested layer, and what is left out or guessed.

use ipc::files::VectorPreview;
use leptos::prelude::*;

use crate::t;
use crate::text::said;

/// The preview of a vector's file. A suggested layer is taken only by the button beside it.
#[component]
pub(super) fn VectorPreviewed(preview: VectorPreview, layer: RwSignal<String>) -> impl IntoView {
    let suggested = preview.suggested_layer.map(|suggested| {
        view! {
            <div class="row">
                <span class="grow warning" data-testid="import-vector-suggested">{t!("files-vector-suggested", layer = suggested)}</span>
                <button class="button" type="button" data-testid="import-vector-take-layer" on:click=move |_| layer.set(suggested.to_string())>{t!("files-vector-take-layer", layer = suggested)}</button>
            </div>
        }
    });
    view! {
        <p class="quiet small" data-testid="import-vector-holds">{holds(&preview)}</p>
        {suggested}
        {preview.notes.into_iter().map(|note| view! { <p class="warning" data-testid="import-vector-note">{said(&note)}</p> }).collect_view()}
    }
}

/// Says in a sentence what the file holds.
fn holds(preview: &VectorPreview) -> String {
    if let Some(adapter) = preview.adapter {
        let (rank, alpha, blocks) = (adapter.rank, adapter.alpha, adapter.blocks);
        return t!("files-vector-adapter", rank = rank, alpha = alpha.to_string(), blocks = blocks);
    }
    let layers: Vec<String> = preview.layers.iter().map(u32::to_string).collect();
    match layers.as_slice() {
        [] => t!("files-vector-no-layer", size = preview.size),
        [layer] => t!("files-vector-one-layer", size = preview.size, layer = layer.clone()),
        several => t!(
            "files-vector-several-layers",
            size = preview.size,
            layers = several.join(&t!("list-separator"))
        ),
    }
}

#[cfg(test)]
mod tests {
    use ipc::vector::Adapter;

    use super::*;

    #[test]
    fn a_sentence_says_what_the_file_holds() {
        let preview = |layers: &[u32]| VectorPreview {
            layers: layers.to_vec(),
            size: 576,
            adapter: None,
            needs_layer: layers.is_empty(),
            suggested_layer: None,
            notes: vec![],
        };
        assert!(holds(&preview(&[])).contains("does not say its layer"));
        assert_eq!(holds(&preview(&[3])), "A vector of 576 numbers for layer 3.");
        assert_eq!(holds(&preview(&[3, 7])), "Vectors of 576 numbers for layers 3, 7.");
        let adapter = Adapter {
            rank: 2,
            alpha: 8.0,
            blocks: 3,
            inputs: 4,
            queries: 4,
            values: 2,
            feed_forward: 0,
            on: ipc::vector::Projections::default(),
        };
        let adapter = VectorPreview { adapter: Some(adapter), ..preview(&[]) };
        assert_eq!(holds(&adapter), "An adapter of rank 2 and alpha 8 on 3 blocks.");
    }
}
