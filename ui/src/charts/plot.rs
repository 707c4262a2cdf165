//! Draws charts with `egui_plot`. Each canvas in the page has a runner of its own.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::axes::words_at;
use super::colors::Colors;
use super::curves::Curves;
use super::font;
use super::heat;
use super::keyboard::{Step, Steps};
use super::lines::{self, Panel};
use super::picture::{Pick, Picture};
use super::runner::CanvasRunner;
use super::words::{Kind, Words};
use crate::bridge;
use crate::state::store;
use crate::t;

/// The state that the page and the egui runner share.
struct Shared {
    pictures: Vec<Picture>,
    /// What is known of the lines of each picture. Empty after they or their colours have changed.
    curves: Vec<Curves>,
    columns: usize,
    /// Whether the axes are reset to show everything.
    reset: bool,
    /// What keys have asked for since the last frame.
    steps: Vec<Step>,
    colors: Colors,
    context: Option<egui::Context>,
    picked: Option<Pick>,
    /// What the page writes over the canvas.
    words: Vec<Words>,
    /// Frames still to draw until the axes have found their room: a plot lays out with the sizes of the frame before.
    settling: u8,
}

/// The number of frames after which a changed plot is still.
const SETTLED_AFTER: u8 = 2;

/// Runs a chart on the canvas as long as the component lives.
pub(super) fn run(
    canvas: NodeRef<html::Canvas>,
    pictures: Signal<(Vec<Picture>, usize)>,
    (resets, steps): (Signal<u32>, Steps),
    on_pick: Option<Callback<Pick>>,
    words: RwSignal<Vec<Words>>,
    problem: RwSignal<Option<String>>,
) {
    let store = store();
    let shared = Rc::new(RefCell::new(Shared {
        pictures: pictures.get_untracked().0,
        curves: Vec::new(),
        columns: pictures.get_untracked().1,
        reset: false,
        steps: Vec::new(),
        colors: Colors::read(),
        context: None,
        picked: None,
        words: Vec::new(),
        settling: SETTLED_AFTER,
    }));
    let runner = Rc::new(CanvasRunner::new());

    let (for_picture, for_theme, for_start) = (Rc::clone(&shared), Rc::clone(&shared), Rc::clone(&shared));
    Effect::new(move |_| {
        // The borrow begins when the pictures are there: computing them runs other code of the page.
        let now = pictures.get();
        let mut shared = for_picture.borrow_mut();
        (shared.pictures, shared.columns) = now;
        shared.curves.clear();
        shared.repaint();
    });
    let for_reset = Rc::clone(&shared);
    Effect::new(move |before: Option<u32>| {
        let now = resets.get();
        if before.is_some_and(|before| before != now) {
            let mut shared = for_reset.borrow_mut();
            shared.reset = true;
            shared.repaint();
        }
        now
    });
    let for_steps = Rc::clone(&shared);
    Effect::new(move |_| {
        let asked = steps.take();
        if asked.is_empty() {
            return;
        }
        let mut shared = for_steps.borrow_mut();
        shared.steps.extend(asked);
        shared.repaint();
    });
    Effect::new(move |_| {
        store.theme_changes.track();
        let colors = Colors::read();
        let mut shared = for_theme.borrow_mut();
        shared.colors = colors;
        shared.curves.clear();
        shared.repaint();
    });
    let starter = Rc::clone(&runner);
    Effect::new(move |started: Option<bool>| {
        let Some(canvas) = canvas.get() else { return false };
        if started == Some(true) {
            return true;
        }
        let (runner, shared) = (Rc::clone(&starter), Rc::clone(&for_start));
        spawn_local(async move {
            let create: eframe::AppCreator<'static> = Box::new(move |creation| {
                creation.egui_ctx.set_fonts(font::definitions()?);
                shared.borrow_mut().context = Some(creation.egui_ctx.clone());
                Ok(Box::new(App { shared, on_pick, words }))
            });
            if let Err(error) = runner.start(canvas.unchecked_into(), create).await {
                problem.set(Some(error.as_string().unwrap_or_else(|| t!("charts-no-webgl"))));
            }
        });
        true
    });
    let runner = send_wrapper::SendWrapper::new(runner);
    on_cleanup(move || runner.end());
}

impl Shared {
    fn repaint(&mut self) {
        self.settling = SETTLED_AFTER;
        if let Some(context) = &self.context {
            context.request_repaint();
            bridge::wake();
        }
    }
}

struct App {
    shared: Rc<RefCell<Shared>>,
    on_pick: Option<Callback<Pick>>,
    words: RwSignal<Vec<Words>>,
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let (picked, words) = {
            let mut shared = self.shared.borrow_mut();
            ui.ctx().set_visuals(shared.colors.visuals());
            egui::Frame::new()
                .fill(shared.colors.ground)
                .inner_margin(6.0)
                .show(ui, |ui| draw(ui, &mut shared));
            if shared.settling > 0 {
                shared.settling -= 1;
                ui.ctx().request_repaint();
            }
            (shared.picked.take(), std::mem::take(&mut shared.words))
        };
        // The signal is gone where the component has ended and the runner draws its last frame.
        if self.words.try_with_untracked(|shown| *shown != words) == Some(true) {
            self.words.try_set(words);
        }
        if let (Some(picked), Some(on_pick)) = (picked, self.on_pick) {
            on_pick.run(picked);
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.shared.borrow().colors.ground.to_normalized_gamma_f32()
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// The space between panels, and the height of a panel's title.
const GAP: f32 = 10.0;
const TITLE: f32 = 16.0;

/// Draws the pictures in a grid, row by row. Their horizontal axes move together.
fn draw(ui: &mut egui::Ui, shared: &mut Shared) {
    let Shared { pictures, curves, columns, colors, picked, words, reset, steps, .. } = shared;
    let (mut is_reset, mut steps) = (std::mem::take(reset), std::mem::take(steps));
    // What was moved before everything is shown again is forgotten with it.
    if let Some(at) = steps.iter().rposition(|step| *step == Step::Whole) {
        steps.drain(..=at);
        is_reset = true;
    }
    if curves.len() != pictures.len() {
        *curves = pictures.iter().map(Curves::of).collect();
    }
    let columns = (*columns).clamp(1, pictures.len().max(1));
    let rows = pictures.len().div_ceil(columns).max(1);
    let all = ui.available_rect_before_wrap();
    let size = egui::vec2(
        (all.width() - GAP * (columns - 1) as f32) / columns as f32,
        (all.height() - GAP * (rows - 1) as f32) / rows as f32,
    );
    for (index, (picture, curves)) in pictures.iter().zip(curves.iter()).enumerate() {
        let place = egui::vec2((index % columns) as f32, (index / columns) as f32);
        let corner = all.min + place * (size + egui::Vec2::splat(GAP));
        let cell = egui::Rect::from_min_size(corner, size);
        let panel = Panel { index, is_linked: pictures.len() > 1, is_reset, steps: &steps };
        ui.scope_builder(egui::UiBuilder::new().max_rect(cell), |ui| {
            if !picture.title.is_empty() {
                let title = words_at(ui, Kind::Title, cell.min, &picture.title);
                let width = Some(cell.width() / ui.ctx().content_rect().width());
                words.push(Words { width, ..title });
                ui.add_space(TITLE);
            }
            if let Some(heat) = &picture.heat {
                if let Some((row, column)) = heat::draw(ui, picture, heat, colors, index, words) {
                    let (name, x) = (heat.rows[row].clone(), column as f64);
                    *picked = Some(Pick { panel: index, line: row, point: column, name, x });
                }
            } else if let Some((line, index_in_line)) = lines::draw(ui, picture, curves, colors, panel, words)
            {
                let line_name = picture.lines[line].name.clone();
                let x = picture.lines[line].points[index_in_line][0];
                *picked = Some(Pick { panel: index, line, point: index_in_line, name: line_name, x });
            }
        });
    }
}
