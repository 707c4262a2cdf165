//! Tests that a sweep's time is said before it starts, from speeds that this machine has measured.

use ipc::command::*;
use ipc::job::JobState;
use ipc::project::{Settings, Theme};
use ipc::score::{Judge, Score};
use ipc::sweep::{Generation, SweepSettings};

use crate::scores::{judge, swept};
use crate::support;
use crate::window::Tiller;

#[test]
fn a_sweeps_time_is_known_after_the_first_one_and_remembered() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let (tiller, picture) = Tiller::ready(data.path());
    let (model, data_set) = (picture.models[0].id, picture.data_sets[1].id);
    tiller.shrink(data_set);
    let vector = picture.vectors.iter().find(|vector| vector.data_set == Some(data_set));
    let vector = vector.expect("a vector that comes along").id;
    let settings = |multipliers: &[f64], scores: &[Score]| SweepSettings {
        scores: scores.to_vec(),
        generation: Generation { max_new_tokens: 3, ..Generation::default() },
        ..support::sweep_of(vector, data_set, multipliers)
    };
    let seconds =
        |tiller: &Tiller, settings: SweepSettings| tiller.get(EstimateSweep { model, settings }).seconds;
    let judged = judge(Judge::Local);
    let (quick, slow) = ([Score::LogOdds], [Score::LogOdds, judged.clone()]);
    assert_eq!(seconds(&tiller, settings(&[1.0], &quick)), None, "nothing was measured here yet");

    assert_eq!(swept(&tiller, model, settings(&[1.0], &quick)).state, JobState::Done);
    let once = seconds(&tiller, settings(&[1.0], &quick)).expect("a measured time");
    let twice = seconds(&tiller, settings(&[-1.0, 1.0], &quick)).expect("a measured time");
    // Zero comes along: two multipliers become three.
    assert!(once > 0.0 && (twice / once - 1.5).abs() < 1e-9, "{once} s, then {twice} s");
    assert_eq!(seconds(&tiller, settings(&[1.0], &slow)), None, "no answer was judged yet");

    // The judge needs answers, so that both become known.
    assert_eq!(swept(&tiller, model, settings(&[1.0], &[judged])).state, JobState::Done);
    let whole = seconds(&tiller, settings(&[1.0], &slow)).expect("a measured time");
    let answers = seconds(&tiller, settings(&[1.0], &[Score::Length])).expect("a measured time");
    assert!(whole > once + answers, "{whole} s is not more than {once} s and {answers} s");

    // The next start knows them, also after a person has changed the settings.
    tiller.get(SaveSettings { settings: Settings { theme: Theme::Dark, ..Settings::default() } });
    drop(tiller);
    let (tiller, _) = Tiller::ready(data.path());
    let again = seconds(&tiller, settings(&[1.0], &slow)).expect("it is remembered");
    assert!((again - whole).abs() < 1e-9, "{again} s, {whole} s before");
}
