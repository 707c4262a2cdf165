//! Applies the light or the dark theme: the person's choice, or the desktop's.

use ipc::project::{Settings, Theme};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

const DARK: &str = "(prefers-color-scheme: dark)";

/// Sets the page's theme from the settings.
pub(super) fn apply(settings: RwSignal<Settings>, theme_changes: RwSignal<u32>) {
    let dark = match settings.read_untracked().theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => system_is_dark(),
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
    theme_changes.update(|changes| *changes += 1);
}

/// Applies the theme again when the desktop's changes.
pub(super) fn follow_system(settings: RwSignal<Settings>, theme_changes: RwSignal<u32>) {
    apply(settings, theme_changes);
    let changed = Closure::<dyn FnMut()>::new(move || apply(settings, theme_changes));
    if let Ok(Some(query)) = window().match_media(DARK) {
        let _ = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    }
    // The listener lives as long as the window.
    changed.forget();
}

fn system_is_dark() -> bool {
    window().match_media(DARK).ok().flatten().is_some_and(|query| query.matches())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    type Color = [f64; 3];

    /// Reads the colours of a theme from its part of the style sheet, by their names.
    fn colors(part: &str) -> HashMap<&str, Color> {
        part.lines().filter_map(color).collect()
    }

    fn color(line: &str) -> Option<(&str, Color)> {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let number = u32::from_str_radix(value.strip_suffix(';')?, 16).ok()?;
        Some((name, [16, 8, 0].map(|shift| f64::from((number >> shift) & 0xff) / 255.0)))
    }

    /// The contrast of two colours as WCAG 2.2 defines it.
    fn contrast(a: Color, b: Color) -> f64 {
        let light =
            |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        let luminance =
            |[red, green, blue]: Color| 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn themes() -> [HashMap<&'static str, Color>; 2] {
        let sheet = include_str!("../../static/tokens.css");
        let (light, dark) = sheet.split_once(":root[data-theme=\"dark\"]").expect("both themes");
        [colors(light), colors(dark)]
    }

    #[test]
    fn texts_and_the_edges_of_fields_can_be_seen_in_both_themes() {
        for theme in themes() {
            for ground in ["ground", "panel", "field", "hover", "chosen"] {
                for text in ["text", "quiet", "accent", "good", "warn", "bad"] {
                    let found = contrast(theme[text], theme[ground]);
                    assert!(found >= 4.5, "{text} on {ground}: {found:.2}");
                }
            }
            for ground in ["ground", "panel", "field"] {
                let found = contrast(theme["strong-rule"], theme[ground]);
                assert!(found >= 3.0, "the edge of a field on {ground}: {found:.2}");
            }
            assert!(contrast(theme["accent-text"], theme["accent"]) >= 4.5);
            assert!(contrast(theme["bad"], theme["bad-ground"]) >= 4.5);
            assert!(contrast(theme["text"], theme["found"]) >= 4.5);
        }
    }

    #[test]
    fn a_text_can_be_read_on_the_strongest_tint() {
        // A cell of a heat map and a token of an observed answer have at most this share of a colour.
        const STRONGEST: f64 = 0.55;
        for theme in themes() {
            for tint in ["series-0", "series-1"] {
                for ground in ["ground", "panel"] {
                    let (tinted, plain) = (theme[tint], theme[ground]);
                    let part = |at: usize| STRONGEST * tinted[at] + (1.0 - STRONGEST) * plain[at];
                    let found = contrast(theme["text"], [part(0), part(1), part(2)]);
                    assert!(found >= 4.5, "{tint} over {ground}: {found:.2}");
                }
            }
        }
    }
}
