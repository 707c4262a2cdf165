//! The percentiles of the residual stream's projections on a vector over quiet texts, from which the thresholds of caps are taken.

use super::ROWS_AT_ONCE;
use super::blocks::{Pass, unit_of, visit_blocks};
use crate::algebra::dot;
use crate::model::{Model, ModelError, Part};
use crate::ops::rows;
use crate::packing::Packing;
use crate::progress::Progress;
use crate::steering::SteeringVector;

/// The percentiles of the projections at one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPercentiles {
    /// The 0-based block after which the residual stream is projected.
    pub layer: usize,
    /// The percentiles 0 to 100, in units of the residual stream.
    pub values: Vec<f64>,
}

/// Returns the percentiles of the projections on each part of a vector, after that part's block, in the unsteered model. All tokens
/// of all texts count alike, but for the first of each text: an attention sink, whose residual stream is many times as long as the
/// others' (Sun et al. 2024, arXiv 2402.17762). `progress` counts blocks.
///
/// # Errors
/// Where a part does not fit the model or has no direction, a text is empty or too long, no token is left, a projection is not
/// finite, or `progress` says stop.
pub fn projection_percentiles(
    model: &Model,
    texts: &[Vec<u32>],
    parts: &[SteeringVector],
    mut progress: Progress<'_>,
) -> Result<Vec<LayerPercentiles>, ModelError> {
    let units = parts.iter().map(|part| unit_of(model, part)).collect::<Result<Vec<_>, _>>()?;
    texts.iter().try_for_each(|text| model.check_tokens(text))?;
    if texts.iter().all(|text| text.len() < 2) {
        return Err(ModelError::EmptyPrompt);
    }
    let blocks = parts.iter().map(|part| part.layer + 1).max().unwrap_or(0);
    let passes = passes(texts);
    let mut found = vec![Vec::new(); parts.len()];
    for (index, pass) in passes.iter().enumerate() {
        let mut packing = Packing::default();
        for text in pass {
            packing.push_text(text);
        }
        let place = Pass { index, count: passes.len() };
        visit_blocks(model, blocks, &packing, place, &mut progress, |block, x| {
            let mut rows = None;
            for ((part, unit), found) in parts.iter().zip(&units).zip(&mut found) {
                if part.layer == block {
                    let rows = match &rows {
                        Some(rows) => rows,
                        None => rows.insert(rows::read(x)?),
                    };
                    let kept = packing.groups.iter().flat_map(|group| group.rows.clone().skip(1));
                    found.extend(kept.map(|row| dot(rows.row(row), unit)));
                }
            }
            Ok(())
        })?;
    }
    let mut all = Vec::with_capacity(parts.len());
    for (part, mut found) in parts.iter().zip(found) {
        Part::Text.check(0, found.iter().copied())?;
        found.sort_unstable_by(f64::total_cmp);
        let values = (0..=100).map(|percent| percentile(&found, percent)).collect();
        all.push(LayerPercentiles { layer: part.layer, values });
    }
    Ok(all)
}

/// Splits texts into runs of at most [`ROWS_AT_ONCE`] rows; a longer text is a run of its own.
fn passes(texts: &[Vec<u32>]) -> Vec<Vec<&[u32]>> {
    let (mut passes, mut size) = (Vec::<Vec<&[u32]>>::new(), 0);
    for text in texts {
        match passes.last_mut() {
            Some(pass) if size + text.len() <= ROWS_AT_ONCE => pass.push(text),
            _ => {
                passes.push(vec![text]);
                size = 0;
            }
        }
        size += text.len();
    }
    passes
}

/// Returns a percentile of ascending values, at least one: the value at `percent` of the way from the first to the last, between two
/// values in proportion, as NumPy's and PyTorch's default is.
fn percentile(ascending: &[f64], percent: u8) -> f64 {
    let place = f64::from(percent) / 100.0 * (ascending.len() - 1) as f64;
    let (low, share) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(ascending.len() - 1);
    ascending[low] + share * (ascending[high] - ascending[low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_values_in_proportion() {
        let values = [-2.0, 0.0, 1.0, 5.0, 9.0];
        let of = |percent| percentile(&values, percent);
        assert_eq!([of(0), of(25), of(50), of(75), of(100)], values);
        assert!((of(10) - -1.2).abs() < 1e-12 && (of(95) - 8.2).abs() < 1e-12);
        assert_eq!(percentile(&[3.5], 25), 3.5);
    }

    #[test]
    fn a_pass_has_only_so_many_rows() {
        let text = |length: usize| vec![1; length];
        let texts = [text(700), text(60), text(9), text(2000), text(1)];
        let lengths = |pass: &Vec<&[u32]>| pass.iter().map(|text| text.len()).collect::<Vec<_>>();
        let found: Vec<_> = passes(&texts).iter().map(lengths).collect();
        assert_eq!(found, [vec![700, 60], vec![9], vec![2000], vec![1]]);
    }
}
