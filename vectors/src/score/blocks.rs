//! Reads the residual stream of the unsteered model block by block, so that a person can stop between two of them.

use candle_core::{Error as CandleError, Result as CandleResult, Tensor};

use crate::gate;
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError};
use crate::packing::Packing;
use crate::progress::{Progress, tell};
use crate::steering::{GateError, SteeringVector};

/// Returns the unit vector of a direction that fits the model.
pub(super) fn unit_of(model: &Model, vector: &SteeringVector) -> Result<Vec<f32>, ModelError> {
    model.check_vector(vector)?;
    Ok(gate::unit(&vector.values).ok_or(GateError::Condition)?)
}

/// The place of a forward pass among several: progress counts the blocks of all of them.
#[derive(Clone, Copy)]
pub(super) struct Pass {
    pub(super) index: usize,
    pub(super) count: usize,
}

/// Runs the first blocks over packed rows, and shows the output of each. It runs on the calling thread, which `progress` may hold
/// up between two blocks, and not on a thread of the pool, which others need meanwhile.
pub(super) fn visit_blocks(
    model: &Model,
    blocks: usize,
    packing: &Packing,
    pass: Pass,
    progress: &mut Progress<'_>,
    mut visit: impl FnMut(usize, &Tensor) -> CandleResult<()>,
) -> Result<(), ModelError> {
    let mut is_halted = false;
    let read = model.decoder.forward_prefix_with(PrefixBlocks(blocks), packing, |block, x, _| {
        visit(block, x)?;
        if tell(progress, pass.index * blocks + block + 1, pass.count * blocks).is_break() {
            is_halted = true;
            return Err(CandleError::Msg(ModelError::Interrupted.to_string()));
        }
        Ok(())
    });
    match read {
        Err(_) if is_halted => Err(ModelError::Interrupted),
        read => Ok(read.map(drop)?),
    }
}
