//! Caches the encoded pairs of the last estimate for the next one.

use std::sync::{Arc, Mutex, PoisonError};

use data::content::Snapshot;
use ipc::data::PairContent;
use vectors::model::Model;

use super::encode::Encoded;
use crate::Error;

/// Caches the encoded pairs of one data set. The window requests an estimate of the same pairs at every change of a
/// setting.
#[derive(Default)]
pub(crate) struct Encodings {
    last: Mutex<Option<Last>>,
}

struct Last {
    model: Arc<Model>,
    system_prompt: String,
    hash: String,
    encoded: Arc<Encoded>,
}

impl Encodings {
    /// Returns the encoded pairs. They come from the cache if model, system prompt and pairs are the same.
    pub(crate) fn get(
        &self,
        model: &Arc<Model>,
        system_prompt: &str,
        pairs: &[PairContent],
    ) -> Result<Arc<Encoded>, Error> {
        let hash = Snapshot::new(pairs)?.hash;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last
            && Arc::ptr_eq(&last.model, model)
            && last.system_prompt == system_prompt
            && last.hash == hash
        {
            return Ok(Arc::clone(&last.encoded));
        }
        let mut encoded = Encoded::default();
        for (number, content) in (1..).zip(pairs) {
            encoded.add(model, system_prompt, number, content)?;
        }
        let encoded = Arc::new(encoded);
        let system_prompt = system_prompt.to_owned();
        *last = Some(Last { model: Arc::clone(model), system_prompt, hash, encoded: Arc::clone(&encoded) });
        Ok(encoded)
    }

    /// Empties the cache, so that it keeps no model in memory.
    pub(crate) fn clear(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
