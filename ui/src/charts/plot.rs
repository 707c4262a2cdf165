//! Draws line charts with `egui_plot`. Each canvas in the page has a runner of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eframe::egui::{self, Vec2b};
use egui_plot::{
    AxisHints, FilledArea, GridInput, GridMark, LineStyle, Plot, PlotPoints, Points, Span, VLine,
};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext, WebglLoseContext};

use super::bounds;
use super::colors::Colors;
use super::font;
use super::keyboard;
use super::picture::{Pick, Picture, Stroke};
use super::svg::{decimals, ticks};
use super::words::{Kind, Words};
use super::zoom::gentle;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::focus;

/// The state that the page and the egui runner share.
struct Shared {
    pictures: Vec<Picture>,
    columns: usize,
    /// Whether the axes are reset to show everything.
    reset: bool,
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
    resets: Signal<u32>,
    on_pick: Option<Callback<Pick>>,
    words: RwSignal<Vec<Words>>,
    problem: RwSignal<Option<String>>,
) {
    let store = store();
    let shared = Rc::new(RefCell::new(Shared {
        pictures: pictures.get_untracked().0,
        columns: pictures.get_untracked().1,
        reset: false,
        colors: Colors::read(),
        context: None,
        picked: None,
        words: Vec::new(),
        settling: SETTLED_AFTER,
    }));
    let runner = eframe::WebRunner::new();

    let (for_picture, for_theme, for_start) = (Rc::clone(&shared), Rc::clone(&shared), Rc::clone(&shared));
    Effect::new(move |_| {
        // The borrow begins when the pictures are there: computing them runs other code of the page.
        let now = pictures.get();
        let mut shared = for_picture.borrow_mut();
        (shared.pictures, shared.columns) = now;
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
    Effect::new(move |_| {
        store.theme_changes.track();
        let colors = Colors::read();
        let mut shared = for_theme.borrow_mut();
        shared.colors = colors;
        shared.repaint();
    });
    let life = Rc::new(Life {
        runner,
        canvas: RefCell::default(),
        is_starting: Cell::default(),
        is_over: Cell::default(),
    });
    let starter = Rc::clone(&life);
    Effect::new(move |started: Option<bool>| {
        let Some(canvas) = canvas.get() else { return false };
        if started == Some(true) {
            return true;
        }
        let (life, shared) = (Rc::clone(&starter), Rc::clone(&for_start));
        spawn_local(async move {
            let create: eframe::AppCreator<'static> = Box::new(move |creation| {
                creation.egui_ctx.set_fonts(font::definitions()?);
                shared.borrow_mut().context = Some(creation.egui_ctx.clone());
                Ok(Box::new(App { shared, on_pick, words }))
            });
            if let Err(error) = life.start(canvas.unchecked_into(), create).await {
                problem.set(Some(error.as_string().unwrap_or_else(|| t!("charts-no-webgl"))));
            }
        });
        true
    });
    let life = send_wrapper::SendWrapper::new(life);
    on_cleanup(move || life.end());
}

/// The runner of one canvas, from its start to the end of the component.
struct Life {
    runner: eframe::WebRunner,
    /// The canvas on which the runner draws, from the moment it begins to start.
    canvas: RefCell<Option<HtmlCanvasElement>>,
    /// Whether the runner has begun to start and is not running yet.
    is_starting: Cell<bool>,
    /// Whether the component has ended.
    is_over: Cell<bool>,
}

/// Names the fields that egui puts into the page to read keys, so that a screen reader does not meet one without a name, and takes
/// them out of the way of the Tab key: a chart needs no keys.
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

impl Life {
    /// Starts the runner. If the component has ended meanwhile, the runner ends at once: nobody else would end it.
    async fn start(
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
        self.is_starting.set(true);
        self.canvas.replace(Some(canvas.clone()));
        let before = focus::focused();
        let started = self.runner.start(canvas.clone(), options, create).await;
        self.is_starting.set(false);
        keyboard::give_back(before);
        name_text_agents();
        // Its menu and its table are reached by Tab, and there is nothing to do on the canvas itself.
        canvas.set_tab_index(-1);
        if self.is_over.get() {
            self.end();
        }
        started
    }

    /// Ends the runner and gives its WebGL context back. A web view keeps at most 16 of them and takes the oldest one from a
    /// chart that is shown when there is one more. The collector of garbage would free them too late.
    fn end(&self) {
        self.is_over.set(true);
        // A context that is lost while the runner starts on it would make the start fail in the middle.
        if self.is_starting.get() {
            return;
        }
        self.runner.destroy();
        if let Some(context) = self.canvas.take().as_ref().and_then(lose_context) {
            context.lose_context();
        }
    }
}

/// Returns the switch that makes the canvas give its WebGL context back, if it has one.
fn lose_context(canvas: &HtmlCanvasElement) -> Option<WebglLoseContext> {
    let context = canvas.get_context("webgl2").ok()??.dyn_into::<WebGl2RenderingContext>().ok()?;
    Some(context.get_extension("WEBGL_lose_context").ok()??.unchecked_into())
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

/// The distance of two points in pixels below which a line has no marks: they would touch each other, and be slow to draw.
const MARKS_APART: f32 = 9.0;
/// How near to a point the pointer must be, as a part of the axes' spans.
const REACH: f64 = 0.06;
/// The space between panels, and the height of a panel's title.
const GAP: f32 = 10.0;
const TITLE: f32 = 16.0;

/// The pictures in a grid, row by row. Their horizontal axes move together.
fn draw(ui: &mut egui::Ui, shared: &mut Shared) {
    let Shared { pictures, columns, colors, picked, words, reset, .. } = shared;
    let reset = std::mem::take(reset);
    let columns = (*columns).clamp(1, pictures.len().max(1));
    let rows = pictures.len().div_ceil(columns).max(1);
    let all = ui.available_rect_before_wrap();
    let size = egui::vec2(
        (all.width() - GAP * (columns - 1) as f32) / columns as f32,
        (all.height() - GAP * (rows - 1) as f32) / rows as f32,
    );
    for (index, picture) in pictures.iter().enumerate() {
        let place = egui::vec2((index % columns) as f32, (index / columns) as f32);
        let corner = all.min + place * (size + egui::Vec2::splat(GAP));
        let cell = egui::Rect::from_min_size(corner, size);
        ui.scope_builder(egui::UiBuilder::new().max_rect(cell), |ui| {
            if !picture.title.is_empty() {
                let title = words_at(ui, Kind::Title, cell.min, &picture.title);
                let width = Some(cell.width() / ui.ctx().content_rect().width());
                words.push(Words { width, ..title });
                ui.add_space(TITLE);
            }
            if let Some(heat) = &picture.heat {
                if let Some((row, column)) = super::heat::draw(ui, picture, heat, colors, index, words) {
                    let (name, x) = (heat.rows[row].clone(), column as f64);
                    *picked = Some(Pick { panel: index, line: row, point: column, name, x });
                }
            } else if let Some((line, index_in_line)) =
                panel(ui, picture, colors, index, pictures.len() > 1, reset, words)
            {
                let line_name = picture.lines[line].name.clone();
                let x = picture.lines[line].points[index_in_line][0];
                *picked = Some(Pick { panel: index, line, point: index_in_line, name: line_name, x });
            }
        });
    }
}

/// The room that a plot keeps for the name of an axis, which the page writes.
pub(super) const ROOM: &str = "\u{a0}";

/// Returns words at a place of the canvas.
pub(super) fn words_at(ui: &egui::Ui, kind: Kind, at: egui::Pos2, text: impl Into<String>) -> Words {
    let all = ui.ctx().content_rect();
    let at = (at - all.min) / all.size();
    Words { kind, at: [at.x, at.y], width: None, text: text.into() }
}

/// Returns a horizontal axis whose numbers stand as close as they do on a vertical one: in a narrow window, too, a chart has some.
pub(super) fn x_axis() -> AxisHints<'static> {
    AxisHints::new_x().label_spacing(egui::Rangef::new(20.0, 30.0))
}

/// Names the axes of a plot in the room that it has kept for them.
pub(super) fn name_axes(
    ui: &egui::Ui,
    picture: &Picture,
    cell: egui::Rect,
    plot: egui::Rect,
    words: &mut Vec<Words>,
) {
    words.push(words_at(ui, Kind::Across, egui::pos2(plot.center().x, cell.bottom()), &picture.x_title));
    words.push(words_at(ui, Kind::Upright, egui::pos2(cell.left(), plot.center().y), &picture.y_title));
}

/// Draws one picture, and returns the line and the point that were clicked.
fn panel(
    ui: &mut egui::Ui,
    picture: &Picture,
    colors: &Colors,
    index: usize,
    is_linked: bool,
    reset: bool,
    words: &mut Vec<Words>,
) -> Option<(usize, usize)> {
    let axis = |value: f64| format::number(value, if value.fract().abs() < 1e-9 { 0 } else { 2 });
    let (counts, is_log) = (picture.counts, picture.is_log);
    // The formatter outlives the borrow of the picture.
    let for_marks = Picture { is_log, ..Picture::default() };
    let mut plot = Plot::new(("chart", index))
        .custom_x_axes(vec![x_axis()])
        .x_axis_label(ROOM)
        .y_axis_label(ROOM)
        .x_axis_formatter(|mark, _| format::number(mark.value, decimals(mark.step_size)))
        .y_axis_formatter(move |mark, _| for_marks.y_mark(mark.value, decimals(mark.step_size)))
        .grid_spacing(egui::Rangef::new(8.0, 80.0))
        .x_grid_spacer(move |input| round_marks(input, if counts { 1.0 } else { 0.0 }))
        .y_grid_spacer(move |input| if is_log { log_marks(input) } else { round_marks(input, 0.0) })
        .y_axis_min_width(36.0)
        .show_background(false)
        .allow_scroll(false)
        // The plot's own zoom is too quick.
        .allow_zoom(false)
        .grid_color(colors.rule)
        .auto_bounds(Vec2b::TRUE);
    if is_linked {
        plot = plot.link_axis(egui::Id::unique("linked"), [true, false]);
    }
    if reset {
        plot = plot.reset();
    }
    if let Some((from, to)) = picture.x_range {
        plot = plot.include_x(from).include_x(to);
    }
    if let Some((from, to)) = picture.y_range {
        plot = plot.include_y(from).include_y(to);
    }
    // The plot itself gives any axis to a single point.
    let [across, upright] = bounds::axes(picture);
    if across.is_widened {
        plot = plot.include_x(across.ends.0).include_x(across.ends.1);
    }
    if upright.is_widened {
        plot = plot.include_y(upright.ends.0).include_y(upright.ends.1);
    }
    let cell = ui.available_rect_before_wrap();
    let room = cell.width();
    let response = plot.show(ui, |plot| {
        if let Some((from, to)) = picture.shaded {
            let fill = colors.quiet.gamma_multiply(0.12);
            plot.span(Span::new("", from..=to).fill(fill).border_width(0.0));
        }
        let near = plot.pointer_coordinate().filter(|_| plot.response().hovered()).and_then(|pointer| {
            let bounds = plot.plot_bounds();
            picture.nearest(pointer.x, pointer.y, bounds.width(), bounds.height(), REACH)
        });
        for band in picture.shown_bands(near.map(|(line, _)| line)) {
            let part = |index: usize| band.points.iter().map(|p| p[index]).collect::<Vec<_>>();
            let fill = colors.series(band.color).gamma_multiply(0.2);
            if band.points.len() > 1 {
                plot.add(
                    FilledArea::new("", &part(0), &part(1), &part(2)).fill_color(fill).allow_hover(false),
                );
            }
        }
        if let Some(x) = picture.rule_at {
            plot.vline(VLine::new("", x).color(colors.strong_rule).width(1.0).allow_hover(false));
        }
        for line in &picture.lines {
            let color = colors.series(line.color);
            let (color, width) =
                if line.stroke == Stroke::Faint { (color.gamma_multiply(0.35), 1.0) } else { (color, 2.0) };
            let style =
                if line.stroke == Stroke::Dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
            let points = || PlotPoints::from(line.points.clone());
            plot.line(
                egui_plot::Line::new("", points()).color(color).width(width).style(style).allow_hover(false),
            );
            let is_marked = matches!(line.stroke, Stroke::Marked | Stroke::Dashed);
            if is_marked && line.points.len() as f32 * MARKS_APART <= room {
                plot.points(Points::new("", points()).color(color).radius(3.5).allow_hover(false));
            }
        }
        let zoom = plot.ctx().input(egui::InputState::zoom_delta_2d);
        if plot.response().hovered() && zoom != egui::Vec2::splat(1.0) {
            plot.zoom_bounds_around_hovered(egui::vec2(gentle(zoom.x), gentle(zoom.y)));
        }
        plot.pointer_coordinate()
    });
    name_axes(ui, picture, cell, response.response.rect, words);
    let bounds = response.transform.bounds();
    let pointer = response.inner.filter(|_| response.response.hovered())?;
    let (at, index) = picture.nearest(pointer.x, pointer.y, bounds.width(), bounds.height(), REACH)?;
    let line = &picture.lines[at];
    let point = line.points[index];
    let place = response.transform.position_from_point(&egui_plot::PlotPoint::new(point[0], point[1]));
    ui.painter().circle_stroke(place, 6.0, egui::Stroke::new(1.5, colors.text));
    let plain = || format!("{}\n{}", axis(point[0]), format::number(point[1], 2));
    let note = line.notes.get(index).cloned().unwrap_or_else(plain);
    let clicked = response.response.clicked().then_some((at, index));
    words.push(words_at(ui, Kind::Tip, place, format!("{}\n{note}", line.name)));
    clicked
}

/// Marks at 1, 2 and 5 times the powers of ten, on an axis of decimal logarithms; round ones where it spans less than that.
fn log_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let powers = low.floor() as i32..=high.ceil() as i32;
    let is_wide = high - low > 3.0;
    let steps: &[f64] = if is_wide { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let marks = powers.flat_map(|power| steps.iter().map(move |step| f64::from(power) + step.log10()));
    let marks: Vec<GridMark> = marks
        .filter(|value| (low..=high).contains(value))
        .map(|value| GridMark { value, step_size: 0.3 })
        .collect();
    if marks.len() < 2 { round_marks(input, 0.0) } else { marks }
}

/// Marks at round numbers, about five of them whatever the axis spans, and no closer than `least`.
fn round_marks(input: GridInput, least: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let count = if least > 0.0 { ((high - low) / least).clamp(1.0, 5.0) } else { 5.0 };
    let (marks, _) = ticks(input.bounds, count);
    let step_size = marks.windows(2).map(|two| two[1] - two[0]).next().unwrap_or(1.0);
    marks.into_iter().map(|value| GridMark { value, step_size }).collect()
}
