//! The view of steerability: a prediction from the pairs for every layer, before anything is trained.

use ipc::analysis::{Analysis, Finding, Question};
use ipc::train::AnswerPosition;
use leptos::prelude::*;

use super::form::Form;
use super::tab::Tab;
use crate::charts::{Chart, Line, Picture, Stroke};
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;
use crate::widgets::analysis::{AnalysisState, ask, in_use, is_open, newest};
use crate::widgets::forget_with;

/// The most odd pairs that the application reports.
const MOST_ODD: usize = 12;

/// Returns the verdict in words for the agreement of a data set: the mean over the layers.
fn verdict(agreement: f64) -> String {
    match agreement {
        a if a >= 0.55 => t!("train-verdict-yes"),
        a if a >= 0.36 => t!("train-verdict-probably"),
        a if a >= 0.2 => t!("train-verdict-weakly"),
        _ => t!("train-verdict-hardly"),
    }
}

/// Returns the mean agreement over the layers. `None` while nothing was measured.
fn mean_agreement(layers: &[Layer]) -> Option<f64> {
    let sum: f64 = layers.iter().map(|layer| layer.agreement).sum();
    (!layers.is_empty()).then(|| sum / layers.len() as f64)
}

/// The numbers of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layer {
    number: u32,
    agreement: f64,
    separation: f64,
    right_side: f64,
    share: f64,
}

/// The tab "Will it steer?".
#[component]
pub(super) fn SteerabilityView() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let failure = RwSignal::new(None);
    forget_with(failure, move || in_use(store));
    let analysis = Memo::new(move |_| {
        let set = store.data_set()?.id;
        newest(store, |analysis| {
            analysis.data_set == set && matches!(analysis.question, Question::Steerability { .. })
        })
    });
    let layers = Memo::new(move |_| analysis.read().as_ref().map(layers_of).unwrap_or_default());
    let odd = move || analysis.read().as_ref().map(odd_pairs).unwrap_or_default();
    // The zoom of the charts belongs to the data set that they show.
    let resets = Signal::derive(move || analysis.read().as_ref().map_or(0, |analysis| analysis.id as u32));
    let start = move |_| ask(store, Question::Steerability { position: AnswerPosition::Mean }, failure);
    let contrary = move || odd().iter().filter(|(.., agreement)| *agreement < 0.0).count();
    let found = move || {
        let (mean, count) = (mean_agreement(&layers.read())?, contrary());
        let (agreement, layers) = (format::number(mean, 2), layers.read().len());
        // No more are listed.
        let measured = if count >= MOST_ODD {
            t!("train-steerability-found-many", agreement = agreement, layers = layers, count = count)
        } else {
            t!("train-steerability-found", agreement = agreement, layers = layers, count = count)
        };
        Some((verdict(mean), measured))
    };
    let row = move |layer: Layer| {
        view! {
            <tr data-testid="steerability-row">
                <td class="number">{layer.number}</td>
                <td class="number">{format::number(layer.agreement, 3)}</td>
                <td class="number">{format::number(layer.separation, 2)}</td>
                <td class="number">{format::percent(layer.right_side)}</td>
                <td class="number">{format::percent(layer.share)}</td>
            </tr>
        }
    };
    view! {
        <div class="row wrap">
                <h2 class="grow"><Term name="Steerability" text=t!("train-will-it-steer") /></h2>
            <button class="button primary" data-testid="steerability-start" disabled=move || is_open(analysis.read().as_ref()) on:click=start>{t!("train-steerability-start")}</button>
            </div>
        <p class="quiet">
            {t!("train-steerability-note")}
        </p>
        <AnalysisState analysis failure />
        <Show when=move || !layers.read().is_empty()>
            {move || found().map(|(verdict, measured)| view! {
                <div>
                    <p class="strong" data-testid="steerability-verdict">{verdict}</p>
                    <p class="quiet" data-testid="steerability-found">{measured}</p>
                </div>
            })}
            <div class="charts">
                <div class="chart">
                    <div class="title"><h3>{t!("train-agreement")}</h3><span class="quiet small">{t!("train-agreement-what")}</span></div>
                    <Chart resets picture=Signal::derive(move || picture(&layers.read(), &t!("train-agreement-axis"), |l| l.agreement)) testid="chart-agreement" label=t!("train-agreement-label") />
                </div>
                <div class="chart">
                    <div class="title"><h3>{t!("train-separation")}</h3><span class="quiet small">{t!("train-separation-what")}</span></div>
                    <Chart resets picture=Signal::derive(move || picture(&layers.read(), &t!("train-separation-axis"), |l| l.separation)) testid="chart-separation" label=t!("train-separation-label") />
                </div>
            </div>
            // `docs/steerability.md` says how that was measured.
            <p class="quiet small" data-testid="steerability-measured">{t!("train-steerability-measured")}</p>
            <Show when=move || !odd().is_empty()>
                <h3>{t!("train-odd-pairs")}</h3>
                <div class="table-box steps" tabindex="0"><table data-testid="steerability-pairs">
                    <thead><tr><th class="number">{t!("train-odd-pair")}</th><th class="number">{t!("train-agreement")}</th><th>{t!("train-odd-meaning")}</th><th>{t!("prompt")}</th></tr></thead>
                    <tbody>{move || odd().into_iter().map(|(number, prompt, agreement)| view! {
                        <tr>
                            <td class="number">{number}</td><td class="number">{format::number(agreement, 3)}</td>
                            <td>{if agreement < 0.0 { t!("train-odd-contrary") } else { t!("train-odd-weak") }}</td>
                            <td class="text prose" dir="auto">{prompt}</td>
                        </tr>
                    }).collect_view()}</tbody>
                </table></div>
            </Show>
            <h3><Term name="Layer" text=t!("train-numbers-by-layer") /></h3>
            <div class="table-box"><table data-testid="steerability-table">
                <thead><tr>
                    <th class="number"><Term name="Layer" /></th><th class="number">{t!("train-agreement")}</th><th class="number">{t!("train-separation")}</th>
                    <th class="number">{t!("train-right-side")}</th><th class="number">{t!("train-mean-difference-of")}<Term name="Residual stream" text=t!("train-mean-difference-residual") /></th>
                </tr></thead>
                <tbody>{move || layers.get().into_iter().map(row).collect_view()}</tbody>
            </table></div>
            <p class="quiet small">
                {t!("train-no-best-layer")}
                <button class="link" on:click=move |_| form.tab.set(Tab::Layers)>{t!("layers")}</button>{t!("train-no-best-layer-end")}
            </p>
        </Show>
    }
}

/// Returns the layers in their order.
fn layers_of(analysis: &Analysis) -> Vec<Layer> {
    let mut layers: Vec<Layer> = analysis
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Layer { layer, agreement, separation, right_side, share } => Some(Layer {
                number: *layer,
                agreement: *agreement,
                separation: *separation,
                right_side: *right_side,
                share: *share,
            }),
            _ => None,
        })
        .collect();
    layers.sort_by_key(|layer| layer.number);
    layers
}

fn odd_pairs(analysis: &Analysis) -> Vec<(u32, String, f64)> {
    let odd = analysis.findings.iter().filter_map(|finding| match finding {
        Finding::OddPair { number, prompt, agreement } => Some((*number, prompt.clone(), *agreement)),
        _ => None,
    });
    odd.collect()
}

fn picture(layers: &[Layer], title: &str, value: fn(&Layer) -> f64) -> Picture {
    let note = |layer: &Layer| {
        let place = t!("train-note-layer", layer = layer.number);
        format!("{place}\n{}", format::number(value(layer), 3))
    };
    let line = Line {
        name: title.into(),
        color: 0,
        stroke: Stroke::Marked,
        points: layers.iter().map(|layer| [f64::from(layer.number), value(layer)]).collect(),
        notes: layers.iter().map(note).collect(),
    };
    Picture {
        x_title: t!("train-axis-layer"),
        y_title: title.into(),
        lines: vec![line],
        ..Picture::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::job::JobState;

    #[test]
    fn a_verdict_is_given_and_no_layer_is_ranked() {
        let layer = |layer, agreement| Finding::Layer {
            layer,
            agreement,
            separation: 1.0,
            right_side: 1.0,
            share: 0.1,
        };
        let analysis = Analysis {
            id: 1,
            job: 1,
            state: JobState::Done,
            model: 1,
            data_set: 1,
            stale: false,
            question: Question::Steerability { position: AnswerPosition::Mean },
            findings: vec![
                layer(0, 0.2),
                layer(1, 0.6),
                Finding::OddPair { number: 7, prompt: "P".into(), agreement: -0.2 },
                layer(2, 0.4),
            ],
            created: 0,
        };
        let layers = layers_of(&analysis);
        assert_eq!(layers.iter().map(|layer| layer.number).collect::<Vec<_>>(), [0, 1, 2]);
        let agreement = mean_agreement(&layers).expect("three layers");
        assert!((agreement - 0.4).abs() < 1e-12);
        assert!(verdict(agreement).starts_with("Probably"), "as the starter set with this agreement");
        // The order of the verdicts is the measured order of the effects.
        assert!(verdict(0.68).starts_with("Yes") && verdict(0.33).starts_with("Weakly"));
        assert!(verdict(0.1).starts_with("Hardly") && mean_agreement(&[]).is_none());
        assert_eq!(odd_pairs(&analysis), [(7, "P".to_owned(), -0.2)]);
        let picture = picture(&layers, "mean cosine", |layer| layer.agreement);
        assert_eq!(picture.lines[0].points, [[0.0, 0.2], [1.0, 0.6], [2.0, 0.4]]);
    }
}
