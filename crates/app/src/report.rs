//! Writes the report of a sweep as one self-contained HTML page, without scripts, style sheets or pictures from
//! elsewhere.

use std::borrow::Cow;

use ipc::score::Score;
use ipc::sweep::{Curve, PointItem, PromptSet, Sweep};
use maud::{Markup, PreEscaped, html};

use crate::chart_export::{ChartExportError, ChartFormat};

/// The content of a report.
pub(crate) struct Report<'a> {
    pub(crate) sweep: &'a Sweep,
    /// The model's name.
    pub(crate) model: &'a str,
    pub(crate) samples: &'a [Sample],
    /// The chart that the window shows, as SVG.
    pub(crate) svg: &'a str,
}

/// The items behind one point.
pub(crate) struct Sample {
    pub(crate) curve: Curve,
    pub(crate) multiplier: f64,
    pub(crate) items: Vec<PointItem>,
}

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;max-width:1000px;margin:32px auto;padding:0 16px;color:#1d1f21}\
    h1{font-size:22px}h2{font-size:16px;margin-top:32px}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
    th,td{text-align:left;vertical-align:top;padding:4px 10px;border-bottom:1px solid #d9d9d5}td.n,th.n{text-align:right;white-space:nowrap}\
    th{color:#5c6066;font-size:12px}td.t{white-space:pre-wrap;overflow-wrap:anywhere}code{font-size:12px;overflow-wrap:anywhere}\
    .q{color:#5c6066}svg{max-width:100%;height:auto}pre{white-space:pre-wrap;background:#f3f3f1;padding:12px;font-size:12px}";

impl Report<'_> {
    /// Returns the page.
    pub(crate) fn page(&self) -> Result<String, ChartExportError> {
        let chart = String::from_utf8_lossy(&ChartFormat::Svg.bytes(self.svg)?).into_owned();
        let title =
            self.sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
        let settings = serde_json::to_string_pretty(&self.sweep.settings).unwrap_or_default();
        let page = html! {
            (PreEscaped("<!doctype html>"))
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { "Sweep: " (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    h1 { (title) }
                    p.q {
                        "A sweep by Tiller " (env!("CARGO_PKG_VERSION")) ", " (self.sweep.measured_points()) " of "
                        (self.sweep.expected) " points."
                    }
                    // The chart was parsed and written again, so it contains nothing but drawing elements.
                    (PreEscaped(chart))
                    (self.origin())
                    (self.curves())
                    (self.samples())
                    h2 { "Settings" }
                    pre { (settings) }
                }
            }
        };
        Ok(page.into_string() + "\n")
    }

    fn origin(&self) -> Markup {
        html! {
            h2 { "What was measured" }
            table {
                tr { th { "Model" } td { (self.model) } }
                tr {
                    th { "SHA-256 of the model\u{2019}s file" }
                    td { code { (self.sweep.fingerprint.as_deref().unwrap_or_default()) } }
                }
                @for (set, hash) in self.sweep.settings.sets.iter().zip(&self.sweep.hashes) {
                    tr { th { "Measured on" } td { (set.name()) br; code { (hash) } } }
                }
                @if let Some(stale) = &self.sweep.stale {
                    tr { th { "Stale" } td { (stale) } }
                }
            }
            p.q { "Intervals are 95 % percentile bootstrap intervals over items: 10,000 resamples, one seed." }
        }
    }

    fn name(&self, curve: Curve) -> (&str, &str, Option<Cow<'_, Score>>) {
        let settings = &self.sweep.settings;
        let arm = settings.arms.get(curve.arm as usize).map_or("", |arm| arm.name.as_str());
        let set = curve.set.and_then(|set| settings.sets.get(set as usize)).map_or("", PromptSet::name);
        (arm, set, settings.score_on(curve.score, curve.set))
    }

    fn curves(&self) -> Markup {
        let curves = self.sweep.settings.curves();
        html! {
            h2 { "Curves" }
            @for score in self.sweep.settings.measured_scores() {
                h3 { (score.name()) }
                p.q { (score.formula()) }
                table {
                    tr {
                        th { "Curve" } th { "On" } th.n { "Multiplier" } th.n { (score.unit()) } th.n { "95 %" } th.n { "N" }
                    }
                    @for (curve, (arm, set, _)) in curves.iter().map(|curve| (curve, self.name(*curve))).filter(|(_, (.., of))| of.as_ref() == Some(&score)) {
                        @for point in self.sweep.curve(*curve) {
                            tr {
                                td { (arm) }
                                td { (set) }
                                td.n { (number(point.multiplier)) }
                                td.n { (number(point.value)) }
                                td.n { (number(point.low)) " to " (number(point.high)) }
                                td.n { (point.count) @if point.missing > 0 { " + " (point.missing) " unread" } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn samples(&self) -> Markup {
        html! {
            h2 { "Samples" }
            @for sample in self.samples {
                @if let (arm, set, Some(score)) = self.name(sample.curve) {
                    h3 {
                        (score.name()) " of " (arm) " at " (number(sample.multiplier))
                        @if !set.is_empty() { " on " (set) }
                    }
                    table {
                        tr {
                            th { "Prompt" } th { "Unsteered, or wanted" } th { "Steered, or opposite" }
                            th.n { "Value" } th.n { "Unsteered" }
                        }
                        @for item in &sample.items { (row(item)) }
                    }
                }
            }
        }
    }
}

/// Writes an item of a sample as a row of the table.
fn row(item: &PointItem) -> Markup {
    let first = item.unsteered_answer.as_ref().or(item.wanted.as_ref());
    let second = item.answer.as_ref().or(item.opposite.as_ref());
    html! {
        tr {
            td.t { (item.prompt) }
            td.t { @if let Some(text) = first { (text) } }
            td.t { @if let Some(text) = second { (text) } }
            td.n { @if let Some(value) = item.value { (number(value)) } }
            td.n { @if let Some(value) = item.unsteered { (number(value)) } }
        }
    }
}

/// Writes a number with a true minus sign.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "\u{2212}") }
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;
    use ipc::sweep::{Arm, SweepPoint, SweepSettings};

    use super::*;

    #[test]
    fn a_report_holds_its_numbers_and_nothing_that_runs() {
        let settings = SweepSettings {
            arms: vec![Arm { name: "<script>V</script>".into(), ..Arm::vector(1) }],
            multipliers: vec![0.0, 1.0],
            sets: vec![PromptSet::HeldOut { data_set: 1, name: "D & D".into() }],
            scores: vec![Score::LogOdds],
            ..SweepSettings::default()
        };
        let point = SweepPoint {
            arm: 0,
            set: Some(0),
            score: 0,
            multiplier: 1.0,
            value: -2.5,
            low: -3.0,
            high: -2.0,
            count: 20,
            missing: 0,
        };
        let sweep = Sweep {
            id: 1,
            model: 1,
            job: 1,
            state: JobState::Done,
            settings,
            points: vec![point],
            expected: 2,
            fingerprint: Some("ab12".into()),
            hashes: vec!["cd34".into()],
            name: None,
            note: String::new(),
            vectors: Vec::new(),
            usage: ipc::sweep::TokenUsage::default(),
            stale: None,
            created: 0,
        };
        let item = PointItem { prompt: "Why <b>?".into(), value: Some(-2.5), ..PointItem::default() };
        let samples = [Sample { curve: point.curve(), multiplier: 1.0, items: vec![item] }];
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><path d='M0 0H9' stroke='#000'/></svg>";
        let report = Report { sweep: &sweep, model: "Small", samples: &samples, svg };
        let page = report.page().expect("a page");
        for part in ["ab12", "cd34", "\u{2212}2.5", "D &amp; D", "Why &lt;b&gt;?", "<svg"] {
            assert!(page.contains(part), "{part:?} is missing");
        }
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="));
    }
}
