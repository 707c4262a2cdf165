//! `tiller-cli verify`: measures the curves of a passport again, and lays both over each other.

use std::path::PathBuf;
use std::sync::Arc;

use ::data::content::{Snapshot, measured};
use ::data::data_files::{DataFile, Row};
use ipc::data::{PairContent, Split};
use ipc::score::{Needs, Score};
use ipc::sweep::{PromptSet, SweepSettings};
use ipc::train::SYSTEM_PROMPT;
use serde::Serialize;
use vectors::files::SteeringFile;
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::passport::{
    ADAPTER_GGUF, Agreement, ComparedCurve, CurveOf, CurveRecord, Package, Passport, PointRecord, SweepRecord,
};
use vectors::score::{PairLogProbs, Scorer};

use crate::adapter;
use crate::data::{self, ModelArguments, ReadArguments};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;
use crate::scores::Measured;
use crate::steering::Steering;
use crate::stop;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The passport: NAME.tiller-vector.zip, or its folder
    #[arg(value_name = "PASSPORT")]
    passport: PathBuf,
    #[command(flatten)]
    model: ModelArguments,
    /// The pairs that its curves were measured on, where the passport does not have them
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    /// The model is the same one in another format: its fingerprint is not compared
    #[arg(long)]
    other_model: bool,
    /// One JSON object for each curve
    #[arg(long)]
    json: bool,
}

/// A curve, as it is printed.
#[derive(Serialize)]
struct Line<'a> {
    curve: &'a str,
    score: &'a str,
    on: Option<&'a str>,
    unit: &'a str,
    #[serde(flatten)]
    compared: Option<ComparedCurve>,
    /// Why it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let path = &arguments.passport;
    let package = Package::read(path).map_err(|error| Halt::vector(path, &error))?;
    let Some(sweep) = &package.passport.sweep else {
        return Err(Halt::Refused(format!(
            "{}: it has no curves that could be measured again.",
            path.display()
        )));
    };
    let settings: SweepSettings = serde_json::from_value(sweep.settings.clone()).map_err(|error| {
        Halt::Refused(format!("{}: the settings of its sweep cannot be read: {error}.", path.display()))
    })?;
    check_model(arguments, &package.passport, sweep)?;
    let pairs = Pairs::read(arguments, &package)?;
    let intervention = package.steering.provenance().intervention().unwrap_or_default();
    let steering = Steering::new(vec![package.steering.clone()], None)?.acting_as(intervention);
    check_gguf(arguments, &package)?;
    let model = arguments.model.load()?;
    check_fit(arguments, &package, &model)?;
    let data = arguments.data.clone().unwrap_or_else(|| path.join(vectors::passport::PAIRS));
    let replay = Replay { model, steering, system: system_prompt(&package.passport), settings, pairs, data };
    let mut worst = None;
    for curve in &sweep.curves {
        if curve.of != CurveOf::Vector || curve.points.is_empty() {
            continue;
        }
        let (compared, left_out) = match replay.points(sweep, curve)? {
            Ok((points, is_counted)) => (Some(ComparedCurve::new(curve, &points, is_counted)), None),
            Err(why) => (None, Some(why)),
        };
        worst = worst.max(compared.as_ref().map(|compared| compared.agreement));
        let line = Line {
            curve: &curve.arm,
            score: &curve.score,
            on: curve.set.as_deref(),
            unit: &curve.unit,
            compared,
            left_out,
        };
        output::line(arguments.json, &line, || line.text())?;
    }
    match worst {
        None => Err(Halt::Refused(format!("{}: none of its curves could be measured here.", path.display()))),
        Some(Agreement::Differs) => Err(Halt::Failed(format!(
            "{}: a curve differs from the passport\u{2019}s by more than the tolerance; the numbers are above.",
            path.display()
        ))),
        Some(Agreement::Identical | Agreement::WithinTolerance) => Ok(()),
    }
}

impl Line<'_> {
    fn text(&self) -> String {
        let on = self.on.map(|on| format!(" on {on}")).unwrap_or_default();
        let title = format!("{} of {}{on}, {}", self.score, self.curve, self.unit);
        let Some(compared) = &self.compared else {
            return format!("{title}: not measured, {}", self.left_out.as_deref().unwrap_or_default());
        };
        let verdict = match compared.agreement {
            Agreement::Identical => "identical to the bit",
            Agreement::WithinTolerance => "within the tolerance",
            Agreement::Differs => "DIFFERS",
        };
        let mut text = format!("{title}: {verdict}");
        for point in &compared.points {
            let mark = if point.agreement == Agreement::Differs { "  DIFFERS" } else { "" };
            text = format!(
                "{text}\n{:>8}: passport {:>10.4}, here {:>10.4}, tolerance {:.4}{mark}",
                point.multiplier, point.passport, point.here, point.tolerance
            );
        }
        text
    }
}

/// What the curves are measured with.
struct Replay {
    model: Arc<Model>,
    steering: Steering,
    system: String,
    settings: SweepSettings,
    pairs: Option<Pairs>,
    /// The file of the pairs.
    data: PathBuf,
}

/// The points of a curve and whether its items are counted, or why it cannot be measured.
type Points = Result<(Vec<PointRecord>, bool), String>;

impl Replay {
    /// Measures a curve at its multipliers.
    fn points(&self, sweep: &SweepRecord, curve: &CurveRecord) -> Result<Points, Halt> {
        let Some(score) = self.settings.score_on(curve.score_index, curve.set_index) else {
            return Ok(Err("its settings have no such score".into()));
        };
        if let Some(why) = left_out(&score) {
            return Ok(Err(why));
        }
        let rows = match (score.needs(), curve.set_index) {
            (Needs::Pairs, Some(set)) => match self.rows(sweep, set) {
                Ok(rows) => rows,
                Err(why) => return Ok(Err(why)),
            },
            _ => Vec::new(),
        };
        let multipliers: Vec<f64> = curve.points.iter().map(|point| point.multiplier).collect();
        let items = match &*score {
            Score::LogOdds | Score::LogOddsPerToken | Score::WinShare => self.pairs(&rows, &multipliers)?,
            score => {
                let (model, steering, system) = (&self.model, &self.steering, self.system.as_str());
                Measured { model, steering, system, rows: &rows, data: &self.data }
                    .items(score, &multipliers)?
            }
        };
        let point = |(multiplier, items): (&f64, &Vec<Vec<f64>>)| {
            let (interval, n, missing) = app::score_summary(&score, items);
            let (value, low, high) = (interval.value, interval.low, interval.high);
            PointRecord { multiplier: *multiplier, value, low, high, n, missing }
        };
        Ok(Ok((multipliers.iter().zip(&items).map(point).collect(), is_counted(&score))))
    }

    /// Scores all pairs together, as a sweep does.
    fn pairs(&self, rows: &[Row], multipliers: &[f64]) -> Result<Vec<Vec<Vec<f64>>>, Halt> {
        let pairs = data::encode(&self.model, &self.data, rows, &self.system)?;
        let mut bar = Bar::new("Scoring");
        let prefix = self.steering.prefix(self.model.facts().blocks);
        let mut go = |_: usize, _: usize| stop::flow();
        let scorer = Scorer::prepare(Arc::clone(&self.model), &pairs, prefix, Some(&mut go))
            .map_err(|error| Halt::score(error, 0.0, 0))?;
        let mut all = Vec::with_capacity(multipliers.len());
        for (index, multiplier) in multipliers.iter().enumerate() {
            if bar.show(index, multipliers.len()).is_break() {
                return Err(Halt::Stopped("stopped before all curves were measured".into()));
            }
            let scored = scorer.log_probs(&self.steering.terms(*multiplier), Some(&mut go));
            let scored = scored.map_err(|error| Halt::score(error, *multiplier, 0))?;
            let item = |(pair, found): (&EncodedPair, &PairLogProbs)| {
                vec![found.wanted, found.opposite, pair.wanted.len() as f64, pair.opposite.len() as f64]
            };
            all.push(pairs.iter().zip(&scored).map(item).collect());
        }
        Ok(all)
    }

    /// Returns the pairs of a set, where those that are here have the content that the sweep measured.
    fn rows(&self, sweep: &SweepRecord, set: u32) -> Result<Vec<Row>, String> {
        let Some(PromptSet::HeldOut { name, .. }) = self.settings.sets.get(set as usize) else {
            return Err("it was measured on no data set".into());
        };
        if self.settings.suffixes_of(set) != [String::new()] {
            return Err("its prompts had suffixes".into());
        }
        let Some(pairs) = &self.pairs else {
            return Err(format!("the pairs of {name} are not in the passport: name their file with --data"));
        };
        let rows = pairs.measured(&self.settings, sweep.set_hashes.get(set as usize))?;
        rows.ok_or_else(|| {
            format!("the pairs that are here are not those of {name}: their content has another hash")
        })
    }
}

/// Says why a score is not measured here.
fn left_out(score: &Score) -> Option<String> {
    match score {
        Score::Repetition | Score::Length | Score::Compliance => {
            Some("it is measured on generated answers: run the sweep in the window".into())
        }
        Score::JudgedCompliance { .. } | Score::Judge { .. } => Some("it needs a judge".into()),
        Score::Rating => Some("a person rated the answers".into()),
        Score::Knowledge { path, .. } if !path.is_empty() => Some(file_of_its_own()),
        Score::Mmlu { .. } | Score::TruthfulOne { .. } | Score::TruthfulTwo { .. } => Some(file_of_its_own()),
        Score::LogOdds
        | Score::LogOddsPerToken
        | Score::WinShare
        | Score::Choice
        | Score::Perplexity
        | Score::Divergence
        | Score::Knowledge { .. } => None,
    }
}

fn file_of_its_own() -> String {
    "it asks the questions of a file that no passport has".to_owned()
}

/// Whether the items of a score are right or wrong, and its value is their share.
fn is_counted(score: &Score) -> bool {
    matches!(score, Score::WinShare | Score::Knowledge { .. })
}

/// The pairs that are here.
struct Pairs(Vec<PairContent>);

impl Pairs {
    fn read(arguments: &Arguments, package: &Package) -> Result<Option<Self>, Halt> {
        let rows = match (&arguments.data, package.pairs()) {
            (Some(path), _) => data::rows(path, None, &arguments.read)?.0,
            (None, Some(bytes)) => {
                let path = arguments.passport.join(vectors::passport::PAIRS);
                let file = DataFile::parse(bytes, None).map_err(|error| Halt::data(&path, &error))?;
                if let Some(refused) = file.refused.first() {
                    return Err(Halt::Refused(format!(
                        "{}: line {}: {}. Pack the vector again.",
                        path.display(),
                        refused.line,
                        refused.reason
                    )));
                }
                file.rows
            }
            (None, None) => return Ok(None),
        };
        // A file without splits is one of held-out pairs.
        let has_splits = rows.iter().any(|row| row.split == Some(Split::HeldOut));
        let content = |row: Row| {
            let content = PairContent::from(row);
            if has_splits { content } else { PairContent { split: Split::HeldOut, ..content } }
        };
        Ok(Some(Self(rows.into_iter().map(content).collect())))
    }

    /// Returns the held-out pairs, where they and the worked examples have this hash.
    fn measured(&self, settings: &SweepSettings, hash: Option<&String>) -> Result<Option<Vec<Row>>, String> {
        let of_sweep = measured(&self.0, settings.shots(), settings.examples_seed);
        let found = Snapshot::new(&of_sweep).map_err(|error| error.to_string())?.hash;
        let held_out = self.0.iter().filter(|pair| pair.split == Split::HeldOut);
        Ok((Some(&found) == hash).then(|| held_out.cloned().map(Row::from).collect()))
    }
}

/// Refuses another model than the one that was measured.
fn check_model(arguments: &Arguments, passport: &Passport, sweep: &SweepRecord) -> Result<(), Halt> {
    if arguments.other_model {
        return Ok(());
    }
    let named = sweep.model_fingerprint.as_ref().or(passport.provenance.model_fingerprint.as_ref());
    let Some(named) = named else { return Ok(()) };
    if named.contains("+template") {
        return Err(Halt::Refused(
            "the curves were measured with a chat template that a person had set in place of the model\u{2019}s own. Measure \
             them with the model\u{2019}s with --other-model."
                .into(),
        ));
    }
    arguments.model.check_readable()?;
    let here = arguments.model.fingerprint()?;
    if here == *named {
        return Ok(());
    }
    let name = passport.provenance.model.as_deref().unwrap_or("another model");
    Err(Halt::Refused(format!(
        "{}: the curves are of {name} (SHA-256 {named}), and this model has SHA-256 {here}. If it is the same model in another \
         format, say so with --other-model.",
        arguments.model.path().display()
    )))
}

/// Refuses an adapter whose GGUF file has other numbers. The same model in another format may have other matrices.
fn check_gguf(arguments: &Arguments, package: &Package) -> Result<(), Halt> {
    if arguments.other_model || package.file(ADAPTER_GGUF).is_none() {
        return Ok(());
    }
    let target = adapter::target(&arguments.model.path())?;
    package.check_adapter_gguf(&target).map_err(|error| Halt::vector(&arguments.passport, &error))
}

/// Refuses a model of other sizes.
fn check_fit(arguments: &Arguments, package: &Package, model: &Model) -> Result<(), Halt> {
    let facts = model.facts();
    let refused = |what: String| {
        Err(Halt::Refused(format!(
            "{}: {what}, and the model has {} layers of {}: it is for another model.",
            arguments.model.path().display(),
            facts.blocks,
            facts.hidden_size
        )))
    };
    match &package.steering {
        SteeringFile::Vectors(file) => {
            let highest = file.vectors.last().map_or(0, |vector| vector.layer);
            if file.size() == facts.hidden_size && highest < facts.blocks {
                return Ok(());
            }
            refused(format!("the vector has {} numbers at layer {highest}", file.size()))
        }
        SteeringFile::Adapter(file) => {
            let found = file.adapter.shape();
            if model.adapter_shape_on(found.rank, found.on) == found {
                return Ok(());
            }
            refused(format!("the adapter is for {} layers of {}", found.blocks, found.inputs))
        }
    }
}

/// Returns the system prompt that the vector was trained with, which its curves are measured with.
fn system_prompt(passport: &Passport) -> String {
    let settings = passport.provenance.settings.as_deref();
    let all: Option<serde_json::Value> = settings.and_then(|settings| serde_json::from_str(settings).ok());
    let own = all.and_then(|all| all["system_prompt"].as_str().map(str::to_owned));
    own.unwrap_or_else(|| SYSTEM_PROMPT.to_owned())
}
