//! The content of `passport.json`, field by field (`docs/passport.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FORMAT, adapter_hash, content_hash, damaged};
use crate::adapter::{Adapter, Projections};
use crate::files::{FileError, Provenance, SteeringFile, VectorFile};
use crate::steering::SteeringVector;

/// The version of a vector's passport, and of an adapter's, which Tiller 0.1 cannot read.
const VERSION: u32 = 1;
const ADAPTER_VERSION: u32 = 2;

/// What is known of a vector or an adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passport {
    /// The name of the format: `tiller-passport`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The name of the vector or the adapter.
    pub name: String,
    /// The licence, as an identifier of SPDX; `None` where the person chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Where it acts, and what identifies its numbers: `vector` or `adapter`.
    #[serde(flatten)]
    pub steering: SteeringRecord,
    /// Where it comes from: method, model, hashes, settings as JSON, seed.
    pub provenance: Provenance,
    /// The data that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataRecord>,
    /// The measured curves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepRecord>,
    /// The multipliers over which it is useful, by the sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_range: Option<UsefulRange>,
    /// What else it changes, by the sweep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_effects: Vec<SideEffect>,
    /// The programs' versions.
    pub versions: Versions,
    /// The other files by their names.
    pub files: BTreeMap<String, FileRecord>,
}

/// What a passport is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SteeringRecord {
    /// A vector.
    Vector(VectorRecord),
    /// An adapter.
    Adapter(AdapterRecord),
}

impl SteeringRecord {
    /// Describes a vector or an adapter.
    #[must_use]
    pub fn of(file: &SteeringFile) -> Self {
        match file {
            SteeringFile::Vectors(file) => Self::Vector(VectorRecord::of(file)),
            SteeringFile::Adapter(file) => Self::Adapter(AdapterRecord::of(&file.adapter)),
        }
    }

    /// Returns the SHA-256 of the numbers, in hexadecimal.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        match self {
            Self::Vector(record) => &record.content_hash,
            Self::Adapter(record) => &record.content_hash,
        }
    }
}

/// The low-rank pairs of an adapter, and what identifies their numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdapterRecord {
    /// The SHA-256 of its sizes, alpha and numbers, in hexadecimal.
    pub content_hash: String,
    /// The rank of each pair.
    pub rank: u32,
    /// The number that is divided by the rank.
    pub alpha: f64,
    /// The blocks, all of the model's.
    pub blocks: u32,
    /// The projections of each block, by peft's names.
    pub projections: Projections,
    /// The L2 norm of what it adds to all weights at multiplier 1.
    pub norm: f64,
}

impl AdapterRecord {
    fn of(adapter: &Adapter) -> Self {
        let shape = adapter.shape();
        Self {
            content_hash: adapter_hash(adapter),
            rank: shape.rank as u32,
            alpha: f64::from(adapter.alpha()),
            blocks: shape.blocks as u32,
            projections: shape.on,
            norm: adapter.norm(),
        }
    }
}

/// Where a vector acts, and what identifies its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorRecord {
    /// The SHA-256 of its layers and numbers, in hexadecimal.
    pub content_hash: String,
    /// The 0-based blocks after which it acts, ascending.
    pub layers: Vec<u32>,
    /// The numbers of each layer.
    pub size: u32,
    /// The L2 norm of each layer's numbers.
    pub norms: Vec<f64>,
    /// What is done with it, and at which tokens, in words.
    pub policy: String,
}

impl VectorRecord {
    fn of(file: &VectorFile) -> Self {
        Self {
            content_hash: content_hash(&file.vectors),
            layers: file.vectors.iter().map(|vector| vector.layer as u32).collect(),
            size: file.size() as u32,
            norms: file.vectors.iter().map(SteeringVector::norm).collect(),
            policy: file.provenance.policy.clone().unwrap_or_else(|| Provenance::ADD_EVERYWHERE.to_owned()),
        }
    }
}

/// The data that a vector was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRecord {
    /// The SHA-256 of the training pairs, in hexadecimal.
    pub hash: String,
    /// The number of training pairs. `None` where only the hash is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<u32>,
    /// The number of held-out pairs that the sweep measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<u32>,
    /// Whether the pairs are in `pairs.jsonl`.
    pub pairs: bool,
}

/// A sweep over multipliers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepRecord {
    /// Its name.
    pub name: String,
    /// The person's note on it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The SHA-256 of the measured model's file, and the person's own template where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_fingerprint: Option<String>,
    /// The precision of the weights in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<String>,
    /// All settings as Tiller stores them, without addresses and folders.
    pub settings: Value,
    /// The SHA-256 of each prompt set's content, in the order of the settings.
    pub set_hashes: Vec<String>,
    /// The SHA-256 of what each vector does, arm by arm.
    #[serde(default)]
    pub vector_hashes: Vec<String>,
    /// The curves.
    pub curves: Vec<CurveRecord>,
}

/// What a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveOf {
    /// This vector alone.
    Vector,
    /// A way of prompting alone: what the vector is compared with.
    Prompt,
    /// Something else: several vectors, a vector with a prompt, another epoch.
    Other,
}

/// A score over the multipliers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveRecord {
    /// The arm's name.
    pub arm: String,
    /// What it is of.
    pub of: CurveOf,
    /// The index of the arm in the settings.
    pub arm_index: u32,
    /// The name of the data that it is measured on. `None` for a score with its own text or questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The index of the set in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_index: Option<u32>,
    /// The score's name.
    pub score: String,
    /// The index of the score in the settings.
    pub score_index: u32,
    /// Its unit.
    pub unit: String,
    /// Whether it measures the behaviour, and not a side effect.
    pub is_behavior: bool,
    /// The points, by multiplier.
    pub points: Vec<PointRecord>,
}

/// A score at one multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PointRecord {
    /// The multiplier.
    pub multiplier: f64,
    /// The value.
    pub value: f64,
    /// The lower end of the 95 % bootstrap interval over items.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The number of items.
    pub n: u32,
    /// The number of further items without a value.
    #[serde(default)]
    pub missing: u32,
}

/// The multipliers over which a vector is useful.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsefulRange {
    /// The lowest multiplier.
    pub from: f64,
    /// The highest.
    pub to: f64,
    /// How it was found, in a sentence.
    pub rule: String,
}

/// What a score that is not of the behaviour does at one end of the useful range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SideEffect {
    /// The score's name.
    pub score: String,
    /// Its unit.
    pub unit: String,
    /// The multiplier.
    pub multiplier: f64,
    /// The value without the vector.
    pub unsteered: f64,
    /// The value at the multiplier, with its 95 % interval.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The number of items.
    pub n: u32,
}

/// The programs' versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The program that made the vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// The program that packed it.
    pub packed_by: String,
}

/// The size and the hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Passport {
    /// The name of the format in the file.
    pub const FORMAT: &'static str = "tiller-passport";

    /// Makes a passport of a vector or an adapter of which nothing was measured. Its files are added by [`super::Package::new`].
    #[must_use]
    pub fn new(name: String, file: &SteeringFile, packed_by: String) -> Self {
        let (steering, provenance) = (SteeringRecord::of(file), file.provenance().clone());
        let made_by = provenance.made_by.clone();
        Self {
            format: Self::FORMAT.to_owned(),
            version: match steering {
                SteeringRecord::Vector(_) => VERSION,
                SteeringRecord::Adapter(_) => ADAPTER_VERSION,
            },
            name,
            licence: None,
            steering,
            provenance,
            data: None,
            sweep: None,
            useful_range: None,
            side_effects: Vec::new(),
            versions: Versions { made_by, packed_by },
            files: BTreeMap::new(),
        }
    }

    /// Reads `passport.json`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let place = super::PASSPORT;
        let text = str::from_utf8(bytes).map_err(|error| damaged(place, error))?;
        let head: Head = serde_json::from_str(text).map_err(|error| damaged(place, error))?;
        if head.format != Self::FORMAT {
            return Err(damaged(place, format!("it is no {FORMAT} but {:?}", shortened(&head.format))));
        }
        if !(VERSION..=ADAPTER_VERSION).contains(&head.version) {
            let detail = format!(
                "it has version {}, and this Tiller reads versions {VERSION} and {ADAPTER_VERSION}: take a newer one",
                head.version
            );
            return Err(damaged(place, detail));
        }
        serde_json::from_str(text).map_err(|error| damaged(place, error))
    }

    /// Writes `passport.json`.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| damaged(super::PASSPORT, error))?;
        Ok(format!("{text}\n").into_bytes())
    }
}

/// What is read before anything else.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
