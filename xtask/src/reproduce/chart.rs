//! Draws a chart for each score: the mean over the seeds at each multiplier, a line for each arm, the seeds' range as a band.

use std::fmt::Write as _;

use super::results::{Mean, Results};

/// Colours that differ for the colour-blind as well (Okabe and Ito); controls are grey.
const COLORS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#b8860b", "#7a3db8"];
const CONTROLS: [&str; 2] = ["#555555", "#999999"];
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 30.0;
const COLUMNS: usize = 2;
const LINE: f64 = 18.0;

/// Positive values that lie farther apart than this factor are drawn on a logarithmic axis, as a perplexity of broken text is.
const WIDE: f64 = 20.0;

/// How the line of an arm is drawn that no multiplier changes.
const DASHED: &str = "stroke-width=\"1.5\" stroke-dasharray=\"4 3\"";

/// Where a panel's numbers lie on the picture.
struct Scale {
    x: (f64, f64),
    /// The least and the largest value, or their logarithms.
    y: (f64, f64),
    is_log: bool,
}

impl Scale {
    fn new(x: (f64, f64), y: (f64, f64)) -> Self {
        let is_log = y.0 > 0.0 && y.1 > WIDE * y.0;
        Self { x, y: if is_log { (y.0.ln(), y.1.ln()) } else { y }, is_log }
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low).max(f64::MIN_POSITIVE);
        let y = if self.is_log { y.ln() } else { y };
        (
            LEFT + share(x, self.x) * (WIDTH - LEFT - 16.0),
            HEIGHT - 34.0 - share(y, self.y) * (HEIGHT - 34.0 - TOP),
        )
    }

    /// Returns the digits after the point with which no two lines of the axis have the same number.
    fn digits(&self) -> usize {
        if self.is_log || self.y.1 - self.y.0 > 0.08 { 2 } else { 3 }
    }

    /// Returns the value at this share of the axis, from below.
    fn value(&self, share: f64) -> f64 {
        let y = self.y.0 + share * (self.y.1 - self.y.0);
        if self.is_log { y.exp() } else { y }
    }
}

/// Returns the whole picture.
pub(super) fn svg(results: &Results) -> String {
    let (arms, scores) = (results.arms(), results.scores());
    let rows = scores.len().div_ceil(COLUMNS);
    let legend = 24.0 + LINE * arms.len().div_ceil(COLUMNS) as f64;
    let (width, height) = (WIDTH * COLUMNS as f64, HEIGHT * rows as f64 + legend);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let colors = colors(results, &arms);
    for (place, score) in scores.iter().enumerate() {
        let (x, y) = (WIDTH * (place % COLUMNS) as f64, HEIGHT * (place / COLUMNS) as f64);
        // Writing to a String does not fail.
        let _ = writeln!(text, "<g transform=\"translate({x} {y})\">");
        panel(&mut text, results, score, &arms, &colors);
        text.push_str("</g>\n");
    }
    for (place, (arm, color)) in arms.iter().zip(&colors).enumerate() {
        let x = 16.0 + WIDTH * (place % COLUMNS) as f64;
        let y = HEIGHT * rows as f64 + 16.0 + LINE * (place / COLUMNS) as f64;
        let _ = writeln!(
            text,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{color}\" {}/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            x + 22.0,
            if has_one_point(results, arm, &scores) { DASHED } else { "stroke-width=\"2\"" },
            x + 28.0,
            y + 4.0,
            escaped(arm)
        );
    }
    text.push_str("</svg>\n");
    text
}

/// Whether no multiplier changes an arm: it is a way of prompting.
fn has_one_point(results: &Results, arm: &str, scores: &[&str]) -> bool {
    scores.iter().any(|score| results.curve(arm, score).len() == 1)
}

fn colors(results: &Results, arms: &[&str]) -> Vec<&'static str> {
    let (mut own, mut controls) = (COLORS.iter().cycle(), CONTROLS.iter().cycle());
    let color = |arm: &&str| if results.is_control(arm) { controls.next() } else { own.next() };
    arms.iter().map(color).map(|color| color.copied().unwrap_or("#000000")).collect()
}

fn panel(text: &mut String, results: &Results, score: &str, arms: &[&str], colors: &[&str]) {
    let curves: Vec<Vec<Mean>> = arms.iter().map(|arm| results.curve(arm, score)).collect();
    let all = || curves.iter().flatten().filter(|point| point.value.is_finite());
    let range = |low: fn(&Mean) -> f64, high: fn(&Mean) -> f64| {
        let least = all().map(low).fold(f64::INFINITY, f64::min);
        (least, all().map(high).fold(f64::NEG_INFINITY, f64::max))
    };
    let scale = Scale::new(range(|p| p.multiplier, |p| p.multiplier), range(|p| p.least, |p| p.most));
    let axis = if scale.is_log { ", logarithmic" } else { "" };
    let _ =
        writeln!(text, "<text x=\"{LEFT}\" y=\"18\" font-weight=\"bold\">{}{axis}</text>", escaped(score));
    let digits = scale.digits();
    for place in 0..=4 {
        let y = scale.value(f64::from(place) / 4.0);
        let (_, at) = scale.at(scale.x.0, y);
        let _ = writeln!(
            text,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{y:.digits$}</text>",
            WIDTH - 16.0,
            LEFT - 6.0,
            at + 4.0
        );
    }
    let mut multipliers: Vec<f64> = all().map(|point| point.multiplier).collect();
    multipliers.sort_by(f64::total_cmp);
    multipliers.dedup();
    for multiplier in multipliers {
        let (at, _) = scale.at(multiplier, scale.y.0);
        let y = HEIGHT - 16.0;
        let _ = writeln!(text, "<text x=\"{at:.1}\" y=\"{y}\" text-anchor=\"middle\">{multiplier}</text>");
    }
    for (curve, color) in curves.iter().zip(colors) {
        line(text, &scale, curve, color);
    }
}

fn line(text: &mut String, scale: &Scale, curve: &[Mean], color: &str) {
    let path = |points: Vec<(f64, f64)>| {
        points.into_iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    };
    let at = |value: fn(&Mean) -> f64| -> Vec<(f64, f64)> {
        curve.iter().map(|point| scale.at(point.multiplier, value(point))).collect()
    };
    if let [only] = curve {
        // No multiplier changes it: a dashed line over the whole panel.
        let ((left, y), (right, _)) = (scale.at(scale.x.0, only.value), scale.at(scale.x.1, only.value));
        let _ = writeln!(
            text,
            "<line x1=\"{left:.1}\" x2=\"{right:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"{color}\" {DASHED}/>"
        );
        return;
    }
    if curve.is_empty() {
        return;
    }
    let band: Vec<(f64, f64)> = at(|p| p.least).into_iter().chain(at(|p| p.most).into_iter().rev()).collect();
    let _ = writeln!(text, "<polygon points=\"{}\" fill=\"{color}\" fill-opacity=\"0.12\"/>", path(band));
    let _ = writeln!(
        text,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
        path(at(|p| p.value))
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_far_apart_are_drawn_by_their_logarithms() {
        let near = Scale::new((-2.0, 2.0), (1.0, 4.0));
        assert!(!near.is_log && (near.value(0.5) - 2.5).abs() < 1e-12);
        assert!(!Scale::new((-2.0, 2.0), (-50.0, 50.0)).is_log, "a negative value has no logarithm");
        assert_eq!((near.digits(), Scale::new((-2.0, 2.0), (0.50, 0.52)).digits()), (2, 3));
        let far = Scale::new((-2.0, 2.0), (10.0, 1000.0));
        assert!((far.value(0.5) - 100.0).abs() < 1e-9);
        let (middle, ends) = (far.at(0.0, 100.0).1, far.at(0.0, 10.0).1 + far.at(0.0, 1000.0).1);
        assert!((middle - ends / 2.0).abs() < 1e-9);
    }
}
