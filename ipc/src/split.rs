//! The split of a data set into training pairs and held-out pairs.

use serde::{Deserialize, Serialize};

/// The settings of a split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SplitSettings {
    /// The share of pairs that is held out, from 0 to 1. Pairs with one prompt stay together.
    pub share: f64,
    /// Seeds the choice.
    pub seed: u64,
    /// Whether every tag has about the same share.
    pub by_tag: bool,
    /// Whether pairs that are pinned (by their file or by a person) stay where they are.
    pub keep_pinned: bool,
}

impl Default for SplitSettings {
    fn default() -> Self {
        Self { share: 0.2, seed: 0, by_tag: true, keep_pinned: true }
    }
}

/// A preview of a split. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SplitPlan {
    /// Pairs that would be trained on.
    pub train: u32,
    /// Pairs that would be held out.
    pub held_out: u32,
    /// Pairs that would change sides.
    pub changed: u32,
    /// Pairs that are pinned.
    pub pinned: u32,
    /// Prompts that pins keep on both sides.
    pub torn: u32,
    /// The same for every tag; pairs without one under the empty name.
    pub tags: Vec<TagSplit>,
}

/// The split of the pairs of one tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSplit {
    /// The tag; empty for pairs without one.
    pub tag: String,
    /// Pairs that would be trained on.
    pub train: u32,
    /// Pairs that would be held out.
    pub held_out: u32,
}
