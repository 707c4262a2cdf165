//! Two histograms of projections, with a threshold that is dragged or moved by keys.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::format;
use crate::t;

/// The number of bins, over the range of both groups.
const BINS: usize = 30;
/// The width and the height of the picture.
const BOX: [f64; 2] = [300.0, 90.0];
/// An arrow key moves the threshold by this share of the range, one with Shift by a tenth of it, a page key by ten times as much.
const STEP: f64 = 0.01;

/// The range of two groups of values, and the share of each group in each bin of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bins {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) shares: [Vec<f64>; 2],
}

impl Bins {
    /// Counts the values. `None` where a group is empty.
    pub(super) fn new(groups: [&[f64]; 2]) -> Option<Self> {
        if groups.iter().any(|group| group.is_empty()) {
            return None;
        }
        let all = || groups.iter().flat_map(|group| group.iter().copied());
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        // A threshold can be put below and above every value.
        let margin = if high > low { (high - low) / 20.0 } else { 1.0 };
        let (low, high) = (low - margin, high + margin);
        let shares = groups.map(|group| {
            let mut shares = vec![0.0; BINS];
            for value in group {
                let bin = ((value - low) / (high - low) * BINS as f64) as usize;
                shares[bin.min(BINS - 1)] += 1.0 / group.len() as f64;
            }
            shares
        });
        Some(Self { low, high, shares })
    }

    /// Returns the place of a value in the picture, at its edge for one beyond it.
    fn x(&self, value: f64) -> f64 {
        BOX[0] * ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Returns the value at a share of the picture's width.
    fn value(&self, share: f64) -> f64 {
        self.rounded(self.low + share.clamp(0.0, 1.0) * (self.high - self.low))
    }

    /// Rounds a value to a thousandth of the range, in decimal digits.
    fn rounded(&self, value: f64) -> f64 {
        let unit = 10.0_f64.powi(((self.high - self.low) / 1000.0).log10().floor() as i32);
        let rounded = (value / unit).round() * unit;
        // A unit below 1 is no binary fraction, so that the digits behind it are cut as a text.
        let decimals = (-unit.log10()).round().clamp(0.0, 12.0) as usize;
        let rounded = format!("{rounded:.decimals$}").parse().unwrap_or(rounded);
        if rounded == 0.0 { 0.0 } else { rounded }
    }

    /// Returns the threshold to which a key moves; `None` for other keys.
    pub(super) fn pressed(&self, key: &str, shift: bool, from: f64) -> Option<f64> {
        let range = self.high - self.low;
        let step = range * if shift { STEP / 10.0 } else { STEP };
        let to = match key {
            "ArrowRight" | "ArrowUp" => from + step,
            "ArrowLeft" | "ArrowDown" => from - step,
            "PageUp" => from + range / 10.0,
            "PageDown" => from - range / 10.0,
            "Home" => self.low,
            "End" => self.high,
            _ => return None,
        };
        Some(self.rounded(to.clamp(self.low, self.high)))
    }

    /// Returns the outline of a group's bars.
    fn path(&self, group: usize) -> String {
        let most = self.shares.iter().flatten().copied().fold(0.0, f64::max);
        let width = BOX[0] / BINS as f64;
        let bar = |(at, share): (usize, &f64)| {
            let (left, top) = (at as f64 * width, BOX[1] * (1.0 - share / most));
            format!("M{left:.1} {}V{top:.1}H{:.1}V{}Z", BOX[1], left + width, BOX[1])
        };
        self.shares[group].iter().enumerate().filter(|(_, share)| **share > 0.0).map(bar).collect()
    }
}

/// The picture.
#[component]
pub(super) fn Histogram(
    /// The bins of both groups.
    #[prop(into)]
    bins: Signal<Option<Bins>>,
    /// The threshold.
    #[prop(into)]
    above: Signal<f64>,
    /// What the threshold does, for a screen reader.
    #[prop(into)]
    words: Signal<String>,
    /// Called with a new threshold.
    set: Callback<f64>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let is_dragged = StoredValue::new(false);
    let path = move |group: usize| bins.with(|bins| bins.as_ref().map(|bins| bins.path(group)));
    let x = move || bins.with(|bins| bins.as_ref().map_or(0.0, |bins| bins.x(above.get())));
    let follow = move |event: &ev::PointerEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        let edges = frame.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - edges.left()) / edges.width().max(1.0);
        if let Some(to) = bins.with_untracked(|bins| bins.as_ref().map(|bins| bins.value(share)))
            && to.to_bits() != above.get_untracked().to_bits()
        {
            set.run(to);
        }
    };
    let press = move |event: ev::PointerEvent| {
        if event.button() == 0 {
            is_dragged.set_value(true);
            if let Some(frame) = frame.get_untracked() {
                let _ = frame.set_pointer_capture(event.pointer_id());
                let _ = frame.focus();
            }
            follow(&event);
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if is_dragged.get_value() && event.buttons() & 1 != 0 {
            follow(&event);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let from = above.get_untracked();
        let to = bins.with_untracked(|bins| bins.as_ref()?.pressed(&event.key(), event.shift_key(), from));
        if let Some(to) = to {
            event.prevent_default();
            set.run(to);
        }
    };
    let edge = move |of: fn(&Bins) -> f64| {
        bins.with(|bins| bins.as_ref().map(of)).map(|edge| edge.to_string()).unwrap_or_default()
    };
    let label = move |of: fn(&Bins) -> f64| {
        bins.with(|bins| bins.as_ref().map(of)).map(|edge| format::number(edge, 1)).unwrap_or_default()
    };
    view! {
        <div class="gate-histogram" node_ref=frame tabindex="0" role="slider" data-testid="gate-histogram" aria-label=t!("widgets-gate-threshold")
            aria-valuemin=move || edge(|bins| bins.low) aria-valuemax=move || edge(|bins| bins.high) aria-valuenow=move || above.get().to_string()
            aria-valuetext=words title=t!("widgets-gate-drag")
            on:pointerdown=press on:pointermove=drag on:pointerup=move |_| is_dragged.set_value(false) on:keydown=on_key>
            <svg viewBox=format!("0 0 {} {}", BOX[0], BOX[1]) preserveAspectRatio="none" aria-hidden="true">
                <path d=move || path(1) fill="var(--series-1)" fill-opacity="0.5"></path>
                <path d=move || path(0) fill="var(--series-0)" fill-opacity="0.5"></path>
                <line x1=x x2=x y1="0" y2=BOX[1].to_string() stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"></line>
            </svg>
            <span class="row quiet small" aria-hidden="true"><span class="grow">{move || label(|bins| bins.low)}</span>{move || label(|bins| bins.high)}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_shares_of_each_group_over_the_range_of_both() {
        let bins = Bins::new([&[0.0, 10.0], &[0.0, 0.0, 5.0, 5.0]]).expect("bins");
        assert!((bins.low + 0.5).abs() < 1e-12 && (bins.high - 10.5).abs() < 1e-12);
        // A bin is 11 / 30 wide, from -0.5 on: 0 is in bin 1, 5 in bin 15, and 10 in bin 28.
        assert_eq!(
            (bins.shares[0][1], bins.shares[0][28], bins.shares[1][1], bins.shares[1][15]),
            (0.5, 0.5, 0.5, 0.5)
        );
        for shares in &bins.shares {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!(Bins::new([&[], &[1.0]]), None);
        let same = Bins::new([&[2.0], &[2.0]]).expect("bins");
        assert_eq!((same.low, same.high), (1.0, 3.0));
    }

    #[test]
    fn a_threshold_is_moved_by_keys_and_by_the_pointer_within_the_range() {
        let bins = Bins::new([&[0.0, 10.0], &[5.0]]).expect("bins");
        assert_eq!(bins.pressed("ArrowRight", false, 5.0), Some(5.11));
        assert_eq!(bins.pressed("ArrowLeft", true, 5.0), Some(4.99));
        assert_eq!(bins.pressed("PageUp", false, 10.0), Some(10.5));
        assert_eq!(
            (bins.pressed("Home", false, 1.0), bins.pressed("End", false, 1.0)),
            (Some(-0.5), Some(10.5))
        );
        assert_eq!(bins.pressed("Tab", false, 1.0), None);
        assert_eq!((bins.value(0.5), bins.value(-1.0), bins.value(2.0)), (5.0, -0.5, 10.5));
        assert!(
            (bins.x(5.0) - 150.0).abs() < 1e-9 && bins.x(-90.0) == 0.0 && (bins.x(90.0) - 300.0).abs() < 1e-9
        );
    }
}
