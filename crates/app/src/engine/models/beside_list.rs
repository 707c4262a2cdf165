//! Models that a job loads without putting them into the list: a copy with a vector baked in.

use std::path::Path;
use std::sync::Arc;

use ipc::Id;
use store::models::ModelRow;
use vectors::model::{Device, Model, read_facts};

use super::load::{device, most_in_memory, send_model};
use crate::app_state::AppState;
use crate::engine::job::{Interrupt, continue_unless_halting, report_progress};
use crate::engine::pace::Phase;
use crate::{Error, library, memory};

/// Loads the model at a path as the one of `row` is loaded: with its device, its precision and its chat template.
pub(crate) fn load_like(state: &AppState, row: &ModelRow, path: &Path) -> Result<Arc<Model>, Interrupt> {
    let failed = |source| Error::Model { path: path.display().to_string(), source };
    let device = state.block_on(device(state))?;
    let facts = library::facts(&read_facts(path).map_err(failed)?);
    if matches!(device, Device::Cpu | Device::Candle) {
        memory::check(state, "Loading the model", library::memory::taken_by_loading(&facts, row.precision))?;
    }
    let mut phase = Phase::new("Loading the copy", "%");
    let mut progress = |share: f64| {
        report_progress(state, &mut phase, (100.0 * share) as usize, 100);
        continue_unless_halting(state)
    };
    let opened = Model::open(path).device(device).precision(row.precision);
    let opened = opened.chat_template(row.template.as_deref()).progress(&mut progress);
    opened.load().map(Arc::new).map_err(|error| Interrupt::new(error, failed))
}

/// Takes a model out of memory for a job that loads another one outside the list, unless the settings allow two. It is loaded
/// again when no job is left.
pub(crate) async fn displace(state: &AppState, id: Id) -> Result<(), Error> {
    if most_in_memory(state).await? > 1 {
        return Ok(());
    }
    {
        let mut slot = state.models.lock();
        slot.is_displaced |= slot.chosen == Some(id) || slot.chosen.is_none();
        slot.chosen = slot.chosen.or(Some(id));
        slot.let_go(id);
    }
    state.models.changed.notify_all();
    state.encodings.clear();
    send_model(state, id).await
}
