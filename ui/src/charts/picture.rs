//! What a chart shows, free of how it is drawn.

/// The number of colours in the palette: `--series-0` and on in `tokens.css`.
pub const SERIES: u8 = 8;

/// A chart's content.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// The horizontal axis's title, with its unit.
    pub x_title: String,
    /// The vertical axis's title, with its unit.
    pub y_title: String,
    /// Lines, drawn in this order.
    pub lines: Vec<Line>,
    /// Intervals behind the lines.
    pub bands: Vec<Band>,
    /// Where a vertical rule always stands.
    pub rule_at: Option<f64>,
    /// Whether x counts something, so that only whole numbers are marked.
    pub counts: bool,
    /// The least width of the horizontal axis, known before the values are.
    pub x_range: Option<(f64, f64)>,
    /// The least height of the vertical axis: panels of one row share theirs.
    pub y_range: Option<(f64, f64)>,
    /// A range of x that is shaded over the whole height.
    pub shaded: Option<(f64, f64)>,
    /// What stands over the chart, where several are shown together.
    pub title: String,
    /// Cells of numbers in place of lines.
    pub heat: Option<Heat>,
}

/// A grid of numbers as colours: one side of the middle in one colour, the other in another, paler towards the middle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heat {
    /// What each column is, from the left.
    pub columns: Vec<String>,
    /// What each row is, from the bottom.
    pub rows: Vec<String>,
    /// The numbers row by row, from the bottom; those that are not known yet are NaN.
    pub values: Vec<f64>,
    /// The number that has no colour.
    pub middle: f64,
    /// Decimals of the numbers in the cells.
    pub decimals: usize,
}

impl Heat {
    /// How strong a number's colour is, -1 to 1: 0 in the middle, and at most 1 far from it.
    #[must_use]
    pub fn strength(&self, value: f64) -> f64 {
        let far = |value: &f64| (value - self.middle).abs();
        let most = self.values.iter().map(far).filter(|far| far.is_finite()).fold(0.0, f64::max);
        if most > 0.0 && value.is_finite() { (value - self.middle) / most } else { 0.0 }
    }

    /// The place in `values` of a cell, by the whole numbers nearest to a point of the plot.
    #[must_use]
    pub fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let (column, row) = (x.round(), y.round());
        let is_inside =
            column >= 0.0 && row >= 0.0 && column < self.columns.len() as f64 && row < self.rows.len() as f64;
        is_inside.then(|| row as usize * self.columns.len() + column as usize)
    }
}

/// A line through points, with what each says when it is pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is, for the pointer's note.
    pub name: String,
    /// A place in the palette.
    pub color: u8,
    /// How it is drawn.
    pub stroke: Stroke,
    /// The points, by x.
    pub points: Vec<[f64; 2]>,
    /// A note for each point, or none at all.
    pub notes: Vec<String>,
}

/// An interval around a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// A place in the palette.
    pub color: u8,
    /// Of each point x, the lower and the upper end.
    pub points: Vec<[f64; 3]>,
}

/// A point that was clicked.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The picture's place among those shown together.
    pub panel: usize,
    /// The line's place in the picture, or a grid's row.
    pub line: usize,
    /// The point's place in the line, or a grid's column.
    pub point: usize,
    /// The line's name.
    pub name: String,
    /// The point's x.
    pub x: f64,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// Thin and pale: raw values behind a smoothed line.
    Faint,
    /// Full.
    Solid,
    /// Full, with a mark at every point.
    Marked,
    /// Dashed, with a mark at every point.
    Dashed,
}

impl Picture {
    /// The point of a marked line that lies nearest to a place, within `reach` of the axes' spans: the line's place in
    /// the picture, the point's in the line.
    #[must_use]
    pub fn nearest(&self, x: f64, y: f64, x_span: f64, y_span: f64, reach: f64) -> Option<(usize, usize)> {
        let distance = |p: &[f64; 2]| ((p[0] - x) / x_span).hypot((p[1] - y) / y_span);
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| {
                matches!(line.stroke, Stroke::Marked | Stroke::Dashed) || !line.notes.is_empty()
            })
            .flat_map(|(at, line)| line.points.iter().enumerate().map(move |(i, p)| (at, i, distance(p))))
            .filter(|(_, _, distance)| *distance <= reach)
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(line, i, _)| (line, i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_strongest_farthest_from_the_middle() {
        let heat = Heat {
            columns: vec!["a".into(), "b".into()],
            rows: vec!["1".into(), "2".into()],
            values: vec![1.0, -3.0, f64::NAN, 2.0],
            middle: 1.0,
            decimals: 1,
        };
        assert_eq!((heat.strength(-3.0), heat.strength(1.0), heat.strength(2.0)), (-1.0, 0.0, 0.25));
        assert_eq!((heat.cell(1.2, 0.9), heat.cell(-0.6, 0.0), heat.cell(0.0, 1.7)), (Some(3), None, None));
        assert!(Heat::default().strength(1.0).abs() < 1e-12);
    }

    #[test]
    fn the_nearest_point_is_found_within_reach() {
        let line = |name: &str, y: f64| Line {
            name: name.into(),
            color: 0,
            stroke: Stroke::Marked,
            points: vec![[0.0, y], [1.0, y]],
            notes: Vec::new(),
        };
        let picture = Picture { lines: vec![line("a", 0.0), line("b", 10.0)], ..Picture::default() };
        let (line, index) = picture.nearest(0.9, 8.0, 1.0, 10.0, 0.3).unwrap();
        assert_eq!((picture.lines[line].name.as_str(), index), ("b", 1));
        assert!(picture.nearest(0.5, 5.0, 1.0, 10.0, 0.3).is_none());
    }
}
