//! Sorts margins into the bins of a histogram.

use ipc::quality::Margin;

use crate::charts::{Band, Line, Picture, Stroke};
use crate::t;

/// About how many bins a histogram has.
const BINS: f64 = 24.0;

/// One bin: from its lower end up to, and without, its upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bin {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) count: usize,
}

impl Bin {
    /// Returns whether a margin falls into the bin.
    pub(super) fn holds(&self, margin: f64) -> bool {
        self.from <= margin && margin < self.to
    }
}

/// Sorts margins into bins of a round width. 0 is an end of a bin.
pub(super) fn bins(margins: &[Margin]) -> Vec<Bin> {
    let values = || margins.iter().map(|margin| margin.margin).filter(|margin| margin.is_finite());
    let (low, high) = values()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return vec![];
    }
    let width = round_width((high - low) / BINS);
    let place = |value: f64| (value / width).floor();
    let (first, last) = (place(low), place(high));
    let mut bins: Vec<Bin> = (0..=(last - first) as usize)
        .map(|at| Bin { from: (first + at as f64) * width, to: (first + at as f64 + 1.0) * width, count: 0 })
        .collect();
    for value in values() {
        let at = ((place(value) - first) as usize).min(bins.len() - 1);
        bins[at].count += 1;
    }
    bins
}

/// Returns the least of 1, 2, 5, 10, ... (and their tenths) that is not smaller than `least`.
fn round_width(least: f64) -> f64 {
    let least = least.max(0.1);
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|width| *width >= least * 0.999)
        .unwrap_or(10.0 * power)
}

/// Returns the chart of the bins.
pub(super) fn picture(bins: &[Bin]) -> Picture {
    let top = |bin: &Bin| [[bin.from, bin.count as f64], [bin.to, bin.count as f64]];
    let mut points: Vec<[f64; 2]> = bins.iter().flat_map(top).collect();
    let band = Band { color: 0, points: points.iter().map(|[x, y]| [*x, 0.0, *y]).collect() };
    if let (Some(first), Some(last)) = (bins.first(), bins.last()) {
        points.insert(0, [first.from, 0.0]);
        points.push([last.to, 0.0]);
    }
    let line =
        Line { name: t!("data-histogram-line"), color: 0, stroke: Stroke::Solid, points, notes: vec![] };
    Picture {
        x_title: t!("data-histogram-odds"),
        y_title: t!("data-histogram-line"),
        rule_at: Some(0.0),
        bands: vec![band],
        lines: vec![line],
        ..Picture::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn margin(margin: f64) -> Margin {
        Margin { pair: 1, number: 1, margin, per_token: 0.0 }
    }

    #[test]
    fn every_margin_is_in_one_bin_and_zero_is_an_end() {
        let margins: Vec<Margin> = (-40..25).map(|n| margin(f64::from(n) * 1.3)).collect();
        let bins = bins(&margins);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), margins.len());
        assert!(bins.iter().any(|bin| bin.from.abs() < 1e-9), "{bins:?}");
        for margin in &margins {
            assert_eq!(bins.iter().filter(|bin| bin.holds(margin.margin)).count(), 1, "{margin:?}");
        }
        assert!(bins.len() <= 26, "{}", bins.len());
    }

    #[test]
    fn few_margins_make_few_bins() {
        assert_eq!(bins(&[]), []);
        assert_eq!(bins(&[margin(3.0), margin(3.0)]).len(), 1);
        assert!((round_width(0.31) - 0.5).abs() < 1e-9 && (round_width(7.0) - 10.0).abs() < 1e-9);
    }
}
