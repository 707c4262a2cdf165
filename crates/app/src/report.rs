//! A sweep as one page of HTML that needs nothing else: no script, no style sheet, no picture from elsewhere.

use std::fmt::Write as _;

use ipc::score::Score;
use ipc::sweep::{Curve, PointItem, Sweep};

use crate::chart_export::{ChartExportError, ChartFormat};

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) sweep: &'a Sweep,
    /// The model's name.
    pub(crate) model: &'a str,
    pub(crate) samples: &'a [Sample],
    /// The chart as the window shows it.
    pub(crate) svg: &'a str,
}

/// Items behind one point.
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
    /// The page.
    pub(crate) fn page(&self) -> Result<String, ChartExportError> {
        let chart = String::from_utf8_lossy(&ChartFormat::Svg.bytes(self.svg)?).into_owned();
        let mut page = String::new();
        let title =
            self.sweep.settings.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
        let title = escaped(&title);
        push(
            &mut page,
            format_args!(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sweep: {title}</title>\
                 <style>{STYLE}</style></head><body><h1>{title}</h1>\
                 <p class=\"q\">A sweep by Tiller {}, {} of {} points.</p>{chart}",
                env!("CARGO_PKG_VERSION"),
                self.sweep.made(),
                self.sweep.expected
            ),
        );
        self.origin(&mut page);
        self.curves(&mut page);
        self.samples(&mut page);
        let settings = serde_json::to_string_pretty(&self.sweep.settings).unwrap_or_default();
        push(&mut page, format_args!("<h2>Settings</h2><pre>{}</pre></body></html>\n", escaped(&settings)));
        Ok(page)
    }

    fn origin(&self, page: &mut String) {
        page.push_str("<h2>What was measured</h2><table>");
        let mut row = |what: &str, value: String| {
            push(page, format_args!("<tr><th>{what}</th><td>{value}</td></tr>"));
        };
        row("Model", escaped(self.model));
        let print = self.sweep.fingerprint.clone().unwrap_or_default();
        row("SHA-256 of the model\u{2019}s file", format!("<code>{print}</code>"));
        for (set, hash) in self.sweep.settings.sets.iter().zip(&self.sweep.hashes) {
            row("Measured on", format!("{}<br><code>{hash}</code>", escaped(set.name())));
        }
        if let Some(stale) = &self.sweep.stale {
            row("Stale", escaped(stale));
        }
        page.push_str("</table><p class=\"q\">Intervals are 95 % percentile bootstrap intervals over items: 10,000 resamples, one seed.</p>");
    }

    fn name(&self, curve: Curve) -> (String, String, Option<&Score>) {
        let settings = &self.sweep.settings;
        let arm = settings.arms.get(curve.arm as usize).map(|arm| arm.name.clone()).unwrap_or_default();
        let set = curve.set.and_then(|set| settings.sets.get(set as usize));
        (
            arm,
            set.map(|set| set.name().to_owned()).unwrap_or_default(),
            settings.scores.get(curve.score as usize),
        )
    }

    fn curves(&self, page: &mut String) {
        page.push_str("<h2>Curves</h2>");
        for score in (0_u32..).zip(&self.sweep.settings.scores) {
            push(
                page,
                format_args!(
                    "<h3>{}</h3><p class=\"q\">{}</p><table><tr><th>Curve</th><th>On</th><th class=\"n\">Multiplier</th>\
                     <th class=\"n\">{}</th><th class=\"n\">95 %</th><th class=\"n\">N</th></tr>",
                    escaped(&score.1.name()),
                    escaped(score.1.formula()),
                    escaped(score.1.unit())
                ),
            );
            for curve in self.sweep.settings.curves().into_iter().filter(|curve| curve.score == score.0) {
                let (arm, set, _) = self.name(curve);
                for point in self.sweep.curve(curve) {
                    push(
                        page,
                        format_args!(
                            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
                             <td class=\"n\">{} to {}</td><td class=\"n\">{}{}</td></tr>",
                            escaped(&arm),
                            escaped(&set),
                            number(point.multiplier),
                            number(point.value),
                            number(point.low),
                            number(point.high),
                            point.count,
                            if point.missing > 0 {
                                format!(" + {} unread", point.missing)
                            } else {
                                String::new()
                            }
                        ),
                    );
                }
            }
            page.push_str("</table>");
        }
    }

    fn samples(&self, page: &mut String) {
        page.push_str("<h2>Samples</h2>");
        for sample in self.samples {
            let (arm, set, score) = self.name(sample.curve);
            let Some(score) = score else { continue };
            let on = if set.is_empty() { String::new() } else { format!(" on {}", escaped(&set)) };
            push(
                page,
                format_args!(
                    "<h3>{} of {} at {}{on}</h3><table><tr><th>Prompt</th><th>Unsteered, or wanted</th>\
                     <th>Steered, or opposite</th><th class=\"n\">Value</th><th class=\"n\">Unsteered</th></tr>",
                    escaped(&score.name()),
                    escaped(&arm),
                    number(sample.multiplier)
                ),
            );
            for item in &sample.items {
                let first = item.unsteered_answer.as_ref().or(item.wanted.as_ref());
                let second = item.answer.as_ref().or(item.opposite.as_ref());
                let text = |text: Option<&String>| escaped(text.map_or("", String::as_str));
                let value = |value: Option<f64>| value.map(number).unwrap_or_default();
                push(
                    page,
                    format_args!(
                        "<tr><td class=\"t\">{}</td><td class=\"t\">{}</td><td class=\"t\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                        escaped(&item.prompt),
                        text(first),
                        text(second),
                        value(item.value),
                        value(item.unsteered)
                    ),
                );
            }
            page.push_str("</table>");
        }
    }
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = page.write_fmt(text);
}

/// A number with a true minus sign.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "\u{2212}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use ipc::job::JobState;
    use ipc::sweep::{Arm, PromptSet, SweepPoint, SweepSettings};

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
            spent: ipc::sweep::Spent::default(),
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
