//! The comparison of a baked model with the steered original, and what may be said of it.

use serde::Serialize;

use super::{Measured, NEW_TOKENS, PROMPTS};

/// How far a baked model may be from the steered original to be called exact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// The largest difference of two logits.
    pub logit_gap: f64,
    /// The largest relative difference of the perplexity.
    pub perplexity: f64,
}

/// The bounds of [`Verdict::Exact`]: an order of magnitude over what f32 sums in another order differ by (`docs/baking.md`).
pub const BOUNDS: Bounds = Bounds { logit_gap: 1e-3, perplexity: 1e-4 };

/// What may be said of a baked model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All numbers are the steered original's to the bit.
    Identical,
    /// All numbers are within [`BOUNDS`], and all answers are the same.
    Exact,
    /// They are not.
    NotExact,
}

/// How a baked model compares with the steered original.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// What may be said.
    pub verdict: Verdict,
    /// The number of prompts.
    pub prompts: usize,
    /// The largest difference of two logits after the prompts.
    pub logit_gap: f64,
    /// The number of answers with the same tokens.
    pub same_answers: usize,
    /// The tokens of each answer, at most.
    pub answer_tokens: usize,
    /// The perplexity of the texts under the steered original.
    pub steered_perplexity: f64,
    /// The perplexity under the baked model.
    pub baked_perplexity: f64,
    /// The number of the texts' tokens.
    pub text_tokens: usize,
    /// The bounds within which a model is called exact.
    pub bounds: Bounds,
}

impl Proof {
    /// Compares what both models computed. Models with different vocabularies are not exact.
    #[must_use]
    pub fn new(steered: &Measured, baked: &Measured) -> Self {
        let pairs = steered.logits.iter().zip(&baked.logits);
        let gap = pairs.fold(0.0_f64, |most, (a, b)| {
            // What is no number is no small gap.
            let finite = |gap: f64| if gap.is_nan() { f64::INFINITY } else { gap };
            let of_row =
                a.iter().zip(b).fold(0.0_f64, |most, (a, b)| most.max(finite(f64::from(a - b).abs())));
            most.max(if a.len() == b.len() { of_row } else { f64::INFINITY })
        });
        let same = steered.answers.iter().zip(&baked.answers).filter(|(a, b)| a == b).count();
        let (of_steered, of_baked) = (steered.perplexity(), baked.perplexity());
        let is_same = gap == 0.0 && steered.nats.to_bits() == baked.nats.to_bits();
        let is_near = gap <= BOUNDS.logit_gap && (of_baked / of_steered - 1.0).abs() <= BOUNDS.perplexity;
        let is_whole = same == PROMPTS.len() && steered.tokens == baked.tokens;
        let verdict = match (is_whole, is_same, is_near) {
            (true, true, _) => Verdict::Identical,
            (true, _, true) => Verdict::Exact,
            _ => Verdict::NotExact,
        };
        Self {
            verdict,
            prompts: PROMPTS.len(),
            logit_gap: gap,
            same_answers: same,
            answer_tokens: NEW_TOKENS,
            steered_perplexity: of_steered,
            baked_perplexity: of_baked,
            text_tokens: steered.tokens,
            bounds: BOUNDS,
        }
    }

    /// Words the result for people.
    #[must_use]
    pub fn text(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Identical => "Proved: the same numbers as the steered original, to the bit",
            Verdict::Exact => "Proved: exact but for rounding",
            Verdict::NotExact => "NOT exact: the baked model is not the steered original",
        };
        format!("{verdict}. {}", self.numbers("baked"))
    }

    /// Words the numbers without a verdict; `what` names the model that is compared, behind its perplexity.
    #[must_use]
    pub fn numbers(&self, what: &str) -> String {
        format!(
            "Largest gap of two logits on {} prompts {:.2e}; {} of {} greedy answers of {} tokens the same; \
             perplexity of the neutral text {:.4} steered, {:.4} {what}",
            self.prompts,
            self.logit_gap,
            self.same_answers,
            self.prompts,
            self.answer_tokens,
            self.steered_perplexity,
            self.baked_perplexity
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(logit: f32, answer: u32, nats: f64) -> Measured {
        Measured {
            logits: vec![vec![1.0, logit]; PROMPTS.len()],
            answers: vec![vec![answer]; PROMPTS.len()],
            nats,
            tokens: 10,
        }
    }

    #[test]
    fn only_what_is_within_the_bounds_is_called_exact() {
        let steered = measured(2.0, 7, 20.0);
        let verdict = |other: Measured| Proof::new(&steered, &other).verdict;
        assert_eq!(verdict(steered.clone()), Verdict::Identical);
        assert_eq!(verdict(measured(2.0005, 7, 20.0)), Verdict::Exact);
        assert_eq!(verdict(measured(2.0, 7, 20.0005)), Verdict::Exact);
        assert_eq!(verdict(measured(2.01, 7, 20.0)), Verdict::NotExact);
        assert_eq!(verdict(measured(2.0, 8, 20.0)), Verdict::NotExact);
        assert_eq!(verdict(measured(2.0, 7, 20.1)), Verdict::NotExact);
        assert_eq!(verdict(measured(f32::NAN, 7, 20.0)), Verdict::NotExact);
        let longer = Measured { logits: vec![vec![1.0, 2.0, 3.0]; PROMPTS.len()], ..steered.clone() };
        assert_eq!(Proof::new(&steered, &longer).logit_gap, f64::INFINITY);
    }
}
