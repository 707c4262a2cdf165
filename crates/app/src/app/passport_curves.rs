//! Stores the curves of a passport as a finished sweep, so that the window can lay them over the same curves measured here.

use ::vectors::passport::{CurveRecord, PointRecord};
use data::content::sha256;
use ipc::Id;
use ipc::job::JobState;
use ipc::sweep::{PromptSet, SweepPoint, SweepSettings};
use store::sweep_points::{self, MeasurementKeys};
use store::sweeps::{self, NewSweep};
use store::{jobs, measurements, models, vectors};

use super::App;
use super::sweeps::save_set;
use crate::engine::queue::say_job;
use crate::{Error, clock};

/// What stands behind the names of a passport's curves.
const MARK: &str = "(passport)";

/// The curves of a passport, with this project's vectors and data sets in the settings.
pub(super) struct PassportCurves {
    pub(super) name: String,
    pub(super) note: String,
    /// The identity of the model that they were measured on.
    pub(super) model: Option<String>,
    pub(super) settings: SweepSettings,
    pub(super) curves: Vec<CurveRecord>,
}

impl App {
    /// Stores the curves as a finished sweep, and returns it. The same curves are stored once. The items behind their points
    /// are not in a passport, so that these have none.
    pub(super) async fn keep_curves(&self, passport: &PassportCurves) -> Result<Id, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let mut settings = passport.settings.clone();
        for arm in &mut settings.arms {
            arm.name = format!("{} {MARK}", arm.name);
        }
        let points = points(&settings, &passport.curves)?;
        let vector =
            settings.arms.iter().flat_map(|arm| &arm.terms).next().ok_or(Error::Gone("vector"))?.vector;
        let vector = vectors::find(&mut *db, vector).await?;
        let model = models::find(&mut *db, vector.model).await?;
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        let mut sets = Vec::with_capacity(settings.sets.len());
        for set in &mut settings.sets {
            sets.push(save_set(&mut db, set, shots, seed).await?);
        }
        let identity = passport.model.as_deref();
        if let Some(same) = sweeps::same(&mut db, model.id, identity, &settings, &sets).await? {
            return Ok(same);
        }
        let now = clock::now();
        let job = jobs::insert(&mut db, &format!("Curves of the passport of {}", passport.name), now).await?;
        let project = self.state.project();
        let new = NewSweep { project, model: model.id, identity, job, settings: &settings, sets: &sets };
        let id = sweeps::insert(&mut db, &new, now).await?;
        let name = format!("{} {MARK}", passport.name);
        sweeps::describe(&mut db, id, Some(name.as_str()), &passport.note).await?;
        // A point needs a measurement, and a passport says nothing of the items of its own.
        let measurement = format!("passport-{}", sha256(name.as_bytes()));
        measurements::put(&mut db, &measurement, &[], now).await?;
        let keys = MeasurementKeys { measurement, answers: None };
        for point in &points {
            sweep_points::put(&mut db, id, point, &keys).await?;
        }
        jobs::set_state(&mut db, job, &JobState::Done).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        Ok(id)
    }
}

/// Returns the points of the curves, and refuses those that the settings do not have.
fn points(settings: &SweepSettings, curves: &[CurveRecord]) -> Result<Vec<SweepPoint>, Error> {
    let known = settings.curves();
    let mut points = Vec::new();
    for curve in curves {
        let (arm, set, score) = (curve.arm_index, curve.set_index, curve.score_index);
        if !known.iter().any(|one| (one.arm, one.set, one.score) == (arm, set, score)) {
            return Err(Error::invalid(
                "The passport has a curve that its own settings do not have.",
                "Ask for the passport again.",
            ));
        }
        points.extend(curve.points.iter().map(|point: &PointRecord| SweepPoint {
            arm,
            set,
            score,
            multiplier: point.multiplier,
            value: point.value,
            low: point.low,
            high: point.high,
            count: point.n,
            missing: point.missing,
        }));
    }
    Ok(points)
}

/// Drops what cannot be measured again here: scores that ask a file of questions, a judge at an address that no passport has, and a
/// person. Refuses lists of prompts that were left out.
pub(super) fn measured_again(mut settings: SweepSettings) -> Result<SweepSettings, Error> {
    use ipc::score::{Judge, Score};
    let empty =
        settings.sets.iter().find(|set| matches!(set, PromptSet::List { prompts, .. } if prompts.is_empty()));
    if let Some(list) = empty {
        let message = format!("The prompts of \u{201c}{}\u{201d} are not in the passport.", list.name());
        return Err(Error::invalid(
            message,
            "Ask for a passport that was written with its pairs and prompts.",
        ));
    }
    settings.scores.retain(|score| match score {
        Score::Knowledge { path, .. } => path.is_empty(),
        Score::Mmlu { .. } | Score::TruthfulOne { .. } | Score::TruthfulTwo { .. } | Score::Rating => false,
        score => !matches!(score.judged(), Some((Judge::Endpoint(_), _))),
    });
    if settings.scores.is_empty() {
        return Err(Error::invalid(
            "None of the passport\u{2019}s scores can be measured again without files or a judge of your own.",
            "Sweep the vector by hand.",
        ));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use ipc::drafts::EndpointSettings;
    use ipc::score::{Judge, Rubric, Score};
    use ipc::sweep::Arm;

    use super::*;

    #[test]
    fn what_needs_files_judges_or_persons_is_dropped_and_prompts_that_are_missing_are_said() {
        let endpoint = EndpointSettings { address: String::new(), model: "judge".into(), at_once: 1 };
        let judged = |judge| Score::Judge { judge, rubric: Rubric::new("greed") };
        let settings = SweepSettings {
            arms: vec![Arm::vector(1)],
            scores: vec![
                Score::LogOdds,
                Score::Knowledge { path: "mine.csv".into(), shots: 0 },
                judged(Judge::Endpoint(endpoint)),
                judged(Judge::Local),
                Score::Rating,
            ],
            ..SweepSettings::default()
        };
        let kept = measured_again(settings.clone()).expect("settings");
        assert_eq!(kept.scores, [Score::LogOdds, judged(Judge::Local)]);
        assert!(measured_again(SweepSettings { scores: vec![Score::Rating], ..settings.clone() }).is_err());
        let list = PromptSet::List { name: "Mine".into(), prompts: vec![] };
        let refused = measured_again(SweepSettings { sets: vec![list], ..settings }).expect_err("no prompts");
        assert!(refused.to_string().contains("Mine"), "{refused}");
    }
}
