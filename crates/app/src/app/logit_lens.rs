//! Reads vectors with the loaded model: the logit lens.

use ipc::Id;
use ipc::command::ReadLogitLens;
use ipc::derive::{LensToken, LogitLens};
use ipc::vector::Vector;
use store::models::{self, ModelRow};
use store::vectors as vector_rows;
use vectors::logit_lens::TokenLogit;

use super::App;
use super::derive::check_vector;
use super::models::blocking;
use crate::Error;

/// The number of tokens in each direction.
const WORDS: usize = 12;

impl App {
    /// Returns the tokens that a vector promotes and suppresses, by the logit lens.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, has no part at the layer, or its model is not in memory.
    pub async fn read_logit_lens(&self, request: ReadLogitLens) -> Result<LogitLens, Error> {
        let read = self.state.store.read();
        let vector = vector_rows::find(read, request.vector).await?;
        check_vector(&vector, "it points to no words")?;
        let (loaded, model) = self.loaded_model()?;
        self.check_model(&vector, loaded).await?;
        let layer = request.layer.unwrap_or(vector.layer);
        let parts = vector_rows::steering(read, vector.id).await?.parts;
        let part = parts.into_iter().find(|part| part.layer == layer as usize);
        let part = part.ok_or_else(|| {
            Error::invalid(format!("The vector has no part at layer {layer}."), "Choose one of its layers.")
        })?;
        blocking(move || {
            let found = model.logit_lens(&part, WORDS)?;
            let word = |logit: TokenLogit| LensToken {
                text: model.tokenizer().token_text(logit.id),
                id: logit.id,
                logit: f64::from(logit.logit),
            };
            Ok(LogitLens {
                layer,
                along: found.promoted.into_iter().map(word).collect(),
                against: found.suppressed.into_iter().map(word).collect(),
            })
        })
        .await?
    }

    /// Refuses a vector that was made for another model than the loaded one.
    pub(super) async fn check_model(&self, vector: &Vector, loaded: Id) -> Result<(), Error> {
        if vector.model == loaded {
            return Ok(());
        }
        let read = self.state.store.read();
        let (own, loaded) = (models::find(read, vector.model).await?, models::find(read, loaded).await?);
        let message = format!(
            "The vector \u{201c}{}\u{201d} was made for {}, and {} is loaded.",
            vector.name, own.name, loaded.name
        );
        Err(Error::invalid(
            message,
            "Load the vector's model under Models, choose another vector, or make a copy of it for this model.",
        ))
    }
}

/// Returns what a model's numbers depend on: its file and the precision of its weights.
pub(super) fn identity(row: &ModelRow) -> Option<String> {
    row.fingerprint.as_ref().map(|print| row.identity(print))
}
