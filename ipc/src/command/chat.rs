//! Commands that ask the model questions with and without steering.

use super::commands;
use crate::Id;
use crate::answer::{Question, TrialSubject};
use crate::deletion::Deletion;
use crate::steering::SteeringTerm;

commands! {
    /// Asks the model a question at several multipliers at once. The answers arrive as events.
    Ask = "ask" -> Question {
        /// The question.
        text: String,
        /// The vectors that steer. Each is added its weight times the multiplier. Empty for the unsteered model.
        terms: Vec<SteeringTerm>,
        /// The multipliers, without repetitions.
        multipliers: Vec<f64>,
        /// The maximum number of tokens of an answer.
        max_new_tokens: u32,
    }

    /// Asks the model a question at several multipliers at once, as [`Ask`] does, but keeps neither question nor answers: the
    /// answers arrive as events, and the conversations of Chat do not have them. What was said already is less likely in them.
    TrySteering = "try_steering" -> Question {
        /// The question.
        text: String,
        /// What steers.
        subject: TrialSubject,
        /// The multipliers, without repetitions.
        multipliers: Vec<f64>,
        /// The maximum number of tokens of an answer.
        max_new_tokens: u32,
    }

    /// Stops the answers to a question and keeps their text so far.
    StopAnswers = "stop_answers" -> () {
        /// The question.
        question: Id,
    }

    /// Deletes a question with its answers.
    DeleteQuestion = "delete_question" -> Deletion {
        /// The question.
        question: Id,
    }
}
