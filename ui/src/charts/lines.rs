//! Draws a chart of lines with their bands, and names the point under the pointer.

use eframe::egui::{self, Vec2b};
use egui_plot::{FilledArea, LineStyle, Plot, PlotPoints, PlotUi, Points, Span, VLine};

use super::axes::{ROOM, log_marks, name_axes, round_marks, words_at, x_axis};
use super::brush::{MARK, brush, has_marks};
use super::colors::Colors;
use super::curves::{Curves, CurvesItem};
use super::keyboard::Step;
use super::picture::{Picture, Stroke};
use super::svg::decimals;
use super::words::{Kind, Words};
use super::zoom::gentle;
use crate::format;

/// How near to a point the pointer must be, as a part of the axes' spans.
const REACH: f64 = 0.06;

/// A chart among those that are shown together, in one frame.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    /// Its index.
    pub(super) index: usize,
    /// Whether its horizontal axis moves with those of others.
    pub(super) is_linked: bool,
    /// Whether its axes are reset to show everything.
    pub(super) is_reset: bool,
    /// What keys ask for.
    pub(super) steps: &'a [Step],
}

/// Carries out what a key asks for. Of charts whose horizontal axes move together, the first one moves them for all.
fn carry_out(plot: &mut PlotUi<'_>, step: Step, moves_across: bool) {
    let bounds = plot.plot_bounds();
    match step {
        Step::Move(across, upright) => {
            let across = if moves_across { across } else { 0.0 };
            let by = egui::vec2(across * bounds.width() as f32, upright * bounds.height() as f32);
            plot.translate_bounds(by);
        }
        Step::Zoom(factor) => {
            let across = if moves_across { factor } else { 1.0 };
            plot.zoom_bounds(egui::vec2(across, factor), bounds.center());
        }
        Step::Whole => {}
    }
}

/// Draws the lines of a picture, and returns the line and the point that were clicked.
pub(super) fn draw(
    ui: &mut egui::Ui,
    picture: &Picture,
    curves: &Curves,
    colors: &Colors,
    panel: Panel<'_>,
    words: &mut Vec<Words>,
) -> Option<(usize, usize)> {
    let axis = |value: f64| format::number(value, if value.fract().abs() < 1e-9 { 0 } else { 2 });
    let (counts, is_log) = (picture.counts, picture.is_log);
    // The formatter outlives the borrow of the picture.
    let for_marks = Picture { is_log, ..Picture::default() };
    let mut plot = Plot::new(("chart", panel.index))
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
    if panel.is_linked {
        plot = plot.link_axis(egui::Id::unique("linked"), [true, false]);
    }
    if panel.is_reset {
        plot = plot.reset();
    }
    if let Some((from, to)) = picture.x_range {
        plot = plot.include_x(from).include_x(to);
    }
    if let Some((from, to)) = picture.y_range {
        plot = plot.include_y(from).include_y(to);
    }
    // The plot itself gives any axis to a single point.
    let [across, upright] = curves.axes;
    if across.is_widened {
        plot = plot.include_x(across.ends.0).include_x(across.ends.1);
    }
    // Where only the band under the pointer is drawn, the axis has room for each of them and stays as it is.
    if upright.is_widened || picture.hides_bands() {
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
        if curves.are_many {
            plot.add(CurvesItem::new(picture, curves, colors, room));
        } else {
            add_lines(plot, picture, colors, room);
        }
        let zoom = plot.ctx().input(egui::InputState::zoom_delta_2d);
        if plot.response().hovered() && zoom != egui::Vec2::splat(1.0) {
            plot.zoom_bounds_around_hovered(egui::vec2(gentle(zoom.x), gentle(zoom.y)));
        }
        for step in panel.steps {
            carry_out(plot, *step, panel.index == 0 || !panel.is_linked);
        }
        near
    });
    name_axes(ui, picture, cell, response.response.rect, words);
    let (at, index) = response.inner?;
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

/// Adds each line of a picture to a plot.
fn add_lines(plot: &mut PlotUi<'_>, picture: &Picture, colors: &Colors, room: f32) {
    for line in &picture.lines {
        let (color, width) = brush(colors, line);
        let style = if line.stroke == Stroke::Dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
        let points = || PlotPoints::from(line.points.clone());
        plot.line(
            egui_plot::Line::new("", points()).color(color).width(width).style(style).allow_hover(false),
        );
        if has_marks(line, room) {
            plot.points(Points::new("", points()).color(color).radius(MARK).allow_hover(false));
        }
    }
}
