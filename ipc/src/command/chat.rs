//! Commands that try steering without keeping anything.

use super::commands;
use crate::Id;
use crate::answer::{Question, TrialSubject};

commands! {
    /// Asks the model a question at several multipliers at once, and keeps neither question nor answers: they arrive as
    /// events, and the conversations of Chat do not have them. What was said already is less likely in them.
    TrySteering -> Question {
        /// The question.
        text: String,
        /// What steers.
        subject: TrialSubject,
        /// The multipliers, without repetitions.
        multipliers: Vec<f64>,
        /// The maximum number of tokens of an answer.
        max_new_tokens: u32,
    }

    /// Stops the answers of a trial and keeps their text so far.
    StopAnswers -> () {
        /// The question.
        question: Id,
    }
}
