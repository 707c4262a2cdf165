//! Makes a preset of an answer: a column with what steered it at its end, its system prompt and its sampling.

use ipc::conversation::{Column, Desk, Factor, MAX_STRIP, ModelTurn, Strip, StripRecord};
use leptos::html;
use leptos::prelude::*;

use super::answer::with_answer;
use super::pair_form::come_into_view;
use super::presets::Keep;
use super::turn::TurnState;
use crate::t;

/// The form that keeps the preset under a name. Escape closes it.
#[component]
pub(super) fn AnswerPreset(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    come_into_view(frame, "input");
    let desk = Signal::derive(move || with_answer(state, desk_of));
    let back = Callback::new(move |()| {
        state.has_preset_form.set(false);
        state.column.to_focus.set(Some(state.id));
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            back.run(());
        }
    };
    view! {
        <div class="pair-form" role="group" aria-label=t!("chat-turn-preset") data-testid="answer-preset" node_ref=frame on:keydown=on_key>
            <Keep desk back />
        </div>
    }
}

/// Returns a desk that answers as an answer was made.
fn desk_of(answer: &ModelTurn) -> Desk {
    let terms = answer.steering.last().map_or(&[][..], |change| &change.terms);
    let strips: Vec<Strip> = (1..).zip(terms).map(|(id, term)| strip(id, term)).collect();
    // What is beyond the slider's ends is the column's own factor.
    let factor = |(strip, term): (&Strip, &StripRecord)| Factor {
        strip: strip.id,
        factor: term.multiplier / strip.value,
    };
    let column = Column {
        id: 1,
        name: String::new(),
        factors: strips.iter().zip(terms).map(factor).collect(),
        system_prompt: answer.system_prompt.clone(),
        sampling: answer.sampling.clone(),
    };
    Desk { strips, columns: vec![column], ..Desk::default() }
}

/// Returns a strip that acts as one that is recorded. What is recorded never is 0.
fn strip(id: u32, term: &StripRecord) -> Strip {
    Strip {
        id,
        vector: term.vector,
        name: term.name.clone(),
        hash: term.hash.clone(),
        value: term.multiplier.clamp(-MAX_STRIP, MAX_STRIP),
        muted: false,
        solo: false,
        gate: term.gate.clone(),
        caps: term.caps.clone(),
    }
}

#[cfg(test)]
mod tests {
    use ipc::answer::AnswerEnd;
    use ipc::conversation::{SamplingSettings, SteeringChange};

    use super::*;

    #[test]
    fn the_desk_of_an_answer_steers_as_it_was_steered_at_its_end() {
        let term = |vector, multiplier| StripRecord {
            vector,
            name: "V".into(),
            hash: "h".into(),
            multiplier,
            gate: None,
            caps: None,
        };
        let change = |from_byte, terms| SteeringChange { from_byte, terms };
        let answer = ModelTurn {
            text: "Yes.".into(),
            given: 0,
            tokens: 2,
            left_out: 0,
            end: AnswerEnd::EndOfTurn,
            sampling: SamplingSettings::exact(),
            system_prompt: "Be kind.".into(),
            steering: vec![change(0, vec![term(7, 1.0)]), change(2, vec![term(7, -6.0), term(8, 0.5)])],
            observed: vec![],
        };
        let desk = desk_of(&answer);
        let column = &desk.columns[0];
        let steering: Vec<_> =
            desk.steering(column).iter().map(|(strip, multiplier)| (strip.vector, *multiplier)).collect();
        assert_eq!(steering, [(7, -6.0), (8, 0.5)]);
        assert!(desk.strips.iter().all(|strip| strip.value.abs() <= MAX_STRIP && strip.hash == "h"));
        assert_eq!((column.system_prompt.as_str(), &column.sampling), ("Be kind.", &answer.sampling));
        let plain = desk_of(&ModelTurn { steering: vec![], ..answer });
        assert_eq!((plain.strips.len(), plain.columns.len()), (0, 1));
    }
}
