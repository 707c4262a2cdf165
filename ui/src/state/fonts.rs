//! Applies the typefaces and the size of texts: the style sheet has a rule for each name that the page's root bears.

use ipc::fonts::{Fonts, TextTypeface, WindowTypeface};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::Store;

/// The sizes of texts, in per cent of the rest.
pub const TEXT_SIZES: [u32; 8] = [75, 90, 100, 115, 130, 150, 175, 200];

const WHOLE: u32 = 100;

/// Gives the page the typefaces and the size of texts of the settings.
pub(super) fn apply(store: Store) {
    let fonts = store.settings.read_untracked().fonts;
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    let Some(root) = root else { return };
    let _ = root.set_attribute("data-typeface", of_window(fonts.window));
    let _ = root.set_attribute("data-text-typeface", of_texts(fonts.texts));
    let scale = f64::from(text_percent(fonts)) / f64::from(WHOLE);
    let _ = root.style().set_property("--text-scale", &scale.to_string());
}

/// Returns the size of texts, in per cent of the rest.
#[must_use]
pub fn text_percent(fonts: Fonts) -> u32 {
    // A file of settings could name a size at which nothing can be read.
    fonts.text_size.unwrap_or(WHOLE).clamp(50, 300)
}

/// Returns the name of the window's typeface in the style sheet.
fn of_window(typeface: WindowTypeface) -> &'static str {
    match typeface {
        WindowTypeface::Bundled => "bundled",
        WindowTypeface::System => "system",
    }
}

/// Returns the name of the typeface of texts in the style sheet, and in the list of the settings.
#[must_use]
pub const fn of_texts(typeface: TextTypeface) -> &'static str {
    match typeface {
        TextTypeface::Window => "window",
        TextTypeface::Bundled => "bundled",
        TextTypeface::System => "system",
        TextTypeface::Serif => "serif",
        TextTypeface::Monospace => "monospace",
    }
}

impl Store {
    /// Makes prompts and answers so large beside the rest, and keeps that.
    pub fn set_text_size(self, percent: u32) {
        self.change_settings(|settings| {
            settings.fonts.text_size = Some(percent).filter(|percent| *percent != WHOLE);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typeface_but_the_usual_has_a_rule_in_the_style_sheet() {
        let sheet = include_str!("../../static/tokens.css");
        let has = |attribute: &str, name: &str| sheet.contains(&format!(":root[{attribute}=\"{name}\"] {{"));
        assert!(has("data-typeface", of_window(WindowTypeface::System)));
        for typeface in
            [TextTypeface::Bundled, TextTypeface::System, TextTypeface::Serif, TextTypeface::Monospace]
        {
            assert!(has("data-text-typeface", of_texts(typeface)), "{typeface:?}");
        }
    }

    #[test]
    fn a_size_that_nobody_could_read_is_not_taken() {
        let percent = |text_size| text_percent(Fonts { text_size, ..Fonts::default() });
        assert_eq!([None, Some(130), Some(0), Some(u32::MAX)].map(percent), [100, 130, 50, 300]);
    }
}
