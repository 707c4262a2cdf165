//! Vectors that need no gradient: mean differences of activations.

use super::{Position, TrainError};
use crate::Progress;
use crate::kept::chunks;
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::steering::Shifts;

/// What the activations of some pairs come to.
pub(super) struct Means {
    /// The vectors, one after the other, in the layers' order.
    pub(super) values: Vec<f32>,
    /// The mean L2 norm of all rows after the lowest layer.
    pub(super) norm: f64,
}

/// The mean over pairs of the difference between the wanted answer's and the opposite answer's activations, after each
/// of `layers` (in ascending order). An answer's activation is taken where `position` says; its closing token is never
/// read, so it counts nowhere.
pub(super) fn mean_differences(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    position: Position,
    progress: Progress<'_>,
) -> Result<Means, TrainError> {
    pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
    let width = model.facts().hidden_size;
    let mut sums = vec![vec![0.0_f64; width]; layers.len()];
    let (mut done, mut norms, mut count) = (0, 0.0, 0);
    for chunk in chunks(pairs) {
        if progress(done, pairs.len()).is_break() {
            return Err(TrainError::Stopped);
        }
        let mut packing = Packing::default();
        let parts: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
        let mut x = model.decoder.embed(&packing.tokens).map_err(ModelError::from)?;
        let mut next = 0;
        for (layer, sum) in layers.iter().zip(&mut sums) {
            x = on_pool(|| model.decoder.run(next..layer + 1, x, &packing, &Shifts::default()))
                .map_err(ModelError::from)?;
            next = layer + 1;
            let rows = rows::read(&x).map_err(ModelError::from)?;
            if *layer == layers[0] {
                let norm = |row: &[f32]| row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
                norms += (0..rows.count()).map(|row| norm(rows.row(row))).sum::<f64>();
                count += rows.count();
            }
            for part in &parts {
                for (answer, sign) in [(&part.wanted, 1.0), (&part.opposite, -1.0)] {
                    // An answer of a closing token alone has no row of its own.
                    let taken = match position {
                        Position::Mean => answer.clone(),
                        Position::Last => answer.end.saturating_sub(1).max(answer.start)..answer.end,
                    };
                    let weight = sign / (taken.len() * pairs.len()) as f64;
                    for row in taken {
                        sum.iter_mut().zip(rows.row(row)).for_each(|(sum, x)| *sum += weight * f64::from(*x));
                    }
                }
            }
        }
        done += chunk.len();
    }
    let _ = progress(pairs.len(), pairs.len());
    let values = sums.into_iter().flatten().map(|x| x as f32).collect();
    Ok(Means { values, norm: norms / count.max(1) as f64 })
}
