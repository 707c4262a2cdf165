//! Whether another answer would be the same again: greedy decoding has one answer as long as nothing else changes.

use ipc::answer::AnswerEnd;
use ipc::conversation::{Column, Desk, ModelTurn, SamplingSettings};

/// Whether an answer is what its column would say again. It came to its end without a change of what steered it, by taking the
/// likeliest token every time, and the desk has the same for its column still.
pub(super) fn would_repeat(answer: &ModelTurn, desk: &Desk, column: u32) -> bool {
    let Some(column) = desk.column(column) else { return false };
    let own = &answer.sampling;
    // One that was stopped, or continued behind its limit, is shorter or longer than another one would be.
    let is_whole = matches!(answer.end, AnswerEnd::EndOfTurn | AnswerEnd::Length)
        && (1..=own.max_new_tokens).contains(&answer.tokens);
    // Without a draw the seed says nothing.
    let is_sampled_alike = SamplingSettings { seed: own.seed, ..column.sampling.clone() } == *own;
    own.temperature == 0.0
        && is_whole
        && is_sampled_alike
        && answer.system_prompt == column.system_prompt
        && (answer.left_out == 0 || desk.leaves_out_oldest)
        && is_steered_alike(answer, desk, column)
}

fn is_steered_alike(answer: &ModelTurn, desk: &Desk, column: &Column) -> bool {
    let [steered] = answer.steering.as_slice() else { return false };
    let now = desk.steering(column);
    let is_same = now.iter().zip(&steered.terms).all(|((strip, multiplier), term)| {
        (strip.vector, &strip.hash, multiplier.to_bits())
            == (term.vector, &term.hash, term.multiplier.to_bits())
            && (&strip.gate, &strip.caps) == (&term.gate, &term.caps)
    });
    is_same && now.len() == steered.terms.len()
}

#[cfg(test)]
mod tests {
    use ipc::conversation::{SteeringChange, StripRecord};

    use super::super::desk_changes::first_desk;
    use super::*;
    use crate::samples::vector;

    /// Returns the answer of the third column of a desk, which steers with the vector.
    fn answer(desk: &Desk) -> ModelTurn {
        let strip = &desk.strips[0];
        let term = StripRecord {
            vector: strip.vector,
            name: strip.name.clone(),
            hash: strip.hash.clone(),
            multiplier: 1.0,
            gate: None,
            caps: None,
        };
        ModelTurn {
            text: "Rain".into(),
            given: 0,
            tokens: 3,
            left_out: 0,
            end: AnswerEnd::EndOfTurn,
            sampling: desk.columns[2].sampling.clone(),
            system_prompt: String::new(),
            steering: vec![SteeringChange { from_byte: 0, terms: vec![term] }],
            observed: vec![],
        }
    }

    fn repeats(change: impl FnOnce(&mut Desk, &mut ModelTurn)) -> bool {
        let mut desk = first_desk(Some(&vector(3)), &SamplingSettings::exact());
        let mut answer = answer(&desk);
        change(&mut desk, &mut answer);
        would_repeat(&answer, &desk, 3)
    }

    #[test]
    fn an_exact_answer_repeats_while_its_setting_stays() {
        assert!(repeats(|_, _| ()));
        assert!(repeats(|desk, _| desk.columns[2].sampling.seed = 99), "nothing is drawn");
        assert!(repeats(|desk, _| desk.columns[0].system_prompt = "x".into()), "another column");
        assert!(!repeats(|desk, _| desk.strips[0].value = 1.1));
        assert!(!repeats(|desk, _| desk.strips[0].muted = true));
        assert!(!repeats(|desk, _| desk.columns[2].system_prompt = "Be brief.".into()));
        assert!(!repeats(|desk, _| desk.columns[2].sampling.repeat_penalty = 1.2));
        assert!(!repeats(|desk, _| desk.columns[2].sampling = SamplingSettings::lively()));
        assert!(!repeats(|_, answer| answer.end = AnswerEnd::Stopped));
        assert!(!repeats(|_, answer| answer.tokens = answer.sampling.max_new_tokens + 1), "it was continued");
        assert!(!repeats(|_, answer| answer.tokens = 0), "a person wrote it");
        assert!(!repeats(|_, answer| answer.steering.push(answer.steering[0].clone())), "a slider moved");
    }
}
