//! Steering vectors, and the adapters that they are compared with.

use serde::{Deserialize, Serialize};

use crate::derive::Derivation;
use crate::model::ModelFacts;
use crate::steering::{Intervention, Positions};
use crate::train::{LoraConfig, Method};
use crate::{Id, Millis};

pub use steering_types::{Projection, Projections};

/// The sizes of a low-rank adapter, which has in every block a matrix A and a matrix B for each of some projections.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Adapter {
    /// The rank: rows of A and columns of B.
    pub rank: u32,
    /// The scale: the product B A is multiplied by alpha / rank and by the multiplier.
    pub alpha: f64,
    /// The number of the model's blocks.
    pub blocks: u32,
    /// The width of the projections' input: the model's hidden size.
    pub inputs: u32,
    /// The width of the query projection; 0 where it acts neither on queries nor on attention's output.
    pub queries: u32,
    /// The width of the value projection; 0 where it acts neither on keys nor on values.
    pub values: u32,
    /// The width between gate and down projection; 0 where it acts on no part of the feed-forward part.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub feed_forward: u32,
    /// The projections that it acts on; queries and values where nothing is said.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub on: Projections,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_usual(on: &Projections) -> bool {
    *on == Projections::default()
}

impl Adapter {
    /// Makes the sizes of an adapter for a model.
    #[must_use]
    pub fn new(facts: &ModelFacts, lora: LoraConfig) -> Self {
        Self {
            rank: lora.rank,
            alpha: lora.alpha,
            blocks: facts.blocks,
            inputs: facts.hidden_size,
            queries: facts.heads * facts.head_size,
            values: facts.kv_heads * facts.head_size,
            feed_forward: 0,
            on: Projections::default(),
        }
    }

    /// Returns whether an adapter of these sizes is for a model.
    #[must_use]
    pub fn fits(&self, facts: &ModelFacts) -> bool {
        let is = |size: u32, expected: u32, of: &[Projection]| {
            let acts = of.iter().any(|projection| self.on.contains(*projection));
            size == if acts { expected } else { 0 }
        };
        let (queries, values) = (facts.heads * facts.head_size, facts.kv_heads * facts.head_size);
        self.blocks == facts.blocks
            && self.inputs == facts.hidden_size
            && is(self.queries, queries, &[Projection::Query, Projection::Output])
            && is(self.values, values, &[Projection::Key, Projection::Value])
            && is(
                self.feed_forward,
                facts.feed_forward,
                &[Projection::Gate, Projection::Up, Projection::Down],
            )
    }

    /// Returns the number of parameters in all matrices.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        u64::from(self.blocks) * u64::from(self.rank) * self.columns()
    }

    /// Returns the inputs and outputs of a block's projections together.
    #[must_use]
    pub fn columns(&self) -> u64 {
        let of = |projection: Projection| {
            let sizes = match projection {
                Projection::Query | Projection::Output => [self.inputs, self.queries],
                Projection::Key | Projection::Value => [self.inputs, self.values],
                Projection::Gate | Projection::Up | Projection::Down => [self.inputs, self.feed_forward],
            };
            u64::from(sizes[0]) + u64::from(sizes[1])
        };
        self.on.iter().map(of).sum()
    }
}

/// A steering vector, or an adapter, without its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The method. `None` for an imported vector whose file does not say it.
    pub method: Option<Method>,
    /// The sizes of an adapter. `None` for a vector.
    #[serde(default)]
    pub adapter: Option<Adapter>,
    /// The lowest of its layers. 0 for an adapter.
    pub layer: u32,
    /// The 0-based blocks after which it acts, ascending, with one part for each. Empty for an adapter, which acts inside
    /// all of them.
    pub layers: Vec<u32>,
    /// The operation on the residual stream, and its positions.
    pub intervention: Intervention,
    /// The positions at which it acted in training. `None` if that is not known.
    pub trained_on: Option<Positions>,
    /// The length of each part: the model's hidden size.
    pub size: u32,
    /// The L2 norm of all parts together. Of an adapter, the Frobenius norm of the weight change at multiplier 1.
    pub norm: f64,
    /// The L2 norm of each part, in the order of the layers.
    pub norms: Vec<f64>,
    /// The mean L2 norm of the residual stream after its block, over the training tokens. For a transferred vector, over
    /// the rows that the map was learned from. `None` for imported vectors and adapters.
    pub residual_norm: Option<f64>,
    /// The model that it was made for.
    pub model: Id,
    /// The run that made it. `None` if the run was deleted, and for an imported vector.
    pub run: Option<Id>,
    /// The epoch of that run after which it was taken. `None` for the run's end.
    pub epoch: Option<u32>,
    /// The data set that it was made from.
    pub data_set: Option<Id>,
    /// Its colour as an index into the chart palette, the same on all screens.
    pub color: u8,
    /// The time at which it was made.
    pub created: Millis,
    /// A person's tags, by which it can be found.
    pub tags: Vec<String>,
    /// A person's note.
    pub note: String,
    /// The SHA-256 of its layers and numbers, in hexadecimal.
    pub hash: String,
    /// The SHA-256 of the pairs that it was made from. `None` for an imported vector.
    pub data_hash: Option<String>,
    /// The version of Tiller that made or imported it.
    pub app_version: String,
    /// The vectors that it was made from. `None` if it was trained or imported.
    pub derivation: Option<Derivation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_counts_its_numbers() {
        let adapter = Adapter {
            rank: 8,
            alpha: 16.0,
            blocks: 30,
            inputs: 576,
            queries: 576,
            values: 192,
            feed_forward: 0,
            on: Projections::default(),
        };
        assert_eq!(adapter.numbers(), 30 * 8 * (576 + 576 + 576 + 192));
    }

    #[test]
    fn an_adapter_fits_the_model_of_its_sizes() {
        let facts = ModelFacts {
            blocks: 3,
            hidden_size: 8,
            feed_forward: 20,
            heads: 4,
            kv_heads: 2,
            head_size: 2,
            family: String::new(),
            architecture: String::new(),
            quantization: String::new(),
            vocabulary: 10,
            context_length: 10,
            parameters: 0,
            file_bytes: 0,
            weight_bytes: 0,
        };
        let usual = Adapter::new(&facts, LoraConfig { rank: 2, alpha: 4.0 });
        assert!(usual.fits(&facts));
        let down = "down_proj,o_proj".parse().expect("names");
        let other = Adapter { values: 0, feed_forward: 20, on: down, ..usual };
        assert!(other.fits(&facts) && !Adapter { feed_forward: 21, ..other }.fits(&facts));
        assert!(
            !Adapter { queries: 9, ..usual }.fits(&facts) && !Adapter { blocks: 4, ..usual }.fits(&facts)
        );
        assert_eq!(other.numbers(), 3 * 2 * (20 + 8 + 8 + 8));
    }
}
