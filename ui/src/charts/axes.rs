//! The axes of a plot: the marks on them, and their names, which the page writes.

use eframe::egui;
use egui_plot::{AxisHints, GridInput, GridMark};

use super::picture::Picture;
use super::svg::ticks;
use super::words::{Kind, Words};

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

/// The most powers of ten that have a mark each on one axis.
const MOST_POWERS: f64 = 12.0;

/// Marks at 1, 2 and 5 times the powers of ten, on an axis of decimal logarithms; round ones where it spans less than that.
pub(super) fn log_marks(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    // Zoomed out far enough, an axis spans more powers than there is room or memory for.
    if high - low > MOST_POWERS {
        return round_marks(input, 1.0);
    }
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
pub(super) fn round_marks(input: GridInput, least: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let count = if least > 0.0 { ((high - low) / least).clamp(1.0, 5.0) } else { 5.0 };
    let (marks, _) = ticks(input.bounds, count);
    let step_size = marks.windows(2).map(|two| two[1] - two[0]).next().unwrap_or(1.0);
    marks.into_iter().map(|value| GridMark { value, step_size }).collect()
}
