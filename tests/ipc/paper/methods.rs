//! Tests the comparisons of methods (Table 14, Figure 8) and of worked examples with vectors (Table 13): every line of one sweep
//! has the numbers that its run measured, or that a sweep of it alone has.

use std::fs;

use ipc::Id;
use ipc::command::*;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::score::{Judge, Score};
use ipc::sweep::{Arm, Generation, PromptSet, Prompting, SweepSettings};
use ipc::train::{History, LoraConfig, Method, TrainSettings};

use super::{TRUTHFUL, at, bits};
use crate::scores::{judge, swept, vector};
use crate::support;
use crate::tiny;
use crate::window::Tiller;

/// Trains a vector or an adapter, and returns it with what its run measured.
fn trained(tiller: &Tiller, model: Id, data_set: Id, settings: TrainSettings) -> (Id, History) {
    let run = tiller.get(Train { name: String::new(), model, data_set, settings });
    tiller.wait_for(|event| match event {
        Event::Run(now) if now.id == run.id && now.state == JobState::Done => Some(()),
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    });
    let made = tiller.watch_again().vectors.into_iter().find(|vector| vector.run == Some(run.id));
    (made.expect("what the run made").id, tiller.get(ReadHistory { run: run.id }))
}

#[test]
fn one_direction_both_and_an_adapter_are_lines_with_the_numbers_of_their_runs() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, _, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = tiny::pairs(&tiller);
    let settings = |method| TrainSettings {
        method,
        learning_rate: if method == Method::DpoLora { 0.005 } else { 0.05 },
        lora: LoraConfig { rank: 2, alpha: 4.0 },
        // With this seed the drawn signs of the two-sided run are not all +1.
        ..tiny::run(2)
    };
    let runs = [Method::Bipo, Method::BipoUni, Method::DpoLora]
        .map(|method| trained(&tiller, model, data_set, settings(method)));
    let signs = |run: usize| runs[run].1.steps.iter().map(|step| step.sign).collect::<Vec<_>>();
    assert!(signs(0).contains(&-1), "both directions: {:?}", signs(0));
    assert!(signs(1).iter().all(|sign| *sign == 1), "one direction: {:?}", signs(1));

    let sweep = swept(
        &tiller,
        model,
        SweepSettings {
            arms: runs.iter().map(|(vector, _)| Arm::vector(*vector)).collect(),
            scores: vec![Score::LogOdds, judge(Judge::Local)],
            generation: Generation { max_new_tokens: 3, ..Generation::default() },
            limit: Some(1),
            ..support::sweep_of(0, data_set, &[-2.0, -1.0, 0.0, 1.0, 2.0])
        },
    );
    assert_eq!(sweep.state, JobState::Done, "{sweep:?}");
    for (arm, (_, history)) in (0..).zip(&runs) {
        let margins = at(&sweep, arm, Some(0), 0);
        let end = history.epochs.last().expect("the last epoch");
        // What the run measured of its held-out pairs at both signs is computed by other code.
        assert!((margins[3].value - end.plus).abs() < 1e-3, "{arm}: {} {}", margins[3].value, end.plus);
        assert!((margins[1].value - end.minus).abs() < 1e-3, "{arm}: {} {}", margins[1].value, end.minus);
        let ratings = at(&sweep, arm, Some(0), 1);
        assert_eq!((margins.len(), ratings.len()), (5, 5));
        assert!(ratings.iter().all(|point| (1.0..=4.0).contains(&point.value)), "{ratings:?}");
        // At 0 each is the plain model.
        for score in 0..2 {
            assert_eq!(bits(&at(&sweep, arm, Some(0), score))[2], bits(&at(&sweep, 0, Some(0), score))[2]);
        }
    }
    let lines = [0, 1, 2].map(|arm| bits(&at(&sweep, arm, Some(0), 0)));
    assert!(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2]);
}

#[test]
fn up_to_eight_worked_examples_are_crossed_with_multipliers() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, of_vector, data_set) =
        (picture.models[0].id, picture.data_sets[0].id, picture.data_sets[1].id);
    let vector = vector(&tiller, model, of_vector).id;
    let path = data.path().join("TruthfulQA.csv");
    let head = TRUTHFUL.lines().take(2).collect::<Vec<_>>().join("\n");
    fs::write(&path, head + "\n").expect("a file of one question");
    let shots = |wanted: bool, count: u32| Arm {
        prompting: Prompting::Shots { wanted, count },
        ..Arm::vector(vector)
    };
    let settings = |arms: Vec<Arm>, multipliers: &[f64]| SweepSettings {
        arms,
        sets: vec![PromptSet::HeldOut { data_set, name: String::new() }],
        scores: vec![Score::TruthfulTwo { path: path.display().to_string() }],
        examples_seed: Some(5),
        ..support::sweep_of(vector, data_set, multipliers)
    };
    let arms = vec![Arm::vector(vector), shots(true, 0), shots(true, 8), shots(false, 8), shots(false, 2)];
    let sweep = swept(&tiller, model, settings(arms, &[0.0, 2.0]));
    assert_eq!((&sweep.state, sweep.points.len()), (&JobState::Done, 5 * 2), "{sweep:?}");
    let lines: Vec<Vec<u64>> = (0..5).map(|arm| bits(&at(&sweep, arm, None, 0))).collect();
    assert_eq!(lines[0], lines[1], "no example is the prompt alone");
    let mut different = lines[1..].to_vec();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4, "{lines:?}");
    assert!(lines.iter().all(|line| line[0] != line[1]), "the vector acts behind examples, too: {lines:?}");
}
