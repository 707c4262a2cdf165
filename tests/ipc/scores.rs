//! Tests sweeps with many scores, on Tauri's mock runtime, with the real engine, on the starter model and on a tiny one.

use std::fs;
use std::path::Path;

use crate::support;
use crate::tiny;
use crate::window::Tiller;
use ipc::command::*;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{JobAction, JobState};
use ipc::score::{Judge, Rubric, Score};
use ipc::steering::{Intervention, Positions};
use ipc::sweep::{
    Arm, Curve, Generation, PromptSet, Prompting, SteeringTerm, Sweep, SweepPoint, SweepSettings,
};
use ipc::train::{Method, TrainSettings};
use ipc::vector::Vector;
use ipc::{Code, Id};

const QUESTIONS: &str = "One?,1,2,3,4,A\nTwo?,1,2,3,4,B\nThree?,1,2,3,4,C\nFour?,1,2,3,4,D\nFive?,1,2,3,4,A\n\
    What is two and two?,3,5,4,6,C\nWhat comes after one?,2,7,9,8,A\n";

/// Makes a vector by a method without training, on a few pairs.
pub(crate) fn vector(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    vector_of(tiller, model, data_set, support::small_run(1))
}

/// The same on a tiny model.
pub(crate) fn tiny_vector(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    vector_of(tiller, model, data_set, tiny::run(1))
}

fn vector_of(tiller: &Tiller, model: Id, data_set: Id, settings: TrainSettings) -> Vector {
    tiller.shrink(data_set);
    let settings = TrainSettings { method: Method::Freeform, ..settings };
    let run = tiller.get(Train { name: "F".into(), model, data_set, settings });
    tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    })
}

pub(crate) fn swept(tiller: &Tiller, model: Id, settings: SweepSettings) -> Sweep {
    let begun = tiller.get(StartSweep { model, settings });
    tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == begun.id && now.state.is_over() => Some(now.clone()),
        _ => None,
    })
}

pub(crate) fn judge(judge: Judge) -> Score {
    Score::Judge { judge, rubric: Rubric::on_board().remove(0) }
}

/// Returns the index of a score in a sweep's settings.
fn place(sweep: &Sweep, wanted: &Score) -> u32 {
    sweep.settings.scores.iter().position(|score| score == wanted).expect("it is there") as u32
}

#[test]
fn many_scores_are_measured_once_and_read_back() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    let vector = tiny_vector(&tiller, model, data_set);
    let questions = data.path().join("sums_test.csv");
    fs::write(&questions, QUESTIONS).expect("a file");
    let settings = every_score(vector.id, data_set, questions.display().to_string());
    let sweep = swept(&tiller, model, settings.clone());
    points_are_sound(&sweep);

    // Each item has the steered and the unsteered answer.
    let length = Curve { arm: 0, set: Some(1), score: place(&sweep, &Score::Length) };
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve: length, multiplier: 2.0 });
    assert_eq!((items.len(), items[0].prompt.as_str()), (1, "What is rain?"));
    assert!(items[0].answer.is_some() && items[0].unsteered_answer.is_some());

    let mark = tiller.events().len();
    let again = a_part_is_not_measured_again(&tiller, model, &sweep, settings);
    a_person_rates(&tiller, &sweep, mark);
    is_exported(&tiller, &sweep, data.path());

    tiller.get(DeleteSweep { sweep: again.id });
    let left = tiller.watch_again().sweeps;
    assert_eq!(left.iter().map(|sweep| sweep.id).collect::<Vec<_>>(), [sweep.id]);
}

/// Settings with a vector, a system prompt and worked examples as arms, and with every score. `path` is a file of questions.
fn every_score(vector: Id, data_set: Id, path: String) -> SweepSettings {
    let system = Prompting::System { text: "Answer in one word.".into() };
    SweepSettings {
        arms: vec![
            Arm::vector(vector),
            Arm { prompting: system, ..Arm::default() },
            Arm { prompting: Prompting::Shots { wanted: true, count: 2 }, ..Arm::vector(vector) },
        ],
        multipliers: vec![2.0],
        sets: vec![
            PromptSet::HeldOut { data_set, name: String::new() },
            PromptSet::List { name: "Own".into(), prompts: vec!["What is rain?".into()] },
        ],
        scores: vec![
            Score::LogOdds,
            Score::LogOddsPerToken,
            Score::Choice,
            Score::Perplexity,
            Score::Divergence,
            Score::Knowledge { path, shots: 5 },
            Score::Length,
            Score::Compliance,
            judge(Judge::Local),
            Score::Rating,
        ],
        generation: Generation { max_new_tokens: 4, ..Generation::default() },
        limit: Some(1),
        ..SweepSettings::default()
    }
}

/// Checks that the sweep has every point, with values in the range of its score.
fn points_are_sound(sweep: &Sweep) {
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    // Two arms with vectors have two multipliers each, and a system prompt has one. The neutral text has no prompt, so that
    // the system prompt lacks the two scores on it.
    // Three scores use one set, three use none, and three use two sets.
    assert_eq!((sweep.points.len(), sweep.expected), (5 * (3 + 3 + 2 * 3) - 2, 58));
    let score = |wanted: &Score| place(sweep, wanted);
    let curve =
        |arm: u32, set: Option<u32>, wanted: &Score| sweep.curve(Curve { arm, set, score: score(wanted) });
    for point in &sweep.points {
        assert!(
            point.value.is_finite() && point.low <= point.value && point.value <= point.high,
            "{point:?}"
        );
    }
    let divergence = curve(0, None, &Score::Divergence);
    assert!(divergence[0].value.abs() < 1e-9 && divergence[1].value > 1e-4, "{divergence:?}");
    let choice = curve(0, Some(0), &Score::Choice);
    assert!(choice.iter().all(|point| (0.0..=1.0).contains(&point.value)));
    let verdicts = curve(0, Some(0), &judge(Judge::Local));
    assert!(verdicts.iter().all(|point| (1.0..=4.0).contains(&point.value) && point.missing == 0));
    // The file's first five questions serve as worked examples.
    assert_eq!(
        sweep.points.iter().find(|point| point.set.is_none() && point.count == 2).map(|point| point.count),
        Some(2)
    );
}

/// Checks that a sweep over a part of the settings takes its answers from the store.
fn a_part_is_not_measured_again(tiller: &Tiller, model: Id, sweep: &Sweep, settings: SweepSettings) -> Sweep {
    let part = SweepSettings {
        arms: settings.arms[..1].to_vec(),
        sets: settings.sets[..1].to_vec(),
        scores: vec![Score::Length, Score::LogOdds],
        ..settings
    };
    let mark = tiller.events().len();
    let again = swept(tiller, model, part);
    let values = |sweep: &Sweep, score: u32| {
        sweep
            .curve(Curve { arm: 0, set: Some(0), score })
            .iter()
            .map(|p| p.value.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&again, 0), values(sweep, place(sweep, &Score::Length)));
    let was_answering = tiller.events()[mark..]
        .iter()
        .any(|event| matches!(event, Event::Job(job) if job.progress.phase == "Answering"));
    assert!(!was_answering, "the answers were there");
    again
}

/// Rates an answer blind, and checks that an event after `mark` reports the rating.
fn a_person_rates(tiller: &Tiller, sweep: &Sweep, mark: usize) {
    let score = |wanted: &Score| place(sweep, wanted);
    let to_rate = tiller.get(ReadUnratedAnswers { sweep: sweep.id });
    // Worked examples stand before the prompts of a list, too, which has no training pairs of its own.
    assert_eq!(to_rate.len(), 5 + 5, "one held-out prompt and one of a list, from five ways");
    let first = &to_rate[0];
    let rate = RateAnswer { sweep: sweep.id, answers: first.answers.clone(), place: first.place, rating: 4 };
    let agreement = tiller.get(rate.clone());
    assert_eq!((agreement.rated, agreement.answers, agreement.both), (1, 10, 1));
    assert_eq!(tiller.get(ReadUnratedAnswers { sweep: sweep.id }).len(), 9);
    assert_eq!(tiller.call(RateAnswer { rating: 5, ..rate }).expect_err("5 is none").code, Code::Invalid);
    tiller.wait_for_after(mark, |event| match event {
        Event::SweepPoints { sweep: of, points } if *of == sweep.id => {
            points.iter().any(|point| point.score == score(&Score::Rating) && point.value > 3.9).then_some(())
        }
        _ => None,
    });
}

/// Checks the exported files, and that an existing file is not replaced by default.
fn is_exported(tiller: &Tiller, sweep: &Sweep, data: &Path) {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><path d='M0 0H9' stroke='#000'/></svg>";
    let report = data.join("report.html").display().to_string();
    let export = ExportReport {
        sweep: sweep.id,
        svg: svg.into(),
        file: FileRef::typed(report.clone()),
        replace: false,
    };
    tiller.get(export.clone());
    let page = fs::read_to_string(&report).expect("the report");
    assert!(
        page.contains("Answer in one word.")
            && page.contains(sweep.fingerprint.as_deref().expect("a fingerprint"))
    );
    tiller.call(export).expect_err("a file is there");
    let chart = ExportChart {
        svg: svg.into(),
        file: FileRef::typed(data.join("a.gif").display().to_string()),
        replace: false,
    };
    assert_eq!(tiller.call(chart).expect_err("no such format").code, Code::Invalid);
}

#[test]
fn epochs_templates_and_interventions_are_measured_separately() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    tiller.shrink(data_set);
    let run = tiller.get(Train { name: "E".into(), model, data_set, settings: tiny::run(2) });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        _ => None,
    });
    let epoch = |epoch: u32| Arm {
        terms: vec![SteeringTerm { epoch: Some(epoch), ..SteeringTerm::new(vector.id) }],
        ..Arm::default()
    };
    let template = Prompting::Template { name: "Llama 2".into(), source: String::new() };
    let settings = SweepSettings {
        arms: vec![
            Arm::vector(vector.id),
            epoch(1),
            epoch(2),
            Arm { prompting: template, ..Arm::vector(vector.id) },
        ],
        scores: vec![Score::LogOdds, Score::JudgedCompliance { judge: Judge::Local }],
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        ..support::sweep_of(vector.id, data_set, &[0.0, 2.0])
    };
    let sweep = swept(&tiller, model, settings.clone());
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    let at = |sweep: &Sweep, arm: u32, score: u32| {
        let points = sweep.curve(Curve { arm, set: Some(0), score });
        points.iter().map(|point| point.value.to_bits()).collect::<Vec<_>>()
    };
    // The last epoch equals the run's end. All start at the unsteered model, except the arm with another template.
    assert_eq!(at(&sweep, 2, 0), at(&sweep, 0, 0));
    assert_eq!(at(&sweep, 1, 0)[0], at(&sweep, 0, 0)[0]);
    assert_ne!(at(&sweep, 1, 0)[1], at(&sweep, 0, 0)[1]);
    assert_ne!(at(&sweep, 3, 0)[0], at(&sweep, 0, 0)[0]);
    assert!(sweep.settings.arms[1].name.ends_with("epoch 1"), "{}", sweep.settings.arms[1].name);
    assert!(sweep.points.iter().filter(|p| p.score == 1).all(|p| (0.0..=1.0).contains(&p.value)));
    let same = tiller.get(StartSweep { model, settings: settings.clone() });
    assert_eq!(same.id, sweep.id, "nothing has changed");

    // After a change of the vector's positions, the sweep is stale.
    let intervention = Intervention { positions: Positions::Answer, ..vector.intervention };
    tiller.get(SetIntervention { vector: vector.id, intervention });
    let stale = tiller.watch_again().sweeps.remove(0);
    assert!(stale.stale.is_some_and(|why| why.contains("acts otherwise")));
    let other = swept(&tiller, model, settings);
    assert_ne!(other.id, sweep.id);
    assert_eq!(at(&other, 0, 0)[0], at(&sweep, 0, 0)[0]);
    assert_ne!(at(&other, 0, 0)[1], at(&sweep, 0, 0)[1]);
}

#[test]
fn a_sweep_resumes_where_it_was_after_the_window_was_closed() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    let vector = vector(&tiller, model, data_set);
    let settings = SweepSettings {
        scores: vec![Score::LogOdds, Score::Length],
        generation: Generation { max_new_tokens: 12, ..Generation::default() },
        ..support::sweep_of(vector.id, data_set, &[-2.0, -1.0, 0.0, 1.0, 2.0])
    };
    let begun = tiller.get(StartSweep { model, settings: settings.clone() });
    tiller.wait_for(|event| {
        matches!(event, Event::SweepPoints { sweep, .. } if *sweep == begun.id).then_some(())
    });
    tiller.get(ControlJob { job: begun.job, action: JobAction::Pause });
    let state = tiller.wait_for(|event| match event {
        Event::Job(job)
            if job.id == begun.job && job.state != JobState::Running && job.state != JobState::Queued =>
        {
            Some(job.state.clone())
        }
        _ => None,
    });
    assert_eq!(state, JobState::Paused);
    drop(tiller);

    let (tiller, picture) = Tiller::ready(data.path());
    let paused = picture.sweeps.into_iter().find(|sweep| sweep.id == begun.id).expect("it is kept");
    assert!(
        !paused.points.is_empty() && paused.points.len() < paused.expected as usize,
        "{}",
        paused.points.len()
    );
    // A stopped sweep keeps its points as well, and goes on.
    let stopped = tiller.get(ControlJob { job: begun.job, action: JobAction::Stop });
    assert_eq!(stopped.state, JobState::Stopped);
    tiller.get(ControlJob { job: begun.job, action: JobAction::Resume });
    let done = tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == begun.id && now.points.len() == begun.expected as usize => {
            now.state.is_over().then(|| now.clone())
        }
        _ => None,
    });
    let over = tiller.call(ControlJob { job: begun.job, action: JobAction::Resume });
    assert!(over.is_err(), "nothing is missing in a whole sweep: {over:?}");
    assert_eq!((done.state.clone(), done.points.len()), (JobState::Done, done.expected as usize));
    assert!(paused.points.iter().all(|known| done.points.contains(known)), "what was known has not moved");

    // An uninterrupted sweep gives the same bits. It uses another data folder, so that nothing comes from the store.
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let (other, _) = Tiller::ready(elsewhere.path());
    let vector = self::vector(&other, model, data_set);
    let mut settings = settings;
    settings.arms = vec![Arm::vector(vector.id)];
    let whole = swept(&other, model, settings);
    let sorted = |mut points: Vec<SweepPoint>| {
        points
            .sort_by(|a, b| (a.score, a.multiplier).partial_cmp(&(b.score, b.multiplier)).expect("numbers"));
        points
    };
    assert_eq!(sorted(whole.points), sorted(done.points));
}
