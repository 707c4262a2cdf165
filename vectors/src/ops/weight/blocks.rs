//! A weight matrix in the block formats of GGUF files.

#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

use std::marker::PhantomData;
use std::ops::Range;

use pulp::NullaryFnOnce;

use super::dequantize::{self, Dequantize};
use super::few_rows::{FEW_ROWS, FewRowDots};
use super::q4_1;
use super::weight_bytes::WeightBytes;
use crate::ops::simd::{LANES, has_fused, multiply_add, sum_of_lanes};

/// A format that weights are stored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    F32,
    F16,
    Bf16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2K,
    Q3K,
    Q4K,
    Q5K,
    Q6K,
}

/// Runs `$body` with `$name` as the format's type, so that it is compiled once for every format.
macro_rules! for_format {
    ($format:expr, $name:ident => $body:expr) => {
        for_format!(@ $format, $name, $body, F32 F16 Bf16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2K Q3K Q4K Q5K Q6K)
    };
    (@ $format:expr, $name:ident, $body:expr, $($kind:ident)*) => {
        match $format {
            $(Format::$kind => {
                type $name = dequantize::$kind;
                $body
            })*
        }
    };
}

impl Format {
    /// Returns the format with ggml's type number `code`; `None` for types that are not supported.
    pub(crate) fn from_ggml(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::F32,
            1 => Self::F16,
            2 => Self::Q4_0,
            3 => Self::Q4_1,
            6 => Self::Q5_0,
            7 => Self::Q5_1,
            8 => Self::Q8_0,
            10 => Self::Q2K,
            11 => Self::Q3K,
            12 => Self::Q4K,
            13 => Self::Q5K,
            14 => Self::Q6K,
            30 => Self::Bf16,
            _ => return None,
        })
    }

    /// Returns ggml's type number of the format.
    pub(crate) fn to_ggml(self) -> u32 {
        // Of several numbers of one format the last is the present one.
        (0..=30).rev().find(|code| Self::from_ggml(*code) == Some(self)).unwrap_or_default()
    }

    /// Returns ggml's name of the format.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
            Self::Q2K => "Q2_K",
            Self::Q3K => "Q3_K",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
        }
    }

    /// Returns the bytes of a number in formats without blocks; `None` for block formats.
    pub(crate) fn bytes_per_number(self) -> Option<usize> {
        match self {
            Self::F32 => Some(4),
            Self::F16 | Self::Bf16 => Some(2),
            _ => None,
        }
    }

    /// Returns the bytes of a block, and the number of its weights.
    fn block(self) -> (usize, usize) {
        fn sizes<U: Dequantize<B, N>, const B: usize, const N: usize>() -> (usize, usize) {
            (B, N)
        }
        for_format!(self, U => sizes::<U, _, _>())
    }

    /// Returns the bytes of a row of `weights`; `None` where the row is not made of whole blocks.
    pub(crate) fn row_bytes(self, weights: usize) -> Option<usize> {
        let (bytes, block) = self.block();
        weights.is_multiple_of(block).then(|| weights / block * bytes)
    }
}

/// A quantized matrix, `[outputs, inputs]`.
pub(crate) struct QuantizedBlocks {
    format: Format,
    bytes: WeightBytes,
    row_bytes: usize,
    inputs: usize,
}

impl QuantizedBlocks {
    /// Returns `None` where the bytes are not whole rows of whole blocks.
    pub(crate) fn new(format: Format, bytes: impl Into<WeightBytes>, inputs: usize) -> Option<Self> {
        let bytes = bytes.into();
        let row_bytes =
            format.row_bytes(inputs).filter(|row| *row > 0 && bytes.len().is_multiple_of(*row))?;
        Some(Self { format, bytes, row_bytes, inputs })
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn outputs(&self) -> usize {
        self.bytes.len() / self.row_bytes
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Returns all blocks, row after row.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the bytes that the blocks take in memory.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Dequantizes some rows to f32, one after the other.
    pub(crate) fn dequantize(&self, rows: Range<usize>, weights: &mut [f32]) {
        let bytes = &self.bytes[rows.start * self.row_bytes..rows.end * self.row_bytes];
        for_format!(self.format, U => pulp::Arch::new().dispatch(DequantizeAll::<U, _, _> { bytes, weights, format: PhantomData }));
    }

    /// Computes the dot products of some rows with x, directly from the blocks.
    pub(crate) fn dot(&self, rows: Range<usize>, x: &[f32], y: &mut [f32]) {
        let row_bytes = self.row_bytes;
        let bytes = &self.bytes[rows.start * row_bytes..rows.end * row_bytes];
        if self.format == Format::Q4_1 {
            return q4_1::dots::<1>(bytes, row_bytes, x, y, 1);
        }
        for_format!(self.format, U => if has_fused() {
            pulp::Arch::new().dispatch(RowDots::<U, true, _, _> { bytes, row_bytes, x, y, format: PhantomData });
        } else {
            pulp::Arch::new().dispatch(RowDots::<U, false, _, _> { bytes, row_bytes, x, y, format: PhantomData });
        });
    }

    /// Computes the dot products of some rows of the matrix with each of up to [`FEW_ROWS`] rows of x, directly from the
    /// blocks. `y` is `[rows, stride]`, with a column for each row of x. A product has the bits that
    /// [`QuantizedBlocks::dot`] gives it.
    pub(crate) fn dots(&self, rows: Range<usize>, x: &[f32], y: &mut [f32], stride: usize) {
        match x.len() / self.inputs {
            1 => self.dots_of::<1>(rows, x, y, stride),
            2 => self.dots_of::<2>(rows, x, y, stride),
            3 => self.dots_of::<3>(rows, x, y, stride),
            _ => self.dots_of::<FEW_ROWS>(rows, x, y, stride),
        }
    }

    fn dots_of<const R: usize>(&self, rows: Range<usize>, x: &[f32], y: &mut [f32], stride: usize) {
        let row_bytes = self.row_bytes;
        let bytes = &self.bytes[rows.start * row_bytes..rows.end * row_bytes];
        if self.format == Format::Q4_1 {
            return q4_1::dots::<R>(bytes, row_bytes, x, y, stride);
        }
        let x = std::array::from_fn(|row| &x[row * self.inputs..(row + 1) * self.inputs]);
        for_format!(self.format, U => pulp::Arch::new().dispatch(FewRowDots::<U, R, _, _> { bytes, row_bytes, x, y, stride, format: PhantomData }));
    }
}

/// Dequantizes all blocks.
struct DequantizeAll<'a, U, const B: usize, const N: usize> {
    bytes: &'a [u8],
    weights: &'a mut [f32],
    format: PhantomData<U>,
}

impl<U: Dequantize<B, N>, const B: usize, const N: usize> NullaryFnOnce for DequantizeAll<'_, U, B, N> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (block, weights) in self.bytes.as_chunks().0.iter().zip(self.weights.as_chunks_mut().0) {
            // The black box keeps the blocks one after the other: the compiler would gather the same byte of eight
            // blocks into a vector. It also hides that a block is none of the weights, so that the few numbers of one
            // without scales would be read and written one by one.
            let block = std::hint::black_box(block);
            if N < LANES {
                let mut numbers = [0.0; N];
                U::dequantize(block, &mut numbers);
                *weights = numbers;
            } else {
                U::dequantize(block, weights);
            }
        }
    }
}

/// Computes the dot product of every row with x.
struct RowDots<'a, U, const FUSED: bool, const B: usize, const N: usize> {
    bytes: &'a [u8],
    row_bytes: usize,
    x: &'a [f32],
    y: &'a mut [f32],
    format: PhantomData<U>,
}

impl<U: Dequantize<B, N>, const FUSED: bool, const B: usize, const N: usize> NullaryFnOnce
    for RowDots<'_, U, FUSED, B, N>
{
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let blocks = self.x.as_chunks::<N>().0;
        let mut weights = [0.0; N];
        for (row, y) in self.bytes.chunks_exact(self.row_bytes).zip(self.y) {
            // Enough sums to hide the latency of an addition.
            let mut sums = [0.0_f32; LANES];
            for (block, x) in row.as_chunks().0.iter().zip(blocks) {
                U::dequantize(block, &mut weights);
                if N < LANES {
                    for lane in 0..N {
                        sums[lane] = multiply_add::<FUSED>(weights[lane], x[lane], sums[lane]);
                    }
                }
                for (weights, x) in weights.as_chunks::<LANES>().0.iter().zip(x.as_chunks::<LANES>().0) {
                    for lane in 0..LANES {
                        sums[lane] = multiply_add::<FUSED>(weights[lane], x[lane], sums[lane]);
                    }
                }
            }
            *y = sum_of_lanes(sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;
    use candle_core::quantized::{GgmlDType, QTensor};

    const FORMATS: [(Format, GgmlDType); 13] = [
        (Format::F32, GgmlDType::F32),
        (Format::F16, GgmlDType::F16),
        (Format::Bf16, GgmlDType::BF16),
        (Format::Q4_0, GgmlDType::Q4_0),
        (Format::Q4_1, GgmlDType::Q4_1),
        (Format::Q5_0, GgmlDType::Q5_0),
        (Format::Q5_1, GgmlDType::Q5_1),
        (Format::Q8_0, GgmlDType::Q8_0),
        (Format::Q2K, GgmlDType::Q2K),
        (Format::Q3K, GgmlDType::Q3K),
        (Format::Q4K, GgmlDType::Q4K),
        (Format::Q5K, GgmlDType::Q5K),
        (Format::Q6K, GgmlDType::Q6K),
    ];

    fn stored((format, kind): (Format, GgmlDType)) -> (QuantizedBlocks, Vec<f32>) {
        let weights = (crate::ops::testing::random(&[5, 512], 3) * 0.2).unwrap();
        let stored = QTensor::quantize(&weights, kind).unwrap();
        let expected = stored.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        let bytes = stored.data().unwrap().into_owned();
        (QuantizedBlocks::new(format, bytes, 512).unwrap(), expected)
    }

    #[test]
    fn every_format_has_candles_weights_to_the_bit() {
        for kind in FORMATS {
            let (blocks, expected) = stored(kind);
            assert_eq!((blocks.outputs(), blocks.inputs()), (5, 512));
            let mut weights = vec![0.0; 3 * 512];
            blocks.dequantize(1..4, &mut weights);
            assert_eq!(weights, expected[512..4 * 512], "{kind:?}");
        }
    }

    /// The weights that the gguf package computes from blocks whose every bit is used: `tests/oracles/gguf_files.py`.
    #[test]
    fn every_format_has_the_gguf_packages_weights() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/oracles/formats.safetensors");
        let file = std::fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
        assert_eq!(tensors.len(), 2 * FORMATS.len());
        for (format, _) in FORMATS {
            let stored = tensors.tensor(format.name()).unwrap().data().to_vec();
            let expected = tensors.tensor(&format!("{}.weights", format.name())).unwrap();
            let expected = expected.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            let mut weights = vec![0.0; 1024];
            QuantizedBlocks::new(format, stored, 256).unwrap().dequantize(0..4, &mut weights);
            for (place, (ours, theirs)) in weights.iter().zip(expected).enumerate() {
                assert!(
                    (ours - theirs).abs() <= 1e-6 * theirs.abs(),
                    "{format:?} {place}: {ours}, not {theirs}"
                );
            }
        }
    }

    #[test]
    fn products_from_blocks_are_those_of_the_weights() {
        let x: Vec<f32> = (0..FEW_ROWS * 512).map(|i| (i as f32 * 0.7).sin()).collect();
        for kind in FORMATS {
            let (blocks, weights) = stored(kind);
            let mut alone = [0.0; FEW_ROWS * 5];
            for (x, y) in x.chunks_exact(512).zip(alone.as_chunks_mut::<5>().0) {
                blocks.dot(0..5, x, y);
                for (y, row) in y.iter().zip(weights.chunks_exact(512)) {
                    let exact: f64 = row.iter().zip(x).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum();
                    assert!((f64::from(*y) - exact).abs() < 1e-5, "{kind:?}: {y}, not {exact}");
                }
            }
            // Beside others, to the bit; with a column of the output that nothing is written to.
            for count in 1..=FEW_ROWS {
                let mut y = vec![7.0; 3 * (count + 1)];
                blocks.dots(1..4, &x[..count * 512], &mut y, count + 1);
                for (output, y) in y.chunks_exact(count + 1).enumerate() {
                    let expected = alone.as_chunks::<5>().0.iter().take(count).map(|alone| alone[1 + output]);
                    assert!(expected.chain([7.0]).eq(y.iter().copied()), "{kind:?}: {count} rows");
                }
            }
        }
    }

    #[test]
    fn broken_rows_are_refused() {
        assert!(QuantizedBlocks::new(Format::Q4_1, vec![0_u8; 40], 40).is_none());
        assert!(QuantizedBlocks::new(Format::Q4_1, vec![0_u8; 50], 32).is_none());
    }
}
