//! Sweeps: scores measured over a range of multipliers.

mod arm;
pub mod export;
mod items;
mod settings;
mod useful_range;

use serde::{Deserialize, Serialize};

pub use crate::steering::SteeringTerm;
pub use arm::{Arm, Prompting, TEMPLATES};
pub use items::{Agreement, ItemCurve, ItemCurves, PointItem, UnratedAnswer};
pub use settings::{Curve, Generation, PromptSet, SweepSettings};
pub use useful_range::{NotUseful, USEFUL_FACTOR, curve_of, interpolate};

use crate::job::JobState;
use crate::score::Score;
use crate::{Id, Millis};

/// A sweep with its points so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Its id.
    pub id: Id,
    /// The name that a person gave it. `None` where it is called by its curves.
    #[serde(default)]
    pub name: Option<String>,
    /// A person's note on it.
    #[serde(default)]
    pub note: String,
    /// The model that is measured.
    pub model: Id,
    /// The job that runs it.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// The settings, with which the sweep can be repeated.
    pub settings: SweepSettings,
    /// The points measured so far.
    pub points: Vec<SweepPoint>,
    /// The number of points when it is complete.
    pub expected: u32,
    /// The SHA-256 of the measured model's file. `None` until the file was read.
    pub fingerprint: Option<String>,
    /// The SHA-256 of each set's content, in the order of the settings.
    pub hashes: Vec<String>,
    /// The SHA-256 of what each vector does, arm by arm, as it was when the sweep was measured.
    #[serde(default)]
    pub vectors: Vec<String>,
    /// The tokens that an endpoint's judge has used for it.
    pub usage: TokenUsage,
    /// A sentence about the change since the measurement. `None` if the numbers are still valid.
    pub stale: Option<String>,
    /// The time of the request.
    pub created: Millis,
}

/// The tokens that an endpoint's judge has used, as the server counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Input tokens.
    pub read: u64,
    /// Output tokens.
    pub written: u64,
}

/// A sweep as its exported file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedSweep {
    /// Its settings, with this project's vectors and data sets.
    pub settings: SweepSettings,
    /// Its name; empty if it has none.
    pub name: String,
    /// The note on it.
    pub note: String,
    /// A finished sweep with the curves of a passport, to be laid over. `None` for a sweep's own file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passport: Option<Id>,
}

/// How long a sweep takes, estimated before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SweepEstimate {
    /// Seconds at the speeds that earlier sweeps have measured on this machine, where nothing of it is measured yet. `None`
    /// until the speed of each of its measurements is known.
    pub seconds: Option<f64>,
}

impl Sweep {
    /// Returns whether the sweep uses a vector, to steer or to decide a gate.
    #[must_use]
    pub fn uses(&self, vector: Id) -> bool {
        let uses = |term: &SteeringTerm| {
            term.vector == vector || term.gate.is_some_and(|gate| gate.vector == vector)
        };
        self.settings.arms.iter().flat_map(|arm| &arm.terms).any(uses)
    }

    /// Returns the number of measured points, without those of a person's ratings.
    #[must_use]
    pub fn measured_points(&self) -> usize {
        let score = |point: &SweepPoint| self.settings.scores.get(point.score as usize);
        self.points.iter().filter(|point| score(point).is_some_and(|score| *score != Score::Rating)).count()
    }

    /// Returns the points of one curve that have a value, sorted by multiplier.
    #[must_use]
    pub fn curve(&self, curve: Curve) -> Vec<SweepPoint> {
        let mut points = self.curve_with_unread(curve);
        points.retain(|point| point.count > 0);
        points
    }

    /// Returns the points of one curve sorted by multiplier, including those without a value.
    #[must_use]
    pub fn curve_with_unread(&self, curve: Curve) -> Vec<SweepPoint> {
        let of_curve = |p: &&SweepPoint| p.curve() == curve;
        let mut points: Vec<SweepPoint> = self.points.iter().filter(of_curve).copied().collect();
        points.sort_by(|a, b| a.multiplier.total_cmp(&b.multiplier));
        points
    }
}

/// A score at one multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The index of the arm in the settings.
    pub arm: u32,
    /// The index of the set in the settings. `None` for a score with its own text or questions.
    pub set: Option<u32>,
    /// The index of the score in the settings.
    pub score: u32,
    /// The multiplier.
    pub multiplier: f64,
    /// The score's value.
    pub value: f64,
    /// The lower end of the 95 % bootstrap interval over items: pairs, answers, questions or paragraphs.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The number of items. If 0, the point has no value.
    pub count: u32,
    /// The number of further items without a value, because their verdicts could not be read.
    pub missing: u32,
}

impl SweepPoint {
    /// Returns the curve of the point.
    #[must_use]
    pub fn curve(&self) -> Curve {
        Curve { arm: self.arm, set: self.set, score: self.score }
    }

    /// Returns whether two points have the same curve and multiplier.
    #[must_use]
    pub fn is_at(&self, other: &Self) -> bool {
        (self.arm, self.set, self.score, self.multiplier.to_bits())
            == (other.arm, other.set, other.score, other.multiplier.to_bits())
    }
}
