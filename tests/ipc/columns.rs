//! Tests what concerns several columns of a conversation at once: the histories of new ones, and messages that they share.

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::conversation::{Column, Desk, Said, SamplingSettings, Turn};
use ipc::event::Event;

use crate::chat::{answer, ask, desk, say};
use crate::conversations::{quiet, shown, texts};
use crate::support::folder;
use crate::tiny;
use crate::window::Tiller;

/// The context of the tiny model.
const CONTEXT: u32 = 1024;

/// Puts a copy of the first column behind it, under another id.
fn duplicate(desk: &mut Desk, id: u32) {
    let copy = Column { id, ..desk.columns[0].clone() };
    desk.columns.insert(1, copy);
}

fn said(turns: Vec<Turn>) -> Vec<Said> {
    turns.into_iter().map(|turn| turn.said).collect()
}

#[test]
fn a_new_column_takes_over_the_turns_of_the_one_at_its_left() {
    let dir = folder();
    let (tiller, _, _) = tiny::ready(dir.path(), CONTEXT);
    let mut desk = desk(&[], &[0.0, 0.0], 4);
    desk.columns[1].system_prompt = "Be brief.".into();
    let id = ask(&tiller, desk.clone(), "the cat");
    quiet(&tiller, id);
    tiller.get(Say { columns: vec![2], ..say(id, "the dog") });
    quiet(&tiller, id);
    let (first, second) = (said(shown(&tiller, id, 1)), said(shown(&tiller, id, 2)));
    assert_eq!((first.len(), second.len()), (2, 4));

    let mark = tiller.events().len();
    duplicate(&mut desk, 3);
    desk.columns.push(Column { id: 4, ..desk.columns[2].clone() });
    let changed = tiller.get(ChangeDesk { conversation: id, desk: desk.clone() });
    assert_eq!((said(shown(&tiller, id, 3)), said(shown(&tiller, id, 4))), (first, second));
    assert_eq!(changed.turns, 12);
    let told = tiller.wait_for_after(mark, |event| match event {
        Event::Turns { conversation, turns } if *conversation == id => Some(turns.len()),
        _ => None,
    });
    assert_eq!(told, 6, "the window hears of what is new, and of nothing else");

    // All of them go on. A column that comes back has its own turns, and no second ones.
    tiller.get(say(id, "the bird"));
    quiet(&tiller, id);
    assert_eq!(texts(&shown(&tiller, id, 3))[2], "the bird");
    let without = Desk { columns: desk.columns[..3].to_vec(), ..desk.clone() };
    tiller.get(ChangeDesk { conversation: id, desk: without });
    let before = tiller.get(ReadTurns { conversation: id });
    tiller.get(ChangeDesk { conversation: id, desk });
    assert_eq!(tiller.get(ReadTurns { conversation: id }), before);
}

#[test]
fn a_column_that_is_duplicated_while_its_answer_grows_has_the_words_that_are_there() {
    let dir = folder();
    let (tiller, _) = Tiller::ready(dir.path());
    let mut desk = desk(&[], &[0.0], 1500);
    let id = ask(&tiller, desk.clone(), "Tell me a long story.");
    // The words are told at once, and stored twice a second.
    let has_words = || shown(&tiller, id, 1).iter().filter_map(answer).any(|answer| !answer.text.is_empty());
    while !has_words() {}
    duplicate(&mut desk, 2);
    tiller.get(ChangeDesk { conversation: id, desk });
    let copied = shown(&tiller, id, 2);
    let begun = answer(&copied[1]).expect("an answer").clone();
    let grows = answer(&shown(&tiller, id, 1)[1]).expect("an answer").end.clone();
    assert_eq!((copied.len(), &begun.end, grows), (2, &AnswerEnd::Stopped, AnswerEnd::Open));
    tiller.get(StopAnswering { conversation: id, column: None });
    quiet(&tiller, id);
    let whole = answer(&shown(&tiller, id, 1)[1]).expect("an answer").clone();
    let is_beginning = !begun.text.is_empty() && whole.text.starts_with(&begun.text);
    assert!(is_beginning, "{begun:?} is the beginning of {whole:?}");
    // Its own answer to the message is made there.
    tiller.get(Regenerate { conversation: id, turns: vec![copied[1].id], new_seed: false });
    tiller.get(StopAnswering { conversation: id, column: None });
    quiet(&tiller, id);
    assert_eq!(shown(&tiller, id, 2)[1].parent, Some(copied[0].id));
}

#[test]
fn a_message_of_several_columns_is_edited_at_once_and_answered_in_one_batch() {
    let dir = folder();
    let (tiller, _, _) = tiny::ready(dir.path(), CONTEXT);
    let mut desk = desk(&[], &[0.0, 0.0, 0.0], 8);
    let lively = SamplingSettings { max_new_tokens: 8, ..SamplingSettings::lively() };
    desk.columns.iter_mut().for_each(|column| column.sampling = lively.clone());
    let id = ask(&tiller, desk, "the cat");
    quiet(&tiller, id);
    let of = |column: u32| shown(&tiller, id, column);
    let messages = [of(1)[0].id, of(3)[0].id];
    let (second, mark) = (of(2), tiller.events().len());
    tiller.get(EditTurn { conversation: id, turns: messages.to_vec(), text: " the dog ".into() });
    // Both answers begin with one change.
    let begun = tiller.wait_for_after(mark, |event| match event {
        Event::Turns { conversation, turns } if *conversation == id => {
            let open = turns.iter().filter(|turn| answer(turn).is_some_and(|one| one.end == AnswerEnd::Open));
            Some(open.map(|turn| turn.column).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(begun, [1, 3]);
    quiet(&tiller, id);
    assert_eq!(of(2), second, "its message was not edited");
    let (first, third) = (of(1), of(3));
    assert_eq!((texts(&first)[0], texts(&third)[0]), ("the dog", "the dog"));
    let (one, other) = (answer(&first[1]).expect("an answer"), answer(&third[1]).expect("an answer"));
    assert_eq!(
        (&one.text, one.sampling.seed),
        (&other.text, other.sampling.seed),
        "the same seed draws the same"
    );

    let edit = |turns: Vec<Id>| EditTurn { conversation: id, turns, text: "the bird".into() };
    for (turns, words) in [
        (vec![], "no messages"),
        (vec![first[0].id, third[1].id], "no messages"),
        (vec![first[0].id, first[1].id], "same column"),
    ] {
        let refused = tiller.call(edit(turns)).expect_err("it is refused");
        assert!(refused.message.contains(words), "{refused:?}");
    }
    assert_eq!((of(1), of(3)), (first, third), "what is refused changes nothing");
}

#[test]
fn what_was_sampled_goes_on_so_and_a_persons_text_as_its_column_says() {
    let dir = folder();
    let (tiller, _, _) = tiny::ready(dir.path(), CONTEXT);
    let mut desk = desk(&[], &[0.0], 6);
    let own = SamplingSettings { max_new_tokens: 6, ..SamplingSettings::lively() };
    desk.columns[0].sampling = own.clone();
    let id = ask(&tiller, desk.clone(), "the cat");
    quiet(&tiller, id);
    let made = shown(&tiller, id, 1)[1].clone();
    let first = answer(&made).expect("an answer").clone();
    let other = SamplingSettings { temperature: 0.5, seed: 99, max_new_tokens: 3, ..own.clone() };
    desk.columns[0].sampling = other.clone();
    desk.columns[0].system_prompt = "Be brief.".into();
    tiller.get(ChangeDesk { conversation: id, desk });
    // An answer that has come to its own end is not continued.
    if first.end == AnswerEnd::Length {
        tiller.get(ContinueTurns { conversation: id, turns: vec![made.id] });
        quiet(&tiller, id);
        let longer = answer(&shown(&tiller, id, 1)[1]).expect("an answer").clone();
        assert!(longer.tokens > first.tokens && longer.text.starts_with(&first.text), "{longer:?}");
        // It goes on as it was sampled, and as far as the column says now.
        let so_far = SamplingSettings { max_new_tokens: other.max_new_tokens, ..own };
        assert_eq!((&longer.sampling, &longer.system_prompt), (&so_far, &first.system_prompt));
        assert!(longer.tokens <= first.tokens + other.max_new_tokens, "{longer:?}");
    }
    tiller.get(EditTurn { conversation: id, turns: vec![made.id], text: "the dog".into() });
    let edited = shown(&tiller, id, 1)[1].id;
    tiller.get(ContinueTurns { conversation: id, turns: vec![edited] });
    quiet(&tiller, id);
    let continued = answer(&shown(&tiller, id, 1)[1]).expect("an answer").clone();
    assert_eq!((&continued.sampling, continued.system_prompt.as_str()), (&other, "Be brief."));
    assert_eq!((continued.given, continued.text.starts_with("the dog")), (7, true));
}
