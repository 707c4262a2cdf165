//! The tokens that top-k and min-p leave.

use super::Sampling;

/// The tokens that are sampled from.
pub(super) struct Candidates {
    /// In ascending order; `None` where it is the whole vocabulary.
    pub(super) ids: Option<Vec<u32>>,
    /// Their logits, less the largest one.
    pub(super) logits: Vec<f32>,
    /// The sum of their probabilities among those that top-k left.
    pub(super) mass: f32,
}

impl Sampling {
    /// Cuts the vocabulary by top-k and min-p. candle's own top-k is not used, because it does not let top-p see
    /// probabilities that sum to 1 again, as transformers and llama.cpp do. `None` where a logit is NaN or the largest one is
    /// infinite.
    pub(super) fn candidates(&self, logits: &mut Vec<f32>) -> Option<Candidates> {
        let most = logits[argmax(logits)? as usize];
        for logit in logits.iter_mut() {
            *logit -= most;
        }
        let cuts_ranks = (1..logits.len()).contains(&self.top_k);
        let cuts_shares = self.min_p > 0.0 || self.top_p < 1.0;
        if !cuts_ranks && !cuts_shares {
            return Some(Candidates { ids: None, logits: std::mem::take(logits), mass: 1.0 });
        }
        let mut kept: Vec<(u32, f32)> = if cuts_ranks {
            likeliest(logits, self.top_k)
        } else {
            (0..).zip(logits.iter().copied()).collect()
        };
        let mut mass = 1.0;
        if cuts_shares {
            // Probabilities as shares of the largest one.
            let share = |(_, logit): &(u32, f32)| (logit / self.temperature).exp();
            let total: f64 = kept.iter().map(|kept| f64::from(share(kept))).sum();
            // All tokens below this share have less than 1 − p together, so that none of them is among the likeliest that sum to p.
            // candle sorts what it is given: this leaves it few.
            let tail = 0.5 * f64::from(1.0 - self.top_p) * total / kept.len() as f64;
            let least = f64::from(self.min_p).max(tail);
            let mut left = 0.0;
            kept.retain(|kept| {
                let share = f64::from(share(kept));
                let stays = share >= least;
                left += if stays { share } else { 0.0 };
                stays
            });
            mass = (left / total) as f32;
        }
        let (ids, logits) = kept.into_iter().unzip();
        Some(Candidates { ids: Some(ids), logits, mass })
    }
}

/// Returns the `count` largest logits with their ids, in ascending order of ids; of equal ones those with the lowest
/// ids.
pub(super) fn likeliest(logits: &[f32], count: usize) -> Vec<(u32, f32)> {
    let mut order = logits.to_vec();
    let (above, last, _) = order.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
    let (above, last) = (above.iter().filter(|logit| logit.total_cmp(last).is_gt()).count(), *last);
    let mut equal = count - above;
    let stays = |(_, logit): &(u32, f32)| {
        let is_equal = logit.total_cmp(&last).is_eq();
        let stays = logit.total_cmp(&last).is_gt() || is_equal && equal > 0;
        equal -= usize::from(is_equal && stays);
        stays
    };
    (0..).zip(logits.iter().copied()).filter(stays).collect()
}

/// Returns the id of the largest logit, of equal ones the lowest. `None` where a logit is NaN or the largest one is infinite.
pub(in crate::generate) fn argmax(logits: &[f32]) -> Option<u32> {
    let largest =
        |(best, most), (id, logit): (u32, &f32)| if *logit > most { (id, *logit) } else { (best, most) };
    let (best, most) = (0..).zip(logits).fold((0, f32::NEG_INFINITY), largest);
    (most.is_finite() && !logits.iter().any(|logit| logit.is_nan())).then_some(best)
}
