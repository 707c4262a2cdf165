//! Reserves large buffers so that a refusal of the system is an error. Rust ends the process where an ordinary allocation is
//! refused.

use std::hint::black_box;

use crate::model::ModelError;

/// Returns an empty list with room for `count` items.
pub(crate) fn with_room<T>(count: usize) -> Result<Vec<T>, ModelError> {
    let mut list = Vec::new();
    let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
    list.try_reserve_exact(count).map_err(|_| ModelError::Memory { bytes })?;
    Ok(list)
}

/// Returns `count` zeros.
pub(crate) fn zeros(count: usize) -> Result<Vec<f32>, ModelError> {
    let mut zeros = with_room(count)?;
    zeros.resize(count, 0.0);
    Ok(zeros)
}

/// Returns a copy of some items.
pub(crate) fn copy<T: Copy>(items: &[T]) -> Result<Vec<T>, ModelError> {
    let mut copy = with_room(items.len())?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// Asks for memory and returns it untouched, which takes no time: whether work that needs as much can begin.
///
/// # Errors
/// Where the system refuses the memory.
pub fn probe(bytes: u64) -> Result<(), ModelError> {
    let count = usize::try_from(bytes).map_err(|_| ModelError::Memory { bytes })?;
    // Without the black box the compiler may leave out memory that nobody uses, and call it granted.
    with_room::<u8>(count).map(|list| drop(black_box(list)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_is_an_error() {
        for count in [usize::MAX, isize::MAX as usize / 8] {
            assert!(matches!(zeros(count), Err(ModelError::Memory { .. })), "{count}");
        }
        for bytes in [1 << 60, u64::MAX] {
            assert!(matches!(probe(bytes), Err(ModelError::Memory { bytes: of }) if of == bytes));
        }
        probe(1 << 20).unwrap();
        assert_eq!(copy(&[1_u8, 2]).unwrap(), [1, 2]);
        assert_eq!(zeros(2).unwrap(), [0.0, 0.0]);
    }
}
