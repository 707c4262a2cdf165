//! Pairs that a model drafts and that a person accepts, changes or rejects.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::{Failure, Id};

/// The maximum number of drafts in one request.
pub const MOST_DRAFTS: usize = 2000;

/// A server with `OpenAI`'s chat completions API. Its key is stored in the system's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EndpointSettings {
    /// The base address, to which `/chat/completions` is appended.
    pub address: String,
    /// The server's name for the model.
    pub model: String,
    /// The number of concurrent requests.
    pub at_once: u32,
}

/// The model that writes the drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum DraftSource {
    /// A model on this machine.
    Model {
        /// The model.
        model: Id,
    },
    /// A model behind an endpoint, to which the questions are sent.
    Endpoint(EndpointSettings),
}

/// The settings of drafting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftSettings {
    /// The model that writes the drafts.
    pub source: DraftSource,
    /// The system prompt for wanted answers.
    pub wanted_prompt: String,
    /// The system prompt for opposite answers.
    pub opposite_prompt: String,
    /// The maximum number of tokens of an answer.
    pub max_new_tokens: u32,
    /// The sampling temperature. 0 is greedy.
    pub temperature: f64,
    /// The seed of the sampler.
    pub seed: u64,
}

/// Returns the initial system prompts for a behaviour. A person sees and edits them before anything is drafted.
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

/// The task of a drafting model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "task")]
pub enum DraftTask {
    /// Both answers to each of these questions.
    Pairs {
        /// The questions.
        questions: Vec<String>,
    },
    /// A new opposite answer for each of these pairs, from its prompt and its wanted answer; for one that has only an opposite
    /// answer, the wanted one.
    Opposites {
        /// The pairs. If empty, all pairs without an opposite answer.
        pairs: Vec<Id>,
    },
}

/// A drafted pair that a person has neither accepted nor rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: Id,
    /// The prompt.
    pub prompt: String,
    /// The wanted answer. `None` until it is drafted.
    pub wanted: Option<String>,
    /// The opposite answer. `None` until it is drafted.
    pub opposite: Option<String>,
    /// The pair that receives the drafted answer. `None` for a new pair.
    pub pair: Option<Id>,
    /// The reason why drafting failed.
    pub failure: Option<Failure>,
}

impl Draft {
    /// Returns whether both answers are drafted.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.wanted.is_some() && self.opposite.is_some()
    }
}

/// A data set's drafts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Drafts {
    /// The drafts that a person has neither accepted nor rejected, oldest first.
    pub drafts: Vec<Draft>,
    /// The latest job that drafts for this data set, with its state.
    pub job: Option<(Id, JobState)>,
}

/// The storage of an endpoint's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// There is no key.
    Nowhere,
    /// The system's keyring.
    Keyring,
    /// Memory, until Tiller ends, because the system has no keyring.
    Memory,
}

/// The facts about an endpoint that are known before anything is sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFacts {
    /// The normalized address.
    pub address: String,
    /// Whether the endpoint runs on this machine.
    pub stays_here: bool,
    /// Whether the connection is unencrypted.
    pub is_plain: bool,
    /// The storage of its key.
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
