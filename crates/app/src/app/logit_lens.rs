//! Reads vectors with the loaded model: the logit lens, and the norms of the residual stream.

use data::benchmarks::neutral_text;
use data::content::sha256;
use ipc::Id;
use ipc::command::{ReadLogitLens, ReadResidual};
use ipc::derive::{LensToken, LogitLens};
use ipc::vector::Vector;
use store::models::{self, ModelRow};
use store::{residual_norms, vectors as vector_rows};
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

    /// Returns the typical norm of the residual stream after each block, over the bundled neutral text. It is measured
    /// if it is unknown and the model is in memory.
    ///
    /// # Errors
    /// Returns an error if the model does not exist or the store cannot be used.
    pub async fn read_residual(&self, request: ReadResidual) -> Result<Vec<f64>, Error> {
        Ok(self.residual(request.model).await?.unwrap_or_default())
    }

    /// Does the same, and returns `None` if the norms are unknown and cannot be measured now.
    pub(super) async fn residual(&self, model: Id) -> Result<Option<Vec<f64>>, Error> {
        let row = models::find(self.state.store.read(), model).await?;
        let text = sha256(neutral_text().join("\n\n").as_bytes());
        // A model that was just loaded can be used before its file's hash is known.
        let identity = identity(&row);
        if let Some(identity) = &identity
            && let Some(known) = residual_norms::find(self.state.store.read(), identity, &text).await?
        {
            return Ok(Some(known));
        }
        let Some((_, loaded)) = self.state.models.loaded().filter(|(id, _)| *id == model) else {
            return Ok(None);
        };
        let norms = blocking(move || {
            let encode = |text: &&str| loaded.encode_text(text);
            let texts: Result<Vec<_>, _> = neutral_text().iter().map(encode).collect();
            let texts = texts.map_err(|source| Error::Tokens { pair: None, source })?;
            loaded.residual_norms(&texts).map_err(Error::from)
        })
        .await??;
        if let Some(identity) = identity {
            let mut db = self.state.store.begin().await?;
            residual_norms::put(&mut db, &identity, &text, &norms).await?;
            db.commit().await?;
        }
        Ok(Some(norms))
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
fn identity(row: &ModelRow) -> Option<String> {
    row.fingerprint.as_ref().map(|print| row.identity(print))
}
