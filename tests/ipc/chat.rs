//! Says one thing to the steered model in a new conversation, as the tests of other parts need it.

use std::collections::HashMap;

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::conversation::{Column, Desk, Factor, ModelTurn, Said, SamplingSettings, Strip, Turn};
use ipc::event::Event;
use ipc::sweep::SteeringTerm;

use crate::opened::Opened;
use crate::window::Tiller;

/// Returns a desk with a strip for each term and a column for each multiplier, which is answered greedily.
pub(crate) fn desk(terms: &[SteeringTerm], multipliers: &[f64], max_new_tokens: u32) -> Desk {
    let strip = |(id, term): (u32, &SteeringTerm)| Strip {
        id,
        vector: term.vector,
        name: String::new(),
        hash: String::new(),
        value: term.weight,
        muted: false,
        solo: false,
        gate: None,
        caps: None,
    };
    let factors = |multiplier: f64| {
        let factor = |(strip, term): (u32, &SteeringTerm)| Factor {
            strip,
            factor: if term.fixed { 1.0 } else { multiplier },
        };
        (1..).zip(terms).map(factor).collect()
    };
    let column = |(id, multiplier): (u32, &f64)| Column {
        id,
        name: String::new(),
        factors: factors(*multiplier),
        system_prompt: ipc::train::SYSTEM_PROMPT.into(),
        sampling: SamplingSettings { max_new_tokens, ..SamplingSettings::exact() },
    };
    Desk {
        strips: (1..).zip(terms).map(strip).collect(),
        columns: (1..).zip(multipliers).map(column).collect(),
        ..Desk::default()
    }
}

/// Says something to all columns.
pub(crate) fn say(conversation: Id, text: &str) -> Say {
    Say { conversation, text: text.into(), columns: vec![], prefill: String::new() }
}

/// Returns a turn's answer.
pub(crate) fn answer(turn: &Turn) -> Option<&ModelTurn> {
    match &turn.said {
        Said::Model(answer) => Some(answer),
        Said::Person { .. } => None,
    }
}

/// Returns the answers among an event's turns that have ended.
fn ended(event: &Event, of: Id) -> Vec<&Turn> {
    let Event::Turns { conversation, turns } = event else { return vec![] };
    let has_ended = |turn: &&Turn| answer(turn).is_some_and(|answer| answer.end != AnswerEnd::Open);
    turns.iter().filter(|_| *conversation == of).filter(has_ended).collect()
}

/// Begins a conversation and says something in it.
pub(crate) fn ask(tiller: &Tiller, desk: Desk, text: &str) -> Id {
    let conversation = tiller.get(BeginConversation { desk }).id;
    tiller.get(say(conversation, text));
    conversation
}

/// Waits until all columns of a conversation with one message are answered. Returns the answers in the desk's order.
pub(crate) fn answers(tiller: &Tiller, conversation: Id) -> Vec<ModelTurn> {
    let turns = tiller.get(ReadTurns { conversation });
    let asked: Vec<Id> = turns.iter().filter(|turn| answer(turn).is_some()).map(|turn| turn.id).collect();
    let wait = |id: &Id| {
        tiller.wait_for(|event| {
            let turn = ended(event, conversation).into_iter().find(|turn| turn.id == *id)?;
            answer(turn).cloned()
        })
    };
    asked.iter().map(wait).collect()
}

/// Does both without a window.
pub(crate) async fn answered(opened: &Opened, desk: Desk, text: &str) -> (Id, Vec<ModelTurn>) {
    let columns: Vec<u32> = desk.columns.iter().map(|column| column.id).collect();
    let begun = opened.app.begin_conversation(BeginConversation { desk }).await.expect("a conversation");
    opened.app.say(say(begun.id, text)).await.expect("a message");
    let mut all: HashMap<u32, ModelTurn> = HashMap::new();
    opened.wait(|event| {
        for turn in ended(&event, begun.id) {
            all.extend(answer(turn).map(|answer| (turn.column, answer.clone())));
        }
        (all.len() == columns.len()).then_some(())
    });
    (begun.id, columns.iter().filter_map(|column| all.remove(column)).collect())
}
