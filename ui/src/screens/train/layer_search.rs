//! The view that compares layers by what extracted vectors do there, and searches over layers and learning rates.

use ipc::study::{Finding, Question, Study};
use ipc::train::{Method, TrainSettings};
use leptos::prelude::*;

use super::analysis::{Standing, ask, is_open, newest};
use super::form::Form;
use super::layer_choice::read_layers;
use super::tab::Tab;
use crate::charts::{Chart, Line, Picture, Stroke};
use crate::format;
use crate::state::store;
use crate::widgets::NumberField;

/// The norm that is added when layers are compared, as a share of the residual stream's.
const SHARE: f64 = 0.1;

/// The view.
#[component]
pub(super) fn LayerSearchView() -> impl IntoView {
    view! {
        <Effects />
        <Search />
    }
}

/// The held-out effect by layer of extracted vectors.
#[component]
fn Effects() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let failure = RwSignal::new(None);
    let method = RwSignal::new(Method::Freeform);
    let study = Memo::new(move |_| {
        let (set, wanted) = (store.data_set()?.id, method.get());
        newest(store, |study| {
            study.data_set == set
                && matches!(&study.question, Question::Layers { settings, .. } if settings.method == wanted)
        })
    });
    let effects = Memo::new(move |_| study.read().as_ref().map(effects).unwrap_or_default());
    let best = move || effects.read().iter().max_by(|a, b| a.gap().total_cmp(&b.gap())).copied();
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
            <h2 class="grow">"Layers compared"</h2>
            <select class="narrow-field" data-testid="layers-method" aria-label="Method" on:change=move |event| {
                let key = event_target_value(&event);
                if let Some(chosen) = Method::ALL.into_iter().find(|method| format::method_key(*method) == key) {
                    method.set(chosen);
                }
            }>
                {[Method::Freeform, Method::Caa, Method::Pca].map(|choice| view! {
                    <option value=format::method_key(choice) selected=move || method.get() == choice>{format::method(choice)}</option>
                })}
            </select>
            <button class="button primary" data-testid="layers-start" disabled=move || is_open(study.read().as_ref()) on:click=start>"Compare all layers"</button>
        </div>
        <p class="quiet">{format!(
            "Extracts a vector at every layer, adds it at {} of the residual stream\u{2019}s norm there, and measures how far the first held-out pairs move. Needs no training.",
            format::percent(SHARE)
        )}</p>
        <Standing study failure />
        <Show when=move || !effects.read().is_empty()>
            <div class="chart">
                <div class="title">
                    <h3>"Held-out margin by layer"</h3>
                    <span class="key"><i></i>"added"</span><span class="key"><i class="dashed"></i>"taken off"</span>
                </div>
                <Chart picture=Signal::derive(move || effect_picture(&effects.read())) testid="chart-layers" label="Held-out margin by layer; the table below has the numbers" />
            </div>
            {move || best().map(|best| view! {
                <div class="row" data-testid="layers-best">
                    <span>{format!("Layer {} moves the held-out pairs most: {} nats from one sign to the other.", best.layer, format::number(best.gap(), 1))}</span>
                    <button class="link" on:click=move |_| form.change(|settings| settings.layers = vec![best.layer])>"Use it"</button>
                </div>
            })}
            <details><summary>"Numbers"</summary>
                <div class="table-box steps"><table data-testid="layers-table">
                    <thead><tr>
                        <th class="number">"Layer"</th><th class="number">"Added"</th><th class="number">"Taken off"</th><th class="number">"Gap"</th>
                        <th class="number">"Norm of the vector"</th><th class="number">"Residual norm"</th>
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

/// Successive halving over layers and rates.
#[component]
fn Search() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let failure = RwSignal::new(None);
    let last = Memo::new(move |_| {
        store.model().and_then(|model| model.facts).map_or(0, |facts| facts.blocks.saturating_sub(1))
    });
    let (layers, rates, budget) =
        (RwSignal::new(String::new()), RwSignal::new("0.02 0.05".to_owned()), RwSignal::new(120.0));
    Effect::new(move |_| {
        if layers.read_untracked().is_empty() && last.get() > 0 {
            layers.set(spread(last.get()));
        }
    });
    let study = Memo::new(move |_| {
        let set = store.data_set()?.id;
        newest(store, |study| study.data_set == set && matches!(study.question, Question::Search { .. }))
    });
    let trials = Memo::new(move |_| study.read().as_ref().map(trials).unwrap_or_default());
    let asked = move || {
        let layers = read_layers(&layers.read(), last.get())?;
        let rates = format::read_multipliers(&rates.read())?;
        if rates.iter().any(|rate| *rate <= 0.0) {
            return Err("Every rate must be over 0".to_owned());
        }
        Ok((layers, rates))
    };
    let has_steps = Memo::new(move |_| form.get(|settings| settings.method.has_steps()));
    let makes_adapter = Memo::new(move |_| form.get(|settings| settings.method.makes_adapter()));
    let why_not = move || {
        if makes_adapter.get() {
            Some("An adapter acts in every block: there are no layers to search.".into())
        } else if has_steps.get() {
            asked().err()
        } else {
            Some("The method in the settings has no steps to search over.".into())
        }
    };
    let start = move |_| {
        let (Ok((layers, rates)), Some(settings)) = (asked(), form.settings.get_untracked()) else { return };
        let budget = budget.get_untracked() as u32;
        ask(store, Question::Search { settings: Box::new(settings), layers, rates, budget }, failure);
    };
    view! {
        <div class="row wrap">
            <h2 class="grow">"Search"</h2>
            <button class="button primary" data-testid="search-start" disabled=move || why_not().is_some() || is_open(study.read().as_ref()) on:click=start>"Search"</button>
        </div>
        <p class="quiet">
            "Trains every pair of a layer and a rate for a few steps with the settings on the left, keeps the half that moves the held-out pairs furthest, trains it for twice as many, and so on (successive halving)."
        </p>
        <div class="three top">
            <label class="field"><span class="label">"Layers"</span>
                <input type="text" data-testid="search-layers" prop:value=layers on:input=move |event| layers.set(event_target_value(&event)) />
                <span class="quiet small">"Numbers and ranges, such as 6, 10-12"</span></label>
            <label class="field"><span class="label">"Rates"</span>
                <input type="text" data-testid="search-rates" prop:value=rates on:input=move |event| rates.set(event_target_value(&event)) />
                <span class="quiet small">"Peak learning rates"</span></label>
            <NumberField label="Budget" hint="Optimizer steps in all" testid="search-budget" value=budget set=Callback::new(move |v: f64| budget.set(v.max(0.0).trunc())) />
        </div>
        {move || why_not().map(|why| view! { <p class="warning small">{why}</p> })}
        <Standing study failure />
        <Show when=move || !trials.read().is_empty()>
            {move || proposal(&trials.read(), study.read().as_ref()).map(|(layer, rate, why)| view! {
                <div class="row" data-testid="search-proposal">
                    <span class="grow">{why}</span>
                    <button class="button" data-testid="search-use" on:click=move |_| {
                        form.change(|settings| { settings.layers = vec![layer]; settings.learning_rate = rate; });
                        form.tab.set(Tab::Run);
                    }>"Use both"</button>
                </div>
            })}
            <div class="table-box"><table data-testid="search-table">
                <thead><tr>
                    <th class="number">"Round"</th><th class="number">"Layer"</th><th class="number">"Rate"</th><th class="number">"Steps"</th>
                    <th class="number">"At +1"</th><th class="number">"At \u{2212}1"</th><th class="number">"Gap"</th><th>"Outcome"</th>
                </tr></thead>
                <tbody>{move || trials.get().into_iter().map(|trial| view! {
                    <tr data-testid="search-row">
                        <td class="number">{trial.round}</td><td class="number">{trial.layer}</td><td class="number">{trial.rate.to_string()}</td>
                        <td class="number">{trial.steps}</td>
                        <td class="number">{number(trial.plus)}</td><td class="number">{number(trial.minus)}</td>
                        <td class="number">{number(trial.plus.zip(trial.minus).map(|(plus, minus)| plus - minus))}</td>
                        <td>{trial.outcome}</td>
                    </tr>
                }).collect_view()}</tbody>
            </table></div>
        </Show>
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or("came apart".into(), |value| format::number(value, 2))
}

/// Four layers from a quarter to two thirds of the way up.
fn spread(last: u32) -> String {
    let at = |share: f64| (f64::from(last) * share).round() as u32;
    super::layer_choice::layer_list(&[at(0.2), at(0.35), at(0.5), at(0.65)])
}

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

fn effects(study: &Study) -> Vec<LayerEffect> {
    let mut effects: Vec<LayerEffect> = study
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
    let line = |name: &str, stroke, value: fn(&LayerEffect) -> f64| Line {
        name: name.into(),
        color: 0,
        stroke,
        points: effects.iter().map(|effect| [f64::from(effect.layer), value(effect)]).collect(),
        notes: effects
            .iter()
            .map(|effect| format!("layer {}\nmargin {} nats", effect.layer, format::number(value(effect), 2)))
            .collect(),
    };
    Picture {
        x_title: "layer".into(),
        y_title: "margin, nats".into(),
        lines: vec![
            line("Added", Stroke::Marked, |effect| effect.plus),
            line("Taken off", Stroke::Dashed, |effect| effect.minus),
        ],
        ..Picture::default()
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Trial {
    round: u32,
    layer: u32,
    rate: f64,
    steps: u32,
    plus: Option<f64>,
    minus: Option<f64>,
    outcome: &'static str,
}

/// The trials in their order, with the result of each.
fn trials(study: &Study) -> Vec<Trial> {
    let all = study.findings.iter().filter_map(|finding| match finding {
        Finding::Trial { round, layer, rate, steps, plus, minus } => Some(Trial {
            round: *round,
            layer: *layer,
            rate: *rate,
            steps: *steps,
            plus: *plus,
            minus: *minus,
            outcome: "",
        }),
        _ => None,
    });
    let mut trials: Vec<Trial> = all.collect();
    let last = trials.last().map_or(0, |trial| trial.round);
    let went_on: Vec<(u32, u32, u64)> =
        trials.iter().map(|trial| (trial.round, trial.layer, trial.rate.to_bits())).collect();
    for trial in &mut trials {
        let next = (trial.round + 1, trial.layer, trial.rate.to_bits());
        trial.outcome = match () {
            () if trial.round == last => "",
            () if went_on.contains(&next) => "goes on",
            () => "out",
        };
    }
    trials
}

/// The layer and the learning rate that a finished search proposes, and why.
fn proposal(trials: &[Trial], study: Option<&Study>) -> Option<(u32, f64, String)> {
    study.filter(|study| study.state.is_over())?;
    let last = trials.iter().map(|trial| trial.round).max()?;
    let gap = |trial: &Trial| trial.plus.zip(trial.minus).map(|(plus, minus)| plus - minus);
    let mut finals: Vec<(&Trial, f64)> = trials
        .iter()
        .filter(|trial| trial.round == last)
        .filter_map(|trial| Some((trial, gap(trial)?)))
        .collect();
    finals.sort_by(|one, other| other.1.total_cmp(&one.1));
    let (best, most) = *finals.first()?;
    let next = finals.get(1).map(|(next, gap)| {
        format!(", {} more than layer {} at {}", format::number(most - gap, 1), next.layer, next.rate)
    });
    let why = format!(
        "Layer {} at rate {}: after {} it moves the held-out pairs by {} nats from \u{2212}1 to +1{}.",
        best.layer,
        best.rate,
        format::plural(best.steps as usize, "step"),
        format::number(most, 1),
        next.unwrap_or_default()
    );
    Some((best.layer, best.rate, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::job::JobState;

    #[test]
    fn a_search_proposes_the_best_of_its_last_round_and_says_why() {
        let trial = |round, layer, rate, gap: f64| Finding::Trial {
            round,
            layer,
            rate,
            steps: 10 * round,
            plus: Some(gap),
            minus: Some(0.0),
        };
        let mut study = Study {
            id: 1,
            job: 1,
            state: JobState::Running,
            model: 1,
            data_set: 1,
            stale: false,
            question: Question::Outlook { position: ipc::train::Position::Mean },
            findings: vec![trial(1, 6, 0.1, 1.0), trial(1, 10, 0.1, 3.0), trial(1, 14, 0.1, 2.0)],
            created: 0,
        };
        assert_eq!(proposal(&trials(&study), Some(&study)), None);
        study.findings.extend([trial(2, 10, 0.1, 4.0), trial(2, 14, 0.1, 5.5)]);
        study.state = JobState::Done;
        let found = trials(&study);
        assert_eq!(
            found.iter().map(|trial| trial.outcome).collect::<Vec<_>>(),
            ["out", "goes on", "goes on", "", ""]
        );
        let (layer, rate, why) = proposal(&found, Some(&study)).expect("a proposal");
        assert_eq!((layer, rate), (14, 0.1));
        assert!(why.contains("5.5 nats") && why.contains("1.5 more than layer 10"), "{why}");
        assert_eq!(spread(29), "6, 10, 15, 19");
    }
}
