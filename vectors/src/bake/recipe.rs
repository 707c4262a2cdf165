//! What is baked: the checked sum of vectors, or a direction that is taken out.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::project_out::Direction;
use super::{BakeError, architecture};
use crate::model::{Metadata, Source};
use crate::steering::{InterventionOp, Positions, SteeringPlan, Term};

/// A vector of a recipe.
#[derive(Debug, Clone)]
pub struct Ingredient {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its layers and numbers, in hexadecimal (`docs/vectors.md`).
    pub hash: String,
    /// The multiplier of all its parts.
    pub multiplier: f32,
    /// Its parts at that multiplier.
    pub terms: Vec<Term>,
}

/// What is baked into a model.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The vectors, which act together.
    pub ingredients: Vec<Ingredient>,
    /// The program that bakes, with its version.
    pub made_by: String,
}

impl Recipe {
    /// Returns the terms that steer the original as the baked model is meant to be.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        self.ingredients.iter().flat_map(|ingredient| ingredient.terms.iter().cloned()).collect()
    }
}

/// What was baked.
#[derive(Debug, Clone)]
pub struct Baked {
    /// The SHA-256 of the source's files.
    pub source_fingerprint: String,
    /// What was rounded, added to or left out, in sentences.
    pub notes: Vec<String>,
}

/// The change of a model's weights.
pub(super) enum Change {
    /// The numbers that are added to the bias of `ffn_down`, by block.
    Bias(BTreeMap<usize, Vec<f32>>),
    /// The direction that is taken out of everything that writes to the residual stream.
    TakeOut(Direction),
}

impl Change {
    /// Checks a recipe against a model.
    pub(super) fn new(recipe: &Recipe, source: &Source) -> Result<Self, BakeError> {
        let terms = recipe.terms();
        let takes_out = |term: &Term| matches!(term, Term::Vector { intervention, .. } if intervention.op == InterventionOp::ProjectOut);
        let directions = terms.iter().filter(|term| takes_out(term)).count();
        match (directions, terms.len()) {
            (_, 0) => return Err(BakeError::Nothing),
            (0, _) => architecture::check_bias(source)?,
            _ => architecture::check_projection(source)?,
        }
        for ingredient in &recipe.ingredients {
            ingredient.terms.iter().try_for_each(|term| check(ingredient, term, source))?;
        }
        match (directions, terms.as_slice()) {
            (0, terms) => {
                let plan = SteeringPlan::new(terms);
                // The block multiplies the bias by this factor before it adds it.
                let scale = source.config.residual_scale;
                let owned = |(block, sum): (usize, &[f32])| (block, sum.iter().map(|x| x / scale).collect());
                Ok(Self::Bias(plan.constant_sums().into_iter().map(owned).collect()))
            }
            (1, [term]) => {
                let direction = Direction::new(term)?;
                // Weights that lose nothing are not rounded again.
                let is_idle = term.multiplier() == 0.0;
                Ok(if is_idle { Self::Bias(BTreeMap::new()) } else { Self::TakeOut(direction) })
            }
            _ => Err(BakeError::OneDirection(
                "only one direction can be taken out of the weights, and nothing be added with it: give one vector, \
                 and one of its layers with --layer",
            )),
        }
    }

    /// Returns about how many bytes the target has more than the source.
    pub(super) fn more_bytes(&self, source: &Source) -> u64 {
        let config = &source.config;
        let per_block = 4 * (config.hidden_size + 2 * config.feed_forward) + 1024;
        let head = match self {
            Self::TakeOut(_) => {
                source.tensors.place("token_embd.weight").map_or(0, |place| place.range.len())
            }
            Self::Bias(_) => 0,
        };
        (config.blocks * per_block + head + (1 << 16)) as u64
    }

    /// Says what was rounded or added to.
    pub(super) fn notes(&self, source: &Source) -> Vec<String> {
        let mut notes = Vec::new();
        match self {
            Self::Bias(biases) if biases.is_empty() => {
                notes.push("The multiplier is 0: nothing is added, and nothing taken out.".to_owned());
            }
            Self::Bias(biases) => {
                for block in biases.keys() {
                    let place = source.tensors.place(&format!("blk.{block}.ffn_down.bias"));
                    if let Some(place) = place {
                        let format = place.format.name();
                        notes.push(format!(
                            "Block {block} has a bias already ({format}): the vector is added to it."
                        ));
                    }
                }
                let scale = source.config.residual_scale;
                if (scale - 1.0).abs() > 0.0 {
                    notes.push(format!(
                        "The model multiplies what a block adds by {scale}: the biases are the vector divided by it, rounded to f32."
                    ));
                }
                let stored = source.tensors.place("blk.0.ffn_down.weight").map(|place| place.format.name());
                if let (Metadata::Folder(_), Some(format @ ("F16" | "BF16"))) = (&source.metadata, stored) {
                    notes.push(format!(
                        "The folder's weights are {format}, and so are the biases: the vector's numbers are rounded to it."
                    ));
                }
            }
            Self::TakeOut(_) => {
                let name = |name: &str| source.tensors.place(name).map_or("", |place| place.format.name());
                notes.push(format!(
                    "The direction is taken out of the embedding ({}) and of what every block writes ({}), which are \
                     rounded to their formats again. This is not what steering after one block computes.",
                    name("token_embd.weight"),
                    name("blk.0.ffn_down.weight"),
                ));
            }
        }
        notes
    }
}

/// Refuses a term that does not fit the model, or that is more than a constant at every token.
fn check(ingredient: &Ingredient, term: &Term, source: &Source) -> Result<(), BakeError> {
    let Term::Vector { vector, intervention, gate, .. } = term else { return Err(BakeError::Adapter) };
    let config = &source.config;
    let misfit = |detail| Err(BakeError::Misfit { what: ingredient.name.clone(), detail });
    if vector.values.len() != config.hidden_size {
        let (found, size) = (vector.values.len(), config.hidden_size);
        return misfit(format!("it has {found} numbers, and the residual stream {size}"));
    }
    if vector.layer >= config.blocks {
        return misfit(format!(
            "it acts after block {}, and the last is {}",
            vector.layer,
            config.blocks - 1
        ));
    }
    let policy = |what: &str, instead| {
        Err(BakeError::Policy { what: format!("{}, which {what},", ingredient.name), instead })
    };
    if gate.is_some() {
        return policy("acts only where a gate is open", "steer in Tiller, or bake it without its gate");
    }
    if let InterventionOp::Cap { .. } = intervention.op {
        return policy(
            "caps a projection",
            "steer in Tiller, or train a vector that is added, whose strength is a number",
        );
    }
    match intervention.positions {
        Positions::Everywhere => Ok(()),
        Positions::PromptEnd => policy(
            "acts from the prompt's last token on",
            "steer in Tiller, or make a copy of the vector that acts at every token and measure it",
        ),
        Positions::Answer => policy(
            "acts at the tokens of the answer alone",
            "steer in Tiller, or make a copy of the vector that acts at every token and measure it",
        ),
    }
}

/// What a baked model's files say about it.
pub(super) struct Label {
    /// The new name.
    pub(super) name: String,
    /// Keys and texts.
    pub(super) texts: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    hash: &'a str,
    multiplier: f32,
    layers: Vec<usize>,
    action: &'static str,
}

/// Describes the vectors of a recipe as the files have them.
pub(super) fn vectors(recipe: &Recipe) -> serde_json::Value {
    let named = |ingredient: &'_ Ingredient| -> serde_json::Value {
        let layer = |term: &Term| match term {
            Term::Vector { vector, .. } => Some(vector.layer),
            Term::Adapter { .. } => None,
        };
        let takes_out = |term: &Term| matches!(term, Term::Vector { intervention, .. } if intervention.op == InterventionOp::ProjectOut);
        json!(Named {
            name: &ingredient.name,
            hash: &ingredient.hash,
            multiplier: ingredient.multiplier,
            layers: ingredient.terms.iter().filter_map(layer).collect(),
            action: if ingredient.terms.iter().any(takes_out) {
                "project out"
            } else {
                "add at every position"
            },
        })
    };
    recipe.ingredients.iter().map(named).collect()
}

/// Words what a model is made of.
pub(super) fn label(recipe: &Recipe, source: &str, fingerprint: &str) -> Label {
    let sum: Vec<String> =
        recipe.ingredients.iter().map(|one| format!("{} x {}", one.name, one.multiplier)).collect();
    Label {
        name: format!("{source} + {}", sum.join(" + ")),
        texts: vec![
            ("source", source.to_owned()),
            ("source_fingerprint", fingerprint.to_owned()),
            ("vectors", vectors(recipe).to_string()),
            ("made_by", recipe.made_by.clone()),
        ],
    }
}
