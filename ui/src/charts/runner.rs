//! The runner of a canvas: it starts egui when the canvas is there, and gives its WebGL context back when the component ends.

use std::cell::{Cell, RefCell};

use eframe::egui;
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext, WebglLoseContext};

use super::keyboard;
use crate::t;
use crate::widgets::focus;

/// The runner of one canvas, from its start to the end of the component.
pub(super) struct CanvasRunner {
    web_runner: eframe::WebRunner,
    /// The canvas on which the runner draws, from the moment it begins to start.
    canvas: RefCell<Option<HtmlCanvasElement>>,
    /// Whether the runner has begun to start and is not running yet.
    is_starting: Cell<bool>,
    /// Whether the component has ended.
    is_over: Cell<bool>,
}

impl CanvasRunner {
    /// Returns a runner that is not started.
    pub(super) fn new() -> Self {
        Self {
            web_runner: eframe::WebRunner::new(),
            canvas: RefCell::default(),
            is_starting: Cell::default(),
            is_over: Cell::default(),
        }
    }

    /// Starts the runner. If the component has ended meanwhile, the runner ends at once: nobody else would end it.
    pub(super) async fn start(
        &self,
        canvas: HtmlCanvasElement,
        create: eframe::AppCreator<'static>,
    ) -> Result<(), wasm_bindgen::JsValue> {
        let options = eframe::WebOptions {
            // The application's own keys must reach it while a chart has the focus.
            should_stop_propagation: Box::new(|_| false),
            // The wheel scrolls the page. With Ctrl it zooms the chart.
            should_prevent_default: Box::new(|event| match event {
                egui::Event::MouseWheel { modifiers, .. } => modifiers.ctrl || modifiers.command,
                egui::Event::Zoom(_) => true,
                _ => false,
            }),
            ..eframe::WebOptions::default()
        };
        ask_for_context(&canvas);
        self.is_starting.set(true);
        self.canvas.replace(Some(canvas.clone()));
        let before = focus::focused();
        // egui makes a stop of Tab of every canvas: a heat map is none.
        let tab_index = canvas.tab_index();
        let started = self.web_runner.start(canvas.clone(), options, create).await;
        self.is_starting.set(false);
        keyboard::give_back(before);
        name_text_agents();
        canvas.set_tab_index(tab_index);
        if self.is_over.get() {
            self.end();
        }
        started
    }

    /// Ends the runner and gives its WebGL context back. A web view keeps at most 16 of them and takes the oldest one from a
    /// chart that is shown when there is one more. The collector of garbage would free them too late.
    pub(super) fn end(&self) {
        self.is_over.set(true);
        // A context that is lost while the runner starts on it would make the start fail in the middle.
        if self.is_starting.get() {
            return;
        }
        self.web_runner.destroy();
        if let Some(context) = self.canvas.take().as_ref().and_then(lose_context) {
            context.lose_context();
        }
    }
}

/// Names the fields that egui puts into the page to read keys, so that a screen reader does not meet one without a name, and takes
/// them out of the way of the Tab key, which stops at the canvas.
fn name_text_agents() {
    let Ok(all) = document().query_selector_all("input[autocapitalize=off]:not([aria-label]):not([id])")
    else {
        return;
    };
    for at in 0..all.length() {
        if let Some(field) = all.item(at).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Without a name it is only read as a field.
            let _ = field.set_attribute("aria-label", &t!("charts-keys"));
            field.set_tab_index(-1);
        }
    }
}

/// Makes the WebGL context before egui does, which then has the same one: a canvas has one at most. egui draws its edges soft by itself,
/// and has no use for several samples of each pixel nor for depths. A processor that stands in for a graphics card computes each.
fn ask_for_context(canvas: &HtmlCanvasElement) {
    let options = js_sys::Object::new();
    for name in ["antialias", "depth"] {
        // A fresh object takes every property.
        let _ = Reflect::set(&options, &name.into(), &false.into());
    }
    // Where there is no WebGL, egui finds that out, and it is said.
    let _ = canvas.get_context_with_context_options("webgl2", &options);
}

/// Returns the switch that makes the canvas give its WebGL context back, if it has one.
fn lose_context(canvas: &HtmlCanvasElement) -> Option<WebglLoseContext> {
    let context = canvas.get_context("webgl2").ok()??.dyn_into::<WebGl2RenderingContext>().ok()?;
    Some(context.get_extension("WEBGL_lose_context").ok()??.unchecked_into())
}
