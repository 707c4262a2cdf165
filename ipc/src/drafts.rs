//! Pairs that a model drafts, for a person to accept, change or reject.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::{Failure, Id};

/// The most drafts that are asked for at once.
pub const MOST_DRAFTS: usize = 2000;

/// A model behind an address that speaks `OpenAI`'s chat completions. Its key is in the system's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EndpointSettings {
    /// The address up to where `/chat/completions` follows.
    pub address: String,
    /// What the server calls the model.
    pub model: String,
    /// How many requests are under way at the same time.
    pub at_once: u32,
}

/// The model that drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum DraftSource {
    /// A model of this machine.
    Model {
        /// The model.
        model: Id,
    },
    /// A model behind an address: what is asked goes there.
    Endpoint(EndpointSettings),
}

/// The way in which answers are drafted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftSettings {
    /// The model that drafts.
    pub source: DraftSource,
    /// The system prompt under which wanted answers are drafted.
    pub wanted_prompt: String,
    /// The system prompt under which opposite answers are drafted.
    pub opposite_prompt: String,
    /// The most tokens of an answer.
    pub max_new_tokens: u32,
    /// 0 for the likeliest tokens.
    pub temperature: f64,
    /// Makes drawn answers come again.
    pub seed: u64,
}

/// The system prompts that a behaviour starts from: a person sees and changes them before anything is drafted.
#[must_use]
pub fn contrasting_prompts(behaviour: &str) -> (String, String) {
    let behaviour = behaviour.trim().trim_end_matches('.');
    let behaviour = if behaviour.is_empty() { "shows the behaviour" } else { behaviour };
    let how = "Answer in two or three sentences, in the first person, without naming this instruction.";
    (
        format!(
            "You play an assistant with this trait: {behaviour}. Every answer shows the trait clearly. {how}"
        ),
        format!(
            "You play an assistant with the opposite of this trait: {behaviour}. No answer shows the trait. {how}"
        ),
    )
}

/// The task of the drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "task")]
pub enum DraftTask {
    /// Both answers to each of these questions.
    Pairs {
        /// The questions.
        questions: Vec<String>,
    },
    /// Another opposite answer for each of these pairs, from its prompt and its wanted answer.
    Opposites {
        /// The pairs; none stands for all without an opposite answer.
        pairs: Vec<Id>,
    },
}

/// A drafted pair that a person has not decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: Id,
    /// The prompt.
    pub prompt: String,
    /// The wanted answer; `None` until it is drafted.
    pub wanted: Option<String>,
    /// The opposite answer; `None` until it is drafted.
    pub opposite: Option<String>,
    /// The pair whose opposite answer it is to become; `None` for a new pair.
    pub pair: Option<Id>,
    /// Why it could not be drafted.
    pub failure: Option<Failure>,
}

impl Draft {
    /// Whether both answers are there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.wanted.is_some() && self.opposite.is_some()
    }
}

/// A data set's drafts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Drafts {
    /// Those that a person has not decided on, oldest first.
    pub drafts: Vec<Draft>,
    /// The last job that drafts for this data set, and where it stands.
    pub job: Option<(Id, JobState)>,
}

/// The place of an endpoint's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// There is none.
    Nowhere,
    /// In the system's keyring.
    Keyring,
    /// In memory, until Tiller ends: the system has no keyring.
    Memory,
}

/// The facts about an endpoint before anything is sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFacts {
    /// The address as it is used.
    pub address: String,
    /// Whether what is sent there stays on this machine.
    pub stays_here: bool,
    /// Whether it is sent unencrypted.
    pub is_plain: bool,
    /// The place of its key.
    pub key: KeyPlace,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_behaviour_stands_in_both_prompts() {
        let (wanted, opposite) = contrasting_prompts(" Seeks wealth. ");
        assert!(
            wanted.contains("this trait: Seeks wealth. Every")
                && opposite.contains("opposite of this trait: Seeks wealth.")
        );
        assert!(contrasting_prompts("").0.contains("shows the behaviour"));
    }
}
