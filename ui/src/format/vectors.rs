//! The words for methods, layers and what a vector does.

use ipc::derive::Change;
use ipc::steering::{InterventionOp, Positions};
use ipc::train::Method;
use ipc::vector::Vector;

/// Returns the name of a method as people write it.
#[must_use]
pub fn method(method: Method) -> &'static str {
    match method {
        Method::Bipo => "BiPO",
        Method::BipoBoth => "BiPO, both signs",
        Method::BipoUni => "BiPO, one-sided",
        Method::BipoNormed => "BiPO, length-normalised",
        Method::Reps => "RePS",
        Method::Caa => "CAA",
        Method::Freeform => "Freeform",
        Method::DpoLora => "DPO with LoRA",
        Method::Pca => "PCA",
    }
}

/// Returns the name of the positions on which a vector acts, as people write it.
#[must_use]
pub fn positions_name(on: Positions) -> &'static str {
    match on {
        Positions::Everywhere => "Every token (BiPO)",
        Positions::PromptEnd => "From the prompt\u{2019}s end (CAA)",
        Positions::Answer => "The answer only",
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
    let lower =
        |on: Positions| positions_name(on).to_lowercase().replace("bipo", "BiPO").replace("caa", "CAA");
    let what = match how {
        InterventionOp::Add => "is added",
        InterventionOp::ProjectOut => "is projected out",
        InterventionOp::Cap { .. } => "caps the projection",
    };
    Some(format!(
        "\u{201c}{}\u{201d} was trained to be added on {}, and now {what} on {}: scores of before do not hold.",
        vector.name,
        lower(trained),
        lower(on)
    ))
}

/// Returns the words for how a vector was made.
#[must_use]
pub fn made_by(vector: &Vector) -> &'static str {
    match vector.method {
        Some(method) => self::method(method),
        None if vector.derivation.as_ref().is_some_and(|made| matches!(made.change, Change::Add { .. })) => {
            "Sum"
        }
        None => "Imported",
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
    if vector.adapter.is_some() { "all".to_owned() } else { layers(&vector.layers) }
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
}
