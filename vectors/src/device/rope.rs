//! Rotary position embedding with candle's operations: see [`crate::ops::rope`].

use candle_core::{D, Device, Result, Tensor};

use super::norm::on_heads;
use crate::ops::attention::Heads;
use crate::ops::rope::{Pass, RopeLayout, RotaryEmbedding};

/// The cosines and sines of every position, `[positions, pairs]` each.
pub(super) struct RopeTables {
    cosines: Tensor,
    sines: Tensor,
    layout: RopeLayout,
}

impl RopeTables {
    pub(super) fn from_host(rope: &RotaryEmbedding, device: &Device) -> Result<Self> {
        let (pairs, table) = (rope.pairs(), rope.table());
        let shape = (table.len() / pairs, pairs);
        let part = |of: fn(&(f32, f32)) -> f32| {
            Tensor::from_vec(table.iter().map(of).collect::<Vec<_>>(), shape, device)
        };
        Ok(Self { cosines: part(|turn| turn.0)?, sines: part(|turn| turn.1)?, layout: rope.layout() })
    }

    /// Returns which two numbers of a head make a pair.
    pub(super) fn layout(&self) -> RopeLayout {
        self.layout
    }

    /// Rotates the query and key heads of every row. `positions` is `[rows]`.
    pub(super) fn rotate(
        &self,
        qkv: &Tensor,
        heads: Heads,
        positions: &Tensor,
        pass: Pass,
    ) -> Result<Tensor> {
        let cosines = self.cosines.index_select(positions, 0)?.unsqueeze(1)?;
        let sines = self.sines.index_select(positions, 0)?.unsqueeze(1)?;
        let sines = if pass == Pass::Forward { sines } else { sines.neg()? };
        let pairs = cosines.dim(D::Minus1)?;
        on_heads(qkv, heads, |x| {
            let turned = |a: &Tensor, b: &Tensor| -> Result<[Tensor; 2]> {
                Ok([
                    (a.broadcast_mul(&cosines)? - b.broadcast_mul(&sines)?)?,
                    (a.broadcast_mul(&sines)? + b.broadcast_mul(&cosines)?)?,
                ])
            };
            let (rows, count, size) = x.dims3()?;
            let kept = x.narrow(2, 2 * pairs, size - 2 * pairs)?;
            let all = match self.layout {
                RopeLayout::HalfSplit => {
                    let [a, b] = turned(&x.narrow(2, 0, pairs)?, &x.narrow(2, pairs, pairs)?)?;
                    Tensor::cat(&[a, b], 2)?
                }
                RopeLayout::Interleaved => {
                    let both = x.narrow(2, 0, 2 * pairs)?.contiguous()?.reshape((rows, count, pairs, 2))?;
                    let one = |which| both.narrow(3, which, 1)?.contiguous()?.squeeze(3);
                    Tensor::stack(&turned(&one(0)?, &one(1)?)?, 3)?.reshape((rows, count, 2 * pairs))?
                }
            };
            if 2 * pairs == size { Ok(all) } else { Tensor::cat(&[all, kept], 2) }
        })
    }
}
