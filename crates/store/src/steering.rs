//! Turns the library's vectors and adapters into the engine's types, and hashes what they do.

use std::sync::Arc;

use data::content::{sha256, to_bytes};
use ipc::steering::{Intervention, SteeringTerm, TermGate};
use ipc::vector::Adapter;
use vectors::adapter as weights;
use vectors::layer::{Layer, PrefixBlocks};
use vectors::passport::adapter_hash;
pub use vectors::passport::content_hash;
use vectors::steering as engine;

use crate::StoreError;
use crate::json::to_json;

/// A vector or an adapter of the library, in the engine's types.
#[derive(Debug, Clone)]
pub struct Steering {
    /// The vector's parts, by layer; empty for an adapter.
    pub parts: Vec<engine::SteeringVector>,
    /// The operation and positions of all parts; an adapter adds to the weights at every token instead.
    pub intervention: Intervention,
    /// The adapter, where it is one.
    pub adapter: Option<Arc<weights::Adapter>>,
}

/// Reads stored numbers: as an adapter where sizes are given, else as a vector with one part for each of these layers.
pub fn steering(
    adapter: Option<&Adapter>,
    layers: &[u32],
    numbers: &[f32],
    intervention: Intervention,
) -> Result<Steering, StoreError> {
    Ok(match adapter {
        Some(sizes) => Steering { parts: vec![], intervention, adapter: Some(of_sizes(sizes, numbers)?) },
        None => Steering { parts: parts(layers, numbers), intervention, adapter: None },
    })
}

/// Makes an adapter of these sizes; refuses numbers that are not as many as the sizes require.
fn of_sizes(sizes: &Adapter, numbers: &[f32]) -> Result<Arc<weights::Adapter>, StoreError> {
    let shape = weights::Shape {
        blocks: sizes.blocks as usize,
        rank: sizes.rank as usize,
        inputs: sizes.inputs as usize,
        queries: sizes.queries as usize,
        values: sizes.values as usize,
        feed_forward: sizes.feed_forward as usize,
        on: sizes.on,
    };
    let adapter = weights::Adapter::new(shape, sizes.alpha as f32, numbers.into());
    adapter.map(Arc::new).map_err(|_| StoreError::AdapterNumbers {
        rank: sizes.rank,
        expected: shape.numbers(),
        found: numbers.len(),
    })
}

/// Returns the sizes of an adapter that was read from a file.
#[must_use]
pub fn adapter_sizes(adapter: &weights::Adapter) -> Adapter {
    let shape = adapter.shape();
    Adapter {
        rank: shape.rank as u32,
        alpha: f64::from(adapter.alpha()),
        blocks: shape.blocks as u32,
        inputs: shape.inputs as u32,
        queries: shape.queries as u32,
        values: shape.values as u32,
        feed_forward: shape.feed_forward as u32,
        on: shape.on,
    }
}

impl Steering {
    /// Returns the engine's terms at one multiplier.
    #[must_use]
    pub fn terms(&self, multiplier: f32) -> Vec<engine::Term> {
        if let Some(adapter) = &self.adapter {
            let adapter = Arc::clone(adapter);
            return vec![engine::Term::Adapter { adapter, multiplier }];
        }
        let term = |part: &engine::SteeringVector| engine::Term::Vector {
            vector: part.clone(),
            multiplier,
            intervention: self.intervention,
            gate: None,
        };
        self.parts.iter().map(term).collect()
    }

    /// Returns the part whose direction decides a gate at this layer: the one after that layer, or the only one.
    #[must_use]
    pub fn direction(&self, layer: u32) -> Option<&engine::SteeringVector> {
        let at_layer = self.parts.iter().find(|part| part.layer == layer as usize);
        at_layer.or(match self.parts.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }

    /// Returns the hash of its effect: its numbers, their layers, its operation and its positions.
    pub fn hash(&self) -> Result<String, StoreError> {
        if self.adapter.is_some() {
            return Ok(self.content_hash());
        }
        let mut bytes = vec![];
        for part in &self.parts {
            bytes.extend((part.layer as u32).to_le_bytes());
            bytes.extend(to_bytes(&part.values));
        }
        // The default intervention adds nothing to the hash, which is then the one of versions that had no other
        // intervention.
        if self.intervention != Intervention::default() {
            bytes.extend(to_json("intervention of a vector", &self.intervention)?.into_bytes());
        }
        Ok(sha256(&bytes))
    }

    /// Returns the hash of its numbers and their layers without its intervention; for an adapter, of its sizes and
    /// numbers.
    #[must_use]
    pub fn content_hash(&self) -> String {
        self.adapter.as_deref().map_or_else(|| content_hash(&self.parts), adapter_hash)
    }

    /// Returns the L2 norm of each part; for an adapter, the norm of the change of the weights.
    pub fn norms(&self) -> Vec<f64> {
        match &self.adapter {
            Some(adapter) => vec![adapter.norm()],
            None => self.parts.iter().map(engine::SteeringVector::norm).collect(),
        }
    }

    /// Returns the blocks that it leaves unchanged: those up to the lowest layer, none for an adapter.
    #[must_use]
    pub fn prefix(&self) -> PrefixBlocks {
        match &self.adapter {
            Some(_) => PrefixBlocks::NONE,
            None => Layer(self.parts.first().map_or(0, |part| part.layer)).prefix(),
        }
    }
}

/// A term of a combination of vectors and adapters, with what the store holds for it.
pub struct LoadedTerm {
    /// The term as it was requested.
    pub term: SteeringTerm,
    /// The vector or the adapter.
    pub steering: Steering,
    /// The condition under which it acts. `None` for always.
    pub gate: Option<Arc<engine::TermGate>>,
    /// The result of [`Steering::hash`], with that of the gate and the caps.
    pub hash: String,
}

impl LoadedTerm {
    /// Takes a term with its vector, and the vector of its gate where it has one.
    ///
    /// # Errors
    /// Returns an error if the gate's vector has no direction at the gate's layer, or the caps do not fit the vector.
    pub fn new(
        term: SteeringTerm,
        steering: Steering,
        condition: Option<&Steering>,
    ) -> Result<Self, StoreError> {
        let mut hash = steering.hash()?;
        let gate = match (term.gate, condition) {
            (Some(TermGate { gate, .. }), Some(condition)) => {
                let part = condition.direction(gate.layer);
                let condition = part.ok_or(StoreError::Gone("direction of a gate"))?.values.to_vec();
                // What acts always has the hash of versions that had no gates.
                hash = sha256(
                    &[hash.as_bytes(), &to_bytes(&condition), to_json("gate", &gate)?.as_bytes()].concat(),
                );
                Some(Arc::new(engine::TermGate { condition, gate }))
            }
            _ => None,
        };
        if let Some(caps) = &term.caps {
            engine::capped(steering.terms(1.0), Some(caps))?;
            // Where the thresholds come from does not matter to what they do.
            let effect = to_json("caps", &(caps.side, &caps.thresholds))?;
            hash = sha256(&[hash.as_bytes(), effect.as_bytes()].concat());
        }
        Ok(Self { term, steering, gate, hash })
    }

    /// Returns the engine's terms at a multiplier.
    #[must_use]
    pub fn at(&self, multiplier: f64) -> Vec<engine::Term> {
        let terms = self.steering.terms(self.term.coefficient(multiplier));
        // `new` has refused caps that do not fit.
        let capped = engine::capped(terms, self.term.caps.as_ref()).unwrap_or_default();
        engine::gated(capped, self.gate.as_ref())
    }

    /// Returns the blocks that it leaves unchanged: those up to its lowest layer and to that of its gate.
    #[must_use]
    pub fn prefix(&self) -> PrefixBlocks {
        let gate = self.gate.as_ref().map(|gate| Layer(gate.layer()).prefix());
        gate.into_iter().fold(self.steering.prefix(), PrefixBlocks::min)
    }
}

/// Splits the numbers of several layers, one after the other, into parts.
#[must_use]
pub fn parts(layers: &[u32], numbers: &[f32]) -> Vec<engine::SteeringVector> {
    let width = (numbers.len() / layers.len().max(1)).max(1);
    let part = |(layer, values): (&u32, &[f32])| engine::SteeringVector {
        layer: *layer as usize,
        values: values.into(),
    };
    layers.iter().zip(numbers.chunks_exact(width)).map(part).collect()
}

#[cfg(test)]
mod tests {
    use ipc::steering::{InterventionOp, Positions};

    use super::*;

    #[test]
    fn numbers_of_two_layers_are_two_parts_with_one_intervention() {
        let intervention = Intervention { positions: Positions::Answer, op: InterventionOp::Cap { at: 1.5 } };
        let steering = steering(None, &[3, 7], &[1.0, 2.0, 3.0, 4.0], intervention).expect("a vector");
        let term = |layer: usize, values: [f32; 2]| engine::Term::Vector {
            vector: engine::SteeringVector { layer, values: values.into() },
            multiplier: -0.5,
            intervention,
            gate: None,
        };
        assert_eq!(steering.terms(-0.5), [term(3, [1.0, 2.0]), term(7, [3.0, 4.0])]);
        assert_eq!(steering.prefix(), Layer(3).prefix());
    }

    #[test]
    fn a_gate_is_part_of_what_a_term_does() {
        use ipc::steering::{Gate, GateAt};
        let of = |layers: &[u32], numbers: &[f32]| {
            steering(None, layers, numbers, Intervention::default()).expect("a vector")
        };
        let gate = |above: f64, layer: u32| TermGate {
            vector: 2,
            gate: Gate { layer, above, soft: None, at: GateAt::Token },
        };
        let load = |gate: Option<TermGate>, condition: &Steering| {
            LoadedTerm::new(
                SteeringTerm { gate, ..SteeringTerm::new(1) },
                of(&[5], &[1.0, 2.0]),
                Some(condition),
            )
        };
        let (one, other) = (of(&[3, 7], &[1.0, 0.0, 0.0, 1.0]), of(&[3, 7], &[1.0, 0.5, 0.0, 1.0]));
        let always = load(None, &one).expect("a term");
        assert_eq!(always.hash, of(&[5], &[1.0, 2.0]).hash().expect("a hash"));
        let gated = load(Some(gate(1.5, 3)), &one).expect("a term");
        assert_eq!((always.prefix(), gated.prefix()), (Layer(5).prefix(), Layer(3).prefix()));
        let engine::Term::Vector { gate: Some(of_term), .. } = &gated.at(2.0)[0] else {
            panic!("the gate is lost")
        };
        assert_eq!((of_term.condition.as_slice(), of_term.gate.above), ([1.0, 0.0].as_slice(), 1.5));
        let others = [load(Some(gate(1.0, 3)), &one), load(Some(gate(1.5, 3)), &other)];
        let mut hashes: Vec<String> = others.map(|term| term.expect("a term").hash).into();
        hashes.extend([always.hash, gated.hash]);
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 4);
        assert!(load(Some(gate(1.5, 4)), &one).is_err(), "it has no direction at layer 4");
    }

    #[test]
    fn caps_are_part_of_what_a_term_does_and_their_source_is_not() {
        use ipc::steering::{CapSide, Caps};
        let of = |caps: Option<Caps>| {
            let own = steering(None, &[3, 7], &[1.0, 0.0, 0.0, 1.0], Intervention::default());
            LoadedTerm::new(SteeringTerm { caps, ..SteeringTerm::new(1) }, own.expect("a vector"), None)
        };
        let caps = |side, over: &str, thresholds: &[f64]| {
            Some(Caps { percentile: 25, side, over: over.into(), thresholds: thresholds.to_vec() })
        };
        let one = of(caps(CapSide::AtMost, "A", &[1.0, 2.0])).expect("caps");
        let ops = one.at(0.5).into_iter().map(|term| match term {
            engine::Term::Vector { intervention, multiplier, .. } => (intervention.op, multiplier),
            engine::Term::Adapter { .. } => panic!("no adapter"),
        });
        let expected = [1.0, 2.0].map(|at| (InterventionOp::Cap { at }, 0.5));
        assert_eq!(ops.collect::<Vec<_>>(), expected);
        assert_eq!(one.hash, of(caps(CapSide::AtMost, "B", &[1.0, 2.0])).expect("caps").hash);
        let others =
            [None, caps(CapSide::AtLeast, "A", &[1.0, 2.0]), caps(CapSide::AtMost, "A", &[1.0, 2.5])];
        assert!(others.into_iter().all(|caps| of(caps).expect("a term").hash != one.hash));
        assert!(matches!(of(caps(CapSide::AtMost, "A", &[1.0])), Err(StoreError::Caps(_))));
    }

    #[test]
    fn an_adapter_is_one_term_that_leaves_nothing_below() {
        let sizes = Adapter {
            rank: 1,
            alpha: 2.0,
            blocks: 2,
            inputs: 1,
            queries: 1,
            values: 1,
            feed_forward: 0,
            on: ipc::vector::Projections::default(),
        };
        let steering_of =
            |sizes: Adapter, numbers: &[f32]| steering(Some(&sizes), &[], numbers, Intervention::default());
        let adapter = steering_of(sizes, &[0.5; 8]).expect("an adapter");
        assert_eq!((adapter.terms(1.5).len(), adapter.prefix()), (1, PrefixBlocks::NONE));
        assert_eq!(adapter.terms(1.5)[0].multiplier().to_bits(), 1.5_f32.to_bits());
        let read = adapter_sizes(adapter.adapter.as_ref().expect("the adapter"));
        assert_eq!(read, sizes);
        // The hash depends on the sizes and on alpha.
        let hash =
            |steering: Result<Steering, StoreError>| steering.expect("an adapter").hash().expect("a hash");
        let other = [
            hash(steering_of(Adapter { alpha: 1.0, ..sizes }, &[0.5; 8])),
            hash(steering_of(sizes, &[0.25; 8])),
            hash(steering_of(Adapter { blocks: 1, rank: 2, ..sizes }, &[0.5; 8])),
        ];
        assert!(!other.contains(&hash(Ok(adapter))) && other[0] != other[1]);
        assert!(steering_of(sizes, &[0.5; 7]).is_err());
    }
}
