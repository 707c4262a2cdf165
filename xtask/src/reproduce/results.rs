//! Reads the results of a study, and takes means over its seeds.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer};

use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// The part of a study's results that the page shows.
#[derive(Deserialize)]
pub(super) struct Results {
    pub(super) made_by: String,
    pub(super) model_sha256: Option<String>,
    pub(super) data_sha256: Vec<String>,
    pub(super) plan: Plan,
    pub(super) cells: Vec<Cell>,
    pub(super) summary: Vec<Summary>,
}

/// The part of the plan that the page repeats.
#[derive(Deserialize)]
pub(super) struct Plan {
    pub(super) seeds: Vec<u64>,
    #[serde(default)]
    pub(super) data: Vec<Data>,
    pub(super) measure: Measure,
}

#[derive(Deserialize)]
pub(super) struct Data {
    pub(super) name: String,
    pub(super) first_train: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Measure {
    pub(super) max_new_tokens: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Cell {
    pub(super) arm: String,
    pub(super) kind: String,
    #[serde(default)]
    layers: String,
    pub(super) seed: Option<u64>,
    pub(super) norm: Option<f64>,
    pub(super) points: Vec<Point>,
    pub(super) chosen: Vec<Chosen>,
}

#[derive(Deserialize)]
pub(super) struct Point {
    /// The set; empty for a score with its own text.
    #[serde(default)]
    pub(super) set: String,
    pub(super) score: String,
    pub(super) multiplier: f64,
    #[serde(deserialize_with = "number")]
    pub(super) value: f64,
    pub(super) n: u32,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    pub(super) score: String,
    pub(super) multiplier: f64,
    #[serde(deserialize_with = "number")]
    pub(super) value: f64,
    #[serde(deserialize_with = "number")]
    pub(super) low: f64,
    #[serde(deserialize_with = "number")]
    pub(super) high: f64,
    #[serde(deserialize_with = "number")]
    pub(super) unsteered: f64,
    pub(super) n: u32,
}

#[derive(Deserialize)]
pub(super) struct Summary {
    pub(super) arm: String,
    pub(super) score: String,
    pub(super) seeds: u32,
    pub(super) multipliers: Vec<f64>,
    #[serde(deserialize_with = "number")]
    pub(super) value: f64,
    #[serde(deserialize_with = "number")]
    pub(super) least: f64,
    #[serde(deserialize_with = "number")]
    pub(super) most: f64,
    #[serde(deserialize_with = "number")]
    pub(super) unsteered: f64,
}

/// Reads a number. JSON has none for what is not finite, and `null` in its place.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

/// The mean over an arm's seeds at a multiplier, with the least and the largest.
pub(super) struct Mean {
    pub(super) multiplier: f64,
    pub(super) value: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Results {
    /// Reads the results of a study of one data set at one layer, which is what the page shows.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("{} cannot be read", folders::short(path)))?;
        let results: Self = serde_json::from_str(&text).map_err(|error| {
            Problem::new(format!("{} is not what a study writes: {error}.", path.display()))
        })?;
        let layers = results.cells.iter().map(|cell| &cell.layers).filter(|layers| !layers.is_empty());
        if results.plan.data.len() > 1 || all(layers).len() > 1 {
            let problem =
                Problem::new("The page shows one data set and one layer, and the plan has several.");
            return Err(problem.next("Make a plan of each; the tables of this one are beside its store."));
        }
        Ok(results)
    }

    /// The arms in the order of the plan.
    pub(super) fn arms(&self) -> Vec<&str> {
        all(self.cells.iter().map(|cell| cell.arm.as_str()))
    }

    /// The scores in the order of the plan.
    pub(super) fn scores(&self) -> Vec<&str> {
        all(self.cells.iter().flat_map(|cell| &cell.points).map(|point| point.score.as_str()))
    }

    /// The scores that are measured on the data set: those of the behaviour, and not those with a text of their own.
    pub(super) fn scores_of_pairs(&self) -> Vec<&str> {
        let points = self.cells.iter().flat_map(|cell| &cell.points);
        all(points.filter(|point| !point.set.is_empty()).map(|point| point.score.as_str()))
    }

    fn kind(&self, arm: &str) -> &str {
        self.cells.iter().find(|cell| cell.arm == arm).map_or("", |cell| cell.kind.as_str())
    }

    /// The first arm of a kind: a method, a control.
    pub(super) fn arm_of(&self, kind: &str) -> Option<&str> {
        self.cells.iter().find(|cell| cell.kind == kind).map(|cell| cell.arm.as_str())
    }

    /// Whether an arm is a control.
    pub(super) fn is_control(&self, arm: &str) -> bool {
        matches!(self.kind(arm), "random-vector" | "shuffled-labels")
    }

    /// Whether an arm is a way of prompting, which no multiplier changes.
    pub(super) fn is_prompting(&self, arm: &str) -> bool {
        self.kind(arm) == "prompting"
    }

    /// The value of a score on the half that reports, without steering and with the usual prompt.
    pub(super) fn plain(&self, score: &str) -> Option<f64> {
        let of_score = self.summary.iter().filter(|row| row.score == score && row.unsteered.is_finite());
        of_score.filter(|row| !self.is_prompting(&row.arm)).map(|row| row.unsteered).next()
    }

    /// What each seed of an arm is above the unsteered model by a score, at its chosen multiplier.
    pub(super) fn effects(&self, arm: &str, score: &str) -> Vec<f64> {
        let Some(plain) = self.plain(score) else { return vec![] };
        let cells = self.cells.iter().filter(|cell| cell.arm == arm);
        let chosen = cells.flat_map(|cell| &cell.chosen).filter(|chosen| chosen.score == score);
        chosen.map(|chosen| chosen.value - plain).collect()
    }

    /// How far each seed of an arm moves a score from the least multiplier to the largest.
    pub(super) fn ranges(&self, arm: &str, score: &str) -> Vec<f64> {
        let cells = self.cells.iter().filter(|cell| cell.arm == arm);
        let range = |cell: &Cell| {
            let points = || cell.points.iter().filter(|point| point.score == score);
            let by = |one: &&Point, other: &&Point| one.multiplier.total_cmp(&other.multiplier);
            let (least, most) = (points().min_by(by)?, points().max_by(by)?);
            (least.multiplier < most.multiplier).then_some(most.value - least.value)
        };
        cells.filter_map(range).collect()
    }

    /// The curve of an arm over the multipliers. An arm that no multiplier changes has one point.
    pub(super) fn curve(&self, arm: &str, score: &str) -> Vec<Mean> {
        let cells = self.cells.iter().filter(|cell| cell.arm == arm);
        let points: Vec<&Point> =
            cells.flat_map(|cell| &cell.points).filter(|point| point.score == score).collect();
        let mut multipliers: Vec<f64> = points.iter().map(|point| point.multiplier).collect();
        multipliers.sort_by(f64::total_cmp);
        multipliers.dedup();
        let mean = |multiplier: f64| {
            let here = points.iter().filter(|point| point.multiplier.total_cmp(&multiplier).is_eq());
            let values: Vec<f64> = here.map(|point| point.value).collect();
            Mean {
                multiplier,
                value: values.iter().sum::<f64>() / values.len() as f64,
                least: values.iter().copied().fold(f64::INFINITY, f64::min),
                most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            }
        };
        multipliers.into_iter().map(mean).collect()
    }

    /// The number of items behind a score: of all points, and at a chosen multiplier.
    pub(super) fn items(&self, score: &str) -> (u32, u32) {
        let points = self.cells.iter().flat_map(|cell| &cell.points);
        let chosen = self.cells.iter().flat_map(|cell| &cell.chosen);
        (
            points.filter(|point| point.score == score).map(|point| point.n).max().unwrap_or(0),
            chosen.filter(|chosen| chosen.score == score).map(|chosen| chosen.n).max().unwrap_or(0),
        )
    }
}

fn all<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}
