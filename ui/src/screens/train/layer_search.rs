//! The search over layers and learning rates by successive halving.

use ipc::analysis::{Analysis, Finding, Question};
use leptos::prelude::*;

use super::form::Form;
use super::kept_choices::KeptChoices;
use super::layer_choice::{layer_list, read_layers};
use super::tab::Tab;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::Term;
use crate::widgets::analysis::{AnalysisState, ask, in_use, is_open, newest};
use crate::widgets::{FaultNote, FieldFaults, NumberField, NumberRange, TypedField, forget_with};

/// Successive halving over layers and rates.
#[component]
pub(super) fn LayerSearch() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let failure = RwSignal::new(None);
    let last = Memo::new(move |_| {
        store.model().and_then(|model| model.facts).map_or(0, |facts| facts.blocks.saturating_sub(1))
    });
    let KeptChoices { search_layers: layers, search_rates: rates, search_budget: budget, .. } = form.kept;
    forget_with(failure, move || {
        (in_use(store), form.settings.get(), layers.get(), rates.get(), budget.get())
    });
    Effect::new(move |_| {
        if layers.read_untracked().is_empty() && last.get() > 0 {
            layers.set(spread(last.get()));
        }
    });
    let analysis = Memo::new(move |_| {
        let set = store.data_set()?.id;
        newest(store, |analysis| {
            analysis.data_set == set && matches!(analysis.question, Question::Search { .. })
        })
    });
    let trials = Memo::new(move |_| analysis.read().as_ref().map(trials).unwrap_or_default());
    let asked =
        move || Ok::<_, String>((read_layers(&layers.read(), last.get())?, read_rates(&rates.read())?));
    let has_steps = Memo::new(move |_| form.get(|settings| settings.method.has_steps()));
    let makes_adapter = Memo::new(move |_| form.get(|settings| settings.method.makes_adapter()));
    let why_not = move || {
        if makes_adapter.get() {
            Some(t!("train-search-no-layers"))
        } else {
            (!has_steps.get()).then(|| t!("train-search-no-steps"))
        }
    };
    let faults = FieldFaults::provide();
    // What is searched with are the settings on the left as well.
    let waits = move || faults.are_there() || form.faults.are_there();
    let layers_fault = Signal::derive(move || read_layers(&layers.read(), last.get()).err());
    let rates_fault = Signal::derive(move || read_rates(&rates.read()).err());
    let start = move |_| {
        let (Ok((layers, rates)), Some(settings)) = (untrack(asked), form.settings.get_untracked()) else {
            return;
        };
        let budget = budget.get_untracked() as u32;
        ask(store, Question::Search { settings: Box::new(settings), layers, rates, budget }, failure);
    };
    view! {
        <div class="row wrap">
            <h2 class="grow">{t!("search")}</h2>
            <button class="button primary" data-testid="search-start" disabled=move || why_not().is_some() || waits() || is_open(analysis.read().as_ref()) on:click=start>{t!("search")}</button>
        </div>
        <p class="quiet">
            {t!("train-search-note")}
        </p>
        <div class="three top">
            <TypedField label=t!("layers") term="Layer" hint=t!("train-search-layers-hint") testid="search-layers" value=layers fault=layers_fault />
            <TypedField label=t!("train-search-rates") term="Learning rate" hint=t!("train-search-rates-hint") testid="search-rates" value=rates fault=rates_fault />
            <NumberField label=t!("train-search-budget") hint=t!("train-search-budget-hint") testid="search-budget" range=NumberRange::Whole(1) value=budget set=Callback::new(move |v| budget.set(v)) />
        </div>
        {move || why_not().map(|why| view! { <p class="warning small">{why}</p> })}
        <FaultNote faults />
        <FaultNote faults=form.faults />
        <AnalysisState analysis failure />
        <Show when=move || !trials.read().is_empty()>
            {move || proposal(&trials.read(), analysis.read().as_ref()).map(|(layer, rate, why)| view! {
                <div class="row" data-testid="search-proposal">
                    <span class="grow">{why}</span>
                    <button class="button" data-testid="search-use" on:click=move |_| {
                        form.change(|settings| { settings.layers = vec![layer]; settings.learning_rate = rate; });
                        form.tab.set(Tab::Run);
                    }>{t!("train-search-use")}</button>
                </div>
            })}
            <div class="table-box"><table data-testid="search-table">
                <thead><tr>
                    <th class="number">{t!("train-search-round")}</th><th class="number"><Term name="Layer" /></th><th class="number"><Term name="Learning rate" text=t!("train-rate") /></th><th class="number">{t!("steps")}</th>
                    <th class="number">{t!("train-at-plus")}</th><th class="number">{t!("train-at-minus")}</th><th class="number">{t!("train-gap")}</th><th>{t!("train-search-outcome")}</th>
                </tr></thead>
                <tbody>{move || trials.get().into_iter().map(|trial| view! {
                    <tr data-testid="search-row">
                        <td class="number">{trial.round}</td><td class="number">{trial.layer}</td><td class="number">{trial.rate.to_string()}</td>
                        <td class="number">{trial.steps}</td>
                        <td class="number">{number(trial.plus)}</td><td class="number">{number(trial.minus)}</td>
                        <td class="number">{number(trial.plus.zip(trial.minus).map(|(plus, minus)| plus - minus))}</td>
                        <td>{trial.outcome()}</td>
                    </tr>
                }).collect_view()}</tbody>
            </table></div>
        </Show>
    }
}

/// Reads the learning rates.
///
/// # Errors
/// Fails with a sentence that says what is wrong.
fn read_rates(text: &str) -> Result<Vec<f64>, String> {
    let rates = format::read_multipliers(text)?;
    if rates.iter().all(|rate| *rate > 0.0) { Ok(rates) } else { Err(t!("train-search-rate-not-over-zero")) }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| t!("train-search-came-apart"), |value| format::number(value, 2))
}

/// Four layers from a quarter to two thirds of the way up.
fn spread(last: u32) -> String {
    let at = |share: f64| (f64::from(last) * share).round() as u32;
    layer_list(&[at(0.2), at(0.35), at(0.5), at(0.65)])
}

#[derive(Debug, Clone, PartialEq)]
struct Trial {
    round: u32,
    layer: u32,
    rate: f64,
    steps: u32,
    plus: Option<f64>,
    minus: Option<f64>,
    /// Whether the next round trains it on; `None` in the last round.
    goes_on: Option<bool>,
}

impl Trial {
    fn outcome(&self) -> String {
        match self.goes_on {
            None => String::new(),
            Some(true) => t!("train-search-goes-on"),
            Some(false) => t!("train-search-out"),
        }
    }
}

/// Returns the trials in their order, with the result of each.
fn trials(analysis: &Analysis) -> Vec<Trial> {
    let all = analysis.findings.iter().filter_map(|finding| match finding {
        Finding::Trial { round, layer, rate, steps, plus, minus } => Some(Trial {
            round: *round,
            layer: *layer,
            rate: *rate,
            steps: *steps,
            plus: *plus,
            minus: *minus,
            goes_on: None,
        }),
        _ => None,
    });
    let mut trials: Vec<Trial> = all.collect();
    let last = trials.last().map_or(0, |trial| trial.round);
    let went_on: Vec<(u32, u32, u64)> =
        trials.iter().map(|trial| (trial.round, trial.layer, trial.rate.to_bits())).collect();
    for trial in &mut trials {
        let next = (trial.round + 1, trial.layer, trial.rate.to_bits());
        trial.goes_on = (trial.round != last).then(|| went_on.contains(&next));
    }
    trials
}

/// Returns the layer and the learning rate that a finished search proposes, and why.
fn proposal(trials: &[Trial], analysis: Option<&Analysis>) -> Option<(u32, f64, String)> {
    analysis.filter(|analysis| analysis.state.is_over())?;
    let last = trials.iter().map(|trial| trial.round).max()?;
    let gap = |trial: &Trial| trial.plus.zip(trial.minus).map(|(plus, minus)| plus - minus);
    let mut finals: Vec<(&Trial, f64)> = trials
        .iter()
        .filter(|trial| trial.round == last)
        .filter_map(|trial| Some((trial, gap(trial)?)))
        .collect();
    finals.sort_by(|one, other| other.1.total_cmp(&one.1));
    let (best, most) = *finals.first()?;
    let (rate, most_text) = (best.rate.to_string(), format::number(most, 1));
    let why = match finals.get(1) {
        None => {
            t!("train-search-proposal", count = best.steps, layer = best.layer, rate = rate, gap = most_text)
        }
        Some((next, gap)) => t!(
            "train-search-proposal-next",
            count = best.steps,
            layer = best.layer,
            rate = rate,
            gap = most_text,
            more = format::number(most - gap, 1),
            next_layer = next.layer,
            next_rate = next.rate.to_string()
        ),
    };
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
        let mut analysis = Analysis {
            id: 1,
            job: 1,
            state: JobState::Running,
            model: 1,
            data_set: 1,
            stale: false,
            question: Question::Steerability { position: ipc::train::AnswerPosition::Mean },
            findings: vec![trial(1, 6, 0.1, 1.0), trial(1, 10, 0.1, 3.0), trial(1, 14, 0.1, 2.0)],
            created: 0,
        };
        assert_eq!(proposal(&trials(&analysis), Some(&analysis)), None);
        analysis.findings.extend([trial(2, 10, 0.1, 4.0), trial(2, 14, 0.1, 5.5)]);
        analysis.state = JobState::Done;
        let found = trials(&analysis);
        assert_eq!(
            found.iter().map(Trial::outcome).collect::<Vec<_>>(),
            ["out", "goes on", "goes on", "", ""]
        );
        let (layer, rate, why) = proposal(&found, Some(&analysis)).expect("a proposal");
        assert_eq!((layer, rate), (14, 0.1));
        assert!(why.contains("5.5 nats") && why.contains("1.5 more than layer 10"), "{why}");
        assert_eq!(spread(29), "6, 10, 15, 19");
    }
}
