//! `tiller-cli generate`: prints answers of the steered model, each as soon as it is complete.

use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;
use vectors::generate::{Answer, End, Limits, Request, Sampling, Step, generate};
use vectors::model::{Model, ModelError};
use vectors::pairs::PreferencePair;

use crate::data::{self, ModelArguments, ReadArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::output::Lines;
use crate::progress::Bar;
use crate::stop;

/// The number of answers that are generated at the same time.
const ROWS: usize = 32;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// One prompt
    #[arg(long, value_name = "TEXT", required_unless_present = "data", conflicts_with = "data")]
    prompt: Option<String>,
    /// The prompts of a data file
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    /// Only the first so many prompts
    #[arg(long, value_name = "N", requires = "data")]
    limit: Option<usize>,
    #[command(flatten)]
    vector: VectorArguments,
    /// The vector's strengths, separated by commas
    #[arg(
        long,
        value_name = "M,M..",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "vector",
        default_value = "1"
    )]
    multipliers: Vec<f64>,
    /// The most tokens of an answer
    #[arg(long, value_name = "N", default_value_t = 200)]
    max_new_tokens: usize,
    /// 0 takes the likeliest token, more draws among the likely ones
    #[arg(long, value_name = "T", default_value_t = 0.0, allow_negative_numbers = true)]
    temperature: f32,
    /// Seeds the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object an answer
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    prompt: &'a str,
    multiplier: f64,
    ids: &'a [u32],
    text: String,
    /// The reason for the end: `end_of_turn`, `length` or `stopped`.
    end: &'static str,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let vector = arguments.vector.read(arguments.model.blocks())?;
    let mut report = None;
    let system = &arguments.system.system;
    let prompts: Vec<PreferencePair> = match (&arguments.prompt, &arguments.data) {
        (_, Some(path)) => {
            let (rows, read) = data::rows(path, arguments.limit, &arguments.read)?;
            report = Some(read);
            rows.iter().map(data::pair).collect()
        }
        (Some(prompt), None) => vec![PreferencePair { prompt: prompt.clone(), ..PreferencePair::default() }],
        (None, None) => return Err(Halt::Usage("there is no prompt: give --prompt or --data.".into())),
    };
    let model = arguments.model.load()?;
    let multipliers = if vector.is_some() { arguments.multipliers.as_slice() } else { &[0.0] };
    let sampling =
        Sampling { temperature: arguments.temperature, seed: arguments.seed, ..Sampling::default() };
    let (mut requests, mut sources) = (Vec::new(), Vec::new());
    for (index, pair) in prompts.iter().enumerate() {
        let (text, system) = (&pair.prompt, pair.system.as_ref().unwrap_or(system));
        let prompt = model.encode_conversation(system, &pair.turns, text);
        let prompt = prompt.map_err(|error| Halt::text((prompts.len() > 1).then_some(index + 1), &error))?;
        for multiplier in multipliers {
            let steering = data::terms(vector.as_ref(), *multiplier);
            requests.push(Request { prompt: prompt.clone(), steering, sampling });
            sources.push((text.as_str(), *multiplier));
        }
    }
    let mut answers = Answers::new(Lines::new(arguments.json, report), &model, sources);
    let mut bar = Bar::new("Generating");
    let limits = Limits { new_tokens: arguments.max_new_tokens, rows: ROWS };
    let total = requests.len() * arguments.max_new_tokens;
    generate(&model, &requests, limits, &mut |step| {
        let flow = bar.show(answers.tokens, total);
        if answers.take(step).is_break() { ControlFlow::Break(()) } else { flow }
    })
    .map_err(|error| match error {
        ModelError::NotFinite { part, index } => {
            let error = ModelError::NotFinite { part, index: index / multipliers.len() };
            Halt::score(error, multipliers[index % multipliers.len()], 0)
        }
        error => error.into(),
    })?;
    drop(bar);
    answers.finish(requests.len())
}

/// Collects the answers as they grow, and prints them in order.
struct Answers<'a> {
    lines: Lines,
    model: &'a Model,
    prompts: Vec<(&'a str, f64)>,
    all: Vec<(Answer, bool)>,
    printed: usize,
    tokens: usize,
    failed: Result<(), Halt>,
}

impl<'a> Answers<'a> {
    fn new(lines: Lines, model: &'a Model, prompts: Vec<(&'a str, f64)>) -> Self {
        let all = vec![(Answer { ids: vec![], end: End::Length }, false); prompts.len()];
        Self { lines, model, prompts, all, printed: 0, tokens: 0, failed: Ok(()) }
    }

    /// Takes a token or an end of an answer, and prints every complete answer in its turn.
    fn take(&mut self, step: Step) -> ControlFlow<()> {
        match step {
            Step::Token { row, id } => {
                self.all[row].0.ids.push(id);
                self.tokens += 1;
            }
            Step::End { row, end } => {
                self.all[row].0.end = end;
                self.all[row].1 = true;
            }
        }
        while self.failed.is_ok() && self.all.get(self.printed).is_some_and(|(_, is_over)| *is_over) {
            self.print();
        }
        if self.failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn print(&mut self) {
        let ((answer, _), (prompt, multiplier)) = (&self.all[self.printed], self.prompts[self.printed]);
        self.printed += 1;
        // After a stop, an answer without a token is not printed.
        if answer.end == End::Stopped && answer.ids.is_empty() {
            return;
        }
        let end = match answer.end {
            End::EndOfTurn => "end_of_turn",
            End::Length => "length",
            End::Stopped => "stopped",
        };
        let line = Line { prompt, multiplier, ids: &answer.ids, text: self.model.decode(&answer.ids), end };
        self.failed = self.lines.line(&line, || format!("[{multiplier}] {prompt}\n{}\n", line.text));
    }

    fn finish(mut self, count: usize) -> Result<(), Halt> {
        // Where no token is allowed, no step has printed anything.
        while self.failed.is_ok() && self.printed < count {
            self.print();
        }
        self.failed?;
        let stopped = self.all.iter().filter(|(answer, _)| answer.end == End::Stopped).count();
        if stop::is_asked() && stopped > 0 {
            return Err(Halt::Stopped(format!("stopped: {} of {count} answers are whole", count - stopped)));
        }
        Ok(())
    }
}
