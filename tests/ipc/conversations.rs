//! Tests conversations through the commands: several turns in several columns with steering that changes while text streams,
//! against the engine itself, and everything that can be done with turns.

use std::fs;

use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::conversation::{ConversationFormat, Desk, ModelTurn, Said, SamplingSettings, Turn};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::steering::{Gate, GateAt};
use ipc::sweep::SteeringTerm;
use ipc::{Code, Id};
use test_support::engine::Engine;

use crate::chat::{answer, answers, ask, desk, say};
use crate::library::{import, waves};
use crate::support::{folder, starter_model};
use crate::tiny;
use crate::window::Tiller;

/// Returns the shown turns of a column, in their order.
pub(crate) fn shown(tiller: &Tiller, conversation: Id, column: u32) -> Vec<Turn> {
    let turns = tiller.get(ReadTurns { conversation });
    turns.into_iter().filter(|turn| turn.column == column && turn.shown).collect()
}

/// Returns what is said in turns.
pub(crate) fn texts(turns: &[Turn]) -> Vec<&str> {
    turns
        .iter()
        .map(|turn| match &turn.said {
            Said::Person { text } => text.as_str(),
            Said::Model(answer) => answer.text.as_str(),
        })
        .collect()
}

/// Waits until no answer of a conversation grows, and returns all turns.
pub(crate) fn quiet(tiller: &Tiller, conversation: Id) -> Vec<Turn> {
    let open = |turns: &[Turn]| -> Vec<Id> {
        let open =
            turns.iter().filter(|turn| answer(turn).is_some_and(|answer| answer.end == AnswerEnd::Open));
        open.map(|turn| turn.id).collect()
    };
    loop {
        let mark = tiller.events().len();
        let turns = tiller.get(ReadTurns { conversation });
        let Some(waiting) = open(&turns).first().copied() else { return turns };
        tiller.wait_for_after(mark.saturating_sub(1), |event| match event {
            Event::Turns { conversation: of, turns } if *of == conversation => turns
                .iter()
                .any(|turn| {
                    turn.id == waiting && answer(turn).is_some_and(|answer| answer.end != AnswerEnd::Open)
                })
                .then_some(()),
            _ => None,
        });
    }
}

#[test]
fn three_turns_in_three_columns_are_what_the_engine_says_with_a_strip_moved_while_text_streams() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let numbers = waves(20, 2.0, 0.0);
    let vector = import(&tiller, dir.path(), picture.models[0].id, "waves", vec![numbers.clone()]);
    let sampling = SamplingSettings { max_new_tokens: 20, ..SamplingSettings::lively() };
    let mut desk = desk(&[SteeringTerm::new(vector.id)], &[0.0, 1.0, -1.0], 20);
    desk.columns.iter_mut().for_each(|column| column.sampling = sampling.clone());
    let conversation = tiller.get(BeginConversation { desk: desk.clone() }).id;

    tiller.get(say(conversation, "What is rain?"));
    quiet(&tiller, conversation);
    let mark = tiller.events().len();
    tiller.get(say(conversation, "And snow?"));
    tiller.wait_for_after(mark, |event| match event {
        Event::Turns { turns, .. } => {
            turns.iter().filter_map(answer).any(|answer| answer.tokens >= 3).then_some(())
        }
        _ => None,
    });
    desk.strips[0].value = 2.0;
    let changed = tiller.get(ChangeDesk { conversation, desk: desk.clone() });
    assert_eq!(changed.desk.strips[0].value.to_bits(), 2.0_f64.to_bits());
    quiet(&tiller, conversation);
    tiller.get(say(conversation, "Which is colder?"));
    quiet(&tiller, conversation);

    let engine = Engine::new(numbers);
    for column in &desk.columns {
        let turns = shown(&tiller, conversation, column.id);
        let answers = engine.compare(&turns);
        let factor = column.factors[0].factor;
        let first =
            |answer: &&ModelTurn| answer.steering[0].terms.first().map_or(0.0, |term| term.multiplier);
        let begun: Vec<f64> = answers.iter().map(first).collect();
        assert_eq!(begun, [factor, factor, 2.0 * factor]);
        let changed = answers[1].steering.get(1);
        assert_eq!(changed.is_some(), factor != 0.0, "the plain model has nothing to change: {changed:?}");
    }
    let plain = shown(&tiller, conversation, 1);
    assert!(texts(&plain)[1] != texts(&shown(&tiller, conversation, 2))[1]);
}

#[test]
fn turns_are_answered_again_edited_continued_followed_branched_and_deleted() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let vector = import(&tiller, dir.path(), picture.models[0].id, "waves", vec![waves(20, 2.0, 0.0)]);
    let mut desk = desk(&[SteeringTerm::new(vector.id)], &[0.0, 1.0], 6);
    let lively = SamplingSettings { max_new_tokens: 6, ..SamplingSettings::lively() };
    desk.columns.iter_mut().for_each(|column| column.sampling = lively.clone());
    let id = ask(&tiller, desk.clone(), "What is rain?");
    let first = answers(&tiller, id);
    let turn = |column: u32, place: usize| shown(&tiller, id, column)[place].clone();

    // Another seed gives another answer, the same one the same.
    let before = turn(1, 1);
    for (new_seed, is_other) in [(true, true), (false, false)] {
        tiller.get(Regenerate { conversation: id, turns: vec![turn(1, 1).id], new_seed });
        quiet(&tiller, id);
        let now = turn(1, 1);
        assert_eq!((now.parent, now.id > before.id), (before.parent, true));
        let (now, was) = (answer(&now).expect("an answer"), &first[0]);
        assert_eq!(now.text != was.text && now.sampling.seed != was.sampling.seed, is_other, "{now:?}");
    }
    tiller.get(ShowVariant { conversation: id, turn: before.id });
    assert_eq!(turn(1, 1), before);

    // What ended at the limit goes on behind its text.
    tiller.get(ContinueTurns { conversation: id, turns: vec![before.id] });
    quiet(&tiller, id);
    let longer = answer(&turn(1, 1)).expect("an answer").clone();
    assert!(longer.text.starts_with(&first[0].text) && longer.tokens > first[0].tokens, "{longer:?}");

    // A message that is edited is answered again; the first one stays as a variant.
    let asked = turn(1, 0);
    tiller.get(EditTurn { conversation: id, turns: vec![asked.id], text: "What is snow?".into() });
    quiet(&tiller, id);
    assert_eq!(texts(&shown(&tiller, id, 1))[0], "What is snow?");
    assert_ne!(turn(1, 1).id, before.id);
    tiller.get(ShowVariant { conversation: id, turn: asked.id });
    assert_eq!(turn(1, 1).id, before.id);
    tiller.get(EditTurn { conversation: id, turns: vec![before.id], text: "Rain is".into() });
    let edited = turn(1, 1);
    tiller.get(ContinueTurns { conversation: id, turns: vec![edited.id] });
    quiet(&tiller, id);
    let continued = answer(&turn(1, 1)).expect("an answer").clone();
    assert!(continued.text.starts_with("Rain is") && continued.text.len() > 7 && continued.given == 7);

    // The other column follows, and what it had said stays.
    let own = turn(2, 1);
    tiller.get(FollowAnswer { conversation: id, turn: edited.id });
    let followed = shown(&tiller, id, 2);
    assert_eq!(texts(&followed), texts(&shown(&tiller, id, 1)));
    assert_eq!((followed[0].id, followed[1].parent), (own.parent.expect("a message"), own.parent));
    assert!(tiller.get(ReadTurns { conversation: id }).iter().any(|turn| turn.id == own.id && !turn.shown));

    // A beginning is given to every answer.
    let prefill = Say { prefill: "Well,".into(), ..say(id, "Why?") };
    tiller.get(prefill);
    quiet(&tiller, id);
    for column in [1, 2] {
        let now = answer(&turn(column, 3)).expect("an answer").clone();
        assert!(now.text.starts_with("Well,") && now.given == 5 && now.tokens > 0, "{now:?}");
    }
    // It stays where the answer is made again.
    tiller.get(Regenerate { conversation: id, turns: vec![turn(1, 3).id], new_seed: true });
    quiet(&tiller, id);
    let again = answer(&turn(1, 3)).expect("an answer").clone();
    assert!(again.text.starts_with("Well,") && again.given == 5, "{again:?}");

    let branch = tiller.get(BranchConversation { conversation: id, turn: turn(2, 1).id });
    assert_eq!((branch.turns, branch.name.as_str()), (4, "What is rain? (2)"));
    let again =
        tiller.get(BranchConversation { conversation: branch.id, turn: shown(&tiller, branch.id, 2)[0].id });
    assert_eq!(again.name, "What is rain? (3)", "each branch has a name of its own");
    assert_eq!(texts(&shown(&tiller, branch.id, 2)), texts(&shown(&tiller, id, 2)[..2]));

    // What is deleted comes back whole.
    let whole = tiller.get(ReadTurns { conversation: id });
    let deletion = tiller.get(DeleteTurn { conversation: id, turn: turn(1, 1).id });
    assert_eq!(shown(&tiller, id, 1).len(), 1);
    assert_eq!(shown(&tiller, id, 2).len(), 4, "another column keeps its turns");
    tiller.get(UndoDeletion { deletion: deletion.id });
    assert_eq!(tiller.get(ReadTurns { conversation: id }), whole);
    assert_eq!(tiller.get(SearchConversations { words: "RAIN why".into() }), [id]);
    assert_eq!(tiller.get(RenameConversation { conversation: id, name: " Wet ".into() }).name, "Wet");
    assert!(tiller.get(PinConversation { conversation: id, pinned: true }).pinned);
}

#[test]
fn answers_stop_one_by_one_and_together_and_others_wait_their_turn() {
    let dir = folder();
    let (tiller, _) = Tiller::ready(dir.path());
    let id = ask(&tiller, desk(&[], &[0.0, 0.5], 1500), "Tell me a long story.");
    let waiting = ask(&tiller, desk(&[], &[0.0], 1500), "And another one.");
    tiller.wait_for(|event| match event {
        Event::Turns { conversation, turns } if *conversation == id => {
            turns.iter().filter_map(answer).any(|answer| answer.tokens > 4).then_some(())
        }
        _ => None,
    });
    let refused = tiller.call(say(id, "More?")).expect_err("it is being answered");
    assert!(refused.message.contains("being answered"), "{refused:?}");
    let of_other = tiller.get(ReadTurns { conversation: waiting });
    assert!(answer(&of_other[1]).is_some_and(|answer| answer.end == AnswerEnd::Open && answer.tokens == 0));
    tiller.get(StopAnswering { conversation: waiting, column: None });
    assert_eq!(answers(&tiller, waiting)[0].end, AnswerEnd::Stopped);

    tiller.get(StopAnswering { conversation: id, column: Some(1) });
    let stopped = tiller.wait_for(|event| match event {
        Event::Turns { conversation, turns } if *conversation == id => {
            let ended =
                turns.iter().find(|turn| answer(turn).is_some_and(|answer| answer.end != AnswerEnd::Open));
            ended.cloned()
        }
        _ => None,
    });
    let ended = answer(&stopped).expect("an answer");
    assert_eq!((stopped.column, &ended.end), (1, &AnswerEnd::Stopped));
    let tokens = |turns: &[Turn]| turns.iter().filter_map(answer).map(|answer| answer.tokens).max();
    let reached = ended.tokens;
    tiller.wait_for(|event| match event {
        Event::Turns { conversation, turns } if *conversation == id => {
            (turns.iter().all(|turn| turn.column == 2) && tokens(turns) > Some(reached + 4)).then_some(())
        }
        _ => None,
    });
    tiller.get(StopAnswering { conversation: id, column: None });
    quiet(&tiller, id);
    let texts: Vec<ModelTurn> =
        tiller.get(ReadTurns { conversation: id }).iter().filter_map(answer).cloned().collect();
    assert!(texts[1].text.starts_with(&texts[0].text), "both are the plain model: {texts:?}");
    drop(tiller);
    let (tiller, _) = Tiller::ready(dir.path());
    let kept: Vec<ModelTurn> =
        tiller.get(ReadTurns { conversation: id }).iter().filter_map(answer).cloned().collect();
    assert_eq!(kept, texts);
}

#[test]
fn a_stop_word_ends_an_answer_and_every_token_is_observed() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let vector = import(&tiller, dir.path(), picture.models[0].id, "waves", vec![waves(20, 2.0, 0.0)]);
    let steered = desk(&[SteeringTerm::new(vector.id)], &[0.0, 1.0], 16);
    let whole = answers(&tiller, ask(&tiller, steered.clone(), "What is rain?"));
    let word = whole[0].text.split_whitespace().nth(4).expect("five words").to_owned();
    let mut stopping = steered;
    stopping.observes = true;
    stopping.columns[0].sampling.stop = vec![word.clone()];
    let stopped = answers(&tiller, ask(&tiller, stopping, "What is rain?"));
    let before = whole[0].text.find(&word).expect("the word");
    assert_eq!(
        (stopped[0].text.as_str(), &stopped[0].end),
        (&whole[0].text[..before], &AnswerEnd::EndOfTurn)
    );
    assert_eq!(stopped[1].text, whole[1].text, "what is observed is not changed");
    let observed = &stopped[1].observed;
    assert_eq!(observed.len() as u32, stopped[1].tokens);
    assert_eq!(observed.last().map(|token| token.until_byte as usize), Some(stopped[1].text.len()));
    assert!(observed.iter().all(|token| token.likeliest_steered.len() == 5 && token.steered <= 0.0));
}

#[test]
fn what_cannot_be_answered_is_refused_in_words() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let vector = import(&tiller, dir.path(), model, "waves", vec![waves(20, 2.0, 0.0)]);
    let refused = |desk: Desk| tiller.call(BeginConversation { desk }).expect_err("it is refused");
    let plain = || desk(&[], &[0.0], 4);
    assert_eq!(refused(Desk::default()).code, Code::Invalid);
    assert_eq!(refused(desk(&[SteeringTerm::new(9999)], &[1.0], 4)).code, Code::NotFound);
    assert_eq!(refused(desk(&[], &[0.0; 9], 4)).code, Code::Invalid);
    let mut twice = plain();
    twice.columns.push(twice.columns[0].clone());
    assert!(refused(twice).message.contains("same id"));

    let id = tiller.get(BeginConversation { desk: plain() }).id;
    assert!(tiller.call(say(id, "  \n")).expect_err("nothing").message.contains("no message"));
    let missing = Say { columns: vec![7], ..say(id, "Why?") };
    assert_eq!(tiller.call(missing).expect_err("no column").code, Code::NotFound);
    let long = tiller.call(say(id, &"word ".repeat(9000))).expect_err("too long");
    assert_eq!(long.code, Code::ContextFull, "{long:?}");
    assert!(long.next.is_some_and(|next| next.contains("new conversation")));
    assert_eq!(tiller.get(ReadTurns { conversation: id }), [], "what is refused leaves nothing");

    let mut gated = desk(&[SteeringTerm::new(vector.id)], &[1.0], 4);
    let gate = Gate { layer: 25, above: 0.0, soft: None, at: GateAt::Token };
    let of =
        ipc::conversation::StripGate { vector: vector.id, name: String::new(), hash: String::new(), gate };
    gated.strips[0].gate = Some(of);
    let late = tiller.get(BeginConversation { desk: gated }).id;
    let refused = tiller.call(say(late, "Why?")).expect_err("its gate comes too late");
    assert!(refused.message.contains("layer 25"), "{refused:?}");

    let other = dir.path().join("other.gguf");
    fs::copy(starter_model(), &other).expect("a copy");
    let other = tiller.get(AddModel { file: FileRef::typed(other.display().to_string()) });
    tiller.get(LoadModel { model: other.id });
    tiller.wait_for(|event| match event {
        Event::Model(model) if model.id == other.id => {
            matches!(model.state, ipc::model::ModelState::Ready { .. }).then_some(())
        }
        _ => None,
    });
    let steered = tiller.get(BeginConversation { desk: desk(&[SteeringTerm::new(vector.id)], &[1.0], 4) });
    let refused = tiller.call(say(steered.id, "Why?")).expect_err("a vector of another model");
    assert!(refused.message.contains("was made for"), "{refused:?}");
}

#[test]
fn conversations_and_presets_go_out_and_come_back() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let vector = import(&tiller, dir.path(), picture.models[0].id, "waves", vec![waves(20, 2.0, 0.0)]);
    let steered = desk(&[SteeringTerm::new(vector.id)], &[0.0, 1.0], 4);
    let id = ask(&tiller, steered, "What is rain?");
    answers(&tiller, id);
    let file = |name: &str| FileRef::typed(dir.path().join(name).display().to_string());
    let export = |name: &str, format| {
        tiller.get(ExportConversation { conversation: id, format, file: file(name), replace: false });
        fs::read_to_string(dir.path().join(name)).expect("the file")
    };
    assert!(export("c.md", ConversationFormat::Markdown).contains("What is rain?"));
    assert!(export("c.html", ConversationFormat::Html).starts_with("<!doctype html>"));
    export("c.jsonl", ConversationFormat::Jsonl);
    let imported = tiller.get(ImportConversations { file: file("c.jsonl") });
    let whole = tiller.watch_again();
    let was = whole.conversations.iter().find(|known| known.id == id).expect("the conversation");
    assert_eq!((imported.len(), &imported[0].desk, &imported[0].name), (1, &was.desk, &was.name));
    for column in [1, 2] {
        let said = |id: Id| shown(&tiller, id, column).into_iter().map(|turn| turn.said).collect::<Vec<_>>();
        assert_eq!(said(imported[0].id), said(id));
    }
    fs::write(
        dir.path().join("plain.jsonl"),
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n",
    )
    .expect("a file");
    let plain = tiller.get(ImportConversations { file: file("plain.jsonl") });
    assert_eq!((plain[0].desk.columns.len(), plain[0].desk.strips.len(), plain[0].turns), (1, 0, 1));
    let refused = tiller.call(ImportConversations { file: file("c.md") }).expect_err("no JSON lines");
    assert!(refused.message.contains("Line 1"), "{refused:?}");

    let preset = tiller.get(KeepPreset { name: " Calm ".into(), desk: was.desk.clone() });
    assert_eq!(preset.name, "Calm");
    tiller.get(ExportPreset { preset: preset.id, file: file("calm.json"), replace: false });
    let deletion = tiller.get(DeletePreset { preset: preset.id });
    assert_eq!(tiller.watch_again().presets, []);
    let again = tiller.get(ImportPreset { file: file("calm.json") });
    assert_eq!((again.name.as_str(), &again.desk), ("Calm", &preset.desk));
    tiller.get(DeletePreset { preset: again.id });
    tiller.get(DeleteVector { vector: vector.id });
    let refused = tiller.call(ImportPreset { file: file("calm.json") }).expect_err("its vector is gone");
    assert!(refused.message.contains("\u{201c}waves\u{201d}"), "{refused:?}");
    assert!(deletion.title.contains("Calm"));
}

#[test]
fn the_oldest_turns_are_left_out_where_a_person_wants_it_and_the_answer_says_so() {
    let dir = folder();
    // A word has three tokens: one message has room in the context, and two have none.
    let (tiller, _, _) = tiny::ready(dir.path(), 512);
    let mut desk = desk(&[], &[0.0], 1);
    let id = tiller.get(BeginConversation { desk: desk.clone() }).id;
    let long = "word ".repeat(100);
    tiller.get(say(id, &long));
    quiet(&tiller, id);
    let refused = tiller.call(say(id, &long)).expect_err("it is too long");
    assert!(refused.code == Code::ContextFull && refused.next.is_some_and(|next| next.contains("oldest")));
    desk.leaves_out_oldest = true;
    tiller.get(ChangeDesk { conversation: id, desk });
    tiller.get(say(id, &long));
    quiet(&tiller, id);
    let turns = shown(&tiller, id, 1);
    let left_out: Vec<u32> = turns.iter().filter_map(answer).map(|answer| answer.left_out).collect();
    assert_eq!((turns.len(), left_out), (4, vec![0, 2]), "all turns stay in the conversation");
}
