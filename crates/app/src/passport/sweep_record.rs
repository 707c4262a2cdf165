//! Writes a sweep as a passport has it: the curves of the vector and of what it is compared with, the useful range, and the
//! side effects. Addresses, folders and, unless the person adds them, prompts stay here.

use std::path::Path;

use ipc::Id;
use ipc::score::{Judge, Score};
use ipc::sweep::{Curve, PromptSet, Sweep, SweepPoint, SweepSettings, USEFUL_FACTOR};
use vectors::passport::{CurveOf, CurveRecord, PointRecord, SideEffect, SweepRecord, UsefulRange};

use crate::Error;

/// What a passport says of a sweep.
pub(super) struct Measured {
    pub(super) sweep: SweepRecord,
    pub(super) useful_range: Option<UsefulRange>,
    pub(super) side_effects: Vec<SideEffect>,
}

impl Measured {
    /// Reads it from a sweep of this vector. `precision` is the name of the weights' precision in memory.
    pub(super) fn new(
        sweep: &Sweep,
        changes: &[SweepPoint],
        vector: Id,
        precision: String,
        with_prompts: bool,
    ) -> Result<Self, Error> {
        let range = |arm| Some((arm, sweep.useful_range(changes, arm, USEFUL_FACTOR).ok()?));
        let useful = sweep.arms_of_vector_alone(vector).find_map(range);
        let settings = serde_json::to_value(public(&sweep.settings, with_prompts)).map_err(|error| {
            Error::invalid(
                format!("The sweep\u{2019}s settings cannot be written: {error}."),
                "Take another sweep.",
            )
        })?;
        let names = || sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
        let record = SweepRecord {
            name: sweep.name.clone().unwrap_or_else(names),
            note: sweep.note.clone(),
            model_fingerprint: sweep.fingerprint.clone(),
            precision: Some(precision),
            settings,
            set_hashes: sweep.hashes.clone(),
            vector_hashes: sweep.vectors.clone(),
            curves: sweep
                .settings
                .curves()
                .into_iter()
                .filter_map(|curve| record(sweep, vector, curve))
                .collect(),
        };
        Ok(Self {
            side_effects: useful.map(|(arm, range)| side_effects(sweep, arm, range)).unwrap_or_default(),
            useful_range: useful.map(|(_, (from, to))| UsefulRange { from, to, rule: rule() }),
            sweep: record,
        })
    }
}

/// Returns the last complete sweep that measured a vector alone.
pub(super) fn last_of(sweeps: Vec<Sweep>, vector: Id) -> Option<Sweep> {
    let is_whole = |sweep: &Sweep| {
        sweep.state == ipc::job::JobState::Done
            && sweep.stale.is_none()
            && sweep.arms_of_vector_alone(vector).next().is_some()
    };
    sweeps.into_iter().filter(is_whole).max_by_key(|sweep| (sweep.created, sweep.id))
}

/// Returns the curves by whose changes the useful range of a vector is found.
pub(super) fn behavior_curves(sweep: &Sweep, vector: Id) -> Vec<Curve> {
    sweep.arms_of_vector_alone(vector).filter_map(|arm| sweep.behavior_curve(arm)).collect()
}

fn rule() -> String {
    format!(
        "from the unsteered model up to where the perplexity of the neutral text passes {USEFUL_FACTOR} times its unsteered \
         value, on the sides where the 95 % paired interval of the first behaviour score\u{2019}s change leaves 0 out"
    )
}

fn record(sweep: &Sweep, vector: Id, curve: Curve) -> Option<CurveRecord> {
    let settings = &sweep.settings;
    let (arm, score) = (settings.arms.get(curve.arm as usize)?, settings.score_on(curve.score, curve.set)?);
    let points: Vec<PointRecord> = sweep.curve(curve).iter().map(point).collect();
    let of = if arm.is_vector_alone(vector) {
        CurveOf::Vector
    } else if arm.terms.is_empty() {
        CurveOf::Prompt
    } else {
        CurveOf::Other
    };
    Some(CurveRecord {
        arm: arm.name.clone(),
        of,
        arm_index: curve.arm,
        set: curve.set.and_then(|set| settings.sets.get(set as usize)).map(|set| set.name().to_owned()),
        set_index: curve.set,
        score: score.name(),
        score_index: curve.score,
        unit: score.unit().to_owned(),
        is_behavior: score.is_behavior(),
        points,
    })
}

fn point(point: &SweepPoint) -> PointRecord {
    PointRecord {
        multiplier: point.multiplier,
        value: point.value,
        low: point.low,
        high: point.high,
        n: point.count,
        missing: point.missing,
    }
}

/// Lists the scores that are not of the behaviour at the measured multipliers next to the ends of the useful range.
fn side_effects(sweep: &Sweep, arm: u32, (from, to): (f64, f64)) -> Vec<SideEffect> {
    let settings = &sweep.settings;
    let mut all = Vec::new();
    for curve in settings.curves().into_iter().filter(|curve| curve.arm == arm) {
        let Some(score) = settings.score_on(curve.score, curve.set).filter(|score| !score.is_behavior())
        else {
            continue;
        };
        let points = sweep.curve(curve);
        let Some(plain) = points.iter().find(|point| point.multiplier == 0.0) else { continue };
        let inside = || points.iter().filter(|point| point.multiplier >= from && point.multiplier <= to);
        let lowest = inside().find(|point| point.multiplier < 0.0);
        let highest = inside().rfind(|point| point.multiplier > 0.0);
        all.extend(lowest.into_iter().chain(highest).map(|point| SideEffect {
            score: score.name(),
            unit: score.unit().to_owned(),
            multiplier: point.multiplier,
            unsteered: plain.value,
            value: point.value,
            low: point.low,
            high: point.high,
            n: point.count,
        }));
    }
    all
}

/// Returns the settings without what belongs to this machine: folders, a judge's address, and the prompts of lists unless the
/// person adds them.
fn public(settings: &SweepSettings, with_prompts: bool) -> SweepSettings {
    let mut settings = settings.clone();
    for score in &mut settings.scores {
        match score {
            Score::Knowledge { path, .. } | Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
                *path = last_part(path);
            }
            Score::Mmlu { folder, .. } => *folder = last_part(folder),
            Score::Judge { judge: Judge::Endpoint(endpoint), .. }
            | Score::JudgedCompliance { judge: Judge::Endpoint(endpoint) } => endpoint.address.clear(),
            _ => {}
        }
    }
    if !with_prompts {
        for set in &mut settings.sets {
            if let PromptSet::List { prompts, .. } = set {
                prompts.clear();
            }
        }
    }
    settings
}

fn last_part(path: &str) -> String {
    let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    // A path of another system has no separators of this one.
    let name = name.unwrap_or_default();
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use ipc::drafts::EndpointSettings;
    use ipc::job::JobState;
    use ipc::score::Rubric;
    use ipc::sweep::{Arm, Prompting};

    use super::*;

    pub(crate) fn sweep() -> Sweep {
        let endpoint = EndpointSettings {
            address: "https://judge.example/v1".into(),
            model: "judge".into(),
            at_once: 1,
        };
        let settings = SweepSettings {
            arms: vec![
                Arm { name: "wealth".into(), ..Arm::vector(7) },
                Arm {
                    name: "Be greedy".into(),
                    prompting: Prompting::System { text: "Be greedy.".into() },
                    ..Arm::default()
                },
            ],
            multipliers: vec![-1.0, 0.0, 1.0],
            sets: vec![
                PromptSet::HeldOut { data_set: 1, name: "Wealth".into() },
                PromptSet::List { name: "Mine".into(), prompts: vec!["A private question?".into()] },
            ],
            scores: vec![
                Score::LogOdds,
                Score::Perplexity,
                Score::Knowledge { path: "/home/me/secret/questions.csv".into(), shots: 0 },
                Score::Judge { judge: Judge::Endpoint(endpoint), rubric: Rubric::new("greed") },
            ],
            ..SweepSettings::default()
        };
        let mut points = Vec::new();
        for curve in settings.curves() {
            for multiplier in settings.multipliers_of(curve.arm) {
                let value = 10.0 + multiplier + f64::from(curve.score);
                points.push(SweepPoint {
                    arm: curve.arm,
                    set: curve.set,
                    score: curve.score,
                    multiplier,
                    value,
                    low: value - 0.25,
                    high: value + 0.25,
                    count: 20,
                    missing: 0,
                });
            }
        }
        Sweep {
            id: 3,
            name: None,
            note: String::new(),
            model: 1,
            job: 1,
            state: JobState::Done,
            expected: points.len() as u32,
            settings,
            points,
            fingerprint: Some("ab".repeat(32)),
            hashes: vec!["cd".repeat(32), "ef".repeat(32)],
            vectors: vec!["12".repeat(32)],
            usage: ipc::sweep::TokenUsage::default(),
            stale: None,
            created: 5,
        }
    }

    /// The changes of its points from the unsteered model, as sharp as its points are.
    fn changes() -> Vec<SweepPoint> {
        let sweep = sweep();
        let change = |point: &SweepPoint| {
            let is_base = |base: &&SweepPoint| base.curve() == point.curve() && base.multiplier == 0.0;
            let value = point.value - sweep.points.iter().find(is_base)?.value;
            Some(SweepPoint { value, low: value - 0.25, high: value + 0.25, ..*point })
        };
        sweep.points.iter().filter_map(change).collect()
    }

    #[test]
    fn curves_say_what_they_are_of_and_nothing_of_this_machine_goes_along() {
        let measured = Measured::new(&sweep(), &changes(), 7, "stored".into(), false).expect("a record");
        let json = serde_json::to_string(&measured.sweep).expect("JSON");
        for private in ["/home/me", "judge.example", "A private question?"] {
            assert!(!json.contains(private), "{private} in {json}");
        }
        assert!(json.contains("questions.csv") && json.contains("Be greedy."), "{json}");
        let with = Measured::new(&sweep(), &changes(), 7, "stored".into(), true).expect("a record");
        assert!(serde_json::to_string(&with.sweep).expect("JSON").contains("A private question?"));
        let of = |of: CurveOf| measured.sweep.curves.iter().filter(move |curve| curve.of == of);
        assert!(of(CurveOf::Vector).all(|curve| curve.arm == "wealth" && curve.points.len() == 3));
        assert!(of(CurveOf::Prompt).all(|curve| curve.arm == "Be greedy" && curve.points.len() == 1));
        assert_eq!(of(CurveOf::Other).count(), 0);
        // The same sweep is not one of another vector alone.
        assert!(last_of(vec![sweep()], 8).is_none() && last_of(vec![sweep()], 7).is_some());
        let stale = Sweep { stale: Some("changed".into()), ..sweep() };
        assert!(last_of(vec![stale], 7).is_none());
    }

    #[test]
    fn side_effects_are_those_at_the_ends_of_the_useful_range() {
        let measured = Measured::new(&sweep(), &changes(), 7, "stored".into(), false).expect("a record");
        let range = measured.useful_range.expect("a range");
        assert_eq!((range.from, range.to), (-1.0, 1.0));
        let found: Vec<(&str, f64, f64, f64)> = measured
            .side_effects
            .iter()
            .map(|one| (one.score.as_str(), one.multiplier, one.unsteered, one.value))
            .collect();
        assert_eq!(
            found,
            [
                ("Perplexity", -1.0, 11.0, 10.0),
                ("Perplexity", 1.0, 11.0, 12.0),
                ("questions.csv, 0-shot", -1.0, 12.0, 11.0),
                ("questions.csv, 0-shot", 1.0, 12.0, 13.0),
            ]
        );
    }
}
