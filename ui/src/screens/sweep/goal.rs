//! What a sweep is to answer, and the scores that answer it.

use ipc::score::Score;
use leptos::prelude::*;

use super::form::Form;
use crate::state::Store;
use crate::t;
use crate::text::message;

/// The most tokens of an answer in the paper's evaluation.
pub(super) const PAPER_TOKENS: u32 = 200;

/// What a sweep is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Does the vector move the behaviour, and where does the text suffer?
    Works,
    /// What do steered answers look like?
    Read,
    /// What else does the vector change?
    Harm,
    /// The paper's figure of three methods on four personas.
    Paper,
    /// Everything is chosen by hand.
    Custom,
}

impl Goal {
    pub(super) const ALL: [Self; 5] = [Self::Works, Self::Read, Self::Harm, Self::Paper, Self::Custom];

    /// Returns the message of its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Works => "sweep-goal-works",
            Self::Read => "sweep-goal-read",
            Self::Harm => "sweep-goal-harm",
            Self::Paper => "sweep-goal-paper",
            Self::Custom => "sweep-goal-custom",
        }
    }

    /// Returns its name.
    pub(super) fn label(self) -> String {
        message(self.name(), &[])
    }

    /// Returns the name in tests.
    pub(super) fn testid(self) -> &'static str {
        match self {
            Self::Works => "goal-works",
            Self::Read => "goal-read",
            Self::Harm => "goal-harm",
            Self::Paper => "goal-paper",
            Self::Custom => "goal-custom",
        }
    }

    /// Says what the goal measures.
    pub(super) fn measures(self) -> String {
        match self {
            Self::Works => t!("sweep-goal-works-measures"),
            Self::Read => t!("sweep-goal-read-measures"),
            Self::Harm => t!("sweep-goal-harm-measures"),
            Self::Paper => t!("sweep-goal-paper-measures"),
            Self::Custom => t!("sweep-goal-custom-measures"),
        }
    }

    /// Whether the form asks how long answers may be, and how many there are.
    pub(super) fn has_answer_fields(self) -> bool {
        matches!(self, Self::Read | Self::Custom)
    }

    /// Whether a judge reads answers.
    pub(super) fn is_judged(self) -> bool {
        matches!(self, Self::Read | Self::Paper)
    }
}

impl Form {
    /// Whether everything is chosen by hand.
    pub(super) fn is_custom(self) -> bool {
        self.goal.get() == Goal::Custom
    }

    /// Returns the scores of the goal; the error is a sentence that says what is wrong.
    pub(super) fn goal_scores(self, store: Store, has_sets: bool) -> Result<Vec<Score>, String> {
        Ok(match self.goal.get() {
            Goal::Works => vec![Score::LogOdds, Score::WinShare, Score::Perplexity],
            Goal::Read => vec![self.judge_score(store), Score::Repetition],
            Goal::Harm => {
                let elsewhere = has_sets.then_some(Score::LogOdds);
                let knowledge = Score::Knowledge { path: String::new(), shots: 0 };
                [knowledge, Score::Divergence].into_iter().chain(elsewhere).collect()
            }
            Goal::Paper => vec![self.judge_score(store)],
            Goal::Custom => {
                let mut scores = self.scores.get();
                scores.extend(self.mmlu.scores()?);
                scores
            }
        })
    }
}
