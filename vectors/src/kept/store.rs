//! Where kept activations lie: in memory, or in a temporary file where they would take too much of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use candle_core::Tensor;

use crate::model::ModelError;
use crate::ops::rows;

/// How much memory kept activations may take, and where they go beyond that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spill {
    /// Bytes of activations that stay in memory; more go to a temporary file.
    pub limit: u64,
    /// Where that file is made. It has no name and is gone with the process.
    pub folder: PathBuf,
}

impl Default for Spill {
    /// A quarter of the machine's memory (of 4 GiB where it does not say), and the system's folder for temporary files.
    fn default() -> Self {
        let total = sysinfo::System::new().map_or(4 << 30, |mut system| {
            system.refresh_memory();
            system.total_memory()
        });
        Self { limit: total / 4, folder: std::env::temp_dir() }
    }
}

/// Matrices of rows, one for each pair, written once and read many times.
pub(super) struct Store {
    width: usize,
    /// Where each pair's numbers begin, and where the last one's end.
    starts: Vec<usize>,
    place: Place,
}

enum Place {
    Memory(Vec<f32>),
    File(Mutex<File>),
}

impl Store {
    /// A store for `rows` rows of `width` numbers in all.
    pub(super) fn new(rows: usize, width: usize, spill: &Spill) -> Result<Self, ModelError> {
        let place = if (rows * width * size_of::<f32>()) as u64 > spill.limit {
            Place::File(Mutex::new(tempfile::tempfile_in(&spill.folder).map_err(ModelError::Temporary)?))
        } else {
            Place::Memory(Vec::with_capacity(rows * width))
        };
        Ok(Self { width, starts: vec![0], place })
    }

    /// Appends the next pair's rows.
    pub(super) fn push(&mut self, values: &[f32]) -> Result<(), ModelError> {
        match &mut self.place {
            Place::Memory(all) => all.extend_from_slice(values),
            Place::File(file) => {
                let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
                let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
                file.write_all(&bytes).map_err(ModelError::Temporary)?;
            }
        }
        self.starts.push(self.starts[self.starts.len() - 1] + values.len());
        Ok(())
    }

    /// The rows of some pairs, one after the other.
    pub(super) fn rows(&self, pairs: &[usize]) -> Result<Tensor, ModelError> {
        let range = |pair: usize| self.starts[pair]..self.starts[pair + 1];
        let mut values = Vec::with_capacity(pairs.iter().map(|pair| range(*pair).len()).sum());
        for pair in pairs {
            match &self.place {
                Place::Memory(all) => values.extend_from_slice(&all[range(*pair)]),
                Place::File(file) => {
                    let mut bytes = vec![0; range(*pair).len() * size_of::<f32>()];
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    let start = (range(*pair).start * size_of::<f32>()) as u64;
                    file.seek(SeekFrom::Start(start)).map_err(ModelError::Temporary)?;
                    file.read_exact(&mut bytes).map_err(ModelError::Temporary)?;
                    values.extend(bytes.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)));
                }
            }
        }
        Ok(rows::tensor(values, self.width)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_back_what_memory_does() {
        let pairs: [&[f32]; 3] = [&[1.5, -2.0, 0.1, f32::MIN_POSITIVE], &[3.0, 4.0], &[-0.0, 1e30]];
        let filled = |limit| {
            let mut store = Store::new(4, 2, &Spill { limit, folder: std::env::temp_dir() }).unwrap();
            for pair in pairs {
                store.push(pair).unwrap();
            }
            store
        };
        let (memory, file) = (filled(32), filled(31));
        assert!(matches!(memory.place, Place::Memory(_)) && matches!(file.place, Place::File(_)));
        for order in [&[0, 1, 2][..], &[2, 0], &[1, 1]] {
            let read = |store: &Store| {
                let rows = store.rows(order).unwrap().to_vec2::<f32>().unwrap();
                rows.into_iter().flatten().map(f32::to_bits).collect::<Vec<_>>()
            };
            assert_eq!(read(&memory), read(&file));
        }
        assert_eq!(file.rows(&[2, 1]).unwrap().to_vec2::<f32>().unwrap(), [[0.0, 1e30], [3.0, 4.0]]);
    }
}
