//! Converts a run's settings and pairs to the engine's types.

use ipc::data::{PairContent, Split};
use ipc::train::{Method, Position, Schedule, TrainSettings};
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::train::{Lora, Settings, choices};

use crate::Error;
use crate::engine::acts::tokens;
use crate::engine::encode::{check_length, preference};

/// Converts the settings to the engine's type.
pub(crate) fn engine_settings(settings: &TrainSettings) -> Settings {
    Settings {
        method: match settings.method {
            Method::Bipo => vectors::train::Method::Bipo,
            Method::BipoBoth => vectors::train::Method::BipoBoth,
            Method::BipoUni => vectors::train::Method::BipoUni,
            Method::BipoNormed => vectors::train::Method::BipoNormed,
            Method::Reps => vectors::train::Method::Reps,
            Method::Caa => vectors::train::Method::Caa,
            Method::Freeform => vectors::train::Method::Freeform,
            Method::DpoLora => vectors::train::Method::DpoLora,
            Method::Pca => vectors::train::Method::Pca,
        },
        layers: settings.layers.iter().map(|layer| *layer as usize).collect(),
        position: position(settings.position),
        epochs: settings.epochs as usize,
        learning_rate: settings.learning_rate,
        warmup_steps: settings.warmup_steps as usize,
        schedule: match settings.schedule {
            Schedule::Cosine => vectors::train::Schedule::Cosine,
            Schedule::Linear => vectors::train::Schedule::Linear,
            Schedule::Constant => vectors::train::Schedule::Constant,
        },
        beta: settings.beta,
        weight_decay: settings.weight_decay,
        clip_norm: settings.clip_norm,
        batch_pairs: settings.batch_pairs as usize,
        seed: settings.seed,
        factors: settings.factors.clone(),
        on: tokens(settings.on),
        lora: Lora { rank: settings.lora.rank as usize, alpha: settings.lora.alpha },
    }
}

/// Converts the position at which an answer is read to the engine's type.
pub(crate) fn position(position: Position) -> vectors::train::Position {
    match position {
        Position::Mean => vectors::train::Position::Mean,
        Position::Last => vectors::train::Position::Last,
    }
}

/// Returns the pairs that a method trains on. `encoded` are a data set's training pairs, which every method takes but CAA:
/// it reads them as two-way choices.
pub(crate) fn training_pairs(
    model: &Model,
    settings: &TrainSettings,
    contents: &[PairContent],
    encoded: Vec<EncodedPair>,
) -> Result<Vec<EncodedPair>, Error> {
    if settings.method != Method::Caa {
        return Ok(encoded);
    }
    let train = || contents.iter().enumerate().filter(|(_, content)| content.split == Split::Train);
    let pairs: Vec<_> = train().map(|(_, content)| preference(content)).collect();
    let numbers: Vec<usize> = train().map(|(index, _)| index + 1).collect();
    let number = |index: usize| numbers.get(index).copied();
    let choices = choices(model, &settings.system_prompt, &pairs, settings.seed)
        .map_err(|(index, source)| Error::Tokens { pair: number(index), source })?;
    // A choice holds both answers, so it is longer than the pair.
    for (index, pair) in choices.iter().enumerate() {
        check_length(number(index).unwrap_or(index + 1), pair, model.facts().context_length)?;
    }
    Ok(choices)
}
