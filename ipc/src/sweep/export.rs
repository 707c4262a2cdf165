//! The files that a sweep is exported to: its numbers as a table, and as JSON with all its settings. The window and the
//! command line write the same.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use super::{Curve, Sweep, SweepPoint, SweepSettings};
use crate::spreadsheet::{guarded, quoted};
use crate::{Id, Millis};

/// What the intervals of all numbers are.
const INTERVAL: &str = "95 % percentile bootstrap over items, 10000 resamples; of changes, paired";

/// The columns of a table.
pub const COLUMNS: &str = "sweep,curve,set,score,unit,multiplier,x,value,low_95,high_95,n,missing,change,change_low_95,change_high_95";

/// A number of a sweep, with its place in the chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The sweep.
    pub sweep: Id,
    /// The name of the arm.
    pub curve: String,
    /// The name of the set. Empty for a score with its own text or questions.
    pub set: String,
    /// The name of the score.
    pub score: String,
    /// The unit of the score.
    pub unit: &'static str,
    /// The multiplier.
    pub multiplier: f64,
    /// The place on the chart's axis.
    pub x: f64,
    /// The score's value.
    pub value: f64,
    /// The lower end of its interval.
    #[serde(rename = "low_95")]
    pub low: f64,
    /// The upper end.
    #[serde(rename = "high_95")]
    pub high: f64,
    /// The number of items.
    #[serde(rename = "n")]
    pub count: u32,
    /// The number of items without a value.
    pub missing: u32,
    /// The change from the unsteered model, where it is known.
    #[serde(flatten)]
    pub change: Option<ChangeRecord>,
}

/// A change from the unsteered model with its paired interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChangeRecord {
    /// The change.
    #[serde(rename = "change")]
    pub value: f64,
    /// The lower end of its interval.
    #[serde(rename = "change_low_95")]
    pub low: f64,
    /// The upper end.
    #[serde(rename = "change_high_95")]
    pub high: f64,
}

impl Record {
    /// Makes the record of a point at its multiplier. `None` if the settings have no such curve.
    #[must_use]
    pub fn new(sweep: Id, settings: &SweepSettings, point: &SweepPoint) -> Option<Self> {
        let score = settings.score_on(point.score, point.set)?;
        let set = point.set.and_then(|set| settings.sets.get(set as usize));
        Some(Self {
            sweep,
            curve: settings.arms.get(point.arm as usize)?.name.clone(),
            set: set.map(|set| set.name().to_owned()).unwrap_or_default(),
            score: score.name(),
            unit: score.unit(),
            multiplier: point.multiplier,
            x: point.multiplier,
            value: point.value,
            low: point.low,
            high: point.high,
            count: point.count,
            missing: point.missing,
            change: None,
        })
    }

    /// The same with its change from the unsteered model.
    #[must_use]
    pub fn with_change(self, change: Option<&SweepPoint>) -> Self {
        let change =
            change.map(|point| ChangeRecord { value: point.value, low: point.low, high: point.high });
        Self { change, ..self }
    }
}

impl Sweep {
    /// Returns every point that has a value, curve after curve, ascending by multiplier, with its change where `changes` has it.
    #[must_use]
    pub fn records(&self, changes: &[SweepPoint]) -> Vec<Record> {
        let points = self.settings.curves().into_iter().flat_map(|curve: Curve| self.curve(curve));
        let record = |point: SweepPoint| {
            let change = changes.iter().find(|change| change.is_at(&point));
            Some(Record::new(self.id, &self.settings, &point)?.with_change(change))
        };
        points.filter_map(record).collect()
    }
}

/// Writes numbers as a table. With `guard_formulas`, no cell is one that a spreadsheet would compute.
#[must_use]
pub fn csv(records: &[Record], guard_formulas: bool) -> String {
    let cell = |text: &str| {
        let text = if guard_formulas { guarded(text) } else { Cow::Borrowed(text) };
        quoted(&text).into_owned()
    };
    let mut text = format!("{COLUMNS}\n");
    for r in records {
        let words = [r.curve.as_str(), &r.set, &r.score, r.unit].map(cell).join(",");
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "{},{words},{},{},{},{},{},{},{}",
            r.sweep, r.multiplier, r.x, r.value, r.low, r.high, r.count, r.missing
        );
        let _ = match r.change {
            Some(change) => writeln!(text, ",{},{},{}", change.value, change.low, change.high),
            None => writeln!(text, ",,,"),
        };
    }
    text
}

/// An exported file: numbers, and everything that is needed to measure them again.
#[derive(Debug, Clone, Serialize)]
pub struct ExportedSweeps<'a> {
    made_by: String,
    /// What `x` of the points is.
    x: &'a str,
    interval: &'static str,
    sweeps: Vec<About<'a>>,
    points: &'a [Record],
}

/// A sweep without its numbers.
#[derive(Debug, Clone, Serialize)]
struct About<'a> {
    sweep: Id,
    name: Option<&'a str>,
    note: &'a str,
    model: Option<&'a str>,
    model_sha256: Option<&'a str>,
    set_sha256: &'a [String],
    vector_sha256: &'a [String],
    created_ms: Millis,
    stale: Option<&'a str>,
    settings: &'a SweepSettings,
}

impl<'a> ExportedSweeps<'a> {
    /// Takes numbers of sweeps, each with the name of its model, over an axis.
    #[must_use]
    pub fn new(
        version: &str,
        x: &'a str,
        sweeps: impl IntoIterator<Item = (&'a Sweep, Option<&'a str>)>,
        points: &'a [Record],
    ) -> Self {
        let about = |(sweep, model): (&'a Sweep, Option<&'a str>)| About {
            sweep: sweep.id,
            name: sweep.name.as_deref(),
            note: &sweep.note,
            model,
            model_sha256: sweep.fingerprint.as_deref(),
            set_sha256: &sweep.hashes,
            vector_sha256: &sweep.vectors,
            created_ms: sweep.created,
            stale: sweep.stale.as_deref(),
            settings: &sweep.settings,
        };
        let sweeps = sweeps.into_iter().map(about).collect();
        Self { made_by: format!("Tiller {version}"), x, interval: INTERVAL, sweeps, points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Score;
    use crate::sweep::{Arm, PromptSet};

    fn record() -> Record {
        Record {
            sweep: 3,
            curve: "A, \"B\"".into(),
            set: "=D".into(),
            score: "Preference".into(),
            unit: "log-odds, nats",
            multiplier: -0.5,
            x: -0.5,
            value: 1.25,
            low: 1.0,
            high: 1.5,
            count: 20,
            missing: 0,
            change: Some(ChangeRecord { value: 0.5, low: 0.25, high: 0.75 }),
        }
    }

    #[test]
    fn a_table_keeps_every_digit_and_quotes_its_texts() {
        let text = csv(&[record()], true);
        let line =
            "3,\"A, \"\"B\"\"\",'=D,Preference,\"log-odds, nats\",-0.5,-0.5,1.25,1,1.5,20,0,0.5,0.25,0.75";
        assert_eq!(text, format!("{COLUMNS}\n{line}\n"));
        assert_eq!(csv(&[record()], false), format!("{COLUMNS}\n{}\n", line.replace("'=D", "=D")));
    }

    #[test]
    fn json_says_what_its_numbers_are() {
        let points = [record()];
        let all =
            serde_json::to_value(ExportedSweeps::new("0.1.0", "multiplier", [], &points)).expect("JSON");
        assert_eq!((&all["points"][0]["value"], &all["x"]), (&1.25.into(), &"multiplier".into()));
        assert_eq!((&all["points"][0]["low_95"], &all["points"][0]["n"]), (&1.0.into(), &20.into()));
        assert_eq!(all["points"][0]["change_low_95"], 0.25);
    }

    #[test]
    fn a_point_is_named_by_its_arm_set_and_score() {
        let settings = SweepSettings {
            arms: vec![Arm { name: "A".into(), ..Arm::vector(1) }],
            sets: vec![PromptSet::HeldOut { data_set: 1, name: "D".into() }],
            scores: vec![Score::LogOdds, Score::Perplexity],
            ..SweepSettings::default()
        };
        let point = |set, score| SweepPoint {
            arm: 0,
            set,
            score,
            multiplier: 1.5,
            value: 2.0,
            low: 1.0,
            high: 3.0,
            count: 4,
            missing: 0,
        };
        let named = |point: &SweepPoint| {
            Record::new(7, &settings, point).map(|record| (record.curve, record.set, record.score))
        };
        let words = |words: [&str; 3]| Some(words.map(str::to_owned).into());
        assert_eq!(named(&point(Some(0), 0)), words(["A", "D", "Preference"]));
        assert_eq!(named(&point(None, 1)), words(["A", "", "Perplexity"]));
        assert_eq!(named(&point(None, 2)), None);
    }
}
