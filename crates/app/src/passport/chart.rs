//! Draws a passport's curves as one picture: a panel for each score and data set, with the vector's curve, its 95 % band, and
//! ways of prompting as dashed lines.

use std::fmt::Write as _;

use vectors::passport::{CurveOf, CurveRecord, PointRecord, SweepRecord};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 260.0;
/// Room for the axes: left, right, top, bottom.
const MARGIN: [f64; 4] = [58.0, 14.0, 30.0, 42.0];
/// The most panels, so that the picture has a size.
const MOST_PANELS: usize = 12;
/// The vector's colour, then those of prompts: Okabe and Ito's.
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#5f6670"];

/// Draws the curves as SVG. Returns `None` where there is none to draw.
pub(super) fn svg(sweep: &SweepRecord) -> Option<String> {
    let panels = panels(&sweep.curves);
    let count = panels.len().min(MOST_PANELS);
    if count == 0 {
        return None;
    }
    let columns = count.min(2);
    let (width, height) = (WIDTH * columns as f64, HEIGHT * count.div_ceil(columns) as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"Inter Variable, sans-serif\" \
         font-size=\"11\" fill=\"#1d1f21\"><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    for (index, panel) in panels.iter().take(MOST_PANELS).enumerate() {
        let (x, y) = ((index % columns) as f64 * WIDTH, (index / columns) as f64 * HEIGHT);
        let _ = write!(svg, "<g transform=\"translate({x} {y})\">");
        draw(&mut svg, panel);
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// Groups the curves by score and data set, those without points and those of something else left out.
fn panels(curves: &[CurveRecord]) -> Vec<Vec<&CurveRecord>> {
    let mut panels: Vec<Vec<&CurveRecord>> = Vec::new();
    for curve in curves.iter().filter(|curve| curve.of != CurveOf::Other && !curve.points.is_empty()) {
        let is_same = |panel: &&mut Vec<&CurveRecord>| {
            panel.first().is_some_and(|first| (&first.score, &first.set) == (&curve.score, &curve.set))
        };
        match panels.iter_mut().find(is_same) {
            Some(panel) => panel.push(curve),
            None => panels.push(vec![curve]),
        }
    }
    panels.retain(|panel| panel.iter().any(|curve| curve.of == CurveOf::Vector));
    panels
}

/// Maps values to places in a panel.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn new(panel: &[&CurveRecord]) -> Self {
        let points = || panel.iter().flat_map(|curve| &curve.points);
        Self {
            x: span(points().map(|point| point.multiplier)),
            y: span(points().flat_map(|point| [point.low, point.high, point.value])),
        }
    }

    fn x(&self, value: f64) -> f64 {
        MARGIN[0] + (value - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - MARGIN[0] - MARGIN[1])
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - MARGIN[3] - (value - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - MARGIN[2] - MARGIN[3])
    }

    fn place(&self, x: f64, y: f64) -> String {
        format!("{:.2} {:.2}", self.x(x), self.y(y))
    }
}

/// Returns the range of finite values with some room on both sides.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let more = if low < high { (high - low) * 0.05 } else { 0.5 };
    (low - more, high + more)
}

fn draw(svg: &mut String, panel: &[&CurveRecord]) {
    let frame = Frame::new(panel);
    let [left, right, top, bottom] = [MARGIN[0], WIDTH - MARGIN[1], MARGIN[2], HEIGHT - MARGIN[3]];
    let first = panel[0];
    let set = first.set.as_ref().map(|set| format!(", {set}")).unwrap_or_default();
    let title: String = format!("{}{set}", first.score).chars().take(60).collect();
    let _ = write!(
        svg,
        "<text x=\"{left}\" y=\"18\" font-weight=\"600\">{}</text>\
         <path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#9aa0a6\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#5c6066\">multiplier</text>",
        escaped(&title),
        f64::midpoint(left, right),
        HEIGHT - 8.0
    );
    for mark in marks(frame.x) {
        let _ = write!(
            svg,
            "<text x=\"{:.2}\" y=\"{}\" text-anchor=\"middle\">{mark}</text>",
            frame.x(mark),
            bottom + 15.0
        );
    }
    for mark in marks(frame.y) {
        let y = frame.y(mark);
        let _ = write!(
            svg,
            "<path d=\"M{left} {y:.2}H{right}\" stroke=\"#e2e2de\"/><text x=\"{}\" y=\"{:.2}\" text-anchor=\"end\">{mark}</text>",
            left - 6.0,
            y + 4.0
        );
    }
    let mut prompts = 0;
    for curve in panel {
        if curve.of == CurveOf::Vector {
            steered(svg, &frame, curve);
        } else if let Some(point) = curve.points.first() {
            prompts += 1;
            prompted(svg, &frame, (&curve.arm, point), prompts);
        }
    }
}

fn steered(svg: &mut String, frame: &Frame, curve: &CurveRecord) {
    let line = |points: &mut dyn Iterator<Item = String>| points.collect::<Vec<_>>().join(" L");
    let upper = line(&mut curve.points.iter().map(|point| frame.place(point.multiplier, point.high)));
    let lower = line(&mut curve.points.iter().rev().map(|point| frame.place(point.multiplier, point.low)));
    let middle = line(&mut curve.points.iter().map(|point| frame.place(point.multiplier, point.value)));
    let color = COLORS[0];
    let _ = write!(
        svg,
        "<path d=\"M{upper} L{lower}Z\" fill=\"{color}\" fill-opacity=\"0.15\"/>\
         <path d=\"M{middle}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>"
    );
    for point in &curve.points {
        let (x, y) = (frame.x(point.multiplier), frame.y(point.value));
        let _ = write!(svg, "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"2.5\" fill=\"{color}\"/>");
    }
}

/// Draws a way of prompting, which does not depend on the multiplier.
fn prompted(svg: &mut String, frame: &Frame, (name, point): (&str, &PointRecord), number: usize) {
    let (y, color) = (frame.y(point.value), COLORS[number % COLORS.len()]);
    let name: String = name.chars().take(40).collect();
    let _ = write!(
        svg,
        "<path d=\"M{} {y:.2}H{}\" stroke=\"{color}\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"/>\
         <text x=\"{}\" y=\"{:.2}\" text-anchor=\"end\" fill=\"{color}\">{}</text>",
        MARGIN[0],
        WIDTH - MARGIN[1],
        WIDTH - MARGIN[1] - 4.0,
        y - 4.0,
        escaped(&name)
    );
}

/// Returns about five round numbers inside a range.
fn marks((low, high): (f64, f64)) -> Vec<f64> {
    let raw = (high - low) / 5.0;
    let power = 10.0_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= raw).unwrap_or(raw);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    // As many decimals as the step has, so that a mark is not 0.30000000000000004.
    let decimals = (-step.log10()).ceil().clamp(0.0, 9.0) as i32;
    let scale = 10.0_f64.powi(decimals);
    (first..=last).map(|index| (index as f64 * step * scale).round() / scale + 0.0).collect()
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_control()).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::sweep_record::{Measured, tests::sweep};
    use super::*;
    use crate::chart_export::ChartFormat;

    #[test]
    fn a_panel_for_each_score_becomes_a_picture() {
        let measured = Measured::new(&sweep(), &[], 7, "stored".into(), false).expect("a record");
        let svg = svg(&measured.sweep).expect("a chart");
        for part in ["Preference, Wealth", "Perplexity", "Be greedy", "multiplier", ">-1<", ">0.5<"] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        let png = ChartFormat::Png.bytes(&svg).expect("a PNG");
        assert_eq!(&png[1..4], b"PNG");
        let empty = SweepRecord { curves: vec![], ..measured.sweep };
        assert_eq!(super::svg(&empty), None);
    }

    #[test]
    fn marks_are_round() {
        assert_eq!(marks((-1.05, 1.05)), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(marks((0.11, 0.43)), [0.2, 0.3, 0.4]);
        assert!(marks((1e6, 9e6)).len() >= 4);
    }
}
