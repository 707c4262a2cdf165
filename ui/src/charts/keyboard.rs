//! The keys of a chart: they move and zoom it. egui takes the focus when a chart starts, and the Tab key for itself, so that who came
//! to a chart could not leave; both are given back.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
#[cfg(target_arch = "wasm32")]
use web_sys::HtmlElement;

#[cfg(target_arch = "wasm32")]
use crate::widgets::focus;

/// What has the focus where egui has it: the canvas, or the field beside it in which it reads keys.
#[cfg(target_arch = "wasm32")]
const EGUI: &str = ".canvas-box > canvas, .canvas-box > input";

/// Gives the focus back to the element that had it before a chart started. Nobody asked for it to be in the chart.
#[cfg(target_arch = "wasm32")]
pub(super) fn give_back(before: Option<HtmlElement>) {
    let is_egui = |element: &HtmlElement| element.matches(EGUI).unwrap_or(false);
    let Some(taken) = focus::focused().filter(is_egui) else { return };
    // Where nothing had it, nothing has it afterwards.
    let _ = taken.blur();
    if let Some(before) = before.filter(|element| !is_egui(element)) {
        let _ = before.focus();
    }
}

/// What a key asks of the charts of a canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// Moves what is seen, in parts of the axes: to the right, and upwards.
    Move(f32, f32),
    /// Zooms around the middle.
    Zoom(f32),
    /// Shows everything again.
    Whole,
}

/// The part of an axis by which an arrow key moves.
const PART: f32 = 0.1;
/// The factor by which a key zooms.
const FACTOR: f32 = 1.25;

/// The keys of a focused chart, each with the message that says what it does.
pub const KEYS: [(&str, &str); 4] = [
    ("charts-key-move", "\u{2190} \u{2192} \u{2191} \u{2193}"),
    ("charts-key-nearer", "+"),
    ("charts-key-farther", "\u{2212}"),
    ("charts-key-whole", "0"),
];

impl Step {
    /// Returns what a key asks for, by the name that the browser gives it.
    fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Move(-PART, 0.0),
            "ArrowRight" => Self::Move(PART, 0.0),
            "ArrowUp" => Self::Move(0.0, PART),
            "ArrowDown" => Self::Move(0.0, -PART),
            // On many keyboards the plus needs Shift.
            "+" | "=" => Self::Zoom(FACTOR),
            "-" | "\u{2212}" => Self::Zoom(1.0 / FACTOR),
            "0" | "Home" => Self::Whole,
            _ => return None,
        })
    }
}

/// What keys have asked of the charts of a canvas, until they are drawn. Copies point to the same steps.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    waiting: StoredValue<Vec<Step>>,
    /// Counts the steps, so that the chart hears of each.
    count: RwSignal<u32>,
}

impl Steps {
    /// Returns the state before the first key.
    pub(super) fn new() -> Self {
        Self { waiting: StoredValue::default(), count: RwSignal::new(0) }
    }

    fn ask(self, step: Step) {
        self.waiting.update_value(|waiting| waiting.push(step));
        self.count.update(|count| *count = count.wrapping_add(1));
    }

    /// Takes the steps that wait. An effect that calls this runs again at the next one.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn take(self) -> Vec<Step> {
        self.count.track();
        self.waiting.try_update_value(std::mem::take).unwrap_or_default()
    }
}

/// Carries out a key on a chart's canvas, or on the field in which egui reads keys, before egui sees it. Tab moves the focus on, and
/// the keys of [`KEYS`] move and zoom; with Ctrl, Alt or Meta a key is one of the window's.
pub(super) fn on_key(event: &web_sys::KeyboardEvent, steps: Option<Steps>) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    // The menu of the chart has its own use for keys.
    let is_egui = target.is_some_and(|element| matches!(element.tag_name().as_str(), "CANVAS" | "INPUT"));
    if !is_egui {
        return;
    }
    if event.key() == "Tab" {
        event.stop_propagation();
    }
    let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
    if let (true, Some(steps), Some(step)) = (is_plain, steps, Step::of_key(&event.key())) {
        // An arrow key would scroll the page as well.
        event.prevent_default();
        event.stop_propagation();
        steps.ask(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_zoom_and_show_everything_again() {
        assert_eq!(Step::of_key("ArrowRight"), Some(Step::Move(PART, 0.0)));
        assert_eq!(Step::of_key("ArrowDown"), Some(Step::Move(0.0, -PART)));
        assert_eq!((Step::of_key("0"), Step::of_key("Home")), (Some(Step::Whole), Some(Step::Whole)));
        assert_eq!(Step::of_key("Tab"), None);
        let (Some(Step::Zoom(nearer)), Some(Step::Zoom(farther))) = (Step::of_key("+"), Step::of_key("-"))
        else {
            panic!("both zoom");
        };
        assert!(nearer > 1.0 && (nearer * farther - 1.0).abs() < 1e-6, "a minus takes a plus back");
    }

    #[test]
    fn every_key_of_the_help_does_something() {
        let arrows = |key: &str| match key {
            "\u{2190}" => "ArrowLeft".to_owned(),
            "\u{2192}" => "ArrowRight".to_owned(),
            "\u{2191}" => "ArrowUp".to_owned(),
            "\u{2193}" => "ArrowDown".to_owned(),
            other => other.to_owned(),
        };
        let keys = KEYS.iter().flat_map(|(_, keys)| keys.split(' ')).map(arrows);
        for key in keys {
            assert!(Step::of_key(&key).is_some(), "{key}");
        }
    }
}
