//! The product of a weight matrix with a small batch of rows, from a few up to some hundred: batched decoding.
//!
//! A general GEMM packs both operands, which pays where each is used many times. Here only the rows are packed: they
//! are transposed once into panels whose columns fill the vector registers. With eight lanes, 40 rows fill five
//! registers, and no lane is idle. Weights are read where they are stored, one number at a time for all lanes.

#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

use std::sync::OnceLock;

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::linear::grown;
use super::simd::vectorized;

/// The most registers that a panel fills. With the sums of two weights and the numbers that are read, this takes 14
/// to 15 of AVX2's 16 registers.
const WIDEST: usize = 6;

/// The inputs of one pass over the weights: 24 KiB of the widest panel on AVX2, which stay in a core's L1 cache.
const DEPTH: usize = 128;

/// A number of outputs that every shape of [`tile`] divides.
pub(crate) const OUTPUTS: usize = 24;

/// Returns the f32 lanes of one of the machine's vector registers.
fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    static LANES: OnceLock<usize> = OnceLock::new();
    *LANES.get_or_init(|| pulp::Arch::new().dispatch(Lanes))
}

/// Rows transposed into panels: `[panel][input][column in the panel]`. Zeros fill the rest of the last panel's last
/// register.
pub(crate) struct PackedPanels<'a> {
    values: &'a [f32],
    inputs: usize,
    rows: usize,
    lanes: usize,
}

impl<'a> PackedPanels<'a> {
    /// Packs rows of `inputs` numbers into `buffer`.
    pub(crate) fn pack(x: &[f32], inputs: usize, buffer: &'a mut Vec<f32>) -> Self {
        let (rows, lanes) = (x.len() / inputs, lanes());
        let mut panels = Self { values: &[], inputs, rows, lanes };
        let values = grown(buffer, inputs * panels.stride());
        for (first, width) in panels.panels() {
            let panel = &mut values[first * inputs..(first + width) * inputs];
            let columns = width.min(rows - first);
            panel.par_chunks_mut(64 * width).enumerate().for_each(|(part, panel)| {
                let inputs_done = 64 * part;
                let count = panel.len() / width;
                if columns < width {
                    panel.fill(0.0);
                }
                transpose(&x[first * inputs + inputs_done..], inputs, columns, count, panel, width);
            });
        }
        panels.values = values;
        panels
    }

    /// Returns the numbers of each input: the rows, padded to whole registers.
    pub(crate) fn stride(&self) -> usize {
        self.rows.next_multiple_of(self.lanes)
    }

    /// Iterates over every panel's first row and its width, which differ by at most one register.
    fn panels(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (registers, lanes) = (self.stride() / self.lanes, self.lanes);
        let count = registers.div_ceil(WIDEST);
        (0..count).map(move |panel| {
            let (from, to) = (panel * registers / count, (panel + 1) * registers / count);
            (from * lanes, (to - from) * lanes)
        })
    }

    /// Multiplies the weights of some outputs, `[outputs, inputs]`, with all rows. `to` is `[outputs, stride]`.
    pub(crate) fn multiply(&self, weights: &[f32], to: &mut [f32]) {
        for (first, width) in self.panels() {
            let panel = &self.values[first * self.inputs..(first + width) * self.inputs];
            let product =
                Product { weights, inputs: self.inputs, panel, width, first, stride: self.stride(), to };
            pulp::Arch::new().dispatch(product);
        }
    }
}

/// The outputs of a product, transposed: `[outputs, stride]`, with one column for each row of the input.
pub(crate) struct OutputColumns<'a> {
    values: &'a mut [f32],
    stride: usize,
}

impl<'a> OutputColumns<'a> {
    pub(crate) fn new(values: &'a mut [f32], stride: usize) -> Self {
        Self { values, stride }
    }

    /// Returns all outputs, to change each by itself.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [f32] {
        self.values
    }

    /// Transposes the outputs back into rows `[rows, outputs]`, from row `first` on.
    pub(crate) fn unpack(&self, outputs: usize, first: usize, rows: &mut [f32]) {
        transpose(&self.values[first..], self.stride, outputs, rows.len() / outputs, rows, outputs);
    }

    /// Copies the outputs of one row.
    pub(crate) fn copy_row(&self, row: usize, outputs: &mut Vec<f32>) {
        outputs.clear();
        outputs.extend(self.values.chunks_exact(self.stride).map(|outputs| outputs[row]));
    }

    /// Returns the index of each row's largest output, the first of equal ones; `None` where an output is NaN or the
    /// largest one is infinite. The padding columns have an entry too.
    pub(crate) fn argmax(&self) -> Vec<Option<u32>> {
        let (mut found, mut most) = (vec![0; self.stride], vec![f32::NEG_INFINITY; self.stride]);
        let mut odd = vec![0; self.stride];
        argmax_columns(self.values, &mut most, &mut found, &mut odd);
        let index = |((found, most), odd): ((u32, f32), u32)| (odd == 0 && most.is_finite()).then_some(found);
        found.into_iter().zip(most).zip(odd).map(index).collect()
    }
}

vectorized! {
    /// Finds the largest value of each column and its place, and counts the values that are NaN in `odd`.
    fn argmax_columns<'a>(values: &'a [f32], most: &'a mut [f32], found: &'a mut [u32], odd: &'a mut [u32]) -> () {
        for (output, values) in values.chunks_exact(most.len()).enumerate() {
            let columns = most.iter_mut().zip(found.iter_mut()).zip(odd.iter_mut());
            for (value, ((most, found), odd)) in values.iter().zip(columns) {
                let is_more = *value > *most;
                *most = if is_more { *value } else { *most };
                *found = if is_more { output as u32 } else { *found };
                *odd += u32::from(value.is_nan());
            }
        }
    }
}

/// Transposes `columns` numbers of each of `count` paths: `from[c * from_stride + p]` goes to `to[p * to_stride +
/// c]`. Works on squares of four by four, which the compiler keeps in registers.
fn transpose(
    from: &[f32],
    from_stride: usize,
    columns: usize,
    count: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    const SIDE: usize = 4;
    for place in (0..count).step_by(SIDE) {
        let paths = SIDE.min(count - place);
        for column in (0..columns).step_by(SIDE) {
            let side = SIDE.min(columns - column);
            if paths == SIDE && side == SIDE {
                let mut square = [[0.0; SIDE]; SIDE];
                for (row, line) in square.iter_mut().enumerate() {
                    line.copy_from_slice(&from[(column + row) * from_stride + place..][..SIDE]);
                }
                for row in 0..SIDE {
                    let line: [f32; SIDE] = std::array::from_fn(|column| square[column][row]);
                    to[(place + row) * to_stride + column..][..SIDE].copy_from_slice(&line);
                }
            } else {
                for row in 0..paths {
                    for next in column..column + side {
                        to[(place + row) * to_stride + next] = from[next * from_stride + place + row];
                    }
                }
            }
        }
    }
}

/// The product of weights with one panel.
struct Product<'a> {
    weights: &'a [f32],
    inputs: usize,
    panel: &'a [f32],
    width: usize,
    first: usize,
    stride: usize,
    to: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // Every shape has as many sums as the registers hold: with fewer, additions would wait for one another.
        match self.width / S::F32_LANES {
            1 => self.tiles::<S, 1, 8>(simd),
            2 => self.tiles::<S, 2, 6>(simd),
            3 => self.tiles::<S, 3, 4>(simd),
            4 => self.tiles::<S, 4, 3>(simd),
            5 => self.tiles::<S, 5, 2>(simd),
            _ => self.tiles::<S, WIDEST, 2>(simd),
        }
    }
}

impl Product<'_> {
    /// Computes the product in tiles of `R` outputs and `V` registers of rows.
    #[inline(always)]
    fn tiles<S: Simd, const V: usize, const R: usize>(self, simd: S) {
        let Self { weights, inputs, panel, width, first, stride, to } = self;
        let outputs = weights.len() / inputs;
        let whole = outputs / R * R;
        for start in (0..inputs).step_by(DEPTH) {
            let depth = DEPTH.min(inputs - start);
            let x = S::as_simd_f32s(&panel[start * width..(start + depth) * width]).0.as_chunks::<V>().0;
            let mut output = 0;
            while output < whole {
                let rows: [&[f32]; R] =
                    std::array::from_fn(|row| &weights[(output + row) * inputs + start..][..depth]);
                tile::<S, V, R>(simd, x, rows, &mut to[output * stride + first..], stride, start > 0);
                output += R;
            }
            while output < outputs {
                let row = [&weights[output * inputs + start..][..depth]];
                tile::<S, V, 1>(simd, x, row, &mut to[output * stride + first..], stride, start > 0);
                output += 1;
            }
        }
    }
}

/// Computes `to[r][v] (+)= Σ_k weights[r][k] x[k][v]`, with the sums in registers.
#[inline(always)]
fn tile<S: Simd, const V: usize, const R: usize>(
    simd: S,
    x: &[[S::f32s; V]],
    weights: [&[f32]; R],
    to: &mut [f32],
    stride: usize,
    add: bool,
) {
    let mut sums = [[simd.splat_f32s(0.0); V]; R];
    for (k, x) in x.iter().enumerate() {
        // The smaller of the two operands stays in registers while the other is read.
        if R <= V {
            let mut weight = [simd.splat_f32s(0.0); R];
            for row in 0..R {
                weight[row] = simd.splat_f32s(weights[row][k]);
            }
            for column in 0..V {
                for row in 0..R {
                    sums[row][column] = simd.mul_add_e_f32s(weight[row], x[column], sums[row][column]);
                }
            }
        } else {
            for row in 0..R {
                let weight = simd.splat_f32s(weights[row][k]);
                for column in 0..V {
                    sums[row][column] = simd.mul_add_e_f32s(weight, x[column], sums[row][column]);
                }
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let to = S::as_mut_simd_f32s(&mut to[row * stride..row * stride + V * S::F32_LANES]).0;
        for (to, sum) in to.iter_mut().zip(sums) {
            *to = if add { simd.add_f32s(*to, *sum) } else { *sum };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_the_largest_of_outputs_that_are_not_finite() {
        let (nan, infinite) = (f32::NAN, f32::INFINITY);
        // Columns: sound, with NaN, with infinity, all minus infinity, and with one minus infinity.
        let mut columns =
            [[1.0, nan, 0.0, -infinite, -infinite], [2.0, 1.0, infinite, -infinite, 3.0]].concat();
        let found = OutputColumns::new(&mut columns, 5).argmax();
        assert_eq!(found, [Some(1), None, None, None, Some(1)]);
    }

    #[test]
    fn every_number_of_rows_has_the_exact_product() {
        // The numbers are integers, whose sums are exact in any order.
        let number = |i: usize| ((i * 37 + 11) % 23) as f32 - 11.0;
        for (inputs, outputs) in [(300, 50), (DEPTH, OUTPUTS), (5, 3)] {
            let weights: Vec<f32> = (0..outputs * inputs).map(number).collect();
            for rows in 1..=8 * WIDEST + 9 {
                let x: Vec<f32> = (0..rows * inputs).map(|i| number(i * 7 + rows)).collect();
                // The buffer has old content, which must not affect the result.
                let mut buffer = vec![f32::NAN; 7];
                let panels = PackedPanels::pack(&x, inputs, &mut buffer);
                let mut columns = vec![f32::NAN; outputs * panels.stride()];
                panels.multiply(&weights, &mut columns);
                let mut y = vec![0.0; rows * outputs];
                let outputs_of = OutputColumns::new(&mut columns, panels.stride());
                outputs_of.unpack(outputs, 0, &mut y);
                let (largest, mut read) = (outputs_of.argmax(), Vec::new());
                for (row, (x, y)) in x.chunks_exact(inputs).zip(y.chunks_exact(outputs)).enumerate() {
                    outputs_of.copy_row(row, &mut read);
                    assert_eq!(read, y);
                    let first = y.iter().position(|x| y.iter().all(|other| other <= x));
                    assert_eq!(largest[row].map(|index| index as usize), first);
                    for (weights, y) in weights.chunks_exact(inputs).zip(y) {
                        let expected: f32 = weights.iter().zip(x).map(|(w, x)| w * x).sum();
                        assert_eq!(*y, expected, "{rows} rows, {inputs} inputs, {outputs} outputs");
                    }
                }
            }
        }
    }
}
