//! The decoder on a graphics card, or on any other device of candle's.
//!
//! This module computes with candle's operations what `ops` computes on rows in main memory, with the same formulas
//! and the same explicit backward passes; candle's autograd is not used. Weights are f32, or quantized blocks that
//! are dequantized for each product: a product rounds as on the processor, and activations are never quantized.
//! Steering, the final norm and the optimizer stay in main memory. They touch a row where a block touches a matrix,
//! so each has one implementation.
//!
//! The tests run every operation on the processor, against `ops`.

mod attention;
mod attention_mask;
mod block;
mod decoder;
mod glu;
mod kv_cache;
mod matrix;
mod norm;
mod rope;

pub(crate) use block::SavedActivations;
pub(crate) use decoder::DeviceDecoder;
pub(crate) use kv_cache::{DeviceKvCache, KvPool};

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::model::ModelError;

/// The device where a model's weights are and its products are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Device {
    /// The processor, with the kernels of this crate.
    #[default]
    Cpu,
    /// An NVIDIA card by its number from 0, in builds with the feature `cuda`.
    Cuda(usize),
    /// The graphics processor of an Apple machine, in builds with the feature `metal`.
    Metal,
    /// The processor with candle's operations, which tests the code of the other devices. With the feature `mkl` or
    /// `accelerate` it computes products with Intel's or Apple's library.
    Candle,
}

impl Device {
    /// Returns the devices that this build can use on this machine: the processor first, then the cards that answer.
    /// Asks the cards once per process.
    #[must_use]
    pub fn all() -> Vec<Self> {
        static ALL: OnceLock<Vec<Device>> = OnceLock::new();
        ALL.get_or_init(Self::found).clone()
    }

    fn found() -> Vec<Self> {
        let cards = (0..8).map(Self::Cuda).take_while(|card| card.open().is_ok());
        let metal = Some(Self::Metal).filter(|metal| metal.open().is_ok());
        let library = Some(Self::Candle).filter(|_| cfg!(any(feature = "mkl", feature = "accelerate")));
        std::iter::once(Self::Cpu).chain(cards).chain(metal).chain(library).collect()
    }

    /// Opens candle's device.
    pub(crate) fn open(self) -> Result<candle_core::Device, ModelError> {
        match self {
            Self::Cpu | Self::Candle => Ok(candle_core::Device::Cpu),
            Self::Cuda(_) if !cfg!(feature = "cuda") => {
                Err(ModelError::NotBuilt { device: self, feature: "cuda" })
            }
            Self::Metal if !cfg!(feature = "metal") => {
                Err(ModelError::NotBuilt { device: self, feature: "metal" })
            }
            // One stream for all threads. With candle's default of one stream for each thread, a thread may read what
            // another thread's kernels have not written yet.
            Self::Cuda(ordinal) => candle_core::Device::new_cuda_with_stream(ordinal)
                .map_err(|source| ModelError::NoDevice { device: self, source: source.into() }),
            Self::Metal => candle_core::Device::new_metal(0)
                .map_err(|source| ModelError::NoDevice { device: self, source: source.into() }),
        }
    }
}

impl FromStr for Device {
    type Err = UnknownDevice;

    /// Parses `cpu`, `cuda`, `cuda:1`, `metal` or `candle`, which [`Device`]'s `Display` writes.
    fn from_str(name: &str) -> Result<Self, UnknownDevice> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            "candle" => Ok(Self::Candle),
            _ => {
                let ordinal = name.strip_prefix("cuda:").and_then(|ordinal| ordinal.parse().ok());
                ordinal.map(Self::Cuda).ok_or(UnknownDevice)
            }
        }
    }
}

/// A name that is not one of a [`Device`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cpu, cuda, cuda:1, metal and candle are known")]
pub struct UnknownDevice;

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(0) => f.write_str("cuda"),
            Self::Cuda(ordinal) => write!(f, "cuda:{ordinal}"),
            Self::Metal => f.write_str("metal"),
            Self::Candle => f.write_str("candle"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_names_and_the_processor_is_always_there() {
        for device in [Device::Cpu, Device::Cuda(0), Device::Cuda(3), Device::Metal, Device::Candle] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
        assert_eq!(
            ("gpu".parse::<Device>(), "cuda:x".parse::<Device>()),
            (Err(UnknownDevice), Err(UnknownDevice))
        );
        assert_eq!(Device::all()[0], Device::Cpu);
    }

    #[test]
    #[cfg(not(any(feature = "cuda", feature = "metal", feature = "mkl", feature = "accelerate")))]
    fn a_build_without_a_device_says_which_one_has_it() {
        let refusal = |device: Device| device.open().map(|_| ()).unwrap_err().to_string();
        assert!(refusal(Device::Cuda(0)).contains("--features cuda"));
        assert!(refusal(Device::Metal).contains("--features metal"));
        assert_eq!(Device::all(), [Device::Cpu]);
    }
}
