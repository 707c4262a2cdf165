//! What a sweep compares: vectors, ways of prompting, or both.

use serde::{Deserialize, Serialize};

use crate::Id;

/// One of the things compared: vectors, a way of prompting, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Arm {
    /// What it is called; empty for a name made from the rest.
    #[serde(default)]
    pub name: String,
    /// A place in the chart palette.
    #[serde(default)]
    pub color: u8,
    /// What is added to the residual stream; nothing for a way of prompting alone.
    pub terms: Vec<ArmTerm>,
    /// What stands before the prompt.
    #[serde(default)]
    pub prompting: Prompting,
}

/// A vector's part in an arm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ArmTerm {
    /// The vector.
    pub vector: Id,
    /// It is added this many times the multiplier, or this many times where it is fixed.
    pub weight: f64,
    /// Whether the multiplier leaves it alone: the second axis of a heat map.
    #[serde(default)]
    pub fixed: bool,
    /// Of the vector's run, the vector after this epoch in its place.
    #[serde(default)]
    pub epoch: Option<u32>,
}

/// What stands before a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "prompting")]
pub enum Prompting {
    /// The system prompt that the vector was trained with.
    #[default]
    AsTrained,
    /// Another system prompt.
    System {
        /// The system prompt.
        text: String,
    },
    /// The model's text under another chat template, with the system prompt that the vector was trained with.
    Template {
        /// What the template is called.
        name: String,
        /// The template, in Jinja; empty for the one on board of that name.
        source: String,
    },
    /// Worked examples from the set's training pairs, as earlier turns of the conversation.
    Shots {
        /// Whether they show the wanted answers, or the opposite ones.
        wanted: bool,
        /// How many.
        count: u32,
    },
}

/// Chat templates on board, by name: what a vector does under another one than its model's.
pub const TEMPLATES: [&str; 4] = ["Llama 2", "Llama2-Chinese", "Mistral", "Vicuna"];

impl ArmTerm {
    /// A vector at the multiplier.
    #[must_use]
    pub fn of(vector: Id) -> Self {
        Self { vector, weight: 1.0, fixed: false, epoch: None }
    }
}

impl Arm {
    /// A vector by itself, prompted as it was trained.
    #[must_use]
    pub fn vector(vector: Id) -> Self {
        Self { terms: vec![ArmTerm::of(vector)], ..Self::default() }
    }

    /// Whether its scores depend on the multiplier.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.terms.iter().any(|term| !term.fixed)
    }
}
