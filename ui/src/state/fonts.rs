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
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Fields of many lines without texts for a model: notes, and the words at which an answer ends.
    const OTHERS: [&str; 3] = ["vector-note", "sweep-note", "sampling-stop"];

    /// What is only in fields that have their letters from the box around them, and in those boxes.
    const IN_A_BOX: &str = "rows=\"1\"";
    const BOX: &str = "class=\"text-field";

    /// Collects the lines with which fields of many lines and boxes of such begin, from the sources in a folder.
    fn fields(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                fields(&entry.path(), found);
                continue;
            }
            let source = fs::read_to_string(entry.path()).expect("a source");
            let field = ["<text", "area"].concat();
            let begins = |line: &&str| line.trim_start().starts_with(&field) || line.contains(BOX);
            found.extend(source.lines().filter(begins).map(str::to_owned));
        }
    }

    #[test]
    fn every_field_for_a_text_has_the_letters_of_texts() {
        let mut found = Vec::new();
        fields(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let count = |what: &str| found.iter().filter(|line| line.contains(what)).count();
        assert_eq!(count(IN_A_BOX), count(BOX), "each of these fields stands in a box of its own");
        let is_other =
            |line: &String| line.contains(IN_A_BOX) || OTHERS.iter().any(|other| line.contains(other));
        let has_letters = |line: &String| line.contains("prose") || line.contains("mono");
        let lacking: Vec<_> = found.iter().filter(|line| !is_other(line) && !has_letters(line)).collect();
        assert!(found.len() > 15 && lacking.is_empty(), "{lacking:#?}");
        let sheet = include_str!("../../static/app.css");
        assert!(sheet.contains(".prose { font-family: var(--text-font); font-size: calc("));
    }

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
