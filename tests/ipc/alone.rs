//! Tests that measure time, beside which nothing runs: how soon a moved slider acts, and what a conversation of 10,000 messages costs.

use std::time::{Duration, Instant};

use ipc::command::*;
use ipc::conversation::SamplingSettings;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::sweep::SteeringTerm;
use serde_json::json;

use crate::chat::{answer, desk, say};
use crate::library::{import, waves};
use crate::window::Tiller;

/// The longest time from a moved slider to the next token, where the machine has nothing else to do.
const SOON: Duration = Duration::from_millis(150);
/// Where it has, the longest time in tokens: the one under way, the one that is steered, and one for the command itself.
const TOKENS: u32 = 3;
/// The tokens over which the pace of an answer is measured.
const PACE: u32 = 6;
/// How often the slider is moved.
const MOVES: u32 = 5;
/// The messages of a long conversation.
const MESSAGES: usize = 10_000;
/// The longest time in which a long conversation is opened, as docs/performance.md has it.
const OPENED: Duration = Duration::from_secs(2);

#[test]
fn a_moved_slider_acts_on_the_next_token() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let vector = import(&tiller, dir.path(), picture.models[0].id, "waves", vec![waves(20, 2.0, 0.0)]);
    let mut desk = desk(&[SteeringTerm::new(vector.id)], &[0.0, 1.0, -1.0], 400);
    let sampling = SamplingSettings { max_new_tokens: 400, stop: vec![], ..SamplingSettings::lively() };
    desk.columns.iter_mut().for_each(|column| column.sampling = sampling.clone());
    let conversation = tiller.get(BeginConversation { desk: desk.clone() }).id;
    tiller.get(say(conversation, "Tell me a long story about the sea, with every detail."));
    let has = |event: &Event, column: u32, changes: usize| match event {
        Event::Turns { turns, .. } => turns
            .iter()
            .filter(|turn| turn.column == column)
            .filter_map(answer)
            .any(|answer| answer.tokens >= 3 && answer.steering.len() >= changes),
        _ => false,
    };
    tiller.wait_for(|event| has(event, 2, 1).then_some(()));
    let pace = pace(&tiller);
    let mut times = Vec::new();
    for moved in 1..=MOVES {
        desk.strips[0].value = 1.0 + 0.1 * f64::from(moved);
        let begun = Instant::now();
        tiller.get(ChangeDesk { conversation, desk: desk.clone() });
        let mark = tiller.events().len();
        // Both columns that the strip belongs to. A token that was under way when the slider moved may come before.
        for column in [2, 3] {
            tiller.wait_for(|event| has(event, column, 1 + moved as usize).then_some(()));
        }
        times.push(begun.elapsed());
        let events = tiller.events();
        let is_late = |event: &&Event| match event {
            Event::Turns { turns, .. } => turns
                .iter()
                .filter(|turn| turn.column == 2)
                .filter_map(answer)
                .any(|answer| answer.steering.len() < 1 + moved as usize),
            _ => false,
        };
        let late = events[mark..].iter().filter(is_late).count();
        assert!(late <= 1, "{late} tokens came after the slider had moved, and before it acted");
    }
    tiller.get(StopAnswering { conversation, column: None });
    times.sort_unstable();
    println!("from a moved slider to the next token: {times:?}, and {pace:?} from token to token");
    let (median, limit) = (times[times.len() / 2], SOON.max(TOKENS * pace));
    assert!(median <= limit, "{median:?} from a moved slider to the next token, {pace:?} a token: {times:?}");
}

/// Measures the time from token to token in the column that answers, while it grows.
fn pace(tiller: &Tiller) -> Duration {
    let tokens = |event: &Event| match event {
        Event::Turns { turns, .. } => {
            turns.iter().filter(|turn| turn.column == 2).filter_map(answer).map(|answer| answer.tokens).max()
        }
        _ => None,
    };
    let begun = Instant::now();
    let first = tiller.events().iter().filter_map(tokens).max().unwrap_or_default();
    let last = tiller.wait_for(|event| tokens(event).filter(|now| *now >= first + PACE));
    begun.elapsed() / (last - first)
}

#[test]
fn a_conversation_of_10_000_messages_is_opened_and_searched_soon() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tiller = Tiller::without_model(&dir.path().join("data"));
    let message = |place: usize| {
        let role = if place.is_multiple_of(2) { "user" } else { "assistant" };
        json!({"role": role, "content": format!("Message {place}, and some words around a number that is {}.", place * 7)})
    };
    let messages: Vec<_> = (0..MESSAGES).map(message).collect();
    let path = dir.path().join("long.jsonl");
    std::fs::write(&path, json!({ "messages": messages }).to_string()).expect("written");
    let file = FileRef::typed(path.display().to_string());
    let conversation = tiller.get(ImportConversations { file }).remove(0).id;
    let begun = Instant::now();
    let turns = tiller.get(ReadTurns { conversation });
    let opened = begun.elapsed();
    assert_eq!(turns.len(), MESSAGES);
    let begun = Instant::now();
    let found = tiller.get(SearchConversations { words: "number 69993".into() });
    let searched = begun.elapsed();
    assert_eq!(found, [conversation]);
    println!("10,000 messages: opened in {opened:?}, searched in {searched:?}");
    assert!(opened <= OPENED && searched <= OPENED, "opened in {opened:?}, searched in {searched:?}");
}
