//! The data that a chart shows. Nothing here knows how it is drawn.

use crate::format;

/// The number of colours in the palette: `--series-0` and on in `tokens.css`.
pub const SERIES: u8 = 8;

/// The most bands that are drawn at once. More of them hide each other and the lines, and make every frame slow.
const MOST_BANDS: usize = 32;

/// The data of one chart.
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
    /// The x of a vertical rule.
    pub rule_at: Option<f64>,
    /// Whether x is a count, so that only whole numbers are marked.
    pub counts: bool,
    /// The least width of the horizontal axis, known before the values are.
    pub x_range: Option<(f64, f64)>,
    /// The least height of the vertical axis: panels of one row share theirs.
    pub y_range: Option<(f64, f64)>,
    /// A range of x that is shaded over the whole height.
    pub shaded: Option<(f64, f64)>,
    /// The title over the chart, where several are shown together.
    pub title: String,
    /// A heat map in place of lines.
    pub heat: Option<Heat>,
    /// Whether y is the decimal logarithm of the number, which the axis then shows.
    pub is_log: bool,
    /// What will appear, as long as no line has a point.
    pub awaited: String,
}

/// A heat map. Numbers above the middle have one colour, numbers below another; both pale towards the middle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heat {
    /// The labels of the columns, from the left.
    pub columns: Vec<String>,
    /// The labels of the rows, from the bottom.
    pub rows: Vec<String>,
    /// The numbers row by row, from the bottom; those that are not known yet are NaN.
    pub values: Vec<f64>,
    /// The number that has no colour.
    pub middle: f64,
    /// Decimals of the numbers in the cells.
    pub decimals: usize,
}

impl Heat {
    /// Returns the strength of a number's colour, from -1 to 1; 0 in the middle.
    #[must_use]
    pub fn strength(&self, value: f64) -> f64 {
        let far = |value: &f64| (value - self.middle).abs();
        let most = self.values.iter().map(far).filter(|far| far.is_finite()).fold(0.0, f64::max);
        if most > 0.0 && value.is_finite() { (value - self.middle) / most } else { 0.0 }
    }

    /// Returns the index in `values` of the cell under a point of the plot; `None` outside of the grid.
    #[must_use]
    pub fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let (column, row) = (x.round(), y.round());
        let is_inside =
            column >= 0.0 && row >= 0.0 && column < self.columns.len() as f64 && row < self.rows.len() as f64;
        is_inside.then(|| row as usize * self.columns.len() + column as usize)
    }
}

/// A line through points, with a note for each point under the pointer.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The name in the pointer's note.
    pub name: String,
    /// An index in the palette.
    pub color: u8,
    /// The stroke.
    pub stroke: Stroke,
    /// The points, by x.
    pub points: Vec<[f64; 2]>,
    /// A note for each point, or none at all.
    pub notes: Vec<String>,
}

/// A confidence band around a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// An index in the palette.
    pub color: u8,
    /// For each point: x, the lower end and the upper end.
    pub points: Vec<[f64; 3]>,
}

/// A point that was clicked.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The index of the picture among those shown together.
    pub panel: usize,
    /// The index of the line in the picture, or the row of a heat map.
    pub line: usize,
    /// The index of the point in the line, or the column of a heat map.
    pub point: usize,
    /// The line's name.
    pub name: String,
    /// The point's x.
    pub x: f64,
}

/// The stroke of a line.
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
    /// Returns the number of a mark on the vertical axis as a text.
    #[must_use]
    pub fn y_mark(&self, value: f64, decimals: usize) -> String {
        if !self.is_log {
            return format::number(value, decimals);
        }
        let number = 10.0_f64.powf(value);
        // Two digits tell the marks of a logarithmic axis apart.
        let decimals = (1.0 - number.log10().floor()).clamp(0.0, 6.0) as usize;
        let text = format::number(number, decimals);
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    }

    /// Returns whether no line has a point yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heat.is_none() && self.lines.iter().all(|line| line.points.is_empty())
    }

    /// Returns whether there are too many bands to draw all of them at once.
    #[must_use]
    pub fn hides_bands(&self) -> bool {
        self.bands.len() > MOST_BANDS
    }

    /// Returns the bands to draw: all of them, or where there are too many, that of the line under the pointer.
    #[must_use]
    pub fn shown_bands(&self, near: Option<usize>) -> &[Band] {
        let has_own = self.bands.len() == self.lines.len();
        match near.filter(|_| has_own) {
            _ if !self.hides_bands() => &self.bands,
            Some(line) => std::slice::from_ref(&self.bands[line]),
            None => &[],
        }
    }

    /// Finds the point of a marked line that is nearest to `(x, y)`, within `reach` of the axes' spans. Returns the index of
    /// the line in the picture and the index of the point in the line.
    #[must_use]
    pub fn nearest(&self, x: f64, y: f64, x_span: f64, y_span: f64, reach: f64) -> Option<(usize, usize)> {
        let distance = |p: &[f64; 2]| ((p[0] - x) / x_span).hypot((p[1] - y) / y_span);
        // Of many points few are near on both axes, and a comparison is quicker than a distance.
        let [x_reach, y_reach] = [x_span, y_span].map(|span| reach * span.abs());
        let is_near = |p: &[f64; 2]| (p[0] - x).abs() <= x_reach && (p[1] - y).abs() <= y_reach;
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| {
                matches!(line.stroke, Stroke::Marked | Stroke::Dashed) || !line.notes.is_empty()
            })
            .flat_map(|(at, line)| {
                let near = line.points.iter().enumerate().filter(move |(_, p)| is_near(p));
                near.map(move |(i, p)| (at, i, distance(p)))
            })
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

    #[test]
    fn no_nearer_point_is_overlooked_among_many() {
        let place = |at: usize| [(at % 97) as f64 / 97.0, (at * 31 % 89) as f64 / 8.9];
        let line = |name: usize| Line {
            name: name.to_string(),
            color: 0,
            stroke: Stroke::Marked,
            points: (0..100).map(|at| place(name * 100 + at)).collect(),
            notes: Vec::new(),
        };
        let picture = Picture { lines: (0..9).map(line).collect(), ..Picture::default() };
        for [x, y] in (0..50).map(|at| place(at * 17 + 5)).map(|[x, y]| [x + 0.004, y - 0.03]) {
            let distance = |p: &[f64; 2]| (p[0] - x).hypot((p[1] - y) / 10.0);
            let all = picture.lines.iter().flat_map(|line| &line.points).map(distance);
            let nearest = all.fold(f64::INFINITY, f64::min);
            let (line, point) = picture.nearest(x, y, 1.0, 10.0, 0.06).unwrap();
            assert!((distance(&picture.lines[line].points[point]) - nearest).abs() < 1e-12);
        }
    }

    #[test]
    fn of_many_bands_only_the_one_under_the_pointer_is_drawn() {
        let line = Line {
            name: String::new(),
            color: 0,
            stroke: Stroke::Marked,
            points: Vec::new(),
            notes: Vec::new(),
        };
        let picture = |count: usize, lines: usize| Picture {
            bands: (0..count).map(|at| Band { color: at as u8, points: Vec::new() }).collect(),
            lines: vec![line.clone(); lines],
            ..Picture::default()
        };
        assert_eq!(picture(MOST_BANDS, 3).shown_bands(None).len(), MOST_BANDS);
        let many = picture(MOST_BANDS + 1, MOST_BANDS + 1);
        assert!(many.shown_bands(None).is_empty());
        assert_eq!(many.shown_bands(Some(7)), [Band { color: 7, points: Vec::new() }]);
        assert!(
            picture(MOST_BANDS + 1, 3).shown_bands(Some(1)).is_empty(),
            "whose band it is cannot be told"
        );
    }

    #[test]
    fn a_logarithmic_axis_says_the_numbers_themselves() {
        let picture = Picture { is_log: true, ..Picture::default() };
        assert_eq!([0.0, -1.0, 2.0].map(|mark| picture.y_mark(mark, 0)), ["1", "0.1", "100"]);
        assert_eq!(picture.y_mark(0.5_f64.log10(), 0), "0.5");
        assert_eq!(Picture::default().y_mark(0.25, 2), "0.25");
        assert!(picture.is_empty());
    }
}
