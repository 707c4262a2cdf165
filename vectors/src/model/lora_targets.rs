//! Applies `LoRA` adapters to the projections of a block. The work is done in main memory, also for blocks on a device,
//! because an adapter's products are small beside the block's.

use candle_core::{Result, Tensor};

use crate::adapter::{AdapterOnRows, Projection};
use crate::ops::attention::Heads;
use crate::ops::gemm::Threads;
use crate::ops::lora::{LoraColumns, LoraGradients};
use crate::ops::rope::RopeLayout;
use crate::ops::rows;

/// The products of a block to whose rows adapters add, each with the projections side by side in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Qkv,
    Output,
    GateUp,
    Down,
}

impl Product {
    fn projections(self) -> &'static [Projection] {
        match self {
            Self::Qkv => &[Projection::Query, Projection::Key, Projection::Value],
            Self::Output => &[Projection::Output],
            Self::GateUp => &[Projection::Gate, Projection::Up],
            Self::Down => &[Projection::Down],
        }
    }
}

/// The sizes of a block that its adapters need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoraTargets {
    /// The numbers in a row of the residual stream.
    pub(crate) hidden: usize,
    /// The numbers in a row between the gate and the down projection.
    pub(crate) feed_forward: usize,
    pub(crate) heads: Heads,
    pub(crate) layout: RopeLayout,
}

impl LoraTargets {
    /// Returns the columns of a row of the projection's product to which its pair adds. GGUF files of the Llama family
    /// interleave the halves of each query and key head; adapters never do.
    fn columns(self, projection: Projection) -> LoraColumns {
        let heads = self.heads;
        let interleaved = (self.layout == RopeLayout::Interleaved).then_some(heads.head_size);
        let (width, start, interleaved) = match projection {
            Projection::Query => (heads.width(), 0, interleaved),
            Projection::Key => (heads.width(), heads.key(0), interleaved),
            Projection::Value => (heads.width(), heads.value(0), None),
            Projection::Output | Projection::Down => (self.hidden, 0, None),
            Projection::Gate => (2 * self.feed_forward, 0, None),
            Projection::Up => (2 * self.feed_forward, self.feed_forward, None),
        };
        LoraColumns { width, start, interleaved }
    }

    /// Adds the adapters' outputs to the rows `y` of a product. `x` has the rows that these were computed from.
    pub(crate) fn forward(
        self,
        product: Product,
        x: &Tensor,
        y: Tensor,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<Tensor> {
        if !adapters.iter().any(|adapter| adapter.acts_on(product.projections())) {
            return Ok(y);
        }
        let (from, x) = (rows::read(&y)?, rows::read(x)?);
        let (inputs, width, mut values) = (x.width, from.width, from.all().to_vec());
        for adapter in adapters {
            let (x, y) = (
                &x.all()[adapter.rows.start * inputs..adapter.rows.end * inputs],
                &mut values[adapter.rows.start * width..adapter.rows.end * width],
            );
            for (projection, pair) in adapter.pairs_on(product.projections()) {
                pair.add(x, y, self.columns(*projection), adapter.scale, Threads::All);
            }
        }
        rows::tensor(values, width)
    }

    /// The backward pass of [`LoraTargets::forward`] for one adapter on all rows: from the gradient of `y` returns that of
    /// `x`, to whose other part `dx` it is added, and adds to those of the adapter's pairs. `x` is computed where the adapter
    /// acts on the product.
    pub(crate) fn backward(
        self,
        product: Product,
        x: impl FnOnce() -> Result<Tensor>,
        dy: &Tensor,
        dx: Tensor,
        trained: &mut Option<TrainedPairs<'_>>,
    ) -> Result<Tensor> {
        let Some(TrainedPairs { adapter, gradients }) = trained else { return Ok(dx) };
        if !adapter.acts_on(product.projections()) {
            return Ok(dx);
        }
        let x = x()?;
        let (x, dy, dx) = (rows::read(&x)?, rows::read(dy)?, rows::read(&dx)?);
        let mut sum = dx.all().to_vec();
        for ((projection, pair), (_, gradients)) in adapter.pairs.iter().zip(gradients) {
            if product.projections().contains(projection) {
                let columns = self.columns(*projection);
                pair.backward(x.all(), dy.all(), columns, adapter.scale, &mut sum, gradients);
            }
        }
        rows::tensor(sum, dx.width)
    }
}

/// An adapter that is trained, in one block, with the buffers of its gradients.
pub(crate) struct TrainedPairs<'a> {
    pub(crate) adapter: AdapterOnRows<'a>,
    /// In the order of the adapter's pairs.
    pub(crate) gradients: Vec<(Projection, LoraGradients<'a>)>,
}
