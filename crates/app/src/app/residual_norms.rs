//! Measures the norms of a model's residual stream once, although several places ask for them at the same time.

use std::sync::Arc;

use data::benchmarks::neutral_text;
use data::content::sha256;
use ipc::Id;
use ipc::command::ReadResidual;
use store::{models, residual_norms};
use vectors::model::Model;

use super::App;
use super::logit_lens::identity;
use super::models::blocking;
use crate::Error;

impl App {
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
        let state = &self.state;
        let mut last = state.measured_norms.lock().await;
        let row = models::find(state.store.read(), model).await?;
        let text = sha256(neutral_text().join("\n\n").as_bytes());
        // A model that was just loaded can be used before its file's hash is known.
        let identity = identity(&row);
        if let Some(identity) = &identity
            && let Some(known) = residual_norms::find(state.store.read(), identity, &text).await?
        {
            return Ok(Some(known));
        }
        let Some((_, loaded)) = state.models.loaded().filter(|(id, _)| *id == model) else {
            return Ok(None);
        };
        let norms = match &*last {
            Some((of, norms)) if std::ptr::eq(of.as_ptr(), Arc::as_ptr(&loaded)) => norms.clone(),
            _ => measure(Arc::clone(&loaded)).await?,
        };
        *last = Some((Arc::downgrade(&loaded), norms.clone()));
        if let Some(identity) = identity {
            let mut db = state.store.begin().await?;
            residual_norms::put(&mut db, &identity, &text, &norms).await?;
            db.commit().await?;
        }
        Ok(Some(norms))
    }
}

async fn measure(model: Arc<Model>) -> Result<Vec<f64>, Error> {
    blocking(move || {
        let encode = |text: &&str| model.encode_text(text);
        let texts: Result<Vec<_>, _> = neutral_text().iter().map(encode).collect();
        let texts = texts.map_err(|source| Error::Tokens { pair: None, source })?;
        model.residual_norms(&texts).map_err(Error::from)
    })
    .await?
}
