//! What a person has chosen and typed in the tabs of the Train screen. A tab is made anew when it is shown, and this stays.

use ipc::train::Method;
use leptos::prelude::*;

use super::curves::{Curve, SMOOTHING};

/// The multipliers of the paper.
const MULTIPLIERS: &str = "\u{2212}2 \u{2212}1.5 \u{2212}1 \u{2212}0.5 0 0.5 1 1.5 2";

/// The choices. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct KeptChoices {
    /// How strongly the curves are smoothed.
    pub(super) smoothing: RwSignal<f64>,
    /// Whether the values of the steps stand behind the smoothed curves.
    pub(super) raw: RwSignal<bool>,
    /// Whether the axis of the loss is logarithmic.
    pub(super) log: RwSignal<bool>,
    /// The curve of the last chart.
    pub(super) curve: RwSignal<Curve>,
    /// The multipliers at which epochs are measured.
    pub(super) epoch_multipliers: RwSignal<String>,
    /// The method by which layers are compared.
    pub(super) effects_method: RwSignal<Method>,
    /// The layers that are searched; empty until the model is known.
    pub(super) search_layers: RwSignal<String>,
    /// The learning rates that are searched.
    pub(super) search_rates: RwSignal<String>,
    /// The steps of a search.
    pub(super) search_budget: RwSignal<f64>,
}

impl KeptChoices {
    /// Returns what is chosen at first.
    pub(super) fn new() -> Self {
        Self {
            smoothing: RwSignal::new(SMOOTHING),
            raw: RwSignal::new(true),
            log: RwSignal::new(false),
            curve: RwSignal::new(Curve::RightWay),
            epoch_multipliers: RwSignal::new(MULTIPLIERS.to_owned()),
            effects_method: RwSignal::new(Method::Freeform),
            search_layers: RwSignal::default(),
            search_rates: RwSignal::new("0.02 0.05".to_owned()),
            search_budget: RwSignal::new(120.0),
        }
    }
}
