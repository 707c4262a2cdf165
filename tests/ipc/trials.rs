//! Tests questions that nobody keeps: those of the Start screen, with a library vector and with a run's epochs.

use crate::support::{folder, small_run};
use crate::window::Tiller;
use ipc::answer::{Answer, AnswerEnd, Question, TrialSubject};
use ipc::behaviour::STARTER_BEHAVIOURS;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::{Code, Id};

/// Waits until every answer to a question has ended.
fn answers(tiller: &Tiller, question: &Question) -> Vec<Answer> {
    let ended = |asked: &Answer| {
        tiller.wait_for(|event| match event {
            Event::Answer { question: of, answer }
                if *of == question.id
                    && answer.multiplier.to_bits() == asked.multiplier.to_bits()
                    && answer.end != AnswerEnd::Open =>
            {
                Some(answer.clone())
            }
            _ => None,
        })
    };
    question.answers.iter().map(ended).collect()
}

fn trial(subject: TrialSubject, multipliers: &[f64], max_new_tokens: u32) -> TrySteering {
    let text = "How was your day?".into();
    TrySteering { text, subject, multipliers: multipliers.to_vec(), max_new_tokens }
}

#[test]
fn a_starter_vector_answers_three_ways_and_nothing_is_kept() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let of = |vector: Id| TrialSubject::Vector { vector };
    for behaviour in &STARTER_BEHAVIOURS {
        let vector = picture.vectors.iter().find(|vector| vector.hash == behaviour.hash).expect("its vector");
        let at = behaviour.multiplier;
        let request =
            TrySteering { text: behaviour.question.into(), ..trial(of(vector.id), &[-at, 0.0, at], 40) };
        let question = tiller.get(request);
        assert!(question.is_trial() && question.steering[0].name == behaviour.vector, "{question:?}");
        let texts: Vec<String> = answers(&tiller, &question).into_iter().map(|answer| answer.text).collect();
        assert!(texts.iter().all(|text| text.split_whitespace().count() > 8), "{texts:?}");
        assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2], "{texts:?}");
        for text in &texts {
            assert!(repeated(text) < 0.2, "{} is not fluent: {text}", behaviour.vector);
        }
    }
    let vector = picture.vectors[0].id;
    let long = tiller.get(trial(of(vector), &[1.0], 1500));
    let waiting = tiller.get(trial(of(vector), &[1.0], 1500));
    tiller.get(StopAnswers { question: waiting.id });
    tiller.wait_for(|event| {
        matches!(event, Event::Answer { question, answer } if *question == long.id && answer.tokens > 0)
            .then_some(())
    });
    tiller.get(StopAnswers { question: long.id });
    for stopped in [&long, &waiting] {
        assert_eq!(answers(&tiller, stopped)[0].end, AnswerEnd::Stopped);
    }
    tiller.get(StopAnswers { question: long.id });
    assert_eq!(tiller.watch_again().conversations, [], "trials are not in the store");
    assert_eq!(tiller.call(trial(of(9999), &[1.0], 4)).expect_err("no vector").code, Code::NotFound);
    assert_eq!(tiller.call(trial(of(vector), &[1.0], 0)).expect_err("no token").code, Code::Invalid);
}

/// Returns the share of three-word sequences that repeat an earlier one.
fn repeated(text: &str) -> f64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let all: Vec<&[&str]> = words.windows(3).collect();
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    1.0 - distinct.len() as f64 / all.len().max(1) as f64
}

#[test]
fn the_vector_of_an_epoch_answers_as_the_one_that_is_picked_from_it() {
    let data = folder();
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let run = tiller.get(Train { name: String::new(), model, data_set, settings: small_run(2) });
    let of = |epoch: u32| TrialSubject::Epoch { run: run.id, epoch };
    tiller.wait_for(|event| {
        matches!(event, Event::Steps { run: of, steps } if *of == run.id && steps.iter().any(|step| step.step >= 2))
            .then_some(())
    });
    // The run may still be under way.
    let tried = tiller.get(trial(of(1), &[0.0, 1.0], 8));
    let tried = answers(&tiller, &tried);
    tiller.wait_for(|event| {
        matches!(event, Event::Run(now) if now.id == run.id && now.state == JobState::Done).then_some(())
    });
    let picked = tiller.get(PickEpoch { run: run.id, epoch: 1 });
    let whole = TrialSubject::Vector { vector: picked.id };
    let asked = answers(&tiller, &tiller.get(trial(whole, &[0.0, 1.0], 8)));
    assert_eq!(tried, asked);
    for missing in [of(3), TrialSubject::Epoch { run: 9999, epoch: 1 }] {
        let refused = tiller.call(trial(missing, &[1.0], 4)).expect_err("there is none");
        assert_eq!(refused.code, Code::NotFound, "{refused:?}");
    }
}
