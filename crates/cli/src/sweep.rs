//! `tiller-cli sweep`: measures a score at several multipliers of a vector.

use std::path::PathBuf;
use std::sync::Arc;

use ::data::data_files::Row;
use ipc::score::Score;
use serde::Serialize;
use vectors::model::Model;
use vectors::steering::Caps;

use crate::caps::CapArguments;
use crate::data::{self, ModelArguments, ReadArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::logprobs;
use crate::output::Lines;
use crate::scores::Measured;
use crate::steering::{GateArguments, GateRecord, Steering};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others; scores without pairs need none
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json; or an adapter's .safetensors
    #[arg(long, value_name = "FILE")]
    vector: PathBuf,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N")]
    layer: Option<usize>,
    /// The vector's strengths, separated by commas
    #[arg(long, value_name = "M,M..", value_delimiter = ',', allow_hyphen_values = true, required = true)]
    multipliers: Vec<f64>,
    /// What is measured
    #[arg(long, value_enum, default_value_t = Kind::Preference)]
    score: Kind,
    /// The questions of the scores that ask some: a file, or MMLU's folder
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Worked examples before each question of `knowledge` and `mmlu`: 0 to 5
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=5))]
    shots: u8,
    /// Only the first so many pairs, or questions of each subject
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    cap: CapArguments,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object a multiplier
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
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
}

impl Kind {
    fn needs_pairs(self) -> bool {
        matches!(self, Self::Preference | Self::PreferencePerToken | Self::Wins | Self::Choice)
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
    let score = arguments.score()?;
    let file = VectorArguments { vector: Some(arguments.vector.clone()), layer: arguments.layer };
    let blocks = arguments.model.blocks();
    let steering = Steering::new(file.read(blocks)?.into_iter().collect(), arguments.gate.read(blocks)?)?;
    let (rows, report) = match &arguments.data {
        Some(path) => {
            let (rows, report) = data::rows(path, arguments.limit, &arguments.read)?;
            (rows, Some(report))
        }
        None if arguments.score.needs_pairs() => {
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
    let measured = Measured { model: &model, steering: &steering, system, rows: &rows };
    let items = measured.items(&score, &arguments.multipliers)?;
    arguments.print_points(&score, &items, &steering, &lines)
}

impl Arguments {
    fn score(&self) -> Result<Score, Halt> {
        let path = self.questions.as_ref().map(|path| path.display().to_string());
        let needed =
            || path.clone().ok_or_else(|| Halt::Usage("this score asks questions: give --questions.".into()));
        Ok(match self.score {
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
        let pairs = data::encode(model, rows, &self.system.system)?;
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
