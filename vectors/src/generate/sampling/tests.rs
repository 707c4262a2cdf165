//! Tests of sampling against definitions in plain Python (tests/oracles/sampling.jsonl, by `sampling.py`).

use super::candidates::likeliest;
use super::*;

/// A line of tests/oracles/sampling.jsonl, which sampling.py computed.
#[derive(serde::Deserialize)]
struct Case {
    what: String,
    /// `null` is minus infinity.
    logits: Vec<Option<f32>>,
    context: Vec<u32>,
    temperature: f32,
    top_k: usize,
    top_p: f32,
    min_p: f32,
    repeat_penalty: f32,
    repeat_last_n: usize,
    probabilities: Vec<f64>,
}

impl Case {
    fn all() -> Vec<Self> {
        let lines = include_str!("../../../../tests/oracles/sampling.jsonl").lines();
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn sampling(&self, seed: u64) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repeat_penalty: self.repeat_penalty,
            repeat_last_n: self.repeat_last_n,
            seed,
        }
    }

    fn logits(&self) -> Vec<f32> {
        self.logits.iter().map(|logit| logit.unwrap_or(f32::NEG_INFINITY)).collect()
    }
}

/// Draws from the same logits, always after the same context.
fn draws(sampling: Sampling, context: &[u32], logits: &[f32], count: usize) -> Vec<u32> {
    sampling.check().unwrap();
    let mut sampler = sampling.sampler(context);
    let mut draw = || {
        sampler.recent.truncate(context.len());
        sampler.sample(&mut logits.to_vec()).unwrap()
    };
    (0..count).map(|_| draw()).collect()
}

#[test]
fn tokens_come_as_often_as_the_definitions_say() {
    const COUNT: usize = 40_000;
    let cases = Case::all();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let mut counts = vec![0_usize; case.logits.len()];
        let context = &case.context[case.context.len().saturating_sub(case.repeat_last_n)..];
        for id in draws(case.sampling(3), context, &case.logits(), COUNT) {
            counts[id as usize] += 1;
        }
        let (mut square, mut freedom) = (0.0, -1.0);
        for (id, (count, probability)) in counts.iter().zip(&case.probabilities).enumerate() {
            let expected = probability * COUNT as f64;
            if expected == 0.0 {
                assert_eq!(*count, 0, "{}: token {id} was cut", case.what);
                continue;
            }
            let apart = (*count as f64 - expected).abs();
            assert!(
                apart < 5.0 * expected.sqrt() + 1.0,
                "{}: {id} came {count} times, not {expected}",
                case.what
            );
            if expected >= 5.0 {
                (square, freedom) = (square + apart * apart / expected, freedom + 1.0);
            }
        }
        // Chi-square has the mean `freedom` and the variance 2 `freedom`.
        let freedom = f64::max(freedom, 1.0);
        assert!(square < freedom + 5.0 * (2.0 * freedom).sqrt(), "{}: chi-square {square}", case.what);
    }
}

#[test]
fn candidates_hold_everything_that_top_p_may_keep_and_little_else() {
    for seed in 0..20_u32 {
        // Between 0 and 1, and never 0, whose logarithm is infinite.
        let number = |i: u32| {
            (f64::from((i + 7919 * seed).wrapping_mul(2_654_435_761) >> 8) + 0.5) / f64::from(1 << 24)
        };
        let logits: Vec<f32> = (0..50_000).map(|i| (-4.0 * number(i).ln()) as f32).collect();
        let (top_p, temperature) = ([0.3, 0.9, 0.99][seed as usize % 3], 0.8);
        let weights: Vec<f64> = logits.iter().map(|logit| (f64::from(*logit) / 0.8).exp()).collect();
        let total: f64 = weights.iter().sum();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
        let mut sum = 0.0;
        order.retain(|id| {
            let stays = sum < f64::from(top_p) * total;
            sum += weights[*id];
            stays
        });
        let sampling = Sampling { temperature, top_p, ..Sampling::default() };
        let candidates = sampling.candidates(&mut logits.clone()).unwrap();
        let ids = candidates.ids.unwrap();
        assert!(order.iter().all(|id| ids.binary_search(&(*id as u32)).is_ok()));
        assert!(ids.len() < 20_000, "{} are left", ids.len());
        let mass = ids.iter().map(|id| weights[*id as usize]).sum::<f64>() / total;
        assert!((f64::from(candidates.mass) - mass).abs() < 1e-5 && candidates.mass >= top_p);
    }
}

#[test]
fn of_equal_logits_the_lowest_ids_stay() {
    let logits = [1.0, 3.0, 3.0, 2.0, 3.0, f32::NEG_INFINITY];
    assert_eq!(argmax(&logits), Some(1));
    assert_eq!(likeliest(&logits, 2), [(1, 3.0), (2, 3.0)]);
    assert_eq!(likeliest(&logits, 4), [(1, 3.0), (2, 3.0), (3, 2.0), (4, 3.0)]);
    let one = Sampling { temperature: 1.0, top_k: 1, ..Sampling::default() };
    assert!(draws(one, &[], &logits, 50).iter().all(|id| *id == 1));
    // A temperature close to 0 decodes greedily.
    for temperature in [0.0, 1e-30] {
        let greedy = Sampling { temperature, ..Sampling::default() };
        assert!(greedy.sampler(&[]).is_greedy());
        assert!(draws(greedy, &[], &logits, 50).iter().all(|id| *id == 1));
    }
    // Without any filter, a token of probability 0 is never drawn.
    let all = Sampling { temperature: 2.0, ..Sampling::default() };
    assert!(draws(all, &[], &logits, 5_000).iter().all(|id| *id != 5));
}

#[test]
fn draws_follow_the_seed() {
    let logits: Vec<f32> = (0..50).map(|i| (i % 7) as f32 / 3.0).collect();
    for sampling in [
        Sampling { temperature: 1.0, ..Sampling::default() },
        Sampling { temperature: 0.7, top_k: 20, top_p: 0.9, min_p: 0.05, ..Sampling::default() },
    ] {
        let with = |seed| draws(Sampling { seed, ..sampling }, &[], &logits, 100);
        assert_eq!(with(7), with(7));
        assert_ne!(with(7), with(8));
    }
}

#[test]
fn a_penalty_applies_at_temperature_0_and_only_to_recent_tokens() {
    let sampling = Sampling { repeat_penalty: 2.0, repeat_last_n: 2, ..Sampling::default() };
    let mut sampler = sampling.sampler(&[9, 2, 0]);
    assert!(!sampler.is_greedy());
    let logits = [4.0, 3.0, 5.0, -1.0];
    // 2 and 0 stand in the prompt: 2.0, 3.0, 2.5, -1.0. Then 0 and 1: 2.0, 1.5, 5.0. Then 1 and 2: 4.0, 1.5, 2.5.
    let picked: Vec<u32> = (0..4).map(|_| sampler.sample(&mut logits.to_vec()).unwrap()).collect();
    assert_eq!(picked, [1, 2, 0, 1]);
    // A negative logit is made smaller, too; a token that the logits do not have is passed over.
    let mut logits = vec![-1.0, -1.5];
    assert_eq!(sampling.sampler(&[0, 7]).sample(&mut logits).unwrap(), 1);
    assert_eq!(logits, [-2.0, -1.5]);
}

#[test]
fn no_token_is_chosen_of_logits_that_are_not_finite() {
    let (nan, infinite) = (f32::NAN, f32::INFINITY);
    for sampling in [
        Sampling::default(),
        Sampling { repeat_penalty: 1.5, ..Sampling::default() },
        Sampling { temperature: 1.0, ..Sampling::default() },
        Sampling { temperature: 1.0, top_k: 2, top_p: 0.5, min_p: 0.1, ..Sampling::default() },
    ] {
        for logits in
            [vec![nan, 1.0, 0.0], vec![1.0, 0.0, nan], vec![0.0, infinite, 1.0], vec![-infinite; 3], vec![]]
        {
            let picked = sampling.sampler(&[]).sample(&mut logits.clone());
            assert!(matches!(picked, Err(ModelError::NotFinite { .. })), "{sampling:?} {logits:?}");
        }
        // The largest possible logits stay finite at every temperature.
        for temperature in [1e-6, 0.5, f32::MAX] {
            let sampling = Sampling { temperature, ..sampling };
            let picked = sampling.sampler(&[]).sample(&mut vec![-3e38, 3e38, -3e38]);
            assert!(picked.unwrap() < 3);
        }
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let fine = Sampling::default();
    assert_eq!(fine.check(), Ok(()));
    assert_eq!(Sampling { temperature: 2.0, top_k: 1 << 40, top_p: 0.1, min_p: 1.0, ..fine }.check(), Ok(()));
    for (nonsense, word) in [
        (Sampling { temperature: f32::NAN, ..fine }, "temperature"),
        (Sampling { temperature: -0.1, ..fine }, "temperature"),
        (Sampling { temperature: f32::INFINITY, ..fine }, "temperature"),
        (Sampling { top_p: 0.0, ..fine }, "top-p"),
        (Sampling { top_p: 1.01, ..fine }, "top-p"),
        (Sampling { top_p: f32::NAN, ..fine }, "top-p"),
        (Sampling { min_p: -0.01, ..fine }, "min-p"),
        (Sampling { min_p: 1.5, ..fine }, "min-p"),
        (Sampling { min_p: f32::NAN, ..fine }, "min-p"),
        (Sampling { repeat_penalty: 0.0, ..fine }, "penalty"),
        (Sampling { repeat_penalty: f32::INFINITY, ..fine }, "penalty"),
        (Sampling { repeat_penalty: f32::NAN, ..fine }, "penalty"),
    ] {
        let refusal = nonsense.check().unwrap_err().to_string();
        assert!(refusal.contains(word), "{refusal}");
    }
}

#[test]
fn draws_go_on_behind_those_that_are_passed_over() {
    let logits: Vec<f32> = (0..40_u8).map(|at| f32::from(at) / 20.0).collect();
    for top_p in [1.0, 0.9] {
        let sampling = Sampling { temperature: 1.0, top_p, top_k: 30, seed: 5, ..Sampling::default() };
        let all = draws(sampling, &[], &logits, 24);
        let mut sampler = sampling.sampler(&[]);
        sampler.skip(9).unwrap();
        let rest: Vec<u32> = (9..24).map(|_| sampler.sample(&mut logits.clone()).unwrap()).collect();
        assert_eq!(rest, all[9..]);
        assert_ne!(rest, all[..15]);
    }
}
