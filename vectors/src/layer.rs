//! The two ways of counting decoder blocks: the block after which a vector acts, and how many blocks precede all steering.

use std::ops::Range;

/// The 0-based index of the decoder block after whose output a vector acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(pub usize);

impl Layer {
    /// Returns the blocks that a vector at this layer does not affect: block 0 up to and including this one.
    #[must_use]
    pub const fn prefix(self) -> PrefixBlocks {
        PrefixBlocks(self.0 + 1)
    }
}

/// The number of leading decoder blocks whose output no steering changes.
///
/// Their output is computed once and shared by all multipliers. Vectors leave the blocks up to and including their lowest
/// [`Layer`] unchanged, so their prefix has at least one block; an adapter acts inside every block, so its prefix is
/// [`PrefixBlocks::NONE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrefixBlocks(pub usize);

impl PrefixBlocks {
    /// No block: only the embedding is unchanged.
    pub const NONE: Self = Self(0);

    /// Returns the last block of the prefix, after whose output vectors may act; `None` for [`PrefixBlocks::NONE`].
    #[must_use]
    pub const fn last_layer(self) -> Option<Layer> {
        match self.0.checked_sub(1) {
            Some(block) => Some(Layer(block)),
            None => None,
        }
    }

    /// Returns the indices of the prefix's blocks.
    pub(crate) fn blocks(self) -> Range<usize> {
        0..self.0
    }

    /// Returns the indices of the blocks behind the prefix, of `count` blocks in all.
    pub(crate) fn blocks_after(self, count: usize) -> Range<usize> {
        self.0..count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_the_last_block_of_its_prefix() {
        assert_eq!(Layer(14).prefix(), PrefixBlocks(15));
        assert_eq!(Layer(14).prefix().last_layer(), Some(Layer(14)));
        assert_eq!((PrefixBlocks::NONE.last_layer(), PrefixBlocks::NONE.blocks()), (None, 0..0));
        assert_eq!(Layer(2).prefix().blocks_after(5), 3..5);
    }
}
