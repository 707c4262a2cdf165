//! Reads the items behind a sweep's points: pairs, answers or questions, with the value of each.

use std::borrow::Cow;

use data::benchmarks::{LETTERS, SUBJECTS, neutral_text};
use ipc::score::{Judge, Score};
use ipc::sweep::{Curve, ItemCurve, ItemCurves, PointItem, Sweep, SweepPoint, SweepSettings};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use store::measurements::{self, GeneratedAnswer};
use store::sweep_points::{self, MeasurementKeys};
use store::verdicts;
use vectors::score::{Dose, Interval, dose_slope};

use crate::Error;
use crate::engine::sweep::{
    change, digits_note, instruction, measured_items, mmlu, questions, truthful, value, verdict_key,
};

/// An item's texts, without its values.
#[derive(Default, Clone)]
struct Subject {
    prompt: String,
    wanted: Option<String>,
    opposite: Option<String>,
}

/// Returns the items behind a point, with the value of each.
pub(super) async fn point(
    db: &mut SqliteConnection,
    sweep: &Sweep,
    curve: Curve,
    multiplier: f64,
) -> Result<Vec<PointItem>, Error> {
    let score = &*score(sweep, curve)?;
    let all = sweep_points::keys(&mut *db, sweep.id, curve).await?;
    let at = |wanted: f64| all.iter().find(|(m, _)| m.total_cmp(&wanted).is_eq()).map(|(_, keys)| keys);
    let here = at(multiplier).ok_or(Error::Gone("point of the sweep"))?;
    let items = items(&mut *db, here).await?;
    let answers = answers(&mut *db, Some(here)).await?;
    let (unsteered, unsteered_answers) = match at(0.0) {
        Some(zero) => (self::items(&mut *db, zero).await?, answers_of(&mut *db, zero).await?),
        None => (Vec::new(), Vec::new()),
    };
    let subjects = subjects(&mut *db, sweep, curve).await?;
    let text = |answers: &[GeneratedAnswer], place: usize| {
        answers.iter().find(|answer| answer.place as usize == place).map(|answer| answer.text.clone())
    };
    let item = |(place, item): (usize, &Vec<f64>)| {
        let subject = subjects.get(place).cloned().unwrap_or_default();
        PointItem {
            place: place as u32,
            prompt: subject.prompt,
            wanted: subject.wanted,
            opposite: subject.opposite,
            answer: text(&answers, place),
            unsteered_answer: text(&unsteered_answers, place),
            value: value(score, item),
            unsteered: unsteered.get(place).and_then(|item| value(score, item)),
            note: note(score, item),
        }
    };
    let mut all: Vec<PointItem> = items.iter().enumerate().map(item).collect();
    if let Some((Judge::Endpoint(to), rubric)) = score.judged() {
        let rubric = &rubric;
        let suffixes = curve.set.map(|set| sweep.settings.suffixes_of(set)).unwrap_or_default();
        for (item, suffix) in all.iter_mut().zip(suffixes.iter().cycle()) {
            item.note = words(&mut *db, to, rubric, item, suffix).await?;
        }
    }
    Ok(all)
}

/// Returns the stored words of a remote judge about an answer.
async fn words(
    db: &mut SqliteConnection,
    to: &ipc::drafts::EndpointSettings,
    rubric: &ipc::score::Rubric,
    item: &PointItem,
    suffix: &str,
) -> Result<Option<String>, Error> {
    let pair = ipc::data::PairContent {
        wanted: item.wanted.clone().unwrap_or_default(),
        opposite: item.opposite.clone().unwrap_or_default(),
        ..ipc::data::PairContent::default()
    };
    let Some(answer) = &item.answer else { return Ok(None) };
    let asked = instruction(rubric, &pair, item.prompt.strip_suffix(suffix).unwrap_or(&item.prompt), answer);
    Ok(verdicts::find(db, &verdict_key(to, &asked)).await?.map(|verdict| verdict.text))
}

/// Returns the values of each item over the multipliers of a curve, with its slope.
pub(super) async fn curves(
    db: &mut SqliteConnection,
    sweep: &Sweep,
    curve: Curve,
) -> Result<ItemCurves, Error> {
    let score = &*score(sweep, curve)?;
    let mut multipliers = Vec::new();
    let mut columns = Vec::new();
    for (multiplier, keys) in sweep_points::keys(&mut *db, sweep.id, curve).await? {
        multipliers.push(multiplier);
        columns.push(items(&mut *db, &keys).await?);
    }
    let subjects = subjects(db, sweep, curve).await?;
    let count = columns.iter().map(Vec::len).max().unwrap_or(0);
    let item = |place: usize| {
        let values: Vec<Option<f64>> =
            columns.iter().map(|items| items.get(place).and_then(|item| value(score, item))).collect();
        let dose = |(multiplier, score): (&f64, &Option<f64>)| {
            Some(Dose { multiplier: *multiplier, score: (*score)? })
        };
        let known: Vec<Dose> = multipliers.iter().zip(&values).filter_map(dose).collect();
        let subject = subjects.get(place).cloned().unwrap_or_default();
        ItemCurve {
            place: place as u32,
            prompt: subject.prompt,
            wanted: subject.wanted,
            opposite: subject.opposite,
            values,
            slope: dose_slope(&known),
        }
    };
    let items = (0..count).map(item).collect();
    Ok(ItemCurves { multipliers, items })
}

/// The items behind a point, and those of the unsteered model.
struct ChangedItems {
    curve: Curve,
    multiplier: f64,
    steered: Vec<Vec<f64>>,
    unsteered: Vec<Vec<f64>>,
}

/// Returns the changes of some curves from the unsteered model, with their paired intervals.
pub(crate) async fn changes(
    mut db: Transaction<'static, Sqlite>,
    sweep: &Sweep,
    curves: &[Curve],
) -> Result<Vec<SweepPoint>, Error> {
    let items = changed(&mut db, sweep, curves).await?;
    drop(db);
    let settings = sweep.settings.clone();
    // Thousands of resamples for each point take a while.
    let work = move || items.iter().filter_map(|items| changed_point(&settings, items)).collect();
    tokio::task::spawn_blocking(work).await.map_err(|panic| Error::Panic(panic.to_string()))
}

/// Reads the items behind every point of some curves, beside those of the unsteered model.
async fn changed(
    db: &mut SqliteConnection,
    sweep: &Sweep,
    curves: &[Curve],
) -> Result<Vec<ChangedItems>, Error> {
    let mut all = Vec::new();
    for curve in curves {
        score(sweep, *curve)?;
        let Some(base) = sweep.settings.unsteered(*curve) else { continue };
        let base = sweep_points::keys(&mut *db, sweep.id, base).await?;
        let Some((_, zero)) = base.iter().find(|(multiplier, _)| *multiplier == 0.0) else { continue };
        let unsteered = items(&mut *db, zero).await?;
        for (multiplier, keys) in sweep_points::keys(&mut *db, sweep.id, *curve).await? {
            let steered = items(&mut *db, &keys).await?;
            all.push(ChangedItems { curve: *curve, multiplier, steered, unsteered: unsteered.clone() });
        }
    }
    Ok(all)
}

/// Computes a change as a point. `None` where no item has both values.
fn changed_point(settings: &SweepSettings, items: &ChangedItems) -> Option<SweepPoint> {
    let Curve { arm, set, score } = items.curve;
    let of = settings.score_on(score, set)?;
    let (interval, count) = change(&of, &items.steered, &items.unsteered);
    let Interval { value, low, high } = interval;
    let multiplier = items.multiplier;
    (count > 0).then_some(SweepPoint { arm, set, score, multiplier, value, low, high, count, missing: 0 })
}

fn score(sweep: &Sweep, curve: Curve) -> Result<Cow<'_, Score>, Error> {
    sweep.settings.score_on(curve.score, curve.set).ok_or(Error::Gone("score of the sweep"))
}

async fn items(db: &mut SqliteConnection, keys: &MeasurementKeys) -> Result<Vec<Vec<f64>>, Error> {
    Ok(measurements::find(db, &keys.measurement).await?.unwrap_or_default())
}

async fn answers(
    db: &mut SqliteConnection,
    keys: Option<&MeasurementKeys>,
) -> Result<Vec<GeneratedAnswer>, Error> {
    match keys.and_then(|keys| keys.answers.as_deref()) {
        Some(key) => Ok(measurements::answers(db, key).await?),
        None => Ok(Vec::new()),
    }
}

async fn answers_of(
    db: &mut SqliteConnection,
    keys: &MeasurementKeys,
) -> Result<Vec<GeneratedAnswer>, Error> {
    answers(db, Some(keys)).await
}

/// Returns the texts of a curve's items.
async fn subjects(db: &mut SqliteConnection, sweep: &Sweep, curve: Curve) -> Result<Vec<Subject>, Error> {
    if let Some(set) = curve.set {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let pairs = measured_items(db, sweep, set).await?;
        let subject = |pair: ipc::data::PairContent| Subject {
            prompt: pair.prompt,
            wanted: some(pair.wanted),
            opposite: some(pair.opposite),
        };
        return Ok(pairs.into_iter().map(subject).collect());
    }
    let plain = |prompt: String| Subject { prompt, ..Subject::default() };
    Ok(match &*score(sweep, curve)? {
        // If the file of the questions is gone, their texts are missing but their scores remain.
        Score::Knowledge { path, .. } => {
            let asked = questions(path).map(|all| all.scored).unwrap_or_default();
            let subject = |asked: data::benchmarks::Question| Subject {
                wanted: Some(format!("{}. {}", LETTERS[asked.right], asked.answers[asked.right])),
                ..plain(asked.question)
            };
            asked.into_iter().map(subject).collect()
        }
        Score::Mmlu { folder, limit, .. } => {
            let all = mmlu(folder, *limit).ok();
            let subject =
                |(subject, asked): (&data::benchmarks::Subject, &data::benchmarks::Question)| Subject {
                    wanted: Some(format!("{}. {}", LETTERS[asked.right], asked.answers[asked.right])),
                    ..plain(format!("{}: {}", SUBJECTS[subject.place].0.replace('_', " "), asked.question))
                };
            all.iter().flat_map(data::benchmarks::Mmlu::questions).map(subject).collect()
        }
        Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
            let asked = truthful(path).unwrap_or_default();
            let subject = |asked: data::benchmarks::Truthful| Subject {
                wanted: Some(asked.right.join("\n")),
                opposite: Some(asked.wrong.join("\n")),
                prompt: asked.question,
            };
            asked.into_iter().map(subject).collect()
        }
        _ => neutral_text().into_iter().map(|text| plain(text.to_owned())).collect(),
    })
}

/// Returns more details about an item for a person.
fn note(score: &Score, item: &[f64]) -> Option<String> {
    match score {
        Score::Judge { judge: Judge::Local, .. } => digits_note(item),
        Score::Knowledge { .. } | Score::Mmlu { .. } => {
            let shares = item.get(2..6)?;
            let share = |(letter, share): (&char, &f64)| format!("{letter}: {:.0} %", 100.0 * share);
            Some(LETTERS.iter().zip(shares).map(share).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}
