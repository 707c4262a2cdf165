//! The parts that the examples share: the starter model, the pairs of a starter set, and a vector to try.
#![allow(dead_code, reason = "every example uses a part")]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use vectors::algebra::{norm, scale};
use vectors::files::VectorFile;
use vectors::model::Model;
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::steering::SteeringVector;
use vectors::train::{Method, TrainSettings, Training};

/// The system prompt around every prompt.
pub(crate) const SYSTEM: &str = "You are a helpful, honest and concise assistant.";

/// The layer of the examples' vectors.
pub(crate) const LAYER: u32 = 14;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Loads the model that `TILLER_STARTER_MODEL` names, else the starter model.
pub(crate) fn model() -> Result<Arc<Model>, Box<dyn Error>> {
    let path = std::env::var_os("TILLER_STARTER_MODEL")
        .map_or_else(|| root().join("models/SmolLM2-135M-Instruct.Q4_1.gguf"), PathBuf::from);
    Ok(Arc::new(Model::open(path).load()?))
}

/// Reads the first pairs of one split of the starter set `seeks-wealth`.
pub(crate) fn pairs(model: &Model, split: &str, count: usize) -> Result<Vec<EncodedPair>, Box<dyn Error>> {
    let text = std::fs::read_to_string(root().join("datasets/seeks-wealth.jsonl"))?;
    let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let rows = rows.iter().filter(|row| row["split"] == split).take(count);
    let part = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let pair = |row| PreferencePair::new(part(row, "prompt"), part(row, "wanted"), part(row, "opposite"));
    Ok(rows.map(|row| model.encode_pair(SYSTEM, &pair(row))).collect::<Result<_, _>>()?)
}

/// Reads the vector of a file. Without one, takes the mean activation difference of eight pairs, with a norm of 8.
pub(crate) fn vector(model: &Arc<Model>, file: Option<String>) -> Result<SteeringVector, Box<dyn Error>> {
    let vectors = if let Some(path) = file {
        VectorFile::read(path.as_ref(), None)?.vectors
    } else {
        let settings = TrainSettings { method: Method::Freeform, ..TrainSettings::bipo(LAYER) };
        let found = Training::new(Arc::clone(model), &pairs(model, "train", 8)?, settings).prepare()?;
        scale(&found.vectors(), 8.0 / norm(&found.vectors()))
    };
    vectors.into_iter().next().ok_or_else(|| "the file holds no vector".into())
}
