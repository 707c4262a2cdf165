//! `tiller-cli sweep`: measures a score at several multipliers of a vector; in a store, as the window does.

pub(crate) mod arms;
pub(crate) mod in_store;
pub(crate) mod points;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::data::data_files::Row;
use ipc::score::Score;
use serde::Serialize;
use vectors::model::Model;
use vectors::steering::Caps;

use crate::caps::CapArguments;
use crate::data::{self, ModelArguments, ReadArguments, SystemArguments, VectorArguments};
use crate::door;
use crate::halt::Halt;
use crate::logprobs;
use crate::output::Lines;
use crate::scores::Measured;
use crate::steering::{GateArguments, GateRecord, Steering};

use self::in_store::SweepInStore;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others; scores without pairs need none. In a store also the names of data
    /// sets, several
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json; or an adapter's .safetensors. In a store
    /// also the names of vectors, several
    #[arg(long, value_name = "FILE", required_unless_present_any = ["store", "project"])]
    vector: Vec<PathBuf>,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N")]
    layer: Option<usize>,
    /// The vector's strengths, separated by commas
    #[arg(
        long,
        value_name = "M,M..",
        value_delimiter = ',',
        allow_hyphen_values = true,
        required_unless_present = "settings"
    )]
    multipliers: Vec<f64>,
    /// What is measured; in a store several, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "preference")]
    score: Vec<Kind>,
    /// The questions of the scores that ask some: a file, or MMLU's folder
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Worked examples before each question of `knowledge` and `mmlu`: 0 to 5
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=5))]
    shots: u8,
    /// Only the first so many pairs, or questions of each subject; in a store so many prompts of each set are answered
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    cap: CapArguments,
    #[command(flatten)]
    system: SystemArguments,
    #[command(flatten)]
    in_store: SweepInStore,
    /// One JSON object a multiplier; in a store first one with the job, then one a point
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Mean log-probability of the matching answer less that of the other, in nats
    Preference,
    /// The same, each log-probability divided by its answer's tokens
    PreferencePerToken,
    /// Share of pairs whose matching answer is the likelier
    Wins,
    /// Probability of the matching answer's letter in a two-way choice, in both orders
    Choice,
    /// Perplexity of the neutral text on board
    Perplexity,
    /// KL from the unsteered model on that text, in nats a token
    Divergence,
    /// Share of multiple-choice questions answered rightly: --questions in MMLU's format, else those on board
    Knowledge,
    /// MMLU as published: the mean over 57 subjects; --questions is the folder with `dev` and `test`, --limit is for each subject
    Mmlu,
    /// `TruthfulQA`'s MC1; its CSV as --questions
    Mc1,
    /// `TruthfulQA`'s MC2; its CSV as --questions
    Mc2,
    /// In a store: share of an answer's runs of three words that were there before
    Repetition,
    /// In a store: tokens of an answer
    Length,
    /// In a store: share of answers that do not refuse, by a list of phrases
    Compliance,
    /// In a store: share of answers that a judge rates as no refusal
    ComplianceJudged,
    /// In a store: a judge's rating of each answer, 1 to 4
    Judge,
}

/// The scores that need no store, as they are typed.
const WITHOUT_STORE: &str =
    "preference, preference-per-token, wins, choice, perplexity, divergence, knowledge, mmlu, mc1 or mc2";

impl Kind {
    fn needs_pairs(self) -> bool {
        matches!(self, Self::Preference | Self::PreferencePerToken | Self::Wins | Self::Choice)
    }

    /// Whether answers are generated, which a store keeps.
    fn needs_answers(self) -> bool {
        matches!(
            self,
            Self::Repetition | Self::Length | Self::Compliance | Self::ComplianceJudged | Self::Judge
        )
    }

    /// Whether it is measured on pairs or prompts, and not on texts and questions of its own.
    fn needs_a_set(self) -> bool {
        self.needs_pairs() || self.needs_answers()
    }
}

#[derive(Serialize)]
struct Point {
    multiplier: f64,
    score: f64,
    n: usize,
    low: f64,
    high: f64,
    /// The gate under which the vector acts. It is not there where it always does.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<GateRecord>,
    /// The caps of the vector. They are not there where it does what it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caps: Vec<Caps>,
}

impl Point {
    fn new(multiplier: f64, score: &Score, items: &[Vec<f64>], steering: &Steering) -> Self {
        let (interval, count, _) = app::score_summary(score, items);
        let (score, low, high) = (interval.value, interval.low, interval.high);
        let (gate, caps) = (steering.gate(), steering.caps().to_vec());
        Self { multiplier, score, n: count as usize, low, high, gate, caps }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    if let Some(odd) = arguments.multipliers.iter().find(|multiplier| !multiplier.is_finite()) {
        return Err(Halt::Usage(format!("the multiplier {odd} is no number.")));
    }
    if arguments.in_store.is_given() {
        return in_store::run(arguments);
    }
    arguments.in_store.check_left_out()?;
    let (kind, vector, data) = arguments.only()?;
    let score = arguments.score_of(kind)?;
    let file = VectorArguments { vector: Some(vector.to_owned()), layer: arguments.layer };
    let blocks = arguments.model.blocks();
    let steering = Steering::new(file.read(blocks)?.into_iter().collect(), arguments.gate.read(blocks)?)?;
    let (rows, report) = match data {
        Some(path) => {
            let (rows, report) = data::rows(path, arguments.limit, &arguments.read)?;
            (rows, Some(report))
        }
        None if kind.needs_pairs() => {
            return Err(Halt::Usage("this score is measured on pairs: give --data.".into()));
        }
        None => (Vec::new(), None),
    };
    let lines = Lines::new(arguments.json, report);
    let model = arguments.model.load()?;
    let steering = steering.measure_caps(&arguments.cap, &model, &arguments.system.system)?;
    if matches!(score, Score::LogOdds | Score::LogOddsPerToken | Score::WinShare) {
        return arguments.pairs(&model, &steering, &rows, &score, &lines);
    }
    let system = &arguments.system.system;
    let data = arguments.data_file();
    let measured = Measured { model: &model, steering: &steering, system, rows: &rows, data };
    let items = measured.items(&score, &arguments.multipliers)?;
    arguments.print_points(&score, &items, &steering, &lines)
}

impl Arguments {
    /// Returns the score, the vector and the pairs of a sweep without a store, which has one of each.
    fn only(&self) -> Result<(Kind, &Path, Option<&Path>), Halt> {
        let several =
            |option: &str| Halt::Usage(format!("{option} is given several times, which takes --store."));
        let [kind] = self.score[..] else { return Err(several("--score")) };
        if kind.needs_answers() {
            let message =
                format!("this score reads answers, which a store keeps: give --store, or {WITHOUT_STORE}.");
            return Err(Halt::Usage(message));
        }
        let [vector] = self.vector.as_slice() else { return Err(several("--vector")) };
        match self.data.as_slice() {
            [] => Ok((kind, vector, None)),
            [data] => Ok((kind, vector, Some(data))),
            _ => Err(several("--data")),
        }
    }

    /// The file of the pairs of a sweep without a store.
    fn data_file(&self) -> &Path {
        self.data.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// Returns a score that needs no answers.
    fn score_of(&self, kind: Kind) -> Result<Score, Halt> {
        let path = match &self.questions {
            // A process with another current folder may read it.
            Some(path) if self.in_store.is_given() => Some(door::path(path)?),
            path => path.as_ref().map(|path| path.display().to_string()),
        };
        let needed =
            || path.clone().ok_or_else(|| Halt::Usage("this score asks questions: give --questions.".into()));
        Ok(match kind {
            Kind::Preference => Score::LogOdds,
            Kind::PreferencePerToken => Score::LogOddsPerToken,
            Kind::Wins => Score::WinShare,
            Kind::Choice => Score::Choice,
            Kind::Perplexity => Score::Perplexity,
            Kind::Divergence => Score::Divergence,
            Kind::Knowledge => Score::Knowledge { path: path.unwrap_or_default(), shots: self.shots },
            Kind::Mmlu => Score::Mmlu {
                folder: needed()?,
                shots: self.shots,
                limit: self.limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
                group: None,
            },
            Kind::Mc1 => Score::TruthfulOne { path: needed()? },
            Kind::Mc2 => Score::TruthfulTwo { path: needed()? },
            Kind::Repetition | Kind::Length | Kind::Compliance | Kind::ComplianceJudged | Kind::Judge => {
                return Err(Halt::Usage(
                    "this score reads answers, which a store keeps: give --store.".into(),
                ));
            }
        })
    }

    /// Measures scores of pairs, a few pairs at a time; after a stop the points so far are printed.
    fn pairs(
        &self,
        model: &Arc<Model>,
        steering: &Steering,
        rows: &[Row],
        score: &Score,
        lines: &Lines,
    ) -> Result<(), Halt> {
        let pairs = data::encode(model, self.data_file(), rows, &self.system.system)?;
        let mut items = vec![Vec::new(); self.multipliers.len()];
        let scored =
            logprobs::score(model, &pairs, steering, &self.multipliers, &mut |place, pair, found| {
                let tokens = [pair.wanted.len() as f64, pair.opposite.len() as f64];
                items[place].push(vec![found.wanted, found.opposite, tokens[0], tokens[1]]);
                Ok(())
            });
        // After a stop the points so far are kept; their `n` is the number of pairs behind them.
        let done = items.first().map_or(0, Vec::len);
        if matches!(scored, Ok(()) | Err(Halt::Stopped(_))) && done > 0 {
            self.print_points(score, &items, steering, lines)?;
        }
        match scored {
            Err(Halt::Stopped(_)) => {
                Err(Halt::Stopped(format!("stopped after {done} of {} pairs", pairs.len())))
            }
            other => other,
        }
    }

    fn print_points(
        &self,
        score: &Score,
        items: &[Vec<Vec<f64>>],
        steering: &Steering,
        lines: &Lines,
    ) -> Result<(), Halt> {
        for (multiplier, items) in self.multipliers.iter().zip(items) {
            let point = Point::new(*multiplier, score, items, steering);
            // JSON has no such number and would hold null.
            if ![point.score, point.low, point.high].into_iter().all(f64::is_finite) {
                return Err(Halt::Failed(format!(
                    "at multiplier {multiplier} the {} is not finite: take smaller multipliers.",
                    score.name()
                )));
            }
            lines.line(&point, || {
                format!(
                    "{:>6}: {:>8.3} {} ({:.3} to {:.3}), N = {}",
                    point.multiplier,
                    point.score,
                    score.unit(),
                    point.low,
                    point.high,
                    point.n
                )
            })?;
        }
        Ok(())
    }
}
