//! Commands about questions and steered answers.

use super::commands;
use crate::Id;
use crate::answer::Question;
use crate::steering::SteeringTerm;

commands! {
    /// Asks the model a question at several multipliers at once. The answers come as events.
    Ask = "ask" -> Question {
        /// The question.
        text: String,
        /// The vectors that steer, each added its weight times the multiplier; none for the plain model.
        terms: Vec<SteeringTerm>,
        /// The multipliers, each once.
        multipliers: Vec<f64>,
        /// The most tokens an answer may take.
        max_new_tokens: u32,
    }

    /// Stops the answers to a question; what they say so far is kept.
    StopAnswers = "stop_answers" -> () {
        /// The question.
        question: Id,
    }
}
