//! The words for methods, layers and what a vector does.

use ipc::derive::Change;
use ipc::steering::{InterventionOp, Positions};
use ipc::train::Method;
use ipc::vector::Vector;

use crate::t;

/// Returns the name of a method as people write it.
#[must_use]
pub fn method(method: Method) -> String {
    match method {
        Method::Bipo => "BiPO".to_owned(),
        Method::BipoBoth => t!("widgets-method-bipo-both"),
        Method::BipoUni => t!("widgets-method-bipo-uni"),
        Method::BipoNormed => t!("widgets-method-bipo-normed"),
        Method::Reps => "RePS".to_owned(),
        Method::Caa => "CAA".to_owned(),
        Method::Freeform => t!("widgets-method-freeform"),
        Method::DpoLora => t!("widgets-method-dpo-lora"),
        Method::Pca => "PCA".to_owned(),
    }
}

/// Returns the name of the positions on which a vector acts, as people write it.
#[must_use]
pub fn positions_name(on: Positions) -> String {
    match on {
        Positions::Everywhere => t!("widgets-positions-everywhere"),
        Positions::PromptEnd => t!("widgets-positions-prompt-end"),
        Positions::Answer => t!("widgets-positions-answer"),
    }
}

/// Warns where a vector acts otherwise than it was trained to; `None` where it does not.
#[must_use]
pub fn intervention_mismatch(vector: &Vector) -> Option<String> {
    let trained = vector.trained_on?;
    let (on, how) = (vector.intervention.positions, vector.intervention.op);
    if on == trained && how == InterventionOp::Add {
        return None;
    }
    let (name, trained, now) = (vector.name.clone(), within(trained), within(on));
    Some(match how {
        InterventionOp::Add => t!("widgets-mismatch-add", name = name, trained = trained, now = now),
        InterventionOp::ProjectOut => {
            t!("widgets-mismatch-project-out", name = name, trained = trained, now = now)
        }
        InterventionOp::Cap { .. } => t!("widgets-mismatch-cap", name = name, trained = trained, now = now),
    })
}

/// Returns the name of the positions as it stands within a sentence.
fn within(on: Positions) -> String {
    match on {
        Positions::Everywhere => t!("widgets-on-everywhere"),
        Positions::PromptEnd => t!("widgets-on-prompt-end"),
        Positions::Answer => t!("widgets-on-answer"),
    }
}

/// Returns the words for how a vector was made.
#[must_use]
pub fn made_by(vector: &Vector) -> String {
    match vector.method {
        Some(method) => self::method(method),
        None if vector.derivation.as_ref().is_some_and(|made| matches!(made.change, Change::Add { .. })) => {
            t!("widgets-made-by-sum")
        }
        // An imported adapter comes without pairs.
        None if vector.adapter.is_some() && vector.data_hash.is_some() => t!("widgets-made-by-distilling"),
        None => t!("widgets-made-by-import"),
    }
}

/// Writes layers in few words: `10`, `3–7, 12`.
#[must_use]
pub fn layers(layers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = vec![];
    for layer in layers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *layer => *last = *layer,
            _ => runs.push((*layer, *layer)),
        }
    }
    let one = |(first, last): &(u32, u32)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}\u{2013}{last}"),
    };
    runs.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Writes the layers of a vector; an adapter acts in all of them.
#[must_use]
pub fn layers_of(vector: &Vector) -> String {
    if vector.adapter.is_some() { t!("all-layers") } else { layers(&vector.layers) }
}

/// Returns the key of a method in the page, for tests.
#[must_use]
pub fn method_key(method: Method) -> &'static str {
    match method {
        Method::Bipo => "bipo",
        Method::BipoBoth => "bipo-both",
        Method::BipoUni => "bipo-uni",
        Method::BipoNormed => "bipo-normed",
        Method::Reps => "reps",
        Method::Caa => "caa",
        Method::Freeform => "freeform",
        Method::DpoLora => "dpo-lora",
        Method::Pca => "pca",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_layers_are_ranges() {
        assert_eq!(layers(&[10]), "10");
        assert_eq!(layers(&[1, 2, 3, 7, 9, 10]), "1\u{2013}3, 7, 9, 10");
    }

    #[test]
    fn a_distilled_adapter_is_not_called_imported() {
        use ipc::vector::{Adapter, Projections};

        let sizes = Adapter {
            rank: 4,
            alpha: 8.0,
            blocks: 2,
            inputs: 4,
            queries: 4,
            values: 4,
            feed_forward: 4,
            on: Projections::all(),
        };
        let imported = Vector { method: None, adapter: Some(sizes), ..crate::samples::vector(1) };
        assert_eq!(made_by(&imported), "Imported");
        assert_eq!(made_by(&Vector { data_hash: Some("a".into()), ..imported }), "Distilled");
    }
}
