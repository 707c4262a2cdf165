//! The arms of a sweep: vectors, ways of prompting, or both.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::steering::SteeringTerm;

/// One of the things compared: vectors, a way of prompting, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Arm {
    /// The name. Empty for a name made from the rest.
    #[serde(default)]
    pub name: String,
    /// A place in the chart palette.
    #[serde(default)]
    pub color: u8,
    /// The vectors that are added to the residual stream. None for a way of prompting alone.
    pub terms: Vec<SteeringTerm>,
    /// The text before the prompt.
    #[serde(default)]
    pub prompting: Prompting,
}

/// The text before a prompt.
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
        /// The template's name.
        name: String,
        /// The template, in Jinja; empty for the one on board of that name.
        source: String,
    },
    /// Worked examples from the set's training pairs, as earlier turns of the conversation.
    Shots {
        /// Whether they show the wanted answers, or the opposite ones.
        wanted: bool,
        /// The count.
        count: u32,
    },
}

/// Chat templates on board, by name: what a vector does under another one than its model's.
pub const TEMPLATES: [&str; 4] = ["Llama 2", "Llama2-Chinese", "Mistral", "Vicuna"];

impl Arm {
    /// A vector by itself, prompted as it was trained.
    #[must_use]
    pub fn vector(vector: Id) -> Self {
        Self { terms: vec![SteeringTerm::new(vector)], ..Self::default() }
    }

    /// Whether its scores depend on the multiplier.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.terms.iter().any(|term| !term.fixed)
    }
}
