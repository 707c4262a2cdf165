//! Frozen weight matrices on a device, and the linear layers made of them.

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{D, DType, Device, Result, Tensor};

use crate::ops::linear::Linear as HostLinear;
use crate::ops::weight::{Format, Weight};

/// A weight matrix, `[outputs, inputs]`.
pub(super) enum Matrix {
    /// f32, f16 or bf16 numbers.
    Numbers(Tensor),
    /// The quantized blocks of the model file.
    Quantized(QTensor),
}

impl Matrix {
    pub(super) fn from_weight(weight: &Weight, device: &Device) -> Result<Self> {
        let shape = (weight.outputs(), weight.inputs());
        match weight {
            Weight::Dense { values, .. } => Ok(Self::Numbers(Tensor::from_slice(values, shape, device)?)),
            Weight::Quantized(blocks) => {
                let kind = match blocks.format() {
                    Format::F32 => return numbers(blocks.bytes(), DType::F32, shape, device),
                    Format::F16 => return numbers(blocks.bytes(), DType::F16, shape, device),
                    Format::Bf16 => return numbers(blocks.bytes(), DType::BF16, shape, device),
                    Format::Q4_0 => GgmlDType::Q4_0,
                    Format::Q4_1 => GgmlDType::Q4_1,
                    Format::Q5_0 => GgmlDType::Q5_0,
                    Format::Q5_1 => GgmlDType::Q5_1,
                    Format::Q8_0 => GgmlDType::Q8_0,
                    Format::Q2K => GgmlDType::Q2K,
                    Format::Q3K => GgmlDType::Q3K,
                    Format::Q4K => GgmlDType::Q4K,
                    Format::Q5K => GgmlDType::Q5K,
                    Format::Q6K => GgmlDType::Q6K,
                };
                let storage = QStorage::from_data(Cow::Borrowed(blocks.bytes()), device, kind)?;
                Ok(Self::Quantized(QTensor::new(storage, shape)?))
            }
        }
    }

    /// Returns the weights as f32.
    pub(super) fn values(&self) -> Result<Tensor> {
        match self {
            Self::Numbers(values) => values.to_dtype(DType::F32),
            Self::Quantized(blocks) => blocks.dequantize(&blocks.device()),
        }
    }

    /// Returns the bytes that the weights take on the device.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Numbers(values) => values.elem_count() * values.dtype().size_in_bytes(),
            Self::Quantized(blocks) => blocks.storage_size_in_bytes(),
        }
    }
}

fn numbers(bytes: &[u8], kind: DType, shape: (usize, usize), device: &Device) -> Result<Matrix> {
    let values = Tensor::from_raw_buffer(bytes, kind, &[shape.0, shape.1], &Device::Cpu)?;
    Ok(Matrix::Numbers(values.to_device(device)?))
}

/// A frozen linear layer: matrices that read the same input, with their outputs side by side.
pub(super) struct Linear {
    parts: Vec<Matrix>,
    inputs: usize,
    outputs: Vec<usize>,
}

impl Linear {
    pub(super) fn from_host(linear: &HostLinear, device: &Device) -> Result<Self> {
        Ok(Self {
            parts: linear.parts().map(|part| Matrix::from_weight(part, device)).collect::<Result<_>>()?,
            inputs: linear.inputs(),
            outputs: linear.parts().map(Weight::outputs).collect(),
        })
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(super) fn outputs(&self) -> usize {
        self.outputs.iter().sum()
    }

    pub(super) fn size(&self) -> usize {
        self.parts.iter().map(Matrix::size).sum()
    }

    /// Computes y `[rows, outputs]` from x `[rows, inputs]`.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let parts: Vec<Tensor> =
            self.parts.iter().map(|part| x.matmul(&part.values()?.t()?)).collect::<Result<_>>()?;
        side_by_side(parts)
    }

    /// Returns the gradient of x `[rows, inputs]` from that of y `[rows, outputs]`: dx = dy W.
    pub(super) fn backward(&self, dy: &Tensor) -> Result<Tensor> {
        let (mut start, mut sum) = (0, None);
        for (part, outputs) in self.parts.iter().zip(&self.outputs) {
            let dx = dy.narrow(1, start, *outputs)?.contiguous()?.matmul(&part.values()?)?;
            start += outputs;
            sum = Some(match sum {
                None => dx,
                Some(sum) => (sum + dx)?,
            });
        }
        sum.map_or_else(|| Tensor::zeros((dy.dims()[0], self.inputs), DType::F32, dy.device()), Ok)
    }
}

/// Concatenates tensors along their last dimension.
pub(super) fn side_by_side(mut parts: Vec<Tensor>) -> Result<Tensor> {
    if parts.len() == 1 { Ok(parts.swap_remove(0)) } else { Tensor::cat(&parts, D::Minus1) }
}
