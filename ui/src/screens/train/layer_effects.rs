//! Compares the layers of a model by what an extracted vector does there.

use ipc::analysis::{Analysis, Finding, Question};
use ipc::train::{Method, TrainSettings};
use leptos::prelude::*;

use super::form::Form;
use crate::charts::{Chart, Line, Picture, Stroke};
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;
use crate::widgets::analysis::{AnalysisState, ask, in_use, is_open, newest};
use crate::widgets::forget_with;

/// The norm that is added when layers are compared, as a share of the residual stream's.
const SHARE: f64 = 0.1;

/// Extracts a vector at every layer and shows how far it moves the held-out pairs.
#[component]
pub(super) fn LayerEffects() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let failure = RwSignal::new(None);
    let method = form.kept.effects_method;
    forget_with(failure, move || (in_use(store), method.get(), form.settings.get()));
    let analysis = Memo::new(move |_| {
        let (set, wanted) = (store.data_set()?.id, method.get());
        newest(store, |analysis| {
            analysis.data_set == set
                && matches!(&analysis.question, Question::Layers { settings, .. } if settings.method == wanted)
        })
    });
    let effects = Memo::new(move |_| analysis.read().as_ref().map(effects).unwrap_or_default());
    let best = move || effects.read().iter().max_by(|a, b| a.gap().total_cmp(&b.gap())).copied();
    // The zoom of the chart belongs to the comparison that it shows.
    let resets = Signal::derive(move || analysis.read().as_ref().map_or(0, |analysis| analysis.id as u32));
    let start = move |_| {
        let blocks = store.model().and_then(|model| model.facts).map_or(0, |facts| facts.blocks);
        let Some(settings) = form.settings.get_untracked() else { return };
        let settings = Box::new(TrainSettings {
            method: method.get_untracked(),
            layers: (0..blocks).collect(),
            ..settings
        });
        ask(store, Question::Layers { settings, share: SHARE }, failure);
    };
    view! {
        <div class="row wrap">
            <h2 class="grow">{t!("train-effects")}</h2>
            <select class="narrow-field" data-testid="layers-method" aria-label=t!("method") on:change=move |event| {
                let key = event_target_value(&event);
                if let Some(chosen) = Method::ALL.into_iter().find(|method| format::method_key(*method) == key) {
                    method.set(chosen);
                }
            }>
                {[Method::Freeform, Method::Caa, Method::Pca].map(|choice| view! {
                    <option value=format::method_key(choice) selected=move || method.get() == choice>{format::method(choice)}</option>
                })}
            </select>
            <button class="button primary" data-testid="layers-start" disabled=move || is_open(analysis.read().as_ref()) || form.faults.are_there() on:click=start>{t!("train-effects-compare")}</button>
        </div>
        <p class="quiet">{t!("train-effects-note", share = format::percent(SHARE))}</p>
        <AnalysisState analysis failure />
        <Show when=move || !effects.read().is_empty()>
            <div class="chart">
                <div class="title">
                    <h3><Term name="Held out" text=t!("train-held-out") /><Term name="Margin" text=t!("train-margin-after") />{t!("train-effects-by-layer")}</h3>
                    <span class="key"><i></i>{t!("train-effects-key-added")}</span><span class="key"><i class="dashed"></i>{t!("train-effects-key-taken-off")}</span>
                </div>
                <Chart resets picture=Signal::derive(move || effect_picture(&effects.read())) testid="chart-layers" label=t!("train-effects-chart-label") />
            </div>
            {move || best().map(|best| view! {
                <div class="row" data-testid="layers-best">
                    <span>{t!("train-effects-best", layer = best.layer, gap = format::number(best.gap(), 1))}</span>
                    <button class="link" on:click=move |_| form.change(|settings| settings.layers = vec![best.layer])>{t!("train-effects-use")}</button>
                </div>
            })}
            <details><summary>{t!("train-effects-numbers")}</summary>
                <div class="table-box steps"><table data-testid="layers-table">
                    <thead><tr>
                        <th class="number"><Term name="Layer" /></th><th class="number">{t!("train-effects-added")}</th><th class="number">{t!("train-effects-taken-off")}</th><th class="number">{t!("train-gap")}</th>
                        <th class="number"><Term name="Norm" text=t!("train-effects-norm") /></th><th class="number"><Term name="Residual stream" text=t!("train-effects-residual") />{t!("train-effects-residual-norm")}</th>
                    </tr></thead>
                    <tbody>{move || effects.get().into_iter().map(|effect| view! {
                        <tr>
                            <td class="number">{effect.layer}</td><td class="number">{format::number(effect.plus, 2)}</td>
                            <td class="number">{format::number(effect.minus, 2)}</td><td class="number">{format::signed(effect.gap(), 2)}</td>
                            <td class="number">{format::number(effect.norm, 2)}</td><td class="number">{format::number(effect.residual_norm, 1)}</td>
                        </tr>
                    }).collect_view()}</tbody>
                </table></div>
            </details>
        </Show>
    }
}

/// The held-out margins, in nats, with the extracted vector of a layer added and taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LayerEffect {
    layer: u32,
    plus: f64,
    minus: f64,
    norm: f64,
    residual_norm: f64,
}

impl LayerEffect {
    fn gap(&self) -> f64 {
        self.plus - self.minus
    }
}

fn effects(analysis: &Analysis) -> Vec<LayerEffect> {
    let mut effects: Vec<LayerEffect> = analysis
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Effect { layer, plus, minus, norm, residual_norm } => Some(LayerEffect {
                layer: *layer,
                plus: *plus,
                minus: *minus,
                norm: *norm,
                residual_norm: *residual_norm,
            }),
            _ => None,
        })
        .collect();
    effects.sort_by_key(|effect| effect.layer);
    effects
}

fn effect_picture(effects: &[LayerEffect]) -> Picture {
    let note = |layer: u32, value: f64| {
        let margin = t!("train-note-margin", margin = format::number(value, 2));
        format!("{}\n{margin}", t!("train-note-layer", layer = layer))
    };
    let line = |name, stroke, value: fn(&LayerEffect) -> f64| Line {
        name,
        color: 0,
        stroke,
        points: effects.iter().map(|effect| [f64::from(effect.layer), value(effect)]).collect(),
        notes: effects.iter().map(|effect| note(effect.layer, value(effect))).collect(),
    };
    Picture {
        x_title: t!("train-axis-layer"),
        y_title: t!("train-axis-margin"),
        lines: vec![
            line(t!("train-effects-added"), Stroke::Marked, |effect| effect.plus),
            line(t!("train-effects-taken-off"), Stroke::Dashed, |effect| effect.minus),
        ],
        ..Picture::default()
    }
}
