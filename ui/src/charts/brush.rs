//! With which colour and width a line is drawn, and whether its points are marked.

use eframe::egui::Color32;

use super::colors::Colors;
use super::picture::{Line, Stroke};

/// The distance of two points in pixels below which a line has no marks: they would touch each other, and be slow to draw.
const MARKS_APART: f32 = 9.0;
/// The radius of the mark at a point.
pub(super) const MARK: f32 = 3.5;

/// Returns the colour and the width of a line.
pub(super) fn brush(colors: &Colors, line: &Line) -> (Color32, f32) {
    let color = colors.series(line.color);
    if line.stroke == Stroke::Faint { (color.gamma_multiply(0.35), 1.0) } else { (color, 2.0) }
}

/// Returns whether a line has marks at its points in a chart of some width.
pub(super) fn has_marks(line: &Line, room: f32) -> bool {
    let is_marked = matches!(line.stroke, Stroke::Marked | Stroke::Dashed);
    is_marked && line.points.len() as f32 * MARKS_APART <= room
}
