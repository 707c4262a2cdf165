//! The page's colours, for the charts.

use eframe::egui::{self, Color32};
use leptos::prelude::*;

use super::picture::SERIES;

/// The colours that `tokens.css` sets, for egui.
#[derive(Clone, Default)]
pub(super) struct Colors {
    pub(super) ground: Color32,
    pub(super) text: Color32,
    pub(super) quiet: Color32,
    pub(super) rule: Color32,
    pub(super) strong_rule: Color32,
    series: Vec<Color32>,
    dark: bool,
}

impl Colors {
    /// Reads the colours of the theme that is applied now.
    pub(super) fn read() -> Self {
        let Some(root) = document().document_element() else { return Self::default() };
        let Ok(Some(style)) = window().get_computed_style(&root) else { return Self::default() };
        let color = |name: &str| {
            let text = style.get_property_value(name).unwrap_or_default();
            Color32::from_hex(text.trim()).unwrap_or(Color32::GRAY)
        };
        Self {
            ground: color("--ground"),
            text: color("--text"),
            quiet: color("--quiet"),
            rule: color("--rule"),
            strong_rule: color("--strong-rule"),
            series: (0..SERIES).map(|index| color(&format!("--series-{index}"))).collect(),
            dark: root.get_attribute("data-theme").as_deref() == Some("dark"),
        }
    }

    /// Returns the colour at a place of the palette.
    pub(super) fn series(&self, index: u8) -> Color32 {
        self.series.get(usize::from(index % SERIES)).copied().unwrap_or(Color32::GRAY)
    }

    /// The same colours for egui's own parts.
    pub(super) fn visuals(&self) -> egui::Visuals {
        let mut visuals = if self.dark { egui::Visuals::dark() } else { egui::Visuals::light() };
        visuals.panel_fill = self.ground;
        visuals.extreme_bg_color = self.ground;
        visuals.override_text_color = Some(self.quiet);
        visuals.widgets.noninteractive.bg_stroke.color = self.rule;
        visuals
    }
}
