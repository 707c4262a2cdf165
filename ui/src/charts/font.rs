//! Gives the charts the font of the page.

use std::sync::Arc;

use eframe::egui;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsCast as _;

use crate::t;

/// The family in the style sheet, and the place where `main.js` leaves the font's bytes.
const FAMILY: &str = "Inter Variable";
const BYTES: &str = "tillerFont";

/// Returns the page's font as the only one of the charts.
///
/// # Errors
/// Fails if the page has not loaded it.
pub(super) fn definitions() -> Result<egui::FontDefinitions, String> {
    let bytes = Reflect::get(&js_sys::global(), &BYTES.into())
        .ok()
        .and_then(|value| value.dyn_into::<Uint8Array>().ok())
        .ok_or_else(|| t!("charts-no-font"))?;
    let mut fonts = egui::FontDefinitions::empty();
    fonts.font_data.insert(FAMILY.to_owned(), Arc::new(egui::FontData::from_owned(bytes.to_vec())));
    for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
        fonts.families.insert(family, vec![FAMILY.to_owned()]);
    }
    Ok(fonts)
}
