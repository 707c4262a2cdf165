//! Reads the arms of a sweep: the vectors that steer, and the messages before a prompt.

use std::sync::Arc;

use ipc::data::{PairContent, Split};
use ipc::sweep::{Arm, Prompting};
use ipc::train::SYSTEM_PROMPT;
use sqlx::SqliteConnection;
use store::steering::LoadedTerm;
use store::{origins, vectors as vector_rows};
use vectors::layer::PrefixBlocks;
use vectors::model::{Model, ModelError};
use vectors::pairs::PreferencePair;
use vectors::steering::Term;
use vectors::tokens::{Message, Role, TokenError};

use crate::Error;

/// An arm whose vectors are loaded.
pub(super) struct Subject {
    terms: Vec<LoadedTerm>,
    system: String,
    /// Whether the sweep sets the system prompt, which then replaces a pair's own.
    is_system_given: bool,
    /// The chat template, if it is not the model's.
    template: Option<String>,
    /// Whether worked examples show the wanted answers, and the number of examples.
    shots: Option<(bool, usize)>,
}

/// The steering at one multiplier, as it enters a key: the hash and the coefficient's bits of each active vector, in
/// the order in which the vectors act.
pub(super) type SteeringKey = Vec<(String, u32)>;

impl Subject {
    /// Reads an arm's vectors.
    pub(super) async fn read(db: &mut SqliteConnection, arm: &Arm) -> Result<Self, Error> {
        let mut terms = Vec::with_capacity(arm.terms.len());
        for term in &arm.terms {
            terms.push(vector_rows::load_term(&mut *db, term).await?);
        }
        let trained = match arm.terms.first() {
            Some(term) => origins::system_prompt(&mut *db, term.vector).await?,
            None => SYSTEM_PROMPT.to_owned(),
        };
        let (system, shots) = match &arm.prompting {
            Prompting::AsTrained | Prompting::Template { .. } => (trained, None),
            Prompting::System { text } => (text.clone(), None),
            Prompting::Shots { wanted, count } => (trained, Some((*wanted, *count as usize))),
        };
        let is_system_given = matches!(arm.prompting, Prompting::System { .. });
        let template = match &arm.prompting {
            Prompting::Template { source, .. } => Some(source.clone()),
            _ => None,
        };
        Ok(Self { terms, system, is_system_given, template, shots })
    }

    /// Returns the terms that steer at a multiplier.
    pub(super) fn at(&self, multiplier: f64) -> Vec<Term> {
        self.terms
            .iter()
            .flat_map(|loaded| loaded.at(multiplier))
            .filter(|term| term.multiplier() != 0.0)
            .collect()
    }

    /// Returns the blocks that no multiplier changes. Returns `None` if nothing is steered.
    pub(super) fn prefix(&self) -> Option<PrefixBlocks> {
        self.terms.iter().map(LoadedTerm::prefix).min()
    }

    /// Returns the steering at a multiplier, in the form that enters a key.
    pub(super) fn steering_key(&self, multiplier: f64) -> SteeringKey {
        let active = |loaded: &&LoadedTerm| loaded.term.coefficient(multiplier) != 0.0;
        let key = |loaded: &LoadedTerm| (loaded.hash.clone(), loaded.term.coefficient(multiplier).to_bits());
        self.terms.iter().filter(active).map(key).collect()
    }

    /// Returns whether the arm's system prompt replaces a pair's own.
    pub(super) fn is_system_given(&self) -> bool {
        self.is_system_given
    }

    /// Returns the chat template that replaces the model's.
    pub(super) fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// Returns the model that encodes this arm's conversations: the given model with the arm's template.
    pub(super) fn reader(&self, model: &Arc<Model>) -> Result<Arc<Model>, ModelError> {
        match &self.template {
            Some(source) => Ok(Arc::new(model.with_template(source)?)),
            None => Ok(Arc::clone(model)),
        }
    }

    /// Returns the system prompt.
    pub(super) fn system(&self) -> &str {
        &self.system
    }

    /// Returns the worked examples from a set's training pairs: prompt and answer of each.
    pub(super) fn shots<'a>(&self, set: &'a [PairContent]) -> Vec<(&'a str, &'a str)> {
        let Some((wanted, count)) = self.shots else { return Vec::new() };
        let answer = |pair: &'a PairContent| if wanted { &pair.wanted } else { &pair.opposite };
        let train = set.iter().filter(|pair| pair.split == Split::Train).take(count);
        train.map(|pair| (pair.prompt.as_str(), answer(pair).as_str())).collect()
    }

    /// Returns the conversation before the person's message. The worked examples come from `set`.
    pub(super) fn before(&self, set: &[PairContent]) -> Vec<Message> {
        let mut messages = Vec::new();
        if !self.system.is_empty() {
            messages.push(Message::new(Role::System, self.system.as_str()));
        }
        self.push_shots(&mut messages, set);
        messages
    }

    /// Returns the conversation before a pair's message. It includes the pair's earlier turns, and the pair's own
    /// system prompt unless the sweep replaces it.
    pub(super) fn before_pair(&self, set: &[PairContent], pair: &PreferencePair) -> Vec<Message> {
        let own = pair.system.as_deref().filter(|_| !self.is_system_given);
        let system = own.unwrap_or(&self.system);
        let mut messages = Vec::new();
        if !system.is_empty() {
            messages.push(Message::new(Role::System, system));
        }
        self.push_shots(&mut messages, set);
        messages.extend(pair.turns.iter().cloned());
        messages
    }

    fn push_shots(&self, messages: &mut Vec<Message>, set: &[PairContent]) {
        for (prompt, answer) in self.shots(set) {
            messages.push(Message::new(Role::User, prompt));
            messages.push(Message::new(Role::Assistant, answer));
        }
    }
}

/// Encodes a conversation that ends with a person's message.
pub(super) fn encode(model: &Model, before: &[Message], message: &str) -> Result<Vec<u32>, TokenError> {
    let mut messages = before.to_vec();
    messages.push(Message::new(Role::User, message));
    model.encode_messages(&messages)
}

#[cfg(test)]
mod tests {
    use ipc::steering::{Intervention, SteeringTerm};
    use store::steering::{Steering, parts};

    use super::*;

    fn subject() -> Subject {
        let part = |layer: u32, weight: f64, fixed: bool| LoadedTerm {
            term: SteeringTerm { weight, fixed, ..SteeringTerm::new(i64::from(layer)) },
            steering: Steering {
                parts: parts(&[layer], &[1.0]),
                intervention: Intervention::default(),
                adapter: None,
            },
            gate: None,
            hash: format!("h{layer}"),
        };
        let terms = vec![part(9, 2.0, false), part(4, -1.0, true)];
        Subject { terms, system: "S".into(), is_system_given: false, template: None, shots: Some((false, 1)) }
    }

    #[test]
    fn a_fixed_part_stays_where_the_multiplier_is_zero() {
        let subject = subject();
        let coefficients = |m: f64| subject.at(m).iter().map(Term::multiplier).collect::<Vec<_>>();
        assert_eq!((coefficients(0.5), coefficients(0.0)), (vec![1.0, -1.0], vec![-1.0]));
        assert_eq!(subject.prefix(), Some(PrefixBlocks(5)));
        assert_eq!(subject.steering_key(0.0), [("h4".to_owned(), (-1.0_f32).to_bits())]);
    }

    #[test]
    fn worked_examples_are_earlier_turns() {
        let pair = |prompt: &str, split| PairContent {
            prompt: prompt.into(),
            wanted: "Yes.".into(),
            opposite: "No.".into(),
            split,
            ..PairContent::default()
        };
        let set = [pair("Held out?", Split::HeldOut), pair("One?", Split::Train), pair("Two?", Split::Train)];
        let contents: Vec<String> =
            subject().before(&set).into_iter().map(|message| message.content).collect();
        assert_eq!(contents, ["S", "One?", "No."]);
        // A pair keeps its own system prompt unless the sweep sets another.
        let own = PreferencePair { system: Some("Own".into()), ..PreferencePair::default() };
        assert_eq!(subject().before_pair(&[], &own)[0].content, "Own");
        let given = Subject { is_system_given: true, ..subject() };
        assert_eq!(given.before_pair(&[], &own)[0].content, "S");
    }
}
