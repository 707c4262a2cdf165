//! The state of the right side of the Sweep screen: the shown curves, the axis, and the point that was clicked.

use std::collections::{HashMap, HashSet};

use ipc::Id;
use ipc::sweep::{Curve, Sweep, SweepPoint};
use leptos::prelude::*;

use crate::t;
use crate::text::message;

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

    /// Returns the name in the choice of the axis.
    pub(super) fn name(self) -> String {
        match self {
            Self::Multiplier => t!("multiplier"),
            Self::Norm => t!("sweep-axis-norm"),
            Self::Divergence => t!("sweep-axis-divergence"),
            Self::Layer => t!("layer"),
            Self::Epoch => t!("sweep-axis-epoch"),
        }
    }

    /// Returns the title of the axis on a chart.
    pub(super) fn title(self) -> String {
        match self {
            Self::Multiplier => t!("sweep-axis-title-multiplier"),
            Self::Norm => t!("sweep-axis-title-norm"),
            Self::Divergence => t!("sweep-axis-title-divergence"),
            Self::Layer => t!("sweep-axis-title-layer"),
            Self::Epoch => t!("sweep-axis-title-epoch"),
        }
    }

    /// Returns what stands on the axis, as exported files say it in every language.
    pub(super) fn in_files(self) -> &'static str {
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

/// The numbers of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// How far each score lies from the unsteered model, with its paired interval.
    Change,
    /// The scores themselves.
    Values,
}

/// The tabs beside the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// The curves, and their numbers.
    Chart,
    /// What lies behind one point.
    Answers,
    /// Every score of every vector at one multiplier.
    Matrix,
    /// The slope of each example.
    Examples,
    /// Answers to rate.
    Rate,
    /// Files of what is shown.
    Export,
}

impl Tab {
    pub(super) const ALL: [Self; 6] =
        [Self::Chart, Self::Answers, Self::Matrix, Self::Examples, Self::Rate, Self::Export];

    /// Returns the message of its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chart => "sweep-tab-chart",
            Self::Answers => "sweep-tab-answers",
            Self::Matrix => "sweep-tab-matrix",
            Self::Examples => "sweep-tab-examples",
            Self::Rate => "sweep-tab-rate",
            Self::Export => "export",
        }
    }

    /// Returns its name.
    pub(super) fn label(self) -> String {
        message(self.name(), &[])
    }

    /// Returns the name in tests.
    pub(super) fn testid(self) -> &'static str {
        match self {
            Self::Chart => "sweep-tab-chart",
            Self::Answers => "sweep-tab-answers",
            Self::Matrix => "sweep-tab-matrix",
            Self::Examples => "sweep-tab-examples",
            Self::Rate => "sweep-tab-rate",
            Self::Export => "sweep-tab-export",
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
    pub(super) shows: Shows,
    /// The changes of each sweep.
    pub(super) changes: HashMap<Id, Vec<SweepPoint>>,
}

impl PanelOptions {
    /// Returns the points of a curve that are drawn, by multiplier.
    pub(super) fn points(&self, sweep: &Sweep, curve: Curve) -> Vec<SweepPoint> {
        match self.shows {
            Shows::Values => sweep.curve(curve),
            Shows::Change => self
                .changes
                .get(&sweep.id)
                .map(|changes| ipc::sweep::curve_of(changes, curve))
                .unwrap_or_default(),
        }
    }
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
    pub(super) tab: RwSignal<Tab>,
    pub(super) shows: RwSignal<Shows>,
    /// The sweep that was run again although nothing of it has changed.
    pub(super) unchanged: RwSignal<Option<Id>>,
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
            tab: RwSignal::new(Tab::Chart),
            shows: RwSignal::new(Shows::Change),
            unchanged: RwSignal::new(None),
            resets: RwSignal::new(0),
        }
    }

    /// Shows a sweep.
    pub(super) fn choose(self, sweep: Id) {
        self.point.set(None);
        self.panel.set(0);
        self.arm.set(None);
        self.tab.set(Tab::Chart);
        self.sweep.set(Some(sweep));
        self.unchanged.set(None);
        self.resets.update(|resets| *resets += 1);
    }
}
