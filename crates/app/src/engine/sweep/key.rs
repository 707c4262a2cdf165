//! Hashes the inputs of a measurement into the key under which it is stored. The same key means the same numbers, and
//! everything that changes a number changes the key.

use data::content::{sha256, to_json};
use ipc::sweep::Generation;
use serde::Serialize;

use super::kind::Kind;
use super::subject::SteeringKey;
use crate::Error;

/// The version of the computation. It is raised when the same inputs give other numbers.
const SEMANTICS: u32 = 1;
/// The version of the random draws. It is raised when the same seed draws other tokens. The first version had no
/// number.
const DRAWS: u32 = 2;
/// The version of the choices between letters.
const CHOICES: u32 = 2;

/// The inputs of a measurement.
#[derive(Serialize)]
pub(super) struct Key<'a> {
    pub(super) semantics: u32,
    pub(super) kind: &'a Kind,
    /// The identity of the model: the SHA-256 of its file, and everything else that its numbers depend on.
    pub(super) model: &'a str,
    pub(super) steering: SteeringKey,
    /// The system prompt. It is empty if the measurement reads no prompt.
    pub(super) system: &'a str,
    /// Whether the system prompt replaces a pair's own.
    pub(super) is_system_given: bool,
    /// The chat template, if it is not the model's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<&'a str>,
    /// The worked examples before the prompt.
    pub(super) shots: Vec<(&'a str, &'a str)>,
    /// The hash of the items that are measured.
    pub(super) content: &'a str,
    pub(super) limit: Option<u32>,
    pub(super) suffix: &'a str,
    /// The settings that generate answers, if the measurement is about answers.
    pub(super) generation: Option<Generation>,
    /// The version of the random draws, if answers are sampled. Greedy answers do not depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) draws: Option<u32>,
    /// The version of the choices, for the choice of the letter. The first version, which listed the letters of choices as
    /// answers, had no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) choices: Option<u32>,
}

impl<'a> Key<'a> {
    /// Creates a key with nothing before the prompt.
    pub(super) fn new(kind: &'a Kind, model: &'a str, steering: SteeringKey, content: &'a str) -> Self {
        Self {
            semantics: SEMANTICS,
            kind,
            model,
            steering,
            system: "",
            is_system_given: false,
            template: None,
            shots: Vec::new(),
            content,
            limit: None,
            suffix: "",
            generation: None,
            draws: None,
            choices: (*kind == Kind::Choice).then_some(CHOICES),
        }
    }

    /// Adds the settings that generate answers, if the measurement is about answers.
    pub(super) fn with_generation(self, generation: Generation) -> Self {
        let draws = (generation.temperature > 0.0).then_some(DRAWS);
        Self { generation: Some(generation), draws, ..self }
    }

    /// Hashes the key.
    pub(super) fn hash(&self) -> Result<String, Error> {
        Ok(sha256(to_json("key of a measurement", self)?.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_changes_a_number_changes_the_key() {
        let kind = Kind::Pairs;
        let plain = || Key::new(&kind, "m", vec![("v".into(), 1)], "c");
        let hash = |key: Key<'_>| key.hash().expect("a key is JSON");
        let mut all = vec![
            hash(plain()),
            hash(Key { kind: &Kind::Choice, ..plain() }),
            hash(Key { model: "n", ..plain() }),
            hash(Key { steering: vec![("v".into(), 2)], ..plain() }),
            hash(Key { system: "S", ..plain() }),
            hash(Key { template: Some("{{ messages }}"), ..plain() }),
            hash(Key { shots: vec![("q", "a")], ..plain() }),
            hash(Key { content: "d", ..plain() }),
            hash(Key { limit: Some(1), ..plain() }),
            hash(Key { suffix: "s", ..plain() }),
            hash(plain().with_generation(Generation::default())),
            hash(plain().with_generation(Generation { temperature: 0.5, ..Generation::default() })),
        ];
        // The key of greedy answers did not change when draws got a version.
        assert_eq!(all[10], hash(Key { generation: Some(Generation::default()), ..plain() }));
        assert_eq!(all[0], hash(plain()));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 12);
    }
}
