//! Measures the prompts of two data sets, those that should open a gate and those that should not, and shows what a threshold does
//! to them.

use ipc::Id;
use ipc::analysis::{Analysis, Finding, Question};
use ipc::command::ControlJob;
use ipc::conversation::StripGate;
use ipc::data::DataSet;
use ipc::job::{JobAction, JobState};
use ipc::steering::GateAt;
use leptos::prelude::*;

use super::histogram::{Bins, Histogram};
use super::proportion::wilson;
use crate::format;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::analysis::{AnalysisState, ask_about, is_open, newest};
use crate::widgets::forget_with;

/// The choice of the threshold.
#[component]
pub(super) fn Threshold(
    /// The vector that acts.
    vector: Signal<Id>,
    /// The gate.
    gate: Memo<Option<StripGate>>,
    /// The model of the gate's vector.
    #[prop(into)]
    model: Signal<Option<Id>>,
    /// The system prompt before the prompts; `None` for the one that the gate's vector was trained with.
    #[prop(into)]
    system_prompt: Signal<Option<String>>,
    /// Called with a new threshold.
    set: Callback<f64>,
) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None);
    // The panel is closed to see the answers, and opened again to move the threshold.
    let sets = chosen_before(store, vector.get_untracked()).map(RwSignal::new);
    Effect::new(move |_| {
        let chosen = sets.map(|set| set.get());
        store.gate_sets.update_value(|all| {
            all.insert(vector.get_untracked(), chosen);
        });
    });
    let question = Memo::new(move |_| {
        let gate = gate.read();
        let gate = gate.as_ref()?;
        let (vector, layer) = (gate.vector, gate.gate.layer);
        Some(Question::Projections { vector, layer, system_prompt: system_prompt.get() })
    });
    let analysis = sets.map(|chosen| {
        Memo::new(move |_| {
            let (question, data_set, model) = (question.get()?, chosen.get()?, model.get()?);
            newest(store, |known| {
                (known.data_set, known.model) == (data_set, model) && known.question == question
            })
        })
    });
    forget_with(failure, move || (question.get(), sets.map(|set| set.get()), model.get()));
    let at = Memo::new(move |_| gate.read().as_ref().map_or(GateAt::Token, |gate| gate.gate.at));
    let above = Memo::new(move |_| gate.read().as_ref().map_or(0.0, |gate| gate.gate.above));
    let values = analysis.map(|analysis| {
        Memo::new(move |_| projections(analysis.read().as_ref(), at.get()).unwrap_or_default().to_vec())
    });
    let bins = Memo::new(move |_| values[0].with(|open| values[1].with(|shut| Bins::new([open, shut]))));
    let rates = move || {
        let rate = |group: usize| values[group].with(|values| rate(values, above.get()));
        [t!("widgets-gate-open-rate", rate = rate(0)), t!("widgets-gate-shut-rate", rate = rate(1))]
    };
    let both = move || {
        let [open, shut] = rates();
        t!("widgets-gate-rates", open = open, shut = shut)
    };
    let is_measuring = move || analysis.iter().any(|analysis| is_open(analysis.read().as_ref()));
    let can_measure =
        move || sets.iter().all(|chosen| chosen.get().is_some()) && model.get().is_some() && !is_measuring();
    let measure = move |_| {
        let (Some(question), Some(model)) = (question.get_untracked(), model.get_untracked()) else { return };
        for data_set in sets.iter().filter_map(|chosen| chosen.get_untracked()) {
            ask_about(store, model, data_set, question.clone(), failure);
        }
    };
    let stop = move |_| {
        for analysis in analysis {
            if let Some(open) = analysis.get_untracked().filter(|analysis| is_open(Some(analysis))) {
                store.send(ControlJob { job: open.job, action: JobAction::Stop });
            }
        }
    };
    view! {
        <div class="threshold" data-testid="gate-threshold">
            <div class="two top">
                <SetChoice label=t!("widgets-gate-should-open") testid="gate-set-open" chosen=sets[0] />
                <SetChoice label=t!("widgets-gate-should-not") testid="gate-set-shut" chosen=sets[1] />
            </div>
            <div class="row wrap">
                <button class="button" type="button" data-testid="gate-measure" disabled=move || !can_measure() on:click=measure>{t!("widgets-gate-measure")}</button>
                <Show when=is_measuring>
                    <button class="link" type="button" data-testid="gate-measure-stop" on:click=stop>{t!("stop")}</button>
                </Show>
            </div>
            {analysis.map(|analysis| view! { <AnalysisState analysis failure /> }).into_iter().collect_view()}
            <Show when=move || bins.read().is_some()>
                <Histogram bins above words=Signal::derive(both) set />
                <ul class="rates small" data-testid="gate-rates">
                    {move || rates().into_iter().enumerate().map(|(group, words)| view! {
                        <li><span class="swatch" style=format!("background: var(--series-{group})")></span>{words}</li>
                    }).collect_view()}
                </ul>
            </Show>
        </div>
    }
}

#[component]
fn SetChoice(label: String, testid: &'static str, chosen: RwSignal<Option<Id>>) -> impl IntoView {
    let store = store();
    let option = move |set: DataSet| {
        let id = set.id;
        view! { <option value=id.to_string() selected=move || chosen.get() == Some(id)>{set.name}</option> }
    };
    view! {
        <label class="field">
            <span class="label">{label.clone()}</span>
            <select dir="auto" data-testid=testid aria-label=label on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>
                <option value="" selected=move || chosen.get().is_none()>{t!("widgets-gate-choose-data-set")}</option>
                {move || store.data_sets.get().into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// Returns the data sets that were chosen last for a vector's gate, without those that are gone.
fn chosen_before(store: Store, vector: Id) -> [Option<Id>; 2] {
    let chosen = store.gate_sets.with_value(|all| all.get(&vector).copied()).unwrap_or_default();
    let known = store.data_sets.read_untracked();
    chosen.map(|set| set.filter(|id| known.iter().any(|one| one.id == *id)))
}

/// Returns the projections by which a gate is decided, once all are known and as long as they hold.
fn projections(analysis: Option<&Analysis>, at: GateAt) -> Option<&[f64]> {
    let analysis = analysis.filter(|analysis| analysis.state == JobState::Done && !analysis.stale)?;
    analysis.findings.iter().find_map(|finding| match (finding, at) {
        (Finding::Projections { largest, .. }, GateAt::Token) => Some(largest.as_slice()),
        (Finding::Projections { last, .. }, GateAt::Prompt) => Some(last.as_slice()),
        _ => None,
    })
}

/// Says how many prompts are over a threshold.
fn rate(values: &[f64], above: f64) -> String {
    let over = values.iter().filter(|value| **value > above).count();
    let Some([low, high]) = wilson(over, values.len()) else { return String::new() };
    let share = format::percent(over as f64 / values.len() as f64);
    t!(
        "widgets-gate-rate",
        over = over,
        count = values.len(),
        share = share,
        low = format::percent(low),
        high = format::percent(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_measured_by_what_decides_it_as_long_as_that_holds() {
        let done = Analysis {
            id: 1,
            job: 1,
            state: JobState::Done,
            model: 1,
            data_set: 1,
            stale: false,
            question: Question::Projections { vector: 1, layer: 2, system_prompt: None },
            findings: vec![Finding::Projections { largest: vec![3.0], last: vec![1.0] }],
            created: 1,
        };
        assert_eq!(projections(Some(&done), GateAt::Token), Some([3.0].as_slice()));
        assert_eq!(projections(Some(&done), GateAt::Prompt), Some([1.0].as_slice()));
        assert_eq!(projections(Some(&Analysis { stale: true, ..done.clone() }), GateAt::Token), None);
        assert_eq!(projections(Some(&Analysis { state: JobState::Running, ..done }), GateAt::Token), None);
    }

    #[test]
    fn the_data_sets_of_a_threshold_are_kept_as_long_as_they_are_there() {
        let owner = Owner::new();
        owner.set();
        let store = Store::new();
        assert_eq!(chosen_before(store, 1), [None, None]);
        store.gate_sets.set_value([(1, [Some(7), Some(8)]), (2, [Some(8), None])].into());
        assert_eq!(chosen_before(store, 1), [None, None], "both are gone");
        store.data_sets.set(vec![DataSet {
            id: 8,
            name: "S".into(),
            description: String::new(),
            rubric: None,
            suffixes: vec![],
            train: 1,
            held_out: 0,
            can_undo: false,
            can_redo: false,
        }]);
        assert_eq!(chosen_before(store, 1), [None, Some(8)]);
        assert_eq!(chosen_before(store, 2), [Some(8), None]);
        assert_eq!(chosen_before(store, 3), [None, None], "another vector's gate has its own");
    }

    #[test]
    fn a_rate_counts_what_opens_the_gate() {
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        // The gate is open over the threshold, not at it.
        assert!(rate(&values, 19.0).starts_with("0 of 20 prompts over it, 0"), "{}", rate(&values, 19.0));
        assert!(
            rate(&values, 9.0).starts_with("10 of 20 prompts over it, 50 % (95 % interval 30 % to 70 %)"),
            "{}",
            rate(&values, 9.0)
        );
    }
}
