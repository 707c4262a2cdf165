//! The split of a data set into training pairs and held-out pairs.

use serde::{Deserialize, Serialize};

/// The settings of a split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SplitSettings {
    /// The share of pairs to hold out, from 0 to 1. Pairs with the same prompt stay together.
    pub share: f64,
    /// The seed of the choice.
    pub seed: u64,
    /// Whether every tag gets about the same share.
    pub by_tag: bool,
    /// Whether pinned pairs keep their split.
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
    /// The number of pairs that would be trained on.
    pub train: u32,
    /// The number of pairs that would be held out.
    pub held_out: u32,
    /// The number of pairs that would change their split.
    pub changed: u32,
    /// The number of pinned pairs.
    pub pinned: u32,
    /// The number of prompts whose pinned pairs are on both sides.
    pub torn: u32,
    /// The split of every tag. Pairs without a tag are under the empty name.
    pub tags: Vec<TagSplit>,
}

/// The split of the pairs of one tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSplit {
    /// The tag. Empty for pairs without one.
    pub tag: String,
    /// The number of pairs that would be trained on.
    pub train: u32,
    /// The number of pairs that would be held out.
    pub held_out: u32,
}
