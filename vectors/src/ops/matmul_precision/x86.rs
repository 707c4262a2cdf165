//! The product of matrices whose numbers are rounded to bf16, with AVX512-BF16.
//!
//! Both operands are packed: two numbers that are adjacent along the sum become one 32-bit word, the left operand in
//! panels of [`ROWS`] rows, the right one in panels of [`COLUMNS`] columns, so that the kernel reads both
//! sequentially. Every element's sum has one order, whatever the number of threads.

use std::arch::x86_64::{
    __m512bh, __m512i, _mm512_cvtne2ps_pbh, _mm512_dpbf16_ps, _mm512_loadu_ps, _mm512_loadu_si512,
    _mm512_mask_storeu_epi32, _mm512_set1_epi32, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_shuffle_i32x4, _mm512_storeu_ps, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};
use std::cell::Cell;

use rayon::prelude::*;

use super::is_available;
use crate::ops::gemm::{Matrix, MatrixMut};

/// Rows in a panel of the left operand. With two registers of sums each they fill 24 of the 32 registers.
const ROWS: usize = 12;
/// Columns in a panel of the right operand: two registers.
const COLUMNS: usize = 32;

/// Words of a line that are packed at a time.
const DEPTH: usize = 16;

/// Words of two bf16 numbers each, the first number in the lower half.
type LeftPanel = [u32; ROWS];
type RightPanel = [u32; COLUMNS];

thread_local! {
    static LEFT: Cell<Vec<LeftPanel>> = const { Cell::new(Vec::new()) };
    static RIGHT: Cell<Vec<RightPanel>> = const { Cell::new(Vec::new()) };
}

/// Computes `target = left * right` on rayon's pool, or adds it to `target` where `add` is set. Panics where the
/// processor lacks AVX512-BF16.
#[expect(clippy::needless_pass_by_value, reason = "the view is used up: what it borrows is written")]
pub(super) fn multiply(target: MatrixMut<'_>, add: bool, left: Matrix<'_>, right: Matrix<'_>) {
    assert_eq!((target.rows, left.columns, right.columns), (left.rows, right.rows, target.columns), "shapes");
    assert!(is_available(), "the machine lacks AVX512-BF16");
    assert_eq!(left.column_stride, 1, "the left operand's rows lie as rows");
    if target.rows == 0 || target.columns == 0 {
        return;
    }
    let pairs = left.columns.div_ceil(2);
    let mut packed = RIGHT.take();
    packed.resize(target.columns.div_ceil(COLUMNS) * pairs, [0; COLUMNS]);
    packed.par_chunks_mut(pairs.max(1)).enumerate().for_each(|(panel, packed)| {
        let first = panel * COLUMNS;
        // SAFETY: the processor has these instructions, as asserted above.
        #[expect(unsafe_code, reason = "what a function needs of the machine is checked by its caller")]
        unsafe {
            if right.column_stride == 1 {
                pack_columns(right, first, packed);
            } else {
                pack_lines(right.transposed(), first, packed);
            }
        }
    });
    let threads = rayon::current_num_threads();
    let rows = target.rows.div_ceil(2 * threads).next_multiple_of(ROWS);
    let (columns, stride) = (target.columns, target.stride);
    target.data.par_chunks_mut(rows * stride).enumerate().for_each(|(chunk, target)| {
        let first = chunk * rows;
        if first >= left.rows {
            return;
        }
        let count = rows.min(left.rows - first);
        let mut packed_left = LEFT.take();
        packed_left.resize(count.div_ceil(ROWS) * pairs, [0; ROWS]);
        for (panel, packed_left) in packed_left.chunks_mut(pairs.max(1)).enumerate() {
            // SAFETY: as above.
            #[expect(unsafe_code, reason = "what a function needs of the machine is checked by its caller")]
            unsafe {
                pack_lines(left, first + panel * ROWS, packed_left);
            }
        }
        for (panel, right) in packed.chunks(pairs.max(1)).enumerate() {
            let column = panel * COLUMNS;
            let width = COLUMNS.min(columns - column);
            for (panel, left) in packed_left.chunks(pairs.max(1)).enumerate() {
                // SAFETY: as above.
                #[expect(
                    unsafe_code,
                    reason = "what a function needs of the machine is checked by its caller"
                )]
                let sums = unsafe { kernel(left, right) };
                let row = panel * ROWS;
                for (sums, row) in sums.iter().zip(row..count.min(row + ROWS)) {
                    let target = &mut target[row * stride + column..][..width];
                    if add {
                        target.iter_mut().zip(sums).for_each(|(x, sum)| *x += sum);
                    } else {
                        target.copy_from_slice(&sums[..width]);
                    }
                }
            }
        }
        LEFT.set(packed_left);
    });
    RIGHT.set(packed);
}

/// Rounds two numbers to bf16, ties to even, and returns them in one word.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for its caller's instruction set")]
fn pack_pair(first: f32, second: f32) -> u32 {
    let rounded = |x: f32| {
        let bits = x.to_bits();
        bits.wrapping_add(0x7fff + ((bits >> 16) & 1))
    };
    (rounded(first) >> 16) | (rounded(second) & 0xffff_0000)
}

/// Packs `N` lines from `first` on. Lines are rows of the left operand or columns of the right one; `from` has them
/// as rows.
#[target_feature(enable = "avx512f,avx512bf16,avx512bw,avx512vl")]
fn pack_lines<const N: usize>(from: Matrix<'_>, first: usize, to: &mut [[u32; N]]) {
    for (chunk, to) in to.chunks_mut(DEPTH).enumerate() {
        for line in (0..N).step_by(DEPTH) {
            let mut words = [_mm512_setzero_si512(); DEPTH];
            for (place, words) in words.iter_mut().enumerate() {
                let place = first + line + place;
                if place >= from.rows || place >= first + N {
                    continue;
                }
                let line = &from.data[place * from.row_stride..][2 * chunk * DEPTH..from.columns];
                let mut rest = [0.0; 2 * DEPTH];
                let numbers: &[f32; 2 * DEPTH] = if let Some(numbers) = line.first_chunk() {
                    numbers
                } else {
                    rest[..line.len()].copy_from_slice(line);
                    &rest
                };
                // SAFETY: both loads are of 16 of the array's 32 numbers; 64 bytes of any bits become 64 others.
                #[expect(unsafe_code, reason = "vector registers are loaded through pointers")]
                unsafe {
                    let (low, high) =
                        (_mm512_loadu_ps(numbers.as_ptr()), _mm512_loadu_ps(numbers.as_ptr().add(DEPTH)));
                    *words = std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(high, low));
                }
            }
            let lines = (N - line).min(DEPTH);
            for (words, to) in transposed(&words).into_iter().zip(to.iter_mut()) {
                let to = &mut to[line..line + lines];
                // SAFETY: as many words are stored as the slice has.
                #[expect(unsafe_code, reason = "vector registers are stored through pointers")]
                unsafe {
                    _mm512_mask_storeu_epi32(to.as_mut_ptr().cast(), ((1_u32 << lines) - 1) as u16, words);
                }
            }
        }
    }
}

/// Transposes sixteen lines of sixteen words.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed(lines: &[__m512i; DEPTH]) -> [__m512i; DEPTH] {
    // Interleaves pairs of lines word by word, then fours, so that each quarter of a register holds four words of one
    // column.
    let mut twos = *lines;
    for line in (0..DEPTH).step_by(2) {
        twos[line] = _mm512_unpacklo_epi32(lines[line], lines[line + 1]);
        twos[line + 1] = _mm512_unpackhi_epi32(lines[line], lines[line + 1]);
    }
    let mut fours = twos;
    for line in (0..DEPTH).step_by(4) {
        fours[line] = _mm512_unpacklo_epi64(twos[line], twos[line + 2]);
        fours[line + 1] = _mm512_unpackhi_epi64(twos[line], twos[line + 2]);
        fours[line + 2] = _mm512_unpacklo_epi64(twos[line + 1], twos[line + 3]);
        fours[line + 3] = _mm512_unpackhi_epi64(twos[line + 1], twos[line + 3]);
    }
    // `fours[4 g + c]` has, of lines 4 g to 4 g + 3, columns c, c + 4, c + 8 and c + 12.
    let mut columns = fours;
    for column in 0..4 {
        let [a, b, c, d] = std::array::from_fn(|group| fours[4 * group + column]);
        let (even, odd) =
            (_mm512_shuffle_i32x4::<0b10_00_10_00>(a, b), _mm512_shuffle_i32x4::<0b11_01_11_01>(a, b));
        let (even_2, odd_2) =
            (_mm512_shuffle_i32x4::<0b10_00_10_00>(c, d), _mm512_shuffle_i32x4::<0b11_01_11_01>(c, d));
        columns[column] = _mm512_shuffle_i32x4::<0b10_00_10_00>(even, even_2);
        columns[column + 8] = _mm512_shuffle_i32x4::<0b11_01_11_01>(even, even_2);
        columns[column + 4] = _mm512_shuffle_i32x4::<0b10_00_10_00>(odd, odd_2);
        columns[column + 12] = _mm512_shuffle_i32x4::<0b11_01_11_01>(odd, odd_2);
    }
    columns
}

/// Packs the columns from `first` on of an operand that is stored row by row.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
fn pack_columns(from: Matrix<'_>, first: usize, to: &mut [RightPanel]) {
    let count = COLUMNS.min(from.columns - first);
    for (pair, words) in to.iter_mut().enumerate() {
        let line = |row: usize| from.data.get(row * from.row_stride + first..).filter(|_| row < from.rows);
        let (upper, lower) = (line(2 * pair), line(2 * pair + 1));
        match (
            upper.and_then(|upper| upper.first_chunk::<COLUMNS>()),
            lower.and_then(|lower| lower.first_chunk::<COLUMNS>()),
        ) {
            (Some(upper), Some(lower)) if count == COLUMNS => {
                for column in 0..COLUMNS {
                    words[column] = pack_pair(upper[column], lower[column]);
                }
            }
            _ => {
                let number = |line: Option<&[f32]>, column: usize| line.map_or(0.0, |line| line[column]);
                *words = [0; COLUMNS];
                for (column, to) in words.iter_mut().enumerate().take(count) {
                    *to = pack_pair(number(upper, column), number(lower, column));
                }
            }
        }
    }
}

/// Computes the sums of one panel of rows with one panel of columns.
#[target_feature(enable = "avx512f,avx512bf16")]
fn kernel(left: &[LeftPanel], right: &[RightPanel]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
    let mut found = [[0.0; COLUMNS]; ROWS];
    // SAFETY: every load and store takes sixteen words of an array of 32, from its beginning or its middle; the types
    // that are transmuted are both 64 bytes of any bits.
    #[expect(unsafe_code, reason = "vector registers are loaded through pointers")]
    unsafe {
        for (left, right) in left.iter().zip(right) {
            let low: __m512bh = std::mem::transmute(_mm512_loadu_si512(right.as_ptr().cast()));
            let high: __m512bh = std::mem::transmute(_mm512_loadu_si512(right.as_ptr().add(16).cast()));
            for (sums, pair) in sums.iter_mut().zip(left) {
                let pair: __m512bh = std::mem::transmute(_mm512_set1_epi32(pair.cast_signed()));
                sums[0] = _mm512_dpbf16_ps(sums[0], pair, low);
                sums[1] = _mm512_dpbf16_ps(sums[1], pair, high);
            }
        }
        for (found, sums) in found.iter_mut().zip(&sums) {
            _mm512_storeu_ps(found.as_mut_ptr(), sums[0]);
            _mm512_storeu_ps(found.as_mut_ptr().add(16), sums[1]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::gemm::{Threads, multiply as exact};
    use crate::ops::testing::random;

    fn numbers(rows: usize, columns: usize, seed: u64) -> Vec<f32> {
        random(&[rows, columns], seed).flatten_all().unwrap().to_vec1().unwrap()
    }

    fn rounded(values: &[f32]) -> Vec<f32> {
        values.iter().map(|x| f32::from_bits(pack_pair(*x, 0.0) << 16)).collect()
    }

    #[test]
    fn rounds_to_the_nearest_and_ties_to_even() {
        for (number, bits) in
            [(1.0, 0x3f80), (1.0 + 1.0 / 256.0, 0x3f80), (1.0 + 3.0 / 256.0, 0x3f82), (-2.5, 0xc020)]
        {
            assert_eq!(pack_pair(number, 0.0), bits, "{number}");
            assert_eq!(pack_pair(0.0, number), bits << 16, "{number}");
        }
    }

    #[test]
    fn products_of_any_shape_are_those_of_the_rounded_numbers() {
        if !is_available() {
            return;
        }
        for (m, k, n) in [(1, 1, 1), (12, 32, 32), (13, 33, 31), (100, 7, 70), (250, 96, 33)] {
            let (a, b) = (numbers(m, k, 1), numbers(k, n, 2));
            let transposed: Vec<f32> = (0..n * k).map(|i| b[i % k * n + i / k]).collect();
            let (ra, rb) = (rounded(&a), rounded(&b));
            // The product is added to rows of n + 3 numbers.
            let mut expected = vec![1.0; m * (n + 3)];
            let target = MatrixMut::new(&mut expected, m, n, n + 3);
            exact(target, true, 1.0, Matrix::new(&ra, m, k, k), Matrix::new(&rb, k, n, n), Threads::One);
            let rights = [Matrix::new(&b, k, n, n), Matrix::new(&transposed, n, k, k).transposed()];
            let left = Matrix::new(&a, m, k, k);
            for right in rights {
                let mut found = vec![1.0; m * (n + 3)];
                multiply(MatrixMut::new(&mut found, m, n, n + 3), true, left, right);
                let error = found.iter().zip(&expected).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs()));
                assert!(error < 1e-4, "{m}x{k}x{n}: {error}");
            }
        }
    }
}
