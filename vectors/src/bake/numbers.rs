//! Numbers in the formats of files that are written: F32, F16, BF16 and `Q8_0`.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use half::{bf16, f16};

use super::BakeError;
use crate::model::ModelError;
use crate::ops::weight::{Format, QuantizedBlocks};

/// Whether numbers can be written in a format.
pub(super) fn is_written(format: Format) -> bool {
    matches!(format, Format::F32 | Format::F16 | Format::Bf16 | Format::Q8_0)
}

/// Reads numbers of whole rows of `width` numbers.
pub(super) fn decode(format: Format, bytes: &[u8], width: usize) -> Result<Vec<f32>, BakeError> {
    Ok(match format {
        Format::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        Format::F16 => bytes.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect(),
        Format::Bf16 => bytes.as_chunks().0.iter().map(|b| bf16::from_le_bytes(*b).to_f32()).collect(),
        format => {
            let blocks = QuantizedBlocks::new(format, bytes.to_vec(), width);
            let blocks = blocks.ok_or_else(|| ModelError::Header {
                detail: format!("a row of {width} numbers is not made of whole blocks"),
            })?;
            let mut numbers = vec![0.0; blocks.outputs() * width];
            blocks.dequantize(0..blocks.outputs(), &mut numbers);
            numbers
        }
    })
}

/// Writes numbers of the tensor `name` in a format; each is rounded to the nearest that it has.
pub(super) fn encode(format: Format, numbers: &[f32], name: &str) -> Result<Vec<u8>, BakeError> {
    let overflow = || BakeError::Overflow { name: name.to_owned(), format: format.name() };
    let check = |is_finite: bool| if is_finite { Ok(()) } else { Err(overflow()) };
    match format {
        Format::F32 => {
            check(numbers.iter().all(|x| x.is_finite()))?;
            Ok(numbers.iter().flat_map(|x| x.to_le_bytes()).collect())
        }
        Format::F16 => {
            let rounded: Vec<f16> = numbers.iter().map(|x| f16::from_f32(*x)).collect();
            check(rounded.iter().all(|x| x.is_finite()))?;
            Ok(rounded.iter().flat_map(|x| x.to_le_bytes()).collect())
        }
        Format::Bf16 => {
            let rounded: Vec<bf16> = numbers.iter().map(|x| bf16::from_f32(*x)).collect();
            check(rounded.iter().all(|x| x.is_finite()))?;
            Ok(rounded.iter().flat_map(|x| x.to_le_bytes()).collect())
        }
        Format::Q8_0 => {
            check(numbers.iter().all(|x| x.is_finite()))?;
            let quantized = Tensor::from_slice(numbers, numbers.len(), &Device::Cpu)
                .and_then(|numbers| QTensor::quantize(&numbers, GgmlDType::Q8_0));
            let bytes = quantized.and_then(|blocks| Ok(blocks.data()?.into_owned()));
            Ok(bytes.map_err(ModelError::from)?)
        }
        format => Err(BakeError::Format { name: name.to_owned(), format: format.name() }),
    }
}

/// Returns the bytes of a vector of numbers with `sum` added, rounded to its format.
pub(super) fn with_sum(bytes: &[u8], format: Format, name: &str, sum: &[f32]) -> Result<Vec<u8>, BakeError> {
    let mut numbers = decode(format, bytes, sum.len())?;
    numbers.iter_mut().zip(sum).for_each(|(x, added)| *x += added);
    encode(format, &numbers, name)
}
