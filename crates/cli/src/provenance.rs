//! What a trained vector's file says about where it comes from.

use ::data::data_files::Row;
use ipc::data::{PairContent, Split};
use vectors::files::Provenance;
use vectors::model::Model;
use vectors::steering::{Intervention, InterventionOp};
use vectors::train::TrainSettings;

use crate::halt::Halt;
use crate::train::Arguments;

/// The run's model, pairs and settings: enough to make it again.
pub(crate) fn provenance(
    arguments: &Arguments,
    model: &Model,
    train: &[Row],
    settings: &TrainSettings,
) -> Result<Provenance, Halt> {
    let content = |row: &Row| PairContent { split: Split::Train, ..PairContent::from(row.clone()) };
    let pairs: Vec<PairContent> = train.iter().map(content).collect();
    let failed =
        |error: &dyn std::fmt::Display| Halt::Failed(format!("the provenance cannot be written: {error}."));
    let all = ::data::content::run_settings(settings, arguments.max_steps).map_err(|error| failed(&error))?;
    let method = all["method"].as_str().map(str::to_owned);
    Ok(Provenance {
        name: arguments.out.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        method,
        model: Some(model.facts().name.clone()),
        architecture: Some(model.facts().architecture.clone()),
        model_fingerprint: Some(arguments.model.fingerprint()?),
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
