//! Tests MMLU as its authors publish it (Tables 5 and 11): a folder of 57 subjects, with and without worked examples.

use std::fs;
use std::path::Path;

use ipc::command::*;
use ipc::mmlu::{MmluGroup, SUBJECTS};
use ipc::score::{Needs, Score};
use ipc::sweep::{Arm, Curve, SweepSettings};

use super::at;
use crate::scores::swept;
use crate::support;
use crate::tiny;

#[test]
fn mmlu_is_measured_from_its_folder_as_a_mean_over_subjects_and_by_group() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    let folder = data.path().join("mmlu");
    for part in ["dev", "test"] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
        // Whichever letter the model takes for right, it is so in some subjects and not in others.
        for ((name, _), right) in SUBJECTS.into_iter().zip(["A", "B", "C", "D"].into_iter().cycle()) {
            let path = folder.join(part).join(format!("{name}_{part}.csv"));
            let rows = format!("One and one?,2,3,4,5,{right}\nTwo and two?,3,4,5,6,B\n");
            fs::write(path, rows).expect("a file");
        }
    }
    let folder = folder.display().to_string();
    let score = |group| Score::Mmlu { folder: folder.clone(), shots: 0, limit: Some(1), group };
    let groups = MmluGroup::ALL.into_iter().map(|group| score(Some(group)));
    let scores: Vec<Score> = std::iter::once(score(None)).chain(groups).collect();
    assert!(scores.iter().all(|score| score.needs() == Needs::Nothing));
    let settings =
        SweepSettings { arms: vec![Arm::default()], scores, ..support::sweep_of(0, data_set, &[0.0]) };
    let sweep = swept(&tiller, model, settings.clone());
    let counts: Vec<u32> = (0..5).map(|score| at(&sweep, 0, None, score)[0].count).collect();
    assert_eq!(counts, [57, 13, 12, 18, 14]);
    // With one question of each subject, the mean over all is that of the groups by their subjects.
    let values: Vec<f64> = (0..5).map(|score| at(&sweep, 0, None, score)[0].value).collect();
    let of_groups: f64 =
        values[1..].iter().zip(&counts[1..]).map(|(mean, count)| mean * f64::from(*count)).sum();
    assert!((values[0] - of_groups / 57.0).abs() < 1e-9, "{values:?}");
    let curve = Curve { arm: 0, set: None, score: 2 };
    let items = tiller.get(ReadPoint { sweep: sweep.id, curve, multiplier: 0.0 });
    assert_eq!(items.iter().filter(|item| item.value.is_some()).count(), 12);
    assert!(items.iter().any(|item| item.prompt == "virology: One and one?"));
    // A few of each subject have told how long all of them take.
    let all = Score::Mmlu { folder: folder.clone(), shots: 0, limit: None, group: None };
    let all = SweepSettings { scores: vec![all], ..settings.clone() };
    let time = |settings: &SweepSettings| {
        let estimate = tiller.get(EstimateSweep { model, settings: settings.clone() });
        estimate.seconds.expect("its speed is known")
    };
    assert!(time(&all) > 100.0 * time(&settings), "{} {}", time(&all), time(&settings));
    fs::remove_file(data.path().join("mmlu/test/virology_test.csv")).expect("it is there");
    let broken = swept(&tiller, model, all);
    assert!(format!("{:?}", broken.state).contains("test/virology_test.csv"), "{:?}", broken.state);
}

/// Writes a folder as MMLU's authors publish it: the same rows for every subject, its name in each question.
fn mmlu_folder(folder: &Path, examples: &[String], question: &str) -> String {
    for (part, rows) in [("dev", examples), ("test", &[question.to_owned()])] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
        for (name, _) in SUBJECTS {
            let text = rows.concat().replace("SUBJECT", &name.replace('_', " "));
            fs::write(folder.join(part).join(format!("{name}_{part}.csv")), text).expect("a file");
        }
    }
    folder.display().to_string()
}

#[test]
fn mmlu_with_five_shots_is_the_question_behind_five_examples_written_out() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture, model) = tiny::ready(data.path(), tiny::ROOM);
    let data_set = picture.data_sets[1].id;
    // Short, because each of the 57 is asked three times.
    let asked = "SUBJECT?";
    let answers = ["Sky", "Life", "Sums", "Law"];
    let example = |number: usize| format!("{number} of SUBJECT?");
    let right = |number: usize| ["A", "B", "C", "D"][number % 4];
    let row = |question: &str, right: &str| format!("\"{question}\",{},{right}\n", answers.join(","));
    let examples: Vec<String> = (0..5).map(|number| row(&example(number), right(number))).collect();
    let published = mmlu_folder(&data.path().join("published"), &examples, &row(asked, "C"));
    // The same by hand: the examples stand in the question itself.
    let lines = "\nA. Sky\nB. Life\nC. Sums\nD. Law\nAnswer:";
    let before: Vec<String> =
        (0..5).map(|number| format!("{}{lines} {}\n\n", example(number), right(number))).collect();
    let before = before.concat();
    let written =
        mmlu_folder(&data.path().join("written"), &examples, &row(&format!("{before}{asked}"), "C"));
    let score =
        |folder: &String, shots| Score::Mmlu { folder: folder.clone(), shots, limit: None, group: None };
    let settings = SweepSettings {
        arms: vec![Arm::default()],
        scores: vec![score(&published, 5), score(&written, 0), score(&published, 0)],
        ..support::sweep_of(0, data_set, &[0.0])
    };
    let sweep = swept(&tiller, model, settings);
    let values = |score: u32| -> Vec<(Option<f64>, Option<String>)> {
        let curve = Curve { arm: 0, set: None, score };
        tiller
            .get(ReadPoint { sweep: sweep.id, curve, multiplier: 0.0 })
            .iter()
            .map(|item| (item.value, item.note.clone()))
            .collect()
    };
    assert_eq!(values(0).len(), 57);
    assert_eq!(
        values(0),
        values(1),
        "five examples are those of the subject, in their order, before the question"
    );
    assert_ne!(values(0), values(2), "without examples the model answers otherwise");
    assert_eq!(at(&sweep, 0, None, 0)[0].value.to_bits(), at(&sweep, 0, None, 1)[0].value.to_bits());
}
