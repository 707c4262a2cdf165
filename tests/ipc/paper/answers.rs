//! Tests the paper's examples (Tables 3, 7 and 17 to 19): the answers behind the points of a sweep are the words that Chat says.

use std::fs;

use ipc::Id;
use ipc::command::*;
use ipc::derive::Change;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::sweep::{Arm, Generation, PromptSet, SteeringTerm, SweepSettings};

use crate::chat;
use crate::library::{import, waves};
use crate::scores::swept;
use crate::support::{self, FIRST_CURVE, folder};
use crate::window::Tiller;

const PROMPT: &str = "What is money for?";
const TOKENS: u32 = 8;

/// Measures an arm on a prompt, and returns the answer at each multiplier as a click on the point shows it.
fn swept_answers(
    tiller: &Tiller,
    model: Id,
    terms: &[SteeringTerm],
    multipliers: &[f64],
    prompt: &str,
) -> Vec<String> {
    let settings = SweepSettings {
        arms: vec![Arm { terms: terms.to_vec(), ..Arm::default() }],
        multipliers: multipliers.to_vec(),
        sets: vec![PromptSet::List { name: "Own".into(), prompts: vec![prompt.into()] }],
        scores: vec![Score::Length],
        generation: Generation { max_new_tokens: TOKENS, ..Generation::default() },
        ..SweepSettings::default()
    };
    let sweep = swept(tiller, model, settings);
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let items =
        |multiplier: f64| tiller.get(ReadPoint { sweep: sweep.id, curve: FIRST_CURVE, multiplier }).remove(0);
    let unsteered = items(0.0).answer;
    let answer = |multiplier: &f64| {
        let item = items(*multiplier);
        assert_eq!(item.unsteered_answer, unsteered, "the answer without steering stands beside it");
        item.answer.expect("an answer")
    };
    multipliers.iter().map(answer).collect()
}

/// Asks the same in Chat, in a column for each multiplier.
fn said(tiller: &Tiller, terms: &[SteeringTerm], multipliers: &[f64], prompt: &str) -> Vec<String> {
    let conversation = chat::ask(tiller, chat::desk(terms, multipliers, TOKENS), prompt);
    chat::answers(tiller, conversation).into_iter().map(|answer| answer.text).collect()
}

fn trimmed(answers: Vec<String>) -> Vec<String> {
    answers.into_iter().map(|answer| answer.trim().to_owned()).collect()
}

#[test]
fn the_answers_of_one_vector_and_of_two_are_what_chat_says() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    // Tables 3, 18 and 19: the words at every multiplier.
    let one = import(&tiller, dir.path(), model, "one", vec![waves(20, 2.0, 0.0)]);
    let multipliers = [-2.0, -1.0, 0.0, 1.0, 2.0];
    let alone = [SteeringTerm::new(one.id)];
    let words = trimmed(swept_answers(&tiller, model, &alone, &multipliers, PROMPT));
    assert_eq!(words, trimmed(said(&tiller, &alone, &multipliers, PROMPT)));
    assert!(words[0] != words[2] && words[4] != words[2], "{words:?}");

    // Table 7: two vectors in one answer, which their sum as one vector gives as well.
    let other = import(&tiller, dir.path(), model, "other", vec![waves(20, 2.0, 1.0)]);
    let both = [SteeringTerm::new(one.id), SteeringTerm::new(other.id)];
    let fused = trimmed(swept_answers(&tiller, model, &both, &[0.0, 1.0], PROMPT));
    assert_eq!(fused, trimmed(said(&tiller, &both, &[0.0, 1.0], PROMPT)));
    let change = Change::Add { weight: 1.0, other: other.id, other_weight: 1.0 };
    let sum = tiller.get(MakeVector { vector: one.id, change, name: "Both".into() });
    let as_one = [SteeringTerm::new(sum.id)];
    assert_eq!(trimmed(swept_answers(&tiller, model, &as_one, &[0.0, 1.0], PROMPT)), fused);
    assert_eq!(fused[0], words[2], "at 0 both are the plain model");
    assert!(fused[1] != fused[0], "{fused:?}");
}

#[test]
fn a_vector_steers_a_relative_of_its_model_in_another_language() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let vector = import(&tiller, dir.path(), model, "v", vec![waves(20, 2.0, 0.0)]);
    // Table 17 has a model of the same size that was trained further: here it has the same weights, so that the words are known.
    let path = dir.path().join("relative.gguf");
    fs::copy(support::starter_model(), &path).expect("a copy");
    let relative = tiller.get(AddModel { file: FileRef::typed(path.display().to_string()) });
    let change = Change::Transfer { model: relative.id };
    let there = tiller.get(MakeVector { vector: vector.id, change, name: "There".into() });
    assert_eq!((there.model, &there.hash), (relative.id, &vector.hash));
    let prompt = "\u{94b1}\u{6709}\u{4ec0}\u{4e48}\u{7528}\u{ff1f}";
    let at = [-1.0, 0.0, 1.0];
    let here = swept_answers(&tiller, model, &[SteeringTerm::new(vector.id)], &at, prompt);
    assert_eq!(swept_answers(&tiller, relative.id, &[SteeringTerm::new(there.id)], &at, prompt), here);
    assert!(here[0] != here[1] || here[2] != here[1], "{here:?}");
}
