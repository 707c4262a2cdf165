//! Draws a heat map with `egui_plot`.

use eframe::egui::{self, Color32, Vec2b};
use egui_plot::{Heatmap, Plot, PlotPoint};

use super::axes::{ROOM, name_axes, words_at, x_axis};
use super::colors::Colors;
use super::picture::{Heat, Picture};
use super::words::{Kind, Words};
use crate::format;
use crate::t;

/// Cells that are smaller than this, in points, have no number in them.
const ROOM_FOR_A_NUMBER: f32 = 44.0;
/// The palette's indices for values above and below the middle.
const ABOVE: u8 = 0;
const BELOW: u8 = 1;

/// Draws the heat map with this `index` among those shown together, and returns the row and the column that were
/// clicked.
pub(super) fn draw(
    ui: &mut egui::Ui,
    picture: &Picture,
    heat: &Heat,
    colors: &Colors,
    index: usize,
    words: &mut Vec<Words>,
) -> Option<(usize, usize)> {
    let label = |labels: &[String], value: f64| {
        let is_whole = (value - value.round()).abs() < 1e-6 && value > -0.5;
        is_whole.then(|| labels.get(value.round() as usize).cloned()).flatten().unwrap_or_default()
    };
    let (columns, rows) = (heat.columns.clone(), heat.rows.clone());
    let cell = ui.available_rect_before_wrap();
    let width = cell.width() / heat.columns.len().max(1) as f32;
    let plot = Plot::new(("heat", index))
        .custom_x_axes(vec![x_axis()])
        .x_axis_label(ROOM)
        .y_axis_label(ROOM)
        .x_axis_formatter(move |mark, _| label(&columns, mark.value))
        .y_axis_formatter(move |mark, _| label(&rows, mark.value))
        .x_grid_spacer(|input| whole_marks(input.bounds))
        .y_grid_spacer(|input| whole_marks(input.bounds))
        .y_axis_min_width(24.0)
        .show_background(false)
        .show_grid(false)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .auto_bounds(Vec2b::TRUE);
    let response = plot.show(ui, |plot| {
        let shades = heat.clone();
        let (ground, above, below) = (colors.ground, colors.series(ABOVE), colors.series(BELOW));
        let decimals = heat.decimals;
        let shade = move |value: f64| {
            let strength = shades.strength(value) as f32;
            mixed(ground, if strength < 0.0 { below } else { above }, strength.abs())
        };
        plot.add(
            Heatmap::new(heat.values.clone(), heat.columns.len())
                .at(PlotPoint::new(-0.5, -0.5))
                .custom_mapping(Box::new(shade))
                .formatter(Box::new(move |value| {
                    if value.is_finite() { format::number(value, decimals) } else { String::new() }
                }))
                .show_labels(width > ROOM_FOR_A_NUMBER),
        );
        plot.pointer_coordinate()
    });
    name_axes(ui, picture, cell, response.response.rect, words);
    let pointer = response.inner.filter(|_| response.response.hovered());
    let place = pointer.and_then(|pointer| heat.cell(pointer.x, pointer.y))?;
    let (column, row) = (place % heat.columns.len(), place / heat.columns.len());
    let corner = |x: f64, y: f64| response.transform.position_from_point(&PlotPoint::new(x, y));
    let (column_at, row_at) = (column as f64, row as f64);
    let cell = egui::Rect::from_two_pos(
        corner(column_at - 0.5, row_at - 0.5),
        corner(column_at + 0.5, row_at + 0.5),
    );
    ui.painter().rect_stroke(cell, 0.0, egui::Stroke::new(1.5, colors.text), egui::StrokeKind::Inside);
    let clicked = response.response.clicked().then_some((row, column));
    let value = heat.values[place];
    let value_text =
        if value.is_finite() { format::number(value, heat.decimals + 1) } else { t!("charts-no-number") };
    let note = format!(
        "{} {}\n{} {}\n{value_text}",
        picture.y_title, heat.rows[row], picture.x_title, heat.columns[column]
    );
    words.push(words_at(ui, Kind::Tip, cell.center(), note));
    clicked
}

/// Returns a mark at every whole number.
fn whole_marks(bounds: (f64, f64)) -> Vec<egui_plot::GridMark> {
    let range = bounds.0.ceil() as i64..=bounds.1.floor() as i64;
    range.map(|value| egui_plot::GridMark { value: value as f64, step_size: 1.0 }).collect()
}

/// Returns a share of one colour over another.
fn mixed(ground: Color32, color: Color32, share: f32) -> Color32 {
    let part = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
    Color32::from_rgb(part(ground.r(), color.r()), part(ground.g(), color.g()), part(ground.b(), color.b()))
}
