//! Where and how vectors act: between the window's words and the engine's.

use ipc::steering::{Acts, How, Where};
use vectors::steering as engine;

use crate::Error;
use crate::content::{sha256, to_bytes, to_json};

/// The tokens, as the engine takes them.
pub(crate) fn tokens(on: Where) -> engine::Where {
    match on {
        Where::Everywhere => engine::Where::Everywhere,
        Where::PromptEnd => engine::Where::PromptEnd,
        Where::Answer => engine::Where::Answer,
    }
}

/// Where and how, as the engine takes it.
pub(crate) fn acts(acts: Acts) -> engine::Acts {
    let how = match acts.how {
        How::Add => engine::How::Add,
        How::ProjectOut => engine::How::ProjectOut,
        How::Cap { at } => engine::How::Cap { at: at as f32 },
    };
    engine::Acts { on: tokens(acts.on), how }
}

/// Where and how, as a file tells it.
pub(crate) fn told_acts(acts: engine::Acts) -> Acts {
    let on = match acts.on {
        engine::Where::Everywhere => Where::Everywhere,
        engine::Where::PromptEnd => Where::PromptEnd,
        engine::Where::Answer => Where::Answer,
    };
    let how = match acts.how {
        engine::How::Add => How::Add,
        engine::How::ProjectOut => How::ProjectOut,
        engine::How::Cap { at } => How::Cap { at: f64::from(at) },
    };
    Acts { on, how }
}

/// A vector of the library, ready to act.
#[derive(Debug, Clone)]
pub(crate) struct Steering {
    /// Its parts, by layer.
    pub(crate) parts: Vec<engine::SteeringVector>,
    /// Where and how all of them act.
    pub(crate) acts: Acts,
}

impl Steering {
    /// All parts at one multiplier.
    pub(crate) fn terms(&self, multiplier: f64) -> Vec<engine::Term> {
        let acts = acts(self.acts);
        let term = |part: &engine::SteeringVector| engine::Term {
            vector: part.clone(),
            multiplier: multiplier as f32,
            acts,
        };
        self.parts.iter().map(term).collect()
    }

    /// The hash of what it does: its numbers, their layers, and where and how they act.
    pub(crate) fn hash(&self) -> Result<String, Error> {
        let mut bytes = vec![];
        for part in &self.parts {
            bytes.extend((part.layer as u32).to_le_bytes());
            bytes.extend(to_bytes(&part.values));
        }
        // What is added at every token has the hash that it had before there was anything else.
        if self.acts != Acts::default() {
            bytes.extend(to_json("acts of a vector", &self.acts)?.into_bytes());
        }
        Ok(sha256(&bytes))
    }

    /// The hash of its numbers and their layers, however it acts.
    pub(crate) fn content_hash(&self) -> String {
        content_hash(&self.parts)
    }

    /// The L2 norm of each part.
    pub(crate) fn norms(&self) -> Vec<f64> {
        self.parts.iter().map(engine::SteeringVector::norm).collect()
    }

    /// The lowest layer on which it acts.
    pub(crate) fn lowest(&self) -> usize {
        self.parts.first().map_or(0, |part| part.layer)
    }
}

/// The hash of vectors' numbers and their layers, part by part: the content of a vector, however it acts.
#[must_use]
pub fn content_hash(parts: &[engine::SteeringVector]) -> String {
    let part = |part: &engine::SteeringVector| {
        [&(part.layer as u32).to_le_bytes(), to_bytes(&part.values).as_slice()].concat()
    };
    sha256(&parts.iter().flat_map(part).collect::<Vec<u8>>())
}

/// Numbers of several layers, one after the other, as parts.
pub(crate) fn parts(layers: &[u32], numbers: &[f32]) -> Vec<engine::SteeringVector> {
    let width = (numbers.len() / layers.len().max(1)).max(1);
    let part = |(layer, values): (&u32, &[f32])| engine::SteeringVector {
        layer: *layer as usize,
        values: values.into(),
    };
    layers.iter().zip(numbers.chunks_exact(width)).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_two_layers_are_two_parts_that_act_alike() {
        let steering = Steering {
            parts: parts(&[3, 7], &[1.0, 2.0, 3.0, 4.0]),
            acts: Acts { on: Where::Answer, how: How::Cap { at: 1.5 } },
        };
        let terms = steering.terms(-0.5);
        assert_eq!((terms.len(), steering.lowest(), terms[1].vector.layer), (2, 3, 7));
        assert_eq!(&*terms[1].vector.values, [3.0, 4.0]);
        assert_eq!((terms[0].multiplier, terms[0].acts), (-0.5, acts(steering.acts)));
    }
}
