//! Keeps a chart from holding the keyboard: egui takes the focus when a chart starts, and the Tab key for itself, so that who came to
//! a chart could not leave.

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

/// Lets Tab move the focus on from a chart's canvas, or from the field in which egui reads keys. Called before egui sees the key.
pub(super) fn let_tab_pass(event: &web_sys::KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    // The menu of the chart has its own use for Tab.
    let is_egui = target.is_some_and(|element| matches!(element.tag_name().as_str(), "CANVAS" | "INPUT"));
    if is_egui && event.key() == "Tab" {
        event.stop_propagation();
    }
}
