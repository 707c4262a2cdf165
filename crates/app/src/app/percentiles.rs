//! Measures the percentiles of a vector's projections over quiet texts, from which the thresholds of caps are taken, and keeps them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use data::benchmarks::neutral_text;
use data::content::sha256;
use ipc::command::{MeasurePercentiles, StopMeasuring};
use ipc::data::PairContent;
use ipc::projection::{LayerPercentiles, Percentiles, QuietSet};
use store::projection_percentiles::{self, Key};
use store::{data_sets, models, pairs, vectors as vector_rows};
use vectors::model::{Model, ModelError};
use vectors::score::projection_percentiles as measure;

use super::App;
use super::derive::check_vector;
use super::logit_lens::identity;
use super::models::blocking;
use crate::Error;
use crate::app_state::AppState;
use crate::engine::encode::preference;
use crate::engine::measuring::Measurement;

/// The most tokens of a data set's prompts that are read.
const MOST_TOKENS: usize = 4096;

/// The texts of a quiet set.
enum Texts {
    Neutral,
    Prompts { contents: Vec<PairContent>, system_prompt: String },
}

impl App {
    /// Returns the percentiles of a vector's projections over a quiet set. They are measured if they are not stored.
    ///
    /// # Errors
    /// Returns an error if the vector or the data set does not exist, the vector's model is not in memory, there are no texts, a person
    /// has stopped the measurement, or the store cannot be used.
    pub async fn measure_percentiles(&self, request: MeasurePercentiles) -> Result<Percentiles, Error> {
        let read = self.state.store.read();
        let vector = vector_rows::find(read, request.vector).await?;
        check_vector(&vector, "it has no direction to cap")?;
        let (loaded, model) = self.loaded_model()?;
        self.check_model(&vector, loaded).await?;
        let identity = identity(&models::find(read, loaded).await?);
        let steering = vector_rows::steering(read, vector.id).await?;
        let hash = steering.content_hash();
        let (over, texts) = match request.over {
            QuietSet::Neutral => ("the neutral text".to_owned(), Texts::Neutral),
            QuietSet::Prompts { data_set, system_prompt } => {
                let row = data_sets::find(read, data_set).await?;
                let contents = pairs::contents(&mut *read.acquire().await?, data_set).await?;
                (
                    format!("the prompts of \u{201c}{}\u{201d}", row.name),
                    Texts::Prompts { contents, system_prompt },
                )
            }
        };
        let of_model = std::sync::Arc::clone(&model);
        let texts = blocking(move || encode(&of_model, &texts)).await??;
        let text_hash = hash_of(&texts);
        let tokens = texts.iter().map(|text| text.len() - 1).sum::<usize>() as u32;
        let of_layers = |values: Vec<Vec<f64>>| {
            let layers = vector.layers.iter().zip(values);
            let layers = layers.map(|(layer, values)| LayerPercentiles { layer: *layer, values });
            Percentiles { over: over.clone(), tokens, layers: layers.collect() }
        };
        // A model that was just loaded can be used before its file's hash is known.
        let key = identity.as_deref().map(|model| Key { model, vector: &hash, texts: &text_hash });
        if let Some(key) = key
            && let Some(known) = projection_percentiles::find(read, key).await?
        {
            return Ok(of_layers(known));
        }
        let (state, measurement) = (std::sync::Arc::clone(&self.state), self.state.measuring.begin());
        let found = blocking(move || {
            let mut make_way = |_, _| state.make_way(measurement);
            measure(&model, &texts, &steering.parts, Some(&mut make_way))
        });
        let found: Vec<Vec<f64>> =
            found.await?.map_err(stopped)?.into_iter().map(|layer| layer.values).collect();
        if let Some(key) = key {
            let mut db = self.state.store.begin().await?;
            projection_percentiles::put(&mut db, key, &found).await?;
            db.commit().await?;
        }
        Ok(of_layers(found))
    }

    /// Ends the measurements of percentiles and of drift that are under way.
    ///
    /// # Errors
    /// Returns no error.
    #[expect(clippy::unused_async, reason = "every command is called alike")]
    pub async fn stop_measuring(&self, _: StopMeasuring) -> Result<(), Error> {
        self.state.measuring.stop();
        Ok(())
    }
}

impl AppState {
    /// Waits while answers are being made, and returns whether a measurement goes on.
    pub(super) fn make_way(&self, measurement: Measurement) -> ControlFlow<()> {
        self.measuring.make_way(measurement, || self.is_ending(), || self.live.is_answering())
    }
}

/// Says that a person has stopped a measurement.
pub(super) fn stopped(error: ModelError) -> Error {
    match error {
        ModelError::Interrupted => Error::invalid("The measurement was stopped.", "Measure again."),
        error => error.into(),
    }
}

/// Returns the tokens of the texts: of a data set's prompts the different ones, from the first on, until there are enough.
fn encode(model: &Model, texts: &Texts) -> Result<Vec<Vec<u32>>, Error> {
    let refuse = |source| Error::Tokens { pair: None, source };
    let (contents, system_prompt) = match texts {
        Texts::Neutral => {
            let all = neutral_text().into_iter().map(|text| model.encode_text(text).map_err(refuse));
            return all.collect();
        }
        Texts::Prompts { contents, system_prompt } => (contents, system_prompt),
    };
    let (mut all, mut known, mut tokens) = (Vec::new(), BTreeSet::new(), 0);
    for content in contents {
        let pair = preference(content);
        let system = pair.system.as_ref().unwrap_or(system_prompt);
        let prompt = model.encode_conversation(system, &pair.turns, &pair.prompt).map_err(refuse)?;
        if tokens > 0 && tokens + prompt.len() > MOST_TOKENS {
            break;
        }
        if known.insert(prompt.clone()) {
            tokens += prompt.len();
            all.push(prompt);
        }
    }
    if all.is_empty() {
        return Err(Error::invalid(
            "The data set has no prompts.",
            "Choose another one, or the neutral text.",
        ));
    }
    Ok(all)
}

/// Returns the hash of the tokens of all texts.
fn hash_of(texts: &[Vec<u32>]) -> String {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.iter().flat_map(|id| id.to_le_bytes()));
    }
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_their_tokens_and_ends() {
        let all =
            [vec![vec![1, 2], vec![3]], vec![vec![1], vec![2, 3]], vec![vec![1, 2, 3]], vec![vec![1, 2, 4]]];
        let hashes: BTreeSet<String> = all.iter().map(|texts| hash_of(texts)).collect();
        assert_eq!(hashes.len(), 4);
        assert_eq!(hash_of(&all[0]), hash_of(&all[0].clone()));
    }
}
