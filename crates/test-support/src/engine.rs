//! Speaks to the engine itself, so that tests can compare what the application's conversations say with it.

use std::sync::Arc;

use ipc::conversation::{ModelTurn, Said, SteeringChange, Turn};
use vectors::generate::{Ask, Change, Control, End, Observed, Request, Sampling, Session};
use vectors::model::Model;
use vectors::steering::{SteeringVector, Term};
use vectors::tokens::{Message, Role};

/// The starter model with the vector of a conversation's only strip.
pub struct Engine {
    model: Arc<Model>,
    vector: SteeringVector,
}

/// Steers as an answer says that it was steered while it grew.
struct Replay<'a> {
    engine: &'a Engine,
    ids: Vec<u32>,
    changes: &'a [SteeringChange],
}

impl Control for Replay<'_> {
    fn change(&mut self, _: usize) -> Change {
        let length = self.engine.model.decode(&self.ids).len();
        match self.changes.split_first() {
            Some((next, rest)) if length >= next.from_byte as usize => {
                self.changes = rest;
                Change::Steer(self.engine.terms(next))
            }
            _ => Change::None,
        }
    }

    fn token(&mut self, _: usize, id: u32, _: Option<&Observed>) {
        self.ids.push(id);
    }

    fn end(&mut self, _: usize, _: End) {}
}

impl Engine {
    /// Loads the starter model.
    #[must_use]
    pub fn new(vector: SteeringVector) -> Self {
        let model = Model::open(crate::starter_model()).load().expect("the starter model");
        Self { model: Arc::new(model), vector }
    }

    fn terms(&self, change: &SteeringChange) -> Vec<Term> {
        change.terms.iter().map(|term| Term::new(&self.vector, term.multiplier as f32)).collect()
    }

    /// Compares every answer of a column's shown turns with what the engine says when it reads all before it from the
    /// beginning. Returns the answers.
    #[must_use]
    pub fn compare<'t>(&self, turns: &'t [Turn]) -> Vec<&'t ModelTurn> {
        let mut said: Vec<Message> = Vec::new();
        let mut answers = Vec::new();
        for turn in turns {
            match &turn.said {
                Said::Person { text } => said.push(Message::new(Role::User, text.as_str())),
                Said::Model(answer) => {
                    assert_eq!(answer.text, self.answer(&said, answer), "turn {} of {turns:?}", turn.id);
                    said.push(Message::new(Role::Assistant, answer.text.as_str()));
                    answers.push(&**answer);
                }
            }
        }
        answers
    }

    fn answer(&self, said: &[Message], as_in: &ModelTurn) -> String {
        let system = Message::new(Role::System, as_in.system_prompt.as_str());
        let messages: Vec<Message> = Some(system)
            .filter(|_| !as_in.system_prompt.is_empty())
            .into_iter()
            .chain(said.iter().cloned())
            .collect();
        let (first, changes) = as_in.steering.split_first().expect("what steered");
        let request = Request {
            prompt: self.model.encode_messages(&messages).expect("a prompt"),
            steering: self.terms(first),
            sampling: Sampling::from(&as_in.sampling),
        };
        let asked = Ask {
            key: 1,
            request,
            begun: 0,
            new_tokens: as_in.sampling.max_new_tokens as usize,
            observe: None,
        };
        let mut replay = Replay { engine: self, ids: vec![], changes };
        Session::new(Arc::clone(&self.model)).generate(&[asked], &mut replay).expect("an answer");
        // A character that did not become whole is left out.
        self.model.decode(&replay.ids).trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned()
    }
}
