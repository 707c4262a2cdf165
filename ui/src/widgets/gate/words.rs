//! Says in words what a gate does, and up to which layer it can be decided.

use ipc::Id;
use ipc::conversation::StripGate;
use ipc::model::Model;
use ipc::steering::GateAt;
use ipc::vector::Vector;

use crate::format;
use crate::t;

/// The layers of a model that is not known: enough for every model of today.
const MOST_LAYERS: u32 = 128;

/// Returns the last layer at which the gate of a vector can be decided: the first one that it steers.
pub(super) fn last_layer(vectors: &[Vector], models: &[Model], vector: Id) -> u32 {
    let own = vectors.iter().find(|known| known.id == vector);
    let first = own
        .filter(|own| own.adapter.is_none())
        .map(|own| own.layers.iter().copied().min().unwrap_or(own.layer));
    let model = own.and_then(|own| models.iter().find(|model| model.id == own.model));
    let blocks = model.and_then(|model| model.facts.as_ref()).map(|facts| facts.blocks);
    first.unwrap_or_else(|| blocks.unwrap_or(MOST_LAYERS).saturating_sub(1))
}

/// Returns a sentence on what a condition means.
pub(super) fn in_words(gate: Option<&StripGate>) -> String {
    let Some(StripGate { name, gate, .. }) = gate else {
        return t!("widgets-gate-words-always");
    };
    let decimals = if gate.above.abs() < 10.0 { 2 } else { 1 };
    let above = format::number(gate.above, decimals);
    let (block, name) = (gate.layer, name.clone());
    let share = |width: f64, sign: f64| format::number(gate.above + sign * width * 3.0_f64.ln(), decimals);
    match (gate.soft, gate.at) {
        (None, GateAt::Token) => {
            t!("widgets-gate-words-hard-token", block = block, name = name, above = above)
        }
        (None, GateAt::Prompt) => {
            t!("widgets-gate-words-hard-prompt", block = block, name = name, above = above)
        }
        (Some(width), GateAt::Token) => t!(
            "widgets-gate-words-soft-token",
            block = block,
            name = name,
            above = above,
            quarter = share(width, -1.0),
            three = share(width, 1.0)
        ),
        (Some(width), GateAt::Prompt) => t!(
            "widgets-gate-words-soft-prompt",
            block = block,
            name = name,
            above = above,
            quarter = share(width, -1.0),
            three = share(width, 1.0)
        ),
    }
}

#[cfg(test)]
mod tests {
    use ipc::steering::Gate;

    use super::*;
    use crate::samples;

    #[test]
    fn a_gate_is_decided_no_later_than_the_vector_acts() {
        let deep = Vector { layers: vec![4, 7], layer: 7, ..samples::vector(2) };
        let vectors = [samples::vector(1), deep];
        let models = [samples::model(1, "M", 30)];
        assert_eq!(last_layer(&vectors, &models, 1), 10);
        assert_eq!(last_layer(&vectors, &models, 2), 4);
        assert_eq!(last_layer(&vectors, &models, 9), MOST_LAYERS - 1);
    }

    #[test]
    fn words_say_what_the_formula_does() {
        let gate = |soft, at| {
            let gate = Gate { layer: 8, above: 2.5, soft, at };
            in_words(Some(&StripGate { vector: 1, name: "Refusal".into(), hash: String::new(), gate }))
        };
        assert!(in_words(None).contains("every token"));
        let hard = gate(None, GateAt::Token);
        assert!(hard.contains("block 8") && hard.contains("\u{201c}Refusal\u{201d} is over 2.50"), "{hard}");
        let soft = gate(Some(0.5), GateAt::Prompt);
        // sigmoid(ln 3) is three quarters.
        assert!(
            soft.starts_with("Decided once") && soft.contains("a quarter at 1.95, three quarters at 3.05"),
            "{soft}"
        );
    }
}
