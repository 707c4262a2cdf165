//! Arms that were opened from answers of Chat: each is what steered an answer, with its system prompt.

use ipc::conversation::StripRecord;
use ipc::steering::TermGate;
use ipc::sweep::{Arm, Prompting, SteeringTerm};
use leptos::prelude::*;

use super::form::{Form, Pane};
use super::goal::Goal;
use crate::format;
use crate::t;

/// Returns what steered an answer as an arm, and the multiplier at which the arm steers so. The vectors keep their proportions, so
/// that the multiplier is that of the first one.
fn arm_of(name: &str, terms: &[StripRecord], system_prompt: &str) -> (Arm, f64) {
    let multiplier = terms.first().map_or(0.0, |first| first.multiplier);
    let term = |record: &StripRecord| SteeringTerm {
        weight: if multiplier == 0.0 { 0.0 } else { record.multiplier / multiplier },
        gate: record.gate.as_ref().map(|gate| TermGate { vector: gate.vector, gate: gate.gate }),
        caps: record.caps.clone(),
        ..SteeringTerm::new(record.vector)
    };
    let arm = Arm {
        name: t!("sweep-arm-from-chat", name = name.to_owned()),
        terms: terms.iter().map(term).collect(),
        prompting: Prompting::System { text: system_prompt.to_owned() },
        ..Arm::default()
    };
    (arm, multiplier)
}

impl Form {
    /// Adds what steered an answer as an arm, and its multiplier to the list. Nothing is started.
    pub fn open_point(self, name: &str, terms: &[StripRecord], system_prompt: &str) {
        let (arm, multiplier) = arm_of(name, terms, system_prompt);
        let known = if self.opened.read_untracked().is_empty() { vec![] } else { self.list_of_multipliers() };
        let mut multipliers: Vec<f64> = known.into_iter().chain([0.0, multiplier]).collect();
        multipliers.sort_by(f64::total_cmp);
        multipliers.dedup();
        // The whole number, and not a rounded one: the point is the answer's own.
        let list = multipliers.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        self.list.set(format::true_minus(&list));
        self.is_list.set(true);
        // Only by hand can a score be left out that the answer's conditions refuse.
        self.goal.set(Goal::Custom);
        self.pane.set(Some(Pane::New));
        self.opened.update(|opened| {
            opened.retain(|known| *known != arm);
            opened.push(arm);
        });
    }

    fn list_of_multipliers(self) -> Vec<f64> {
        format::read_multipliers(&self.list.read_untracked()).unwrap_or_default()
    }
}

/// The list of the opened arms.
#[component]
pub(super) fn OpenedArms() -> impl IntoView {
    let form = expect_context::<Form>();
    let row = move |(place, arm): (usize, Arm)| {
        let label = t!("sweep-opened-remove-one", name = arm.name.clone());
        let take_away = move |_| {
            form.opened.update(|opened| {
                if place < opened.len() {
                    drop(opened.remove(place));
                }
            });
        };
        view! {
            <li class="row">
                <span class="grow ellipsis" dir="auto" title=arm.name.clone()>{arm.name.clone()}</span>
                <button class="link" type="button" data-testid="sweep-opened-remove" data-once="true" aria-label=label on:click=take_away>{t!("sweep-opened-remove")}</button>
            </li>
        }
    };
    view! {
        <Show when=move || !form.opened.read().is_empty()>
            <div class="field" data-testid="sweep-opened">
                <span class="label">{t!("sweep-opened")}</span>
                <ul class="rates">{move || form.opened.get().into_iter().enumerate().map(row).collect_view()}</ul>
                <span class="quiet small">{t!("sweep-opened-note")}</span>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use ipc::conversation::StripGate;
    use ipc::steering::{Gate, GateAt};

    use super::*;

    #[test]
    fn an_arm_steers_at_its_multiplier_as_the_answer_was_steered() {
        let gate = Gate { layer: 3, above: 1.5, soft: None, at: GateAt::Prompt };
        let of = |vector: ipc::Id, multiplier: f64, gate: Option<StripGate>| StripRecord {
            vector,
            name: format!("V{vector}"),
            hash: String::new(),
            multiplier,
            gate,
            caps: None,
        };
        let by = StripGate { vector: 9, name: "C".into(), hash: String::new(), gate };
        let terms = [of(1, -1.5, None), of(2, 0.75, Some(by))];
        let (arm, multiplier) = arm_of("Calm", &terms, "Be brief.");
        assert_eq!((arm.name.as_str(), multiplier), ("Calm (Chat)", -1.5));
        let coefficients: Vec<f32> = arm.terms.iter().map(|term| term.coefficient(multiplier)).collect();
        assert_eq!(coefficients, [-1.5, 0.75]);
        assert_eq!(arm.terms[1].gate, Some(TermGate { vector: 9, gate }));
        assert_eq!(arm.prompting, Prompting::System { text: "Be brief.".into() });
        let (plain, zero) = arm_of("Plain", &[], "");
        assert!(plain.terms.is_empty() && zero == 0.0);
    }
}
