//! Collects a person's blind ratings of answers, and compares them with the judge's verdicts.

use std::collections::BTreeMap;

use data::content::sha256;
use ipc::Id;
use ipc::command::{RateAnswer, ReadAgreement, ReadUnratedAnswers};
use ipc::event::Event;
use ipc::score::Score;
use ipc::sweep::{Agreement, Curve, Sweep, SweepPoint, UnratedAnswer};
use sqlx::SqliteConnection;
use store::sweep_points::{self, MeasurementKeys};
use store::{measurements, ratings, sweeps};
use vectors::score::{RatingPair, weighted_kappa};

use super::App;
use crate::engine::sweep::{measured_items, summary, value};
use crate::{Error, clock};

impl App {
    /// Returns the answers of a sweep that a person has not rated yet. They are shuffled, so that the order does not
    /// reveal their origin.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be read.
    pub async fn read_unrated_answers(
        &self,
        request: ReadUnratedAnswers,
    ) -> Result<Vec<UnratedAnswer>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        let mut all = Vec::new();
        for (key, set) in answer_sets(&mut db, sweep.id).await? {
            let rated = ratings::list(&mut *db, &key).await?;
            let prompts = measured_items(&mut db, &sweep, set).await?;
            for answer in measurements::answers(&mut *db, &key).await? {
                if rated.iter().any(|(place, _)| *place == answer.place) {
                    continue;
                }
                let prompt = prompts.get(answer.place as usize).map(|pair| pair.prompt.clone());
                all.push(UnratedAnswer {
                    answers: key.clone(),
                    place: answer.place,
                    prompt: prompt.unwrap_or_default(),
                    answer: answer.text,
                });
            }
        }
        // The order of hashes serves as a shuffle that stays the same from one day to the next.
        all.sort_by_cached_key(|one| {
            sha256(format!("{} {} {}", sweep.id, one.answers, one.place).as_bytes())
        });
        Ok(all)
    }

    /// Stores a person's rating of an answer.
    ///
    /// # Errors
    /// Returns an error if the sweep or the answer does not exist, the number is no rating, or the store cannot be
    /// written.
    pub async fn rate_answer(&self, request: RateAnswer) -> Result<Agreement, Error> {
        if !(1..=4).contains(&request.rating) {
            return Err(Error::invalid("A rating is 1, 2, 3 or 4.", "Press one of these keys."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        let answers = measurements::answers(&mut *db, &request.answers).await?;
        if !answers.iter().any(|answer| answer.place == request.place) {
            return Err(Error::Gone("answer"));
        }
        ratings::put(&mut db, &request.answers, request.place, request.rating, clock::now()).await?;
        let points = rated_points(&mut db, &sweep, &request.answers, answers.len()).await?;
        let agreement = agreement(&mut db, sweep.id, &sweep.settings.scores).await?;
        db.commit().await?;
        if !points.is_empty() {
            change.send(&Event::SweepPoints { sweep: sweep.id, points });
        }
        Ok(agreement)
    }

    /// Returns how well a person's ratings agree with the judge's verdicts.
    ///
    /// # Errors
    /// Returns an error if the sweep does not exist or the store cannot be read.
    pub async fn read_agreement(&self, request: ReadAgreement) -> Result<Agreement, Error> {
        let mut db = self.state.store.read().begin().await?;
        let sweep = sweeps::find(&mut db, request.sweep).await?;
        agreement(&mut db, sweep.id, &sweep.settings.scores).await
    }
}

/// Returns the keys of a sweep's answers with the set that they belong to, each once.
async fn answer_sets(db: &mut SqliteConnection, sweep: Id) -> Result<BTreeMap<String, u32>, Error> {
    let points = sweep_points::answered(db, sweep).await?;
    let key = |(curve, _, keys): (Curve, f64, MeasurementKeys)| Some((keys.answers?, curve.set?));
    Ok(points.into_iter().filter_map(key).collect())
}

/// Computes and stores the points of the rating score that depend on these answers.
async fn rated_points(
    db: &mut SqliteConnection,
    sweep: &Sweep,
    answers: &str,
    count: usize,
) -> Result<Vec<SweepPoint>, Error> {
    let Some(score) = sweep.settings.scores.iter().position(|score| *score == Score::Rating) else {
        return Ok(Vec::new());
    };
    let rated = ratings::list(&mut *db, answers).await?;
    let rating_at = |place: usize| rated.iter().find(|(at, _)| *at as usize == place);
    let items: Vec<Vec<f64>> = (0..count)
        .map(|place| rating_at(place).map(|(_, rating)| f64::from(*rating)).into_iter().collect())
        .collect();
    let (interval, known, _) = summary(&Score::Rating, &items);
    let keys =
        MeasurementKeys { measurement: format!("rating of {answers}"), answers: Some(answers.to_owned()) };
    measurements::put(&mut *db, &keys.measurement, &items, clock::now()).await?;
    let mut points: Vec<SweepPoint> = Vec::new();
    for (curve, multiplier, of) in sweep_points::answered(&mut *db, sweep.id).await? {
        let point = SweepPoint {
            arm: curve.arm,
            set: curve.set,
            score: score as u32,
            multiplier,
            value: interval.value,
            low: interval.low,
            high: interval.high,
            count: known,
            // An answer without a rating does not count as missing, unlike a verdict that could not be read.
            missing: 0,
        };
        if of.answers.as_deref() == Some(answers) && !points.iter().any(|known| known.is_at(&point)) {
            sweep_points::put(&mut *db, sweep.id, &point, &keys).await?;
            points.push(point);
        }
    }
    Ok(points)
}

async fn agreement(db: &mut SqliteConnection, sweep: Id, scores: &[Score]) -> Result<Agreement, Error> {
    let mut found = Agreement::default();
    let mut pairs: Vec<RatingPair> = Vec::new();
    let points = sweep_points::answered(&mut *db, sweep).await?;
    for key in answer_sets(&mut *db, sweep).await?.into_keys() {
        let rated = ratings::list(&mut *db, &key).await?;
        found.rated += rated.len() as u32;
        found.answers += measurements::answers(&mut *db, &key).await?.len() as u32;
        let judged = points.iter().find(|(curve, _, keys)| {
            let score = scores.get(curve.score as usize);
            matches!(score, Some(Score::Judge { .. })) && keys.answers.as_deref() == Some(key.as_str())
        });
        let Some((curve, _, keys)) = judged else { continue };
        let items = measurements::find(&mut *db, &keys.measurement).await?.unwrap_or_default();
        let level = |place: u32| {
            let level = value(&scores[curve.score as usize], items.get(place as usize)?)?;
            Some(level.round().clamp(1.0, 4.0) as u8)
        };
        let pair = |(place, rating): &(_, u8)| Some(RatingPair { first: *rating, second: level(*place)? });
        pairs.extend(rated.iter().filter_map(pair));
    }
    found.both = pairs.len() as u32;
    let same = pairs.iter().filter(|pair| pair.first == pair.second).count();
    found.same = same as f64 / pairs.len().max(1) as f64;
    found.kappa = weighted_kappa(&pairs, 4);
    Ok(found)
}
