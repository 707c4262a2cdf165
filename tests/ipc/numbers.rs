//! Tests that a job stops where numbers are no longer finite, says where, and keeps what was made before.

use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::score::Score;
use ipc::sweep::{Generation, SweepSettings};
use ipc::train::TrainSettings;
use ipc::{Failure, Id};

use crate::chat;
use crate::model_files::{copy, loaded, open, short_pairs, tiny_run, trained};
use crate::opened::Opened;
use crate::support::{folder, sweep_of};

fn failure(state: JobState) -> Failure {
    match state {
        JobState::Failed { failure } => failure,
        other => panic!("{other:?}"),
    }
}

async fn tiny(data: &std::path::Path) -> (Opened, Id, Id) {
    let opened = open(data).await;
    let set = short_pairs(&opened).await;
    let path = data.join("llama");
    copy("llama", &path);
    let model = loaded(&opened, &path).await.id;
    (opened, model, set)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_comes_apart_names_the_step_and_the_pair_and_keeps_the_vector_before() {
    let data = folder();
    let (opened, model, set) = tiny(data.path()).await;
    let settings = TrainSettings { learning_rate: 1e30, warmup_steps: 0, ..tiny_run() };
    let train = Train { name: "Apart".into(), model, data_set: set, settings };
    let run = opened.app.train(train).await.expect("a run");
    let ended = opened.wait(|event| match event {
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(now.state),
        _ => None,
    });
    let failure = failure(ended);
    assert!(failure.message.starts_with("The numbers are no longer finite at step 2, pair "), "{failure:?}");
    let number: usize = failure
        .message
        .trim_end_matches('.')
        .rsplit(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    // The training pairs are the first four.
    assert!((1..=4).contains(&number), "{failure:?}");
    let kept = opened.app.read_history(ReadHistory { run: run.id }).await.expect("the history").steps;
    assert_eq!(kept.len(), 1, "the good step is kept");

    // It goes on from the good step, and comes apart again at the same one.
    let control = |action| ControlJob { job: run.job, action };
    opened.app.control_job(control(JobAction::Resume)).await.expect("it is queued");
    let again = opened.wait(|event| match event {
        Event::Run(now) if now.id == run.id && now.state.is_over() => Some(now.state),
        _ => None,
    });
    assert!(matches!(again, JobState::Failed { failure } if failure.message.contains("at step 2")));
    opened.app.control_job(control(JobAction::Stop)).await.expect("it is stopped");
    let vector = opened.wait(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector),
        _ => None,
    });
    assert!(vector.norm.is_finite() && vector.norm > 0.0, "{vector:?}");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_that_is_not_finite_names_the_multiplier_and_the_item_and_keeps_the_points_before() {
    let data = folder();
    let (opened, model, set) = tiny(data.path()).await;
    let vector = trained(&opened, model, set).await;
    for (score, item) in [(Score::LogOdds, "pair 1"), (Score::Length, "prompt 1")] {
        let settings = SweepSettings {
            scores: vec![score.clone()],
            generation: Generation { max_new_tokens: 4, ..Generation::default() },
            ..sweep_of(vector, set, &[1.0, 1e30])
        };
        let begun = match opened.app.start_sweep(StartSweep { model, settings }).await {
            Ok(begun) => begun,
            Err(error) => panic!("{score:?}: {error}"),
        };
        let ended = opened.wait(|event| match event {
            Event::Sweep(now) if now.id == begun.id && now.state.is_over() => Some(now),
            _ => None,
        });
        let failure = failure(ended.state.clone());
        assert!(failure.message.starts_with("At multiplier 1"), "{score:?}: {failure:?}");
        assert!(failure.message.ends_with(&format!(": {item}.")), "{score:?}: {failure:?}");
        let points: Vec<f64> = ended.points.iter().map(|point| point.multiplier).collect();
        if score != Score::Length {
            assert!(points.contains(&1.0) && !points.contains(&1e30), "{score:?}: {points:?}");
        }
    }
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_logits_are_not_finite_says_so() {
    let data = folder();
    let (opened, model, set) = tiny(data.path()).await;
    let vector = trained(&opened, model, set).await;
    let desk = chat::desk(&[ipc::sweep::SteeringTerm::new(vector)], &[0.0, 1e30], 3);
    let (_, answers) = chat::answered(&opened, desk, "the cat").await;
    let AnswerEnd::Failed { failure } = &answers[1].end else { panic!("{answers:?}") };
    assert!(failure.message.starts_with("At multiplier 1000"), "{failure:?}");
    opened.app.close().await;
}
