//! Remembers the norms of the residual stream that were measured last, for a model whose file's hash is not known yet.

use std::sync::Weak;

use tokio::sync::{Mutex, MutexGuard};
use vectors::model::Model;

/// A model and the norm of its residual stream after each block.
pub(crate) type ModelNorms = (Weak<Model>, Vec<f64>);

/// The norms that were measured last.
#[derive(Debug, Default)]
pub(crate) struct MeasuredNorms(Mutex<Option<ModelNorms>>);

impl MeasuredNorms {
    /// Waits for whoever measures at the moment. Hold the guard while measuring, so that no one measures the same again.
    pub(crate) async fn lock(&self) -> MutexGuard<'_, Option<ModelNorms>> {
        self.0.lock().await
    }
}
