//! The state of the right side of the Sweep screen: the shown curves, the axis, and the point that was clicked.

use std::collections::HashSet;

use ipc::Id;
use ipc::sweep::Curve;
use leptos::prelude::*;

/// The quantity on the horizontal axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// The multiplier.
    Multiplier,
    /// The norm of the added vector, with the multiplier's sign.
    Norm,
    /// The divergence from the unsteered model at that multiplier, with its sign: methods at equal divergence stand over
    /// each other.
    Divergence,
    /// The layer of each arm's vector, at one multiplier.
    Layer,
    /// The epoch of each arm's vector, at one multiplier.
    Epoch,
}

impl Axis {
    pub(super) const ALL: [Self; 5] =
        [Self::Multiplier, Self::Norm, Self::Divergence, Self::Layer, Self::Epoch];

    /// Returns whether the chart is at one multiplier, rather than over all of them.
    pub(super) fn is_at_one(self) -> bool {
        matches!(self, Self::Layer | Self::Epoch)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Multiplier => "Multiplier",
            Self::Norm => "Added norm",
            Self::Divergence => "Divergence",
            Self::Layer => "Layer",
            Self::Epoch => "Epoch",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Multiplier => "multiplier",
            Self::Norm => "norm of what is added, with the multiplier\u{2019}s sign",
            Self::Divergence => {
                "KL from the unsteered model, nats a token, with the multiplier\u{2019}s sign"
            }
            Self::Layer => "layer",
            Self::Epoch => "epoch",
        }
    }
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CurvePoint {
    pub(super) sweep: Id,
    pub(super) curve: Curve,
    pub(super) multiplier: f64,
}

/// The choices that decide how the panels are drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PanelOptions {
    pub(super) axis: Axis,
    pub(super) at: f64,
    pub(super) hidden: HashSet<(Id, u32)>,
    pub(super) highlighted: Option<(Id, u32)>,
    pub(super) useful: Option<(f64, f64)>,
}

/// The state of the view. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct ViewState {
    /// The sweep that is shown; `None` for the newest.
    pub(super) sweep: RwSignal<Option<Id>>,
    /// The sweeps whose curves are laid over it.
    pub(super) overlaid: RwSignal<HashSet<Id>>,
    /// The arms that are hidden, by sweep and index.
    pub(super) hidden: RwSignal<HashSet<(Id, u32)>>,
    /// The arm under the pointer in the legend.
    pub(super) highlighted: RwSignal<Option<(Id, u32)>>,
    /// The arm that the useful range and the examples are of; `None` for the first one that moves.
    pub(super) arm: RwSignal<Option<(Id, u32)>>,
    pub(super) axis: RwSignal<Axis>,
    /// The multiplier at which layers are compared.
    pub(super) at: RwSignal<f64>,
    /// The useful range ends where perplexity exceeds this multiple of its unsteered value.
    pub(super) factor: RwSignal<f64>,
    /// The panel whose numbers the tables show.
    pub(super) panel: RwSignal<usize>,
    /// The point whose items are shown.
    pub(super) point: RwSignal<Option<CurvePoint>>,
    /// Whether the examples are shown one by one.
    pub(super) examples: RwSignal<bool>,
    /// Whether the heat map is shown.
    pub(super) is_map: RwSignal<bool>,
    /// Whether answers are being rated.
    pub(super) is_rating: RwSignal<bool>,
    /// Counts up when the axes are reset to show everything.
    pub(super) resets: RwSignal<u32>,
}

/// The multiple of the unsteered perplexity at which the useful range ends at first.
pub(super) const FIRST_FACTOR: f64 = ipc::sweep::USEFUL_FACTOR;

impl ViewState {
    pub(super) fn new() -> Self {
        Self {
            sweep: RwSignal::new(None),
            overlaid: RwSignal::default(),
            hidden: RwSignal::default(),
            highlighted: RwSignal::new(None),
            arm: RwSignal::new(None),
            axis: RwSignal::new(Axis::Multiplier),
            at: RwSignal::new(1.0),
            factor: RwSignal::new(FIRST_FACTOR),
            panel: RwSignal::new(0),
            point: RwSignal::new(None),
            examples: RwSignal::new(false),
            is_map: RwSignal::new(false),
            is_rating: RwSignal::new(false),
            resets: RwSignal::new(0),
        }
    }

    /// Shows a sweep.
    pub(super) fn choose(self, sweep: Id) {
        self.point.set(None);
        self.panel.set(0);
        self.arm.set(None);
        self.sweep.set(Some(sweep));
        self.resets.update(|resets| *resets += 1);
    }
}
