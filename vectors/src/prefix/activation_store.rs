//! Stores activations in memory, or offloads them to a temporary file where they would take too much of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use candle_core::Tensor;

use crate::memory;
use crate::model::ModelError;
use crate::ops::rows;

/// The amount of memory that cached activations may take before they are offloaded to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffloadLimit {
    /// The most bytes that stay in memory; a larger cache is offloaded as a whole.
    pub bytes: u64,
    /// The folder of the temporary file. The file has no name and ends with the process.
    pub folder: PathBuf,
}

impl Default for OffloadLimit {
    /// A quarter of the machine's memory (of 4 GiB where its size is unknown), and the system's temporary folder.
    fn default() -> Self {
        let total = sysinfo::System::new().map_or(4 << 30, |mut system| {
            system.refresh_memory();
            system.total_memory()
        });
        Self { bytes: total / 4, folder: std::env::temp_dir() }
    }
}

/// One matrix of f32 rows for each pair, written once and read many times.
pub(crate) struct ActivationStore {
    width: usize,
    /// The offset of each pair's first number, and the end of the last pair.
    offsets: Vec<usize>,
    storage: Storage,
}

enum Storage {
    Memory(Vec<f32>),
    File(Mutex<File>),
}

impl ActivationStore {
    /// Returns an empty store that will hold `rows` rows of `width` numbers.
    pub(crate) fn new(rows: usize, width: usize, offload: &OffloadLimit) -> Result<Self, ModelError> {
        let storage = if (rows * width * size_of::<f32>()) as u64 > offload.bytes {
            Storage::File(Mutex::new(tempfile::tempfile_in(&offload.folder).map_err(ModelError::Temporary)?))
        } else {
            Storage::Memory(memory::with_room(rows * width)?)
        };
        Ok(Self { width, offsets: vec![0], storage })
    }

    /// Appends the next pair's rows.
    pub(crate) fn push(&mut self, values: &[f32]) -> Result<(), ModelError> {
        match &mut self.storage {
            Storage::Memory(all) => all.extend_from_slice(values),
            Storage::File(file) => {
                let file = file.get_mut().unwrap_or_else(PoisonError::into_inner);
                let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
                file.write_all(&bytes).map_err(ModelError::Temporary)?;
            }
        }
        self.offsets.push(self.offsets[self.offsets.len() - 1] + values.len());
        Ok(())
    }

    /// Returns the rows of these pairs, concatenated to `[rows, width]`.
    pub(crate) fn rows(&self, pairs: &[usize]) -> Result<Tensor, ModelError> {
        let range = |pair: usize| self.offsets[pair]..self.offsets[pair + 1];
        let mut values = memory::with_room(pairs.iter().map(|pair| range(*pair).len()).sum())?;
        for pair in pairs {
            match &self.storage {
                Storage::Memory(all) => values.extend_from_slice(&all[range(*pair)]),
                Storage::File(file) => {
                    let mut bytes = memory::with_room(range(*pair).len() * size_of::<f32>())?;
                    bytes.resize(range(*pair).len() * size_of::<f32>(), 0);
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
        let filled = |bytes| {
            let mut store =
                ActivationStore::new(4, 2, &OffloadLimit { bytes, folder: std::env::temp_dir() }).unwrap();
            for pair in pairs {
                store.push(pair).unwrap();
            }
            store
        };
        let (memory, file) = (filled(32), filled(31));
        assert!(matches!(memory.storage, Storage::Memory(_)) && matches!(file.storage, Storage::File(_)));
        for order in [&[0, 1, 2][..], &[2, 0], &[1, 1]] {
            let read = |store: &ActivationStore| {
                let rows = store.rows(order).unwrap().to_vec2::<f32>().unwrap();
                rows.into_iter().flatten().map(f32::to_bits).collect::<Vec<_>>()
            };
            assert_eq!(read(&memory), read(&file));
        }
        assert_eq!(file.rows(&[2, 1]).unwrap().to_vec2::<f32>().unwrap(), [[0.0, 1e30], [3.0, 4.0]]);
    }
}
