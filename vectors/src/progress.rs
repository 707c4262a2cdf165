//! The optional progress callback of long computations.

use std::ops::ControlFlow;

use crate::model::ModelError;

/// The progress callback of a long computation: it receives (done, total) between two units of work, and stops the
/// computation by returning `Break`. `None` shows nothing and never stops.
pub type Progress<'a> = Option<&'a mut dyn FnMut(usize, usize) -> ControlFlow<()>>;

/// Tells a callback how much is done. Returns what it answers.
pub(crate) fn tell(progress: &mut Progress<'_>, done: usize, total: usize) -> ControlFlow<()> {
    progress.as_mut().map_or(ControlFlow::Continue(()), |progress| progress(done, total))
}

/// Tells a callback how much is done; [`ModelError::Interrupted`] where it says stop.
pub(crate) fn continue_unless_halting(
    progress: &mut Progress<'_>,
    done: usize,
    total: usize,
) -> Result<(), ModelError> {
    if tell(progress, done, total).is_break() { Err(ModelError::Interrupted) } else { Ok(()) }
}
