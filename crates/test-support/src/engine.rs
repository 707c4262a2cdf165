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

/// Steers as answers say that they were steered while they grew.
struct Replay<'a> {
    engine: &'a Engine,
    rows: Vec<Growing<'a>>,
}

/// An answer that grows again.
struct Growing<'a> {
    ids: Vec<u32>,
    changes: &'a [SteeringChange],
}

impl Control for Replay<'_> {
    fn change(&mut self, row: usize) -> Change {
        let row = &mut self.rows[row];
        let length = self.engine.model.decode(&row.ids).len();
        match row.changes.split_first() {
            Some((next, rest)) if length >= next.from_byte as usize => {
                row.changes = rest;
                Change::Steer(self.engine.terms(next))
            }
            _ => Change::None,
        }
    }

    fn token(&mut self, row: usize, id: u32, _: Option<&Observed>) {
        self.rows[row].ids.push(id);
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
        let (mut answers, mut asks): (Vec<&ModelTurn>, Vec<Ask>) = (Vec::new(), Vec::new());
        for turn in turns {
            match &turn.said {
                Said::Person { text } => said.push(Message::new(Role::User, text.as_str())),
                Said::Model(answer) => {
                    // Each has a key of its own, so that none goes on from what another one has kept.
                    asks.push(self.ask(asks.len() as u64, &said, answer));
                    said.push(Message::new(Role::Assistant, answer.text.as_str()));
                    answers.push(answer);
                }
            }
        }
        for (answer, text) in answers.iter().zip(self.texts(&asks, &answers)) {
            assert_eq!(answer.text, text, "an answer of {turns:?}");
        }
        answers
    }

    /// Returns what the engine is asked for an answer: with all that was said before it, under what steered it at first.
    fn ask(&self, key: u64, said: &[Message], answer: &ModelTurn) -> Ask {
        let system = Message::new(Role::System, answer.system_prompt.as_str());
        let messages: Vec<Message> = Some(system)
            .filter(|_| !answer.system_prompt.is_empty())
            .into_iter()
            .chain(said.iter().cloned())
            .collect();
        let request = Request {
            prompt: self.model.encode_messages(&messages).expect("a prompt"),
            steering: self.terms(answer.steering.first().expect("what steered")),
            sampling: Sampling::from(&answer.sampling),
        };
        let new_tokens = answer.sampling.max_new_tokens as usize;
        Ask { key, request, begun: 0, drawn: 0, new_tokens, observe: None }
    }

    /// Generates the answers again, all in one batch, which changes none of them.
    fn texts(&self, asks: &[Ask], answers: &[&ModelTurn]) -> Vec<String> {
        let rows = answers.iter().map(|answer| Growing { ids: vec![], changes: &answer.steering[1..] });
        let mut replay = Replay { engine: self, rows: rows.collect() };
        Session::new(Arc::clone(&self.model)).generate(asks, &mut replay).expect("answers");
        // A character that did not become whole is left out.
        let text = |row: &Growing<'_>| {
            self.model.decode(&row.ids).trim_end_matches(char::REPLACEMENT_CHARACTER).to_owned()
        };
        replay.rows.iter().map(text).collect()
    }
}
