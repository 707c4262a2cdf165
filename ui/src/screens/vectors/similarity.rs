//! The view that compares the ticked vectors: the cosine of every two, and their norms against the residual stream.

use std::collections::HashMap;

use ipc::command::{CompareVectors, ReadResidual};
use ipc::derive::Similarity;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::VectorLibrary;
use crate::bridge;
use crate::charts::{Chart, Heat, Picture};
use crate::format;
use crate::latest::Latest;
use crate::state::store;
use crate::t;
use crate::widgets::FailureCard;
use crate::widgets::Term;

/// The tab "Similarity".
#[component]
pub(super) fn SimilarityView() -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let failure = RwSignal::new(None::<Failure>);
    let layer = RwSignal::new(None::<u32>);
    let found = RwSignal::new(Similarity::default());
    let residual = RwSignal::new(HashMap::<Id, Vec<f64>>::new());
    // The vectors have the list's order, so that sorting the list also sorts this table.
    let vectors = Memo::new(move |_| {
        // An adapter has no direction, so it cannot be ticked.
        let (ticked, all) = (library.ticked.read(), store.vectors.read());
        let listed = library.shown.read();
        let mut chosen: Vec<Vector> =
            listed.iter().filter(|vector| ticked.contains(&vector.id)).cloned().collect();
        let hidden = all.iter().filter(|vector| ticked.contains(&vector.id));
        let hidden: Vec<Vector> =
            hidden.filter(|vector| !listed.iter().any(|known| known.id == vector.id)).cloned().collect();
        chosen.extend(hidden);
        chosen
    });
    let asked = Memo::new(move |_| {
        let ids: Vec<Id> = vectors.read().iter().map(|vector| vector.id).collect();
        let mut models: Vec<Id> = vectors.read().iter().map(|vector| vector.model).collect();
        models.sort_unstable();
        models.dedup();
        (ids, models, layer.get(), store.model_is_ready())
    });
    let latest = Latest::new();
    Effect::new(move |_| {
        let (ids, models, layer, _) = asked.get();
        let turn = latest.begin();
        if ids.len() < 2 {
            failure.set(None);
            found.set(Similarity::default());
            return;
        }
        spawn_local(async move {
            let answer = bridge::call(CompareVectors { vectors: ids, layer }).await;
            if !turn.is_current() {
                return;
            }
            failure.set(answer.as_ref().err().cloned());
            found.set(answer.unwrap_or_default());
            for model in models {
                // The norms of a model are the same for every question, so that a late answer counts as well.
                match bridge::call(ReadResidual { model }).await {
                    Ok(norms) => drop(residual.try_update(|all| drop(all.insert(model, norms)))),
                    Err(refused) if turn.is_current() => failure.set(Some(refused)),
                    Err(_) => (),
                }
            }
        });
    });
    // Earlier results are not shown under new names.
    let is_whole = move || found.read().cosines.len() == vectors.read().len() && vectors.read().len() > 1;
    let picture = Signal::derive(move || Picture {
        heat: is_whole().then(|| heat(&found.read())),
        ..Picture::default()
    });
    let has_several = move || vectors.read().iter().any(|vector| vector.layers.len() > 1);
    let about = move || cosine_note(layer.get(), has_several());
    view! {
        <div class="row wrap">
            <h2 class="grow"><Term name="Cosine" text=t!("vectors-how-alike") /></h2>
            <Show when=move || { found.read().layers.len() > 1 || layer.read().is_some() }>
                <label class="row"><span class="quiet">{t!("vectors-alike-at")}</span>
                    <select class="fit" data-testid="similarity-layer" aria-label=t!("layer") on:change=move |event| layer.set(event_target_value(&event).parse().ok())>
                        <option value="">{t!("vectors-every-layer")}</option>
                        {move || found.read().layers.iter().map(|one| { let one = *one; view! {
                            <option value=one.to_string() selected=move || layer.get() == Some(one)>{t!("vectors-alike-layer", layer = one)}</option>
                        }}).collect_view()}
                    </select>
                </label>
            </Show>
        </div>
        <FailureCard failure />
        <Show when=is_whole fallback=move || view! {
            <div class="empty"><p>{move || if vectors.read().len() < 2 { t!("vectors-alike-tick") } else { t!("vectors-alike-comparing") }}</p></div>
        }>
            <p class="quiet small">{about}</p>
            <div class="chart tall"><div class="title"></div>
                <Chart picture testid="chart-similarity" label=t!("vectors-alike-chart") />
            </div>
            <div class="table-box" tabindex="0"><table class="wide-name-table" data-testid="similarity-table">
                <thead><tr><td></td><th>{t!("vector")}</th>{move || (1..=vectors.read().len()).map(|place| view! { <th class="number">{place}</th> }).collect_view()}</tr></thead>
                <tbody>{move || cosines(&vectors.read(), &found.read()).into_iter().enumerate().map(|(place, (name, row))| view! {
                    <tr data-testid="similarity-row"><td class="number quiet">{place + 1}</td><td class="name"><div class="ellipsis" title=name.clone()>{name.clone()}</div></td>
                        {row.into_iter().map(|cosine| view! { <td class="number">{cosine.map_or("\u{2013}".into(), |cosine| format::number(cosine, 3))}</td> }).collect_view()}</tr>
                }).collect_view()}</tbody>
            </table></div>
            <h3><Term name="Norm" text=t!("vectors-norms") /></h3>
            <p class="quiet small">{t!("vectors-norms-about")}</p>
            <div class="table-box behind"><table class="wide-name-table" data-testid="norms-table">
                <thead><tr><th>{t!("vector")}</th><th class="number"><Term name="Layer" text=t!("layer") /></th><th class="number"><Term name="Norm" text=t!("norm") /></th><th class="number"><Term name="Residual stream" text=t!("vectors-norms-residual") /></th><th class="number">{t!("vectors-norms-share")}</th></tr></thead>
                <tbody>{move || norms(&vectors.read(), &found.read(), &residual.read()).into_iter().map(|row| view! {
                    <tr data-testid="norms-row"><td class="name"><div class="ellipsis" title=row.name.clone()>{row.name.clone()}</div></td>
                        <td class="number">{row.layer}</td><td class="number">{format::number(row.norm, 2)}</td>
                        <td class="number">{row.residual.map_or("\u{2013}".into(), |norm| format::number(norm, 1))}</td>
                        <td class="number">{row.residual.filter(|norm| *norm > 0.0).map_or("\u{2013}".into(), |norm| format::percent(row.norm / norm))}</td></tr>
                }).collect_view()}</tbody>
            </table></div>
        </Show>
    }
}

/// Returns a sentence on what the cosines compare.
fn cosine_note(layer: Option<u32>, has_several: bool) -> String {
    match (layer, has_several) {
        (Some(layer), _) => t!("vectors-cosine-at-layer", layer = layer),
        (None, true) => t!("vectors-cosine-over-layers"),
        (None, false) => t!("vectors-cosine-of-two"),
    }
}

/// Returns the heat map of the cosines, the first vector at the top, as in the table.
fn heat(similarity: &Similarity) -> Heat {
    let count = similarity.cosines.len();
    let row =
        |row: &Vec<Option<f64>>| row.iter().map(|cosine| cosine.unwrap_or(f64::NAN)).collect::<Vec<_>>();
    Heat {
        columns: (1..=count).map(|place| place.to_string()).collect(),
        rows: (1..=count).rev().map(|place| place.to_string()).collect(),
        values: similarity.cosines.iter().rev().flat_map(row).collect(),
        middle: 0.0,
        decimals: 2,
    }
}

/// Returns the rows of the table of cosines, each with the name of its vector.
fn cosines(vectors: &[Vector], similarity: &Similarity) -> Vec<(String, Vec<Option<f64>>)> {
    vectors.iter().zip(&similarity.cosines).map(|(vector, row)| (vector.name.clone(), row.clone())).collect()
}

/// A part of a vector in the table of norms.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    layer: u32,
    norm: f64,
    residual: Option<f64>,
}

fn norms(vectors: &[Vector], similarity: &Similarity, residual: &HashMap<Id, Vec<f64>>) -> Vec<Row> {
    let rows = vectors.iter().zip(&similarity.parts).flat_map(|(vector, parts)| {
        parts.iter().map(|(layer, norm)| Row {
            name: vector.name.clone(),
            layer: *layer,
            norm: *norm,
            residual: residual.get(&vector.model).and_then(|norms| norms.get(*layer as usize)).copied(),
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::named_vector as vector;

    #[test]
    fn the_first_vector_stands_at_the_top_and_norms_find_their_layer() {
        let similarity = Similarity {
            layers: vec![1],
            cosines: vec![vec![Some(1.0), Some(0.5)], vec![Some(0.5), None]],
            parts: vec![vec![(1, 3.0)], vec![(0, 4.0), (1, 5.0)]],
        };
        let heat = heat(&similarity);
        assert_eq!(
            (heat.rows.as_slice(), heat.values[0], heat.values[2]),
            (&["2".to_owned(), "1".into()][..], 0.5, 1.0)
        );
        assert!(heat.values[1].is_nan());
        let all = [vector(1, "a", 3.0), vector(2, "b", 6.4)];
        let rows = norms(&all, &similarity, &HashMap::from([(1, vec![10.0, 20.0])]));
        let found: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.layer, row.residual)).collect();
        assert_eq!(found, [("a", 1, Some(20.0)), ("b", 0, Some(10.0)), ("b", 1, Some(20.0))]);
    }
}
