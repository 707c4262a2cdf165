//! `tiller-cli generate`: prints answers of the steered model, each as soon as it is complete.

mod in_store;

use std::path::PathBuf;

use serde::Serialize;
use vectors::generate::{
    End, Limits, Next, Request, Sampling, SamplingSettings, Shown, Step, StopWords, generate_each,
};
use vectors::model::{Model, ModelError};
use vectors::pairs::PreferencePair;
use vectors::steering::Caps;

use crate::caps::CapArguments;
use crate::data::{self, ModelArguments, ReadArguments, SystemArguments, VectorArguments};
use crate::data_report::DataReport;
use crate::door::ProjectArguments;
use crate::halt::Halt;
use crate::output::Lines;
use crate::progress::Bar;
use crate::sampling::SamplingArguments;
use crate::steering::{GateArguments, GateRecord, Steering};
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
    /// Vectors of a store that act together: `[W*]NAME + [W*]NAME ..`
    #[arg(long, value_name = "SUM", allow_hyphen_values = true, conflicts_with = "vector")]
    sum: Option<String>,
    /// The strengths of the vector or the sum, separated by commas [default: 1]
    #[arg(long, value_name = "M,M..", value_delimiter = ',', allow_hyphen_values = true)]
    multipliers: Vec<f64>,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    cap: CapArguments,
    #[command(flatten)]
    sampling: SamplingArguments,
    #[command(flatten)]
    system: SystemArguments,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object an answer
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    prompt: &'a str,
    multiplier: f64,
    ids: &'a [u32],
    text: &'a str,
    /// The reason for the end: `end_of_turn`, `stop_word`, `length` or `stopped`.
    end: &'static str,
    system: &'a str,
    sampling: &'a SamplingSettings,
    /// The gate under which the vector acts. It is not there where it always does.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a GateRecord>,
    /// The caps of the vector. They are not there where it does what it does.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    caps: &'a [Caps],
}

/// The sampling of answers that scripts compare: greedy, and as short as ever.
fn usual() -> SamplingSettings {
    SamplingSettings { seed: 0, max_new_tokens: 200, ..SamplingSettings::exact() }
}

impl Arguments {
    fn multipliers(&self) -> Vec<f64> {
        if self.multipliers.is_empty() { vec![1.0] } else { self.multipliers.clone() }
    }

    /// Returns the prompts, and what was read of their file.
    fn prompts(&self) -> Result<(Vec<Prompt>, Option<DataReport>), Halt> {
        match (&self.prompt, &self.data) {
            (_, Some(path)) => {
                let (rows, read) = data::rows(path, self.limit, &self.read)?;
                let prompts = rows.iter().enumerate().map(|(index, row)| Prompt {
                    pair: data::pair(row),
                    place: Some(data::place(path, row, index)),
                });
                Ok((prompts.collect(), Some(read)))
            }
            (Some(prompt), None) => {
                let pair = PreferencePair { prompt: prompt.clone(), ..PreferencePair::default() };
                Ok((vec![Prompt { pair, place: None }], None))
            }
            (None, None) => Err(Halt::Usage("there is no prompt: give --prompt or --data.".into())),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    if !arguments.multipliers.is_empty() && arguments.vector.vector.is_none() && arguments.sum.is_none() {
        return Err(Halt::Usage("--multipliers are those of --vector or --sum, and there is none.".into()));
    }
    if arguments.project.is_given() {
        return in_store::run(arguments);
    }
    if arguments.sum.is_some() {
        return Err(Halt::Usage("--sum names vectors of a store: give --store.".into()));
    }
    let settings = arguments.sampling.settings(usual())?;
    let blocks = arguments.model.blocks();
    let vector = arguments.vector.read(blocks)?.into_iter().collect();
    let steering = Steering::new(vector, arguments.gate.read(blocks)?)?;
    let system = &arguments.system.system;
    let (prompts, report) = arguments.prompts()?;
    let model = arguments.model.load()?;
    let steering = steering.measure_caps(&arguments.cap, &model, system)?;
    let multipliers = if steering.is_empty() { vec![0.0] } else { arguments.multipliers() };
    let sampling = Sampling::from(&settings);
    let (mut requests, mut sources) = (Vec::new(), Vec::new());
    for Prompt { pair, place } in &prompts {
        let (text, system) = (&pair.prompt, pair.system.as_ref().unwrap_or(system));
        let prompt = model.encode_conversation(system, &pair.turns, text);
        let prompt = prompt.map_err(|error| Halt::text(place.as_deref(), &error))?;
        for multiplier in &multipliers {
            let steering = steering.terms(*multiplier);
            requests.push(Request { prompt: prompt.clone(), steering, sampling });
            sources.push(Source { prompt: text, system, multiplier: *multiplier });
        }
    }
    let mut answers = Answers::new(Lines::new(arguments.json, report), &model, sources, &settings);
    answers.gate = steering.gate();
    answers.caps = steering.caps();
    let mut bar = Bar::new("Generating");
    let limits = Limits { new_tokens: settings.max_new_tokens as usize, rows: ROWS };
    let total = requests.len() * limits.new_tokens;
    generate_each(&model, &requests, limits, &mut |step| {
        let flow = bar.show(answers.tokens, total);
        let next = answers.take(step);
        if flow.is_break() { Next::EndAll } else { next }
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

/// A prompt with what stands before it, and what a person finds it by in its file.
struct Prompt {
    pair: PreferencePair,
    place: Option<String>,
}

/// What an answer was asked for with.
struct Source<'a> {
    prompt: &'a str,
    system: &'a str,
    multiplier: f64,
}

/// An answer as it grows.
struct Growing {
    ids: Vec<u32>,
    /// The reason for the end. `None` before it.
    end: Option<End>,
    meets_stop_word: bool,
}

impl Growing {
    /// The reason for the end, as it is printed.
    fn end(&self) -> &'static str {
        match self.end {
            _ if self.meets_stop_word => "stop_word",
            Some(End::EndOfTurn) => "end_of_turn",
            Some(End::Stopped) => "stopped",
            Some(End::Length) | None => "length",
        }
    }

    fn is_stopped(&self) -> bool {
        self.end == Some(End::Stopped) && !self.meets_stop_word
    }
}

/// Collects the answers as they grow, and prints them in order.
struct Answers<'a> {
    lines: Lines,
    model: &'a Model,
    sources: Vec<Source<'a>>,
    settings: &'a SamplingSettings,
    gate: Option<GateRecord>,
    caps: &'a [Caps],
    stop: StopWords,
    all: Vec<Growing>,
    printed: usize,
    tokens: usize,
    failed: Result<(), Halt>,
}

impl<'a> Answers<'a> {
    fn new(lines: Lines, model: &'a Model, sources: Vec<Source<'a>>, settings: &'a SamplingSettings) -> Self {
        let fresh = |_: &Source<'_>| Growing { ids: vec![], end: None, meets_stop_word: false };
        let (all, stop) = (sources.iter().map(fresh).collect(), StopWords::new(&settings.stop));
        Self {
            lines,
            model,
            sources,
            settings,
            gate: None,
            caps: &[],
            stop,
            all,
            printed: 0,
            tokens: 0,
            failed: Ok(()),
        }
    }

    /// Takes a token or an end of an answer, and prints every complete answer in its turn.
    fn take(&mut self, step: Step) -> Next {
        match step {
            Step::Token { row, id } => {
                self.tokens += 1;
                let answer = &mut self.all[row];
                answer.ids.push(id);
                if !self.stop.is_empty() {
                    let shown = self.stop.shown(&self.model.decode(&answer.ids));
                    answer.meets_stop_word = matches!(shown, Shown::Ended(_));
                }
                return if answer.meets_stop_word { Next::EndAnswer } else { Next::GoOn };
            }
            Step::End { row, end } => self.all[row].end = Some(end),
        }
        while self.failed.is_ok() && self.all.get(self.printed).is_some_and(|answer| answer.end.is_some()) {
            self.print();
        }
        if self.failed.is_ok() { Next::GoOn } else { Next::EndAll }
    }

    fn print(&mut self) {
        let answer = &self.all[self.printed];
        let Source { prompt, system, multiplier } = self.sources[self.printed];
        self.printed += 1;
        // After a stop, an answer without a token is not printed.
        if answer.is_stopped() && answer.ids.is_empty() {
            return;
        }
        let text = self.model.decode(&answer.ids);
        let text = self.stop.cut(&text);
        let (ids, end, sampling) = (answer.ids.as_slice(), answer.end(), self.settings);
        let (gate, caps) = (self.gate.as_ref(), self.caps);
        let line = Line { prompt, multiplier, ids, text, end, system, sampling, gate, caps };
        self.failed = self.lines.line(&line, || format!("[{multiplier}] {prompt}\n{text}\n"));
    }

    fn finish(mut self, count: usize) -> Result<(), Halt> {
        // Where no token is allowed, no step has printed anything.
        while self.failed.is_ok() && self.printed < count {
            self.print();
        }
        self.failed?;
        let stopped = self.all.iter().filter(|answer| answer.is_stopped()).count();
        if stop::is_asked() && stopped > 0 {
            return Err(Halt::Stopped(format!("stopped: {} of {count} answers are whole", count - stopped)));
        }
        Ok(())
    }
}
