//! The content of `passport.json`, field by field (`docs/passport.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FORMAT, damaged};
use crate::files::{FileError, Provenance};

/// The version of the format.
const VERSION: u32 = 1;

/// What is known of a vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passport {
    /// The name of the format: `tiller-passport`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The vector's name.
    pub name: String,
    /// The licence, as an identifier of SPDX; `None` where the person chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Where the vector acts, and what identifies its numbers.
    pub vector: VectorRecord,
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

    /// Makes a passport of a vector of which nothing was measured. Its files are added by [`super::Package::new`].
    #[must_use]
    pub fn new(name: String, vector: VectorRecord, provenance: Provenance, packed_by: String) -> Self {
        let made_by = provenance.made_by.clone();
        Self {
            format: Self::FORMAT.to_owned(),
            version: VERSION,
            name,
            licence: None,
            vector,
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
        if head.version != VERSION {
            let detail = format!(
                "it has version {}, and this Tiller reads version {VERSION}: take a newer one",
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
