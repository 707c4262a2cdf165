//! Hashes pairs, settings and vectors by their content, so that equal ones are recognised.

use ipc::data::{PairContent, Split};
use ipc::train::TrainSettings;
use sha2::{Digest, Sha256};

/// Says why a value cannot be read from its JSON or written as JSON.
#[derive(Debug, thiserror::Error)]
#[error("the stored {what} cannot be read")]
pub struct JsonError {
    /// The name of the value in the sentence.
    pub what: &'static str,
    /// The error of the JSON library.
    pub source: serde_json::Error,
}

/// Holds pairs in order as one JSON text, with the hash of that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The SHA-256 of `content`, in hexadecimal.
    pub hash: String,
    /// The pairs as JSON.
    pub content: String,
}

impl Snapshot {
    /// Makes the snapshot of these pairs in this order.
    ///
    /// # Errors
    /// Never fails for pairs: their text is always JSON.
    pub fn new(pairs: &[PairContent]) -> Result<Self, JsonError> {
        let content = to_json("pairs", &pairs)?;
        Ok(Self { hash: sha256(content.as_bytes()), content })
    }
}

/// Hashes what a model sees of these pairs in this order. Tags and notes do not count.
///
/// # Errors
/// Never fails for pairs: their text is always JSON.
pub fn data_hash(pairs: &[PairContent]) -> Result<String, JsonError> {
    let seen: Vec<PairContent> = pairs.iter().map(PairContent::as_seen).collect();
    Snapshot::new(&seen).map(|snapshot| snapshot.hash)
}

/// Returns a run's settings as its vector's file carries them. `max_steps` is the number of steps that were
/// made, where the run stopped early: a run of so many steps makes the vector again. The precision is left
/// out, because it belongs to the model.
///
/// # Errors
/// Never fails for settings: their text is always JSON.
pub fn run_settings(
    settings: &TrainSettings,
    max_steps: Option<u32>,
) -> Result<serde_json::Value, JsonError> {
    let all = serde_json::to_value(settings);
    let mut all = all.map_err(|source| JsonError { what: "settings of a vector", source })?;
    if let Some(all) = all.as_object_mut() {
        all.remove("precision");
    }
    all["max_steps"] = max_steps.into();
    Ok(all)
}

/// Returns the held-out pairs without their tags and notes, which is what a sweep sees.
pub fn held_out(pairs: &[PairContent]) -> Vec<PairContent> {
    pairs.iter().filter(|pair| pair.split == Split::HeldOut).map(PairContent::as_seen).collect()
}

/// Returns what a sweep measures of a data set: its held-out pairs, then `shots` training pairs as worked examples. With a
/// seed they are drawn, so that fewer examples are the first of more; without one they are the first pairs.
pub fn measured(pairs: &[PairContent], shots: u32, seed: Option<u64>) -> Vec<PairContent> {
    let mut all = held_out(pairs);
    let mut train: Vec<&PairContent> = pairs.iter().filter(|pair| pair.split == Split::Train).collect();
    if let Some(seed) = seed {
        // The draw depends on the pair and the seed, and not on how many other pairs there are.
        train.sort_by_cached_key(|pair| {
            sha256(format!("{seed}\n{}\n{}\n{}", pair.prompt, pair.wanted, pair.opposite).as_bytes())
        });
    }
    all.extend(train.into_iter().take(shots as usize).map(PairContent::as_seen));
    all
}

/// Returns the SHA-256 of some bytes in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a vector's numbers as bytes: f32, little-endian, four bytes each.
#[must_use]
pub fn to_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Reads the numbers that [`to_bytes`] wrote.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect()
}

/// Writes a value as the JSON that a column keeps.
///
/// # Errors
/// Returns an error where the value has no JSON form.
pub fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, JsonError> {
    serde_json::to_string(value).map_err(|source| JsonError { what, source })
}

/// Reads a value from the JSON that a column keeps.
///
/// # Errors
/// Returns an error where the JSON does not describe such a value.
pub fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<T, JsonError> {
    serde_json::from_str(json).map_err(|source| JsonError { what, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_settings_that_it_always_had() {
        let settings =
            TrainSettings { layers: vec![10, 12], system_prompt: "Hi".into(), ..TrainSettings::default() };
        assert_eq!(
            run_settings(&settings, Some(7)).expect("JSON").to_string(),
            r#"{"batch_pairs":4,"beta":0.1,"clip_norm":1.0,"epochs":5,"factors":[0.5,1.0,1.5,2.0],"layers":[10,12],"learning_rate":0.05,"lora":{"alpha":16.0,"rank":8},"max_steps":7,"method":"bipo","on":"everywhere","position":"mean","schedule":"cosine","seed":11,"system_prompt":"Hi","warmup_steps":10,"weight_decay":0.0}"#
        );
    }

    #[test]
    fn numbers_come_back_bit_for_bit() {
        let values = [0.0, -0.0, 1.5e-42, f32::MAX, f32::MIN_POSITIVE];
        let back = from_bytes(&to_bytes(&values));
        assert!(values.iter().zip(&back).all(|(a, b)| a.to_bits() == b.to_bits()));
    }

    #[test]
    fn a_snapshot_depends_on_every_word_and_on_the_order() {
        let pair = |prompt: &str| PairContent { prompt: prompt.into(), ..PairContent::default() };
        let hash = |pairs: &[PairContent]| Snapshot::new(pairs).expect("pairs are JSON").hash;
        assert_eq!(hash(&[pair("a"), pair("b")]), hash(&[pair("a"), pair("b")]));
        assert_ne!(hash(&[pair("a"), pair("b")]), hash(&[pair("b"), pair("a")]));
    }

    #[test]
    fn pairs_without_the_newer_fields_have_the_hash_that_they_always_had() {
        let pair = PairContent { prompt: "a".into(), wanted: "b".into(), ..PairContent::default() };
        let snapshot = Snapshot::new(std::slice::from_ref(&pair)).expect("pairs are JSON");
        assert_eq!(snapshot.content, r#"[{"prompt":"a","wanted":"b","opposite":"","split":"train"}]"#);
        let noted = PairContent { tags: vec!["t".into()], note: "n".into(), pinned: true, ..pair.clone() };
        let hash = |pair: &PairContent| data_hash(std::slice::from_ref(pair)).expect("pairs are JSON");
        assert_eq!((hash(&pair), hash(&noted)), (snapshot.hash.clone(), snapshot.hash));
        assert_ne!(hash(&pair), hash(&PairContent { system: Some(String::new()), ..pair.clone() }));
    }

    #[test]
    fn sha256_is_hexadecimal() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
