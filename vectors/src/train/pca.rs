//! The first principal component of activation differences: the steering vectors of repeng's `pca_diff`.

use faer::linalg::solvers::EvdError;
use faer::{Mat, Side};

use super::activations::read_activations;
use super::mean_difference::ExtractedVectors;
use super::{AnswerPosition, TrainError};
use crate::memory;
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::progress::Progress;

/// Lanczos steps after which the component is exact to rounding, for any rows that have one.
const MAX_STEPS: usize = 80;

/// For each layer, the first principal component of the differences at the answers' last tokens, with norm 1. Its sign is
/// chosen so that more differences have a positive projection than a negative one. This is repeng's `pca_diff`
/// (vgel/repeng, after Zou et al. 2023, arXiv 2310.01405); repeng fits scikit-learn's PCA, which subtracts the mean first.
pub(super) fn principal_components(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    progress: Progress<'_>,
) -> Result<ExtractedVectors, TrainError> {
    let width = model.facts().hidden_size;
    let mut all = Vec::with_capacity(layers.len());
    for _ in layers {
        all.push(memory::with_room(width * pairs.len())?);
    }
    let norms = read_activations(model, pairs, layers, AnswerPosition::Last, progress, |found| {
        all[found.layer_index].extend(found.wanted.iter().zip(found.opposite).map(|(a, b)| a - b));
    })?;
    let mut values = Vec::with_capacity(width * layers.len());
    for differences in all {
        let mut direction = first_component(&differences, width)?;
        let project = |difference: &[f64]| difference.iter().zip(&direction).map(|(x, u)| x * u).sum::<f64>();
        let projections: Vec<f64> = differences.chunks_exact(width).map(project).collect();
        let signs: f64 = projections.iter().map(|x| if *x == 0.0 { 0.0 } else { x.signum() }).sum();
        // Where both signs are equally frequent, which repeng leaves to chance, the sum decides.
        let sign = if signs == 0.0 { projections.iter().sum() } else { signs };
        if sign < 0.0 {
            for x in &mut *direction {
                *x = -*x;
            }
        }
        values.extend(direction.into_iter().map(|x| x as f32));
    }
    Ok(ExtractedVectors { values, norms })
}

/// Returns the first principal component of rows of `width` numbers, as a unit vector; zero where all rows are equal.
///
/// It runs the Lanczos method (1950) on the covariance with full reorthogonalisation, then faer decomposes the small
/// tridiagonal matrix. Both run on one thread in a fixed order, so the same rows give the same bits. faer's own Lanczos
/// method (`partial_self_adjoint_eigen`) panics below 65 dimensions, and few pairs span few.
///
/// # Errors
/// [`TrainError::NoComponent`] where numbers are not finite.
fn first_component(rows: &[f64], width: usize) -> Result<Vec<f64>, TrainError> {
    if rows.iter().any(|x| !x.is_finite()) {
        return Err(TrainError::NoComponent);
    }
    let count = rows.len() / width.max(1);
    let mut mean = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / count as f64);
    }
    let centred: Vec<f64> =
        rows.chunks_exact(width).flat_map(|row| row.iter().zip(&mean).map(|(x, mean)| x - mean)).collect();
    // Start from the row farthest from the mean: it is not orthogonal to the component.
    let far = centred.chunks_exact(width).max_by(|a, b| dot(a, a).total_cmp(&dot(b, b)));
    let Some(mut next) = far.and_then(unit) else { return Ok(vec![0.0; width]) };
    let (mut basis, mut diagonal, mut off_diagonal) = (Vec::<Vec<f64>>::new(), Vec::new(), Vec::new());
    loop {
        let mut image = vec![0.0; width];
        for row in centred.chunks_exact(width) {
            let along = dot(row, &next);
            image.iter_mut().zip(row).for_each(|(y, x)| *y += along * x);
        }
        diagonal.push(dot(&image, &next));
        basis.push(next);
        // Orthogonalising twice is enough (Kahan; Parlett 1980).
        for _ in 0..2 {
            for known in &basis {
                let along = dot(&image, known);
                image.iter_mut().zip(known).for_each(|(x, k)| *x -= along * k);
            }
        }
        let length = dot(&image, &image).sqrt();
        if basis.len() == MAX_STEPS.min(width).min(count) || length <= 1e-13 * diagonal[0].abs() {
            break;
        }
        off_diagonal.push(length);
        next = image.into_iter().map(|x| x / length).collect();
    }
    let weights = largest_eigenvector(&diagonal, &off_diagonal)
        .map_err(|EvdError::NoConvergence| TrainError::NoComponent)?;
    let mut component = vec![0.0; width];
    for (known, weight) in basis.iter().zip(&weights) {
        component.iter_mut().zip(known).for_each(|(x, k)| *x += weight * k);
    }
    Ok(unit(&component).unwrap_or(component))
}

/// The eigenvector of the largest eigenvalue of a symmetric tridiagonal matrix, by faer.
fn largest_eigenvector(diagonal: &[f64], off_diagonal: &[f64]) -> Result<Vec<f64>, EvdError> {
    let size = diagonal.len();
    let matrix = Mat::from_fn(size, size, |i, j| match i.abs_diff(j) {
        0 => diagonal[i],
        1 => off_diagonal[i.min(j)],
        _ => 0.0,
    });
    // The eigenvalues ascend.
    let eigenvectors = matrix.self_adjoint_eigen(Side::Lower)?;
    Ok(eigenvectors.U().col(size - 1).iter().copied().collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(x: &[f64]) -> Option<Vec<f64>> {
    let length = dot(x, x).sqrt();
    (length > 0.0).then(|| x.iter().map(|x| x / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_vary_along_one_line_have_it_as_their_component() {
        // Along (3, 4) / 5 around the mean (10, 20), and a little across.
        let rows = [[13.0, 24.0], [7.0, 16.0], [10.4, 19.7], [9.6, 20.3]].concat();
        let component = first_component(&rows, 2).unwrap();
        assert!((component[0].abs() - 0.6).abs() < 1e-12 && (component[1].abs() - 0.8).abs() < 1e-12);
        assert!(component[0] * component[1] > 0.0);
    }

    #[test]
    fn the_component_is_an_eigenvector_and_none_varies_more() {
        let (count, width) = (40, 25);
        let number = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 32_768.0 - 1.0;
        let rows: Vec<f64> = (0..count * width).map(number).collect();
        let component = first_component(&rows, width as usize).unwrap();
        let mean: Vec<f64> = (0..width as usize)
            .map(|i| rows.chunks(width as usize).map(|row| row[i]).sum::<f64>() / f64::from(count))
            .collect();
        let image_of = |x: &[f64]| {
            let mut image = vec![0.0; width as usize];
            for row in rows.chunks(width as usize) {
                let row: Vec<f64> = row.iter().zip(&mean).map(|(x, m)| x - m).collect();
                let along = dot(&row, x);
                image.iter_mut().zip(&row).for_each(|(y, r)| *y += along * r);
            }
            image
        };
        let image = image_of(&component);
        let value = dot(&image, &component);
        let rest: f64 = image.iter().zip(&component).map(|(y, x)| (y - value * x).powi(2)).sum();
        assert!(rest.sqrt() < 1e-9 * value, "{} off_diagonal {value}", rest.sqrt());
        // Many steps of the power method cannot find more.
        let mut x = image_of(&(0..width).map(|i| number(i + 7)).collect::<Vec<_>>());
        for _ in 0..500 {
            x = image_of(&unit(&x).unwrap());
        }
        let x = unit(&x).unwrap();
        assert!(dot(&image_of(&x), &x) <= value * (1.0 + 1e-9));
    }

    #[test]
    fn rows_that_do_not_vary_have_none() {
        assert_eq!(first_component(&[1.0, 2.0, 1.0, 2.0], 2).unwrap(), [0.0, 0.0]);
        assert_eq!(first_component(&[1.0, 2.0], 2).unwrap(), [0.0, 0.0]);
    }

    #[test]
    fn rows_that_are_not_finite_are_refused() {
        assert!(first_component(&[1.0, 2.0, f64::NAN, 2.0], 2).is_err());
    }
}
