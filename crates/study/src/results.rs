//! The results of a study: every measured point, the multiplier that one half chose with what the other half says of it, and a
//! summary over the seeds.

use ipc::sweep::ItemCurves;
use serde::Serialize;
use vectors::score::mean_interval;

use crate::halves::Half;
use crate::plan::{Choose, Plan, ScoreKind};

/// The seed of the resamples, which is that of sweeps.
const RESAMPLES: u64 = 0;

/// A measured point of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The data set or list that it was measured on; empty for a score with its own text.
    pub set: String,
    /// The score's name in the plan, with its place among scores of the same name.
    pub score: String,
    /// The multiplier.
    pub multiplier: f64,
    /// The value.
    pub value: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The number of items.
    pub n: u32,
    /// The number of items without a value.
    pub missing: u32,
}

/// A cell with what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellResult {
    /// The cell's name.
    pub cell: String,
    /// The arm's name.
    pub arm: String,
    /// What the arm is: its method, its control, or how it is prompted.
    pub kind: String,
    /// The data set; empty for an arm without one.
    pub data: String,
    /// The layers; empty for an arm without any.
    pub layers: String,
    /// The seed.
    pub seed: Option<u64>,
    /// The content hash of the vector.
    pub vector: Option<String>,
    /// The norm of the vector.
    pub norm: Option<f64>,
    /// The points, by score, set and multiplier.
    pub points: Vec<Point>,
    /// The chosen multiplier with what it is worth; empty where none is chosen.
    pub chosen: Vec<Chosen>,
}

/// What the other half says of a chosen multiplier, by one score on one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chosen {
    /// The set.
    pub set: String,
    /// The score.
    pub score: String,
    /// The multiplier.
    pub multiplier: f64,
    /// The value at the multiplier, over the half that did not choose.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The unsteered value on the same items.
    pub unsteered: f64,
    /// The number of items.
    pub n: u32,
}

/// The items of one curve, by which a multiplier is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct CellItems {
    /// The set's name; empty for a score with its own text.
    pub set: String,
    /// The score's name among the results.
    pub score: String,
    /// Which score it is.
    pub kind: ScoreKind,
    /// The number of suffixes of the set, so that the items of one prompt are in one half.
    pub suffixes: usize,
    /// The items.
    pub items: ItemCurves,
}

impl Chosen {
    /// Chooses a multiplier of a cell on one half, and reports every score of pairs and answers on the other. Empty where no
    /// multiplier can be chosen: nothing was measured, or the perplexity forbids all.
    #[must_use]
    pub fn all(choose: Choose, points: &[Point], curves: &[CellItems]) -> Vec<Self> {
        let Some(by) = curves.iter().find(|curve| curve.kind == choose.by) else { return vec![] };
        let perplexity = |multiplier: f64| {
            let is_here = |point: &&Point| {
                point.score == ScoreKind::Perplexity.name() && same(point.multiplier, multiplier)
            };
            points.iter().find(is_here).map(|point| point.value)
        };
        let is_allowed = |multiplier: f64| match (choose.max_perplexity, perplexity(0.0)) {
            (Some(most), Some(plain)) => perplexity(multiplier).is_none_or(|found| found <= most * plain),
            _ => true,
        };
        let candidates = by.items.multipliers.iter().copied().filter(|multiplier| is_allowed(*multiplier));
        let means = candidates.filter_map(|multiplier| {
            let values = by.values(multiplier, Half::Choose, choose.seed);
            (!values.is_empty()).then(|| (multiplier, mean(&values)))
        });
        // Of equals the one nearest to no steering.
        let best =
            means.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.abs().total_cmp(&one.0.abs())));
        let Some((multiplier, _)) = best else { return vec![] };
        let report = |curve: &CellItems| {
            let values = curve.values(multiplier, Half::Report, choose.seed);
            let unsteered = curve.values(0.0, Half::Report, choose.seed);
            if values.is_empty() || curve.kind.is_of_its_own_text() {
                return None;
            }
            let interval = mean_interval(&values, RESAMPLES);
            Some(Self {
                set: curve.set.clone(),
                score: curve.score.clone(),
                multiplier,
                value: interval.value,
                low: interval.low,
                high: interval.high,
                unsteered: mean(&unsteered),
                n: values.len() as u32,
            })
        };
        let own_text = |point: &&Point| point.set.is_empty() && same(point.multiplier, multiplier);
        let of_own_text = points.iter().filter(own_text).map(|point| {
            let plain = |other: &&Point| {
                other.score == point.score && other.set.is_empty() && same(other.multiplier, 0.0)
            };
            Self {
                set: String::new(),
                score: point.score.clone(),
                multiplier,
                value: point.value,
                low: point.low,
                high: point.high,
                unsteered: points.iter().find(plain).map_or(f64::NAN, |plain| plain.value),
                n: point.n,
            }
        });
        curves.iter().filter_map(report).chain(of_own_text).collect()
    }
}

fn same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

impl CellItems {
    /// Returns the values of one half at a multiplier, without those that are missing.
    fn values(&self, multiplier: f64, half: Half, seed: u64) -> Vec<f64> {
        let Some(place) = self.items.multipliers.iter().position(|one| same(*one, multiplier)) else {
            return vec![];
        };
        let suffixes = self.suffixes.max(1);
        let halves = Half::of(self.items.items.len().div_ceil(suffixes), seed);
        let mine =
            self.items.items.iter().filter(|item| {
                halves.get(item.place as usize / suffixes).is_some_and(|found| *found == half)
            });
        mine.filter_map(|item| item.values.get(place).copied().flatten()).collect()
    }
}

/// The results of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The study's name.
    pub name: String,
    /// The program that measured.
    pub made_by: String,
    /// The plan.
    pub plan: Plan,
    /// The SHA-256 of the model's file.
    pub model_sha256: Option<String>,
    /// The SHA-256 of each data set's pairs as a model sees them, in the order of the plan.
    pub data_sha256: Vec<String>,
    /// The cells.
    pub cells: Vec<CellResult>,
    /// The summary over the seeds.
    pub summary: Vec<Summary>,
}

/// An arm at a layer by one score on one set, over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The arm.
    pub arm: String,
    /// The data set that it was trained on.
    pub data: String,
    /// The layers.
    pub layers: String,
    /// The set that it was measured on.
    pub set: String,
    /// The score.
    pub score: String,
    /// The number of seeds.
    pub seeds: u32,
    /// The multiplier that each seed chose, or the largest one where none is chosen.
    pub multipliers: Vec<f64>,
    /// The mean over the seeds of the value there.
    pub value: f64,
    /// The least of the seeds' values.
    pub least: f64,
    /// The largest of the seeds' values.
    pub most: f64,
    /// The mean over the seeds of the unsteered value.
    pub unsteered: f64,
}

impl Summary {
    /// Summarises cells: at the chosen multiplier if one is chosen, else at the largest one.
    #[must_use]
    pub fn all(cells: &[CellResult]) -> Vec<Self> {
        let mut all: Vec<(Self, Vec<f64>, Vec<f64>)> = Vec::new();
        for cell in cells {
            for at in at_end(cell) {
                let is_same = |(row, ..): &&mut (Self, Vec<f64>, Vec<f64>)| {
                    (&row.arm, &row.data, &row.layers) == (&cell.arm, &cell.data, &cell.layers)
                        && (&row.set, &row.score) == (&at.set, &at.score)
                };
                if let Some((row, values, unsteered)) = all.iter_mut().find(is_same) {
                    row.multipliers.push(at.multiplier);
                    values.push(at.value);
                    unsteered.push(at.unsteered);
                } else {
                    let row = Self {
                        arm: cell.arm.clone(),
                        data: cell.data.clone(),
                        layers: cell.layers.clone(),
                        set: at.set,
                        score: at.score,
                        seeds: 0,
                        multipliers: vec![at.multiplier],
                        value: 0.0,
                        least: 0.0,
                        most: 0.0,
                        unsteered: 0.0,
                    };
                    all.push((row, vec![at.value], vec![at.unsteered]));
                }
            }
        }
        let summed = |(row, values, unsteered): (Self, Vec<f64>, Vec<f64>)| Self {
            seeds: values.len() as u32,
            value: mean(&values),
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            unsteered: mean(&unsteered),
            ..row
        };
        all.into_iter().map(summed).collect()
    }
}

/// Returns what a cell says in the end, by every score on every set.
fn at_end(cell: &CellResult) -> Vec<Chosen> {
    if !cell.chosen.is_empty() {
        return cell.chosen.clone();
    }
    let mut all: Vec<Chosen> = Vec::new();
    for point in &cell.points {
        let of = |at: f64| {
            let is_here = |other: &&Point| {
                (&other.set, &other.score) == (&point.set, &point.score) && same(other.multiplier, at)
            };
            cell.points.iter().find(is_here)
        };
        let last =
            cell.points.iter().filter(|other| (&other.set, &other.score) == (&point.set, &point.score));
        let last = last.max_by(|one, other| one.multiplier.total_cmp(&other.multiplier));
        if last.is_none_or(|last| !same(last.multiplier, point.multiplier)) {
            continue;
        }
        all.push(Chosen {
            set: point.set.clone(),
            score: point.score.clone(),
            multiplier: point.multiplier,
            value: point.value,
            low: point.low,
            high: point.high,
            unsteered: of(0.0).map_or(f64::NAN, |plain| plain.value),
            n: point.n,
        });
    }
    all
}
