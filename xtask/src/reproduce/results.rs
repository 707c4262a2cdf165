//! Reads the results of a study, and takes means over its seeds.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// The part of a study's results that the page shows.
#[derive(Deserialize)]
pub(super) struct Results {
    pub(super) made_by: String,
    pub(super) model_sha256: Option<String>,
    pub(super) data_sha256: Vec<String>,
    pub(super) cells: Vec<Cell>,
    pub(super) summary: Vec<Summary>,
}

#[derive(Deserialize)]
pub(super) struct Cell {
    pub(super) arm: String,
    pub(super) kind: String,
    pub(super) norm: Option<f64>,
    points: Vec<Point>,
    pub(super) chosen: Vec<Chosen>,
}

#[derive(Deserialize)]
struct Point {
    score: String,
    multiplier: f64,
    value: f64,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    pub(super) score: String,
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) unsteered: f64,
}

#[derive(Deserialize)]
pub(super) struct Summary {
    pub(super) arm: String,
    pub(super) score: String,
    pub(super) seeds: u32,
    pub(super) multipliers: Vec<f64>,
    pub(super) value: f64,
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) unsteered: f64,
}

/// The mean over an arm's seeds at a multiplier, with the least and the largest.
pub(super) struct Mean {
    pub(super) multiplier: f64,
    pub(super) value: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Results {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("{} cannot be read", folders::short(path)))?;
        serde_json::from_str(&text)
            .map_err(|error| Problem::new(format!("{} is not what a study writes: {error}.", path.display())))
    }

    /// The arms in the order of the plan.
    pub(super) fn arms(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for cell in &self.cells {
            if !all.contains(&cell.arm.as_str()) {
                all.push(&cell.arm);
            }
        }
        all
    }

    /// The scores in the order of the plan.
    pub(super) fn scores(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for point in self.cells.iter().flat_map(|cell| &cell.points) {
            if !all.contains(&point.score.as_str()) {
                all.push(&point.score);
            }
        }
        all
    }

    /// Whether an arm is a control.
    pub(super) fn is_control(&self, arm: &str) -> bool {
        let kind = self.cells.iter().find(|cell| cell.arm == arm).map(|cell| cell.kind.as_str());
        matches!(kind, Some("random-vector" | "shuffled-labels"))
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
}
