//! Makes the provenance for a trained vector's file.

use std::path::Path;

use ::data::data_files::Row;
use ipc::data::{PairContent, Split};
use vectors::files::Provenance;
use vectors::model::Model;
use vectors::steering::{Intervention, InterventionOp};
use vectors::train::TrainSettings;

use crate::data::ModelArguments;
use crate::halt::Halt;

/// The arguments of a run besides its settings.
pub(crate) struct Origin<'a> {
    /// The file that is written.
    pub(crate) out: &'a Path,
    /// The model that is trained with.
    pub(crate) model: &'a ModelArguments,
    /// The most steps that are made.
    pub(crate) max_steps: Option<u32>,
}

/// Describes the run's model, pairs and settings, which are enough to repeat the run.
pub(crate) fn provenance(
    origin: &Origin<'_>,
    model: &Model,
    train: &[Row],
    settings: &TrainSettings,
) -> Result<Provenance, Halt> {
    let content = |row: &Row| PairContent { split: Split::Train, ..PairContent::from(row.clone()) };
    let pairs: Vec<PairContent> = train.iter().map(content).collect();
    let failed =
        |error: &dyn std::fmt::Display| Halt::Failed(format!("the provenance cannot be written: {error}."));
    let all = ::data::content::run_settings(settings, origin.max_steps).map_err(|error| failed(&error))?;
    let method = all["method"].as_str().map(str::to_owned);
    Ok(Provenance {
        name: origin.out.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        method,
        model: Some(model.facts().name.clone()),
        architecture: Some(model.facts().architecture.clone()),
        model_fingerprint: Some(origin.model.fingerprint()?),
        data_hash: Some(::data::content::data_hash(&pairs).map_err(|error| failed(&error))?),
        policy: Some(if settings.method.makes_adapter() {
            Provenance::ADD_TO_WEIGHTS.to_owned()
        } else {
            Provenance::policy_of(Intervention { positions: settings.positions, op: InterventionOp::Add })
        }),
        made_by: Some(format!("Tiller {}", env!("CARGO_PKG_VERSION"))),
        seed: Some(settings.seed),
        settings: Some(all.to_string()),
        made_from: None,
    })
}
