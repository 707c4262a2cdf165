//! Draws charts as an SVG document for print: on white, with the same lines, bands and marks as on the canvas, and a
//! legend.

use std::fmt::Write as _;

use super::bounds;
use super::picture::{Line, Picture, Stroke};
use crate::format;

/// The palette on white: Okabe and Ito's, as in the light theme.
const COLORS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7d00", "#5f6670"];
const TEXT: &str = "#1d1f21";
const QUIET: &str = "#5c6066";
const RULE: &str = "#e2e2de";

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 280.0;
/// Room for the axes: left, right, top, bottom.
const MARGIN: [f64; 4] = [58.0, 12.0, 28.0, 44.0];
const LEGEND_ROW: f64 = 18.0;

/// Draws pictures in a grid as one SVG document.
#[must_use]
pub fn document(pictures: &[Picture], columns: usize) -> String {
    let columns = columns.clamp(1, pictures.len().max(1));
    let rows = pictures.len().div_ceil(columns);
    let legend = legend(pictures);
    let width = WIDTH * columns as f64;
    let height = HEIGHT * rows as f64 + LEGEND_ROW * legend.len() as f64 + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Inter Variable, Noto Sans, Noto Sans CJK SC, sans-serif\" font-size=\"11\" fill=\"{TEXT}\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (index, picture) in pictures.iter().enumerate() {
        let (x, y) = ((index % columns) as f64 * WIDTH, (index / columns) as f64 * HEIGHT);
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
        panel(&mut svg, picture, index);
        svg.push_str("</g>\n");
    }
    for (index, line) in legend.iter().enumerate() {
        let y = HEIGHT * rows as f64 + LEGEND_ROW * (index as f64 + 0.5);
        let (x, color) = (MARGIN[0], color(line.color));
        let _ = writeln!(
            svg,
            "<path d=\"M{x} {y}h24\" stroke=\"{color}\" stroke-width=\"2\"{}/>\n<text x=\"{}\" y=\"{}\">{}</text>",
            dashes(line.stroke),
            x + 32.0,
            y + 4.0,
            escaped(&line.name)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Returns the lines of the legend: each name once, in the order of the lines.
fn legend(pictures: &[Picture]) -> Vec<&Line> {
    let mut all: Vec<&Line> = Vec::new();
    for line in pictures.iter().flat_map(|picture| &picture.lines) {
        if !line.name.is_empty() && !all.iter().any(|known| known.name == line.name) {
            all.push(line);
        }
    }
    all
}

fn color(index: u8) -> &'static str {
    COLORS[usize::from(index) % COLORS.len()]
}

fn dashes(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Dashed => " stroke-dasharray=\"5 3\"",
        Stroke::Faint => " stroke-opacity=\"0.5\"",
        Stroke::Solid | Stroke::Marked => "",
    }
}

/// Maps values to positions in the drawing.
struct Projection {
    x: (f64, f64),
    y: (f64, f64),
}

impl Projection {
    fn new(picture: &Picture) -> Self {
        let [x, y] = bounds::axes(picture);
        Self { x: padded(x.ends, 0.02), y: padded(y.ends, 0.05) }
    }

    fn x(&self, value: f64) -> f64 {
        MARGIN[0] + (value - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - MARGIN[0] - MARGIN[1])
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - MARGIN[3] - (value - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - MARGIN[2] - MARGIN[3])
    }
}

fn padded((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let more = (high - low) * share;
    (low - more, high + more)
}

/// Returns round numbers inside a range, about `count` of them, and the number of decimals that distinguishes them.
#[must_use]
pub fn ticks((low, high): (f64, f64), count: f64) -> (Vec<f64>, usize) {
    let raw = (high - low) / count;
    let power = 10.0_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= raw).unwrap_or(raw);
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    let marks = (0..=(last - first) as u32).map(|i| (first + f64::from(i)) * step).collect();
    (marks, decimals(step))
}

/// Returns the number of decimals that tells marks apart whose distance is `step`.
#[must_use]
pub fn decimals(step: f64) -> usize {
    (-step.log10() - 1e-9).ceil().clamp(0.0, 6.0) as usize
}

fn panel(svg: &mut String, picture: &Picture, index: usize) {
    let frame = Projection::new(picture);
    let [left, right, top, bottom] = [MARGIN[0], WIDTH - MARGIN[1], MARGIN[2], HEIGHT - MARGIN[3]];
    let mut line = |text: String| {
        svg.push_str(&text);
        svg.push('\n');
    };
    line(format!(
        "<clipPath id=\"c{index}\"><rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\"/></clipPath>",
        right - left,
        bottom - top
    ));
    if let Some((from, to)) = picture.shaded {
        let (from, to) = (frame.x(from).max(left), frame.x(to).min(right));
        line(format!(
            "<rect x=\"{from:.2}\" y=\"{top}\" width=\"{:.2}\" height=\"{}\" fill=\"#efefec\"/>",
            (to - from).max(0.0),
            bottom - top
        ));
    }
    let (marks, decimals) = ticks(frame.x, 6.0);
    for mark in marks {
        let x = frame.x(mark);
        line(format!("<path d=\"M{x:.2} {top}V{bottom}\" stroke=\"{RULE}\"/>"));
        line(format!(
            "<text x=\"{x:.2}\" y=\"{}\" text-anchor=\"middle\" fill=\"{QUIET}\">{}</text>",
            bottom + 15.0,
            format::number(mark, decimals)
        ));
    }
    let (marks, decimals) = ticks(frame.y, 5.0);
    for mark in marks {
        let y = frame.y(mark);
        line(format!("<path d=\"M{left} {y:.2}H{right}\" stroke=\"{RULE}\"/>"));
        line(format!(
            "<text x=\"{}\" y=\"{:.2}\" text-anchor=\"end\" fill=\"{QUIET}\">{}</text>",
            left - 6.0,
            y + 4.0,
            picture.y_mark(mark, decimals)
        ));
    }
    if let Some(x) = picture.rule_at.map(|x| frame.x(x)).filter(|x| (left..=right).contains(x)) {
        line(format!("<path d=\"M{x:.2} {top}V{bottom}\" stroke=\"#8b8b86\"/>"));
    }
    line(format!("<g clip-path=\"url(#c{index})\">"));
    for band in picture.bands.iter().filter(|band| band.points.len() > 1) {
        let forth = band.points.iter().map(|p| (frame.x(p[0]), frame.y(p[1])));
        let back = band.points.iter().rev().map(|p| (frame.x(p[0]), frame.y(p[2])));
        let path = path(forth.chain(back));
        line(format!("<path d=\"{path}Z\" fill=\"{}\" fill-opacity=\"0.2\"/>", color(band.color)));
    }
    for one in &picture.lines {
        let places: Vec<(f64, f64)> = one.points.iter().map(|p| (frame.x(p[0]), frame.y(p[1]))).collect();
        let width = if one.stroke == Stroke::Faint { 1.0 } else { 1.8 };
        let stroke = color(one.color);
        line(format!(
            "<path d=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\"{}/>",
            path(places.iter().copied()),
            dashes(one.stroke)
        ));
        if matches!(one.stroke, Stroke::Marked | Stroke::Dashed) {
            for (x, y) in places {
                line(format!("<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"2.6\" fill=\"{stroke}\"/>"));
            }
        }
    }
    line("</g>".into());
    let middle = f64::midpoint(left, right);
    line(format!(
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
        bottom + 33.0,
        escaped(&picture.x_title)
    ));
    let (x, y) = (14.0, f64::midpoint(top, bottom));
    line(format!(
        "<text transform=\"translate({x} {y}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        escaped(&picture.y_title)
    ));
    if !picture.title.is_empty() {
        let title = escaped(&picture.title);
        line(format!("<text x=\"{left}\" y=\"{}\" font-weight=\"bold\">{title}</text>", top - 9.0));
    }
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.enumerate() {
        let _ = write!(path, "{}{x:.2} {y:.2}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

/// Escapes a text as XML character data.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no other control characters.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::picture::Band;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks((-2.0, 2.0), 6.0), (vec![-2.0, -1.0, 0.0, 1.0, 2.0], 0));
        let (marks, decimals) = ticks((0.03, 0.31), 5.0);
        assert!(marks.iter().zip([0.1, 0.2, 0.3]).all(|(mark, round)| (mark - round).abs() < 1e-12));
        assert_eq!((marks.len(), decimals), (3, 1));
    }

    #[test]
    fn a_document_holds_lines_bands_and_escaped_names() {
        let line = Line {
            name: "A < B & \"C\"".into(),
            color: 1,
            stroke: Stroke::Marked,
            points: vec![[-1.0, 0.0], [1.0, 2.0]],
            notes: Vec::new(),
        };
        let band = Band { color: 1, points: vec![[-1.0, -0.5, 0.5], [1.0, 1.5, 2.5]] };
        let picture = Picture {
            title: "T".into(),
            rule_at: Some(0.0),
            shaded: Some((0.0, 9.0)),
            lines: vec![line],
            bands: vec![band],
            ..Picture::default()
        };
        let svg = document(&[picture.clone(), picture], 2);
        assert!(svg.contains("width=\"840\"") && svg.contains("A &lt; B &amp; &quot;C&quot;"));
        assert_eq!((svg.matches("<circle").count(), svg.matches("fill-opacity").count()), (4, 2));
        assert_eq!(svg.matches("A &lt; B").count(), 1, "a name stands in the legend once");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert!(!document(&[Picture::default()], 1).contains("NaN"));
    }
}
