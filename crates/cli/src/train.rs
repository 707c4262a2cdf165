//! `tiller-cli train`: trains a vector for each layer, or an adapter, and writes it at the end or on a stop.

pub(crate) mod in_store;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use ::data::data_files::Row;
use app::defaults;
use clap::builder::PossibleValue;
use ipc::data::Split;
use serde::Serialize;
use vectors::files::{AdapterFile, Format, SteeringFile, VectorFile};
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::steering::Positions;
use vectors::train::{AnswerPosition, LoraConfig, Method, Schedule, TrainSettings, Training, encode_choices};

use crate::data::{self, ModelArguments, ReadArguments, SystemArguments};
use crate::door::ProjectArguments;
use crate::halt::Halt;
use crate::info::{Info, check_out, no_adapter};
use crate::output::Lines;
use crate::progress::Bar;
use crate::provenance::{Origin, provenance};
use crate::stop;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    /// How the vector is made
    #[arg(long, value_enum, default_value_t = MethodChoice::new(Method::Bipo))]
    method: MethodChoice,
    /// The 0-based blocks after which vectors are added, separated by commas [default: a third of the way up]; an adapter
    /// acts in all of them
    #[arg(long, value_name = "L[,L..]", value_delimiter = ',')]
    layer: Vec<u32>,
    /// How often every pair is seen
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    epochs: Option<u32>,
    /// Stop after so many steps; the learning rate is that of the whole run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_steps: Option<u32>,
    /// The peak learning rate [default: the method's usual]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    lr: Option<f64>,
    /// How the rate goes after its warm-up
    #[arg(long, value_enum, default_value_t = Schedule::Cosine)]
    schedule: Schedule,
    /// The multipliers that `RePS` trains at, separated by commas [default: 0.5,1,1.5,2]
    #[arg(long, value_name = "X[,X..]", value_delimiter = ',')]
    factors: Vec<f64>,
    /// On which tokens the vector acts while it is trained and measured
    #[arg(long, value_enum, default_value_t = Positions::Everywhere)]
    on: Positions,
    /// The strength of the preference term [default: the method's usual]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    beta: Option<f64>,
    /// The rank of an adapter (`dpo-lora`) [default: 8]
    #[arg(long, value_name = "N")]
    rank: Option<u32>,
    /// An adapter's product counts alpha / rank times (`dpo-lora`) [default: 16]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    alpha: Option<f64>,
    /// Pairs in a step
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// Steps over which the learning rate rises
    #[arg(long, value_name = "N")]
    warmup: Option<u32>,
    /// `AdamW`'s weight decay
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    weight_decay: Option<f64>,
    /// Seeds the order of the pairs and the signs
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    pub(crate) system: SystemArguments,
    /// The vector's file: .safetensors, .gguf, .pt, .npy or .json; an adapter's: .safetensors
    #[arg(long, value_name = "FILE", required_unless_present_any = ["store", "project"])]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) project: ProjectArguments,
    /// One JSON object a step, one an epoch where pairs are held out, and one for the vector; in a store first one with
    /// the job
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// The file to write. Clap asks for it where no store is given.
    fn out(&self) -> Result<&Path, Halt> {
        self.out.as_deref().ok_or_else(|| Halt::Usage("--out names the vector's file.".into()))
    }
}

/// A method as it is typed; `freeform-last` also selects an answer's last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MethodChoice {
    method: Method,
    position: AnswerPosition,
}

impl MethodChoice {
    fn new(method: Method) -> Self {
        Self { method, position: AnswerPosition::default() }
    }
}

impl clap::ValueEnum for MethodChoice {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<MethodChoice>> = LazyLock::new(|| {
            let last = MethodChoice { method: Method::Freeform, position: AnswerPosition::Last };
            let choices = |method: &Method| {
                let is_freeform = *method == Method::Freeform;
                std::iter::once(MethodChoice::new(*method)).chain(is_freeform.then_some(last))
            };
            Method::value_variants().iter().flat_map(choices).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self.position {
            AnswerPosition::Mean => self.method.to_possible_value(),
            AnswerPosition::Last => Some(
                PossibleValue::new("freeform-last")
                    .help("Mean activation difference at the answers' last tokens"),
            ),
        }
    }
}

#[derive(Serialize)]
struct StepLine {
    step: usize,
    steps: usize,
    sign: i8,
    loss: f64,
    margin: f64,
    gradient_norm: f64,
    vector_norm: f64,
    learning_rate: f64,
    seconds: f64,
}

#[derive(Serialize)]
struct EpochLine {
    epoch: usize,
    held_out_plus: f64,
    held_out_minus: f64,
    sign_accuracy: f64,
}

impl EpochLine {
    fn print(&self, lines: &Lines) -> Result<(), Halt> {
        lines.line(self, || {
            let Self { epoch, held_out_plus, held_out_minus, .. } = self;
            format!("epoch {epoch}: held-out margin {held_out_plus:.3} at +1, {held_out_minus:.3} at -1")
        })
    }
}

#[derive(Serialize)]
struct LastLine<'a> {
    #[serde(flatten)]
    vector: Info<'a>,
    steps: usize,
    stopped: bool,
    seconds: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    if arguments.project.is_given() {
        return in_store::run(arguments);
    }
    check_asked(arguments)?;
    let out = arguments.out()?;
    let (rows, report) = data::rows(&arguments.data, None, &arguments.read)?;
    let lines = Lines::new(arguments.json, Some(report));
    let model = arguments.model.load()?;
    let (held_out, train): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| row.split == Some(Split::HeldOut));
    let settings = settings(arguments, model.facts().blocks as u32, train.len() as u32);
    // The provenance is made before the work, because a stop would end its computation, too.
    let origin = Origin { out, model: &arguments.model, max_steps: arguments.max_steps };
    let provenance = provenance(&origin, &model, &train, &settings)?;
    let began = Instant::now();
    let training = prepare(arguments, &model, &train, &held_out, settings.clone())?;
    let has_held_out = !held_out.is_empty();
    let mut run = Run { arguments, lines: &lines, training, has_held_out };
    let ended = run.train();
    // The result is written, whatever has ended the run early.
    let steps = run.training.done();
    if settings.method.has_steps() && steps == 0 {
        ended?;
        return Err(Halt::Stopped("stopped before the first step; nothing was written".into()));
    }
    let file = if let Some(adapter) = run.training.adapter() {
        SteeringFile::Adapter(AdapterFile { adapter: Arc::new(adapter), provenance, notes: vec![] })
    } else {
        let file = VectorFile::new(run.training.vectors(), provenance);
        SteeringFile::Vectors(file.map_err(|error| Halt::vector(out, &error))?)
    };
    let what = if settings.method.makes_adapter() { "adapter" } else { "vector" };
    let written = match &file {
        SteeringFile::Vectors(file) => file.write(out),
        SteeringFile::Adapter(file) => file.write(out),
    };
    written.map_err(|error| Halt::vector(out, &error))?;
    let (vector, seconds) = (Info::new(out, &file), began.elapsed().as_secs_f64());
    let last = LastLine { vector, steps, stopped: ended.is_err(), seconds };
    lines.line(&last, || format!("{}, {steps} steps in {:.1} s", last.vector.text(), last.seconds))?;
    match ended {
        Err(Halt::Stopped(_)) => Err(Halt::Stopped(format!(
            "stopped after {steps} steps; the {what} so far is in {}",
            out.display()
        ))),
        Err(Halt::Failed(message)) => {
            Err(Halt::Failed(format!("{message} The {what} of step {steps} is in {}.", out.display())))
        }
        other => other,
    }
}

/// Refuses contradictory arguments, and, before the work begins, an output file that could not be written after it.
fn check_asked(arguments: &Arguments) -> Result<(), Halt> {
    let out = arguments.out.as_deref();
    let format =
        out.map(|out| Format::from_path(out).map_err(|error| Halt::vector(out, &error))).transpose()?;
    if arguments.method.method.makes_adapter() {
        if !arguments.layer.is_empty() || arguments.on != Positions::Everywhere {
            let message = "an adapter acts in every block and at every token: leave out --layer and --on.";
            return Err(Halt::Usage(message.into()));
        }
        if let Some((out, format)) = out.zip(format).filter(|(_, format)| *format != Format::Safetensors) {
            return Err(Halt::vector(out, &no_adapter(format)));
        }
    } else if arguments.rank.is_some() || arguments.alpha.is_some() {
        return Err(Halt::Usage("only an adapter has a rank and an alpha: --method dpo-lora.".into()));
    }
    out.map_or(Ok(()), |out| check_out(out, &arguments.layer))
}

/// Returns the arguments' settings, with the application's defaults for the rest.
fn settings(arguments: &Arguments, blocks: u32, pairs: u32) -> TrainSettings {
    let usual = defaults::settings(blocks, pairs);
    let epochs = arguments.epochs.unwrap_or(usual.epochs);
    let batch_pairs = arguments.batch.unwrap_or(usual.batch_pairs);
    let warmup = arguments.warmup.unwrap_or_else(|| defaults::warmup_steps(pairs, batch_pairs, epochs));
    let mut layers = if arguments.layer.is_empty() { usual.layers.clone() } else { arguments.layer.clone() };
    layers.sort_unstable();
    layers.dedup();
    let MethodChoice { method, position } = arguments.method;
    let usual_lora = LoraConfig::default();
    TrainSettings {
        method,
        layers,
        position,
        epochs,
        learning_rate: arguments.lr.unwrap_or(method.usual_learning_rate()),
        warmup_steps: warmup,
        schedule: arguments.schedule,
        beta: arguments.beta.unwrap_or(method.usual_beta()),
        weight_decay: arguments.weight_decay.unwrap_or(usual.weight_decay),
        clip_norm: usual.clip_norm,
        batch_pairs,
        seed: arguments.seed.unwrap_or(usual.seed),
        factors: if arguments.factors.is_empty() { usual.factors } else { arguments.factors.clone() },
        system_prompt: arguments.system.system.clone(),
        positions: arguments.on,
        precision: usual.precision,
        lora: LoraConfig {
            rank: arguments.rank.unwrap_or(usual_lora.rank),
            alpha: arguments.alpha.unwrap_or(usual_lora.alpha),
        },
    }
}

fn prepare(
    arguments: &Arguments,
    model: &Arc<Model>,
    train: &[Row],
    held_out: &[Row],
    settings: TrainSettings,
) -> Result<Training, Halt> {
    let system = &arguments.system.system;
    let train = match settings.method {
        Method::Caa => as_choices(model, &arguments.data, train, system, settings.seed)?,
        _ => data::encode(model, &arguments.data, train, system)?,
    };
    let held_out = data::encode(model, &arguments.data, held_out, system)?;
    let mut bar = Bar::new("Preparing");
    let prepared = Training::new(Arc::clone(model), &train, settings)
        .held_out(&held_out)
        .progress(&mut |done, total| bar.show(done, total))
        .prepare();
    prepared.map_err(|error| match error.into() {
        Halt::Stopped(_) => Halt::Stopped("stopped before the first step; nothing was written".into()),
        other => other,
    })
}

/// Encodes pairs as two-way choices.
fn as_choices(
    model: &Model,
    path: &Path,
    rows: &[Row],
    system: &str,
    seed: u64,
) -> Result<Vec<EncodedPair>, Halt> {
    let pairs: Vec<_> = rows.iter().map(data::pair).collect();
    encode_choices(model, system, &pairs, seed)
        .map_err(|error| Halt::text(Some(&data::place(path, &rows[error.pair], error.pair)), &error.source))
}

/// A run in progress.
struct Run<'a> {
    arguments: &'a Arguments,
    lines: &'a Lines,
    training: Training,
    has_held_out: bool,
}

impl Run<'_> {
    fn train(&mut self) -> Result<(), Halt> {
        let steps = self
            .arguments
            .max_steps
            .map_or(self.training.steps(), |most| self.training.steps().min(most as usize));
        let mut bar = Bar::new("Training");
        if steps == 0 {
            return self.measure(1);
        }
        while self.training.done() < steps {
            if bar.show(self.training.done(), steps) == ControlFlow::Break(()) {
                return Err(Halt::Stopped(String::new()));
            }
            let began = Instant::now();
            let report = self.training.step()?;
            if self.lines.is_json() {
                let line = StepLine {
                    step: report.step,
                    steps,
                    sign: report.sign,
                    loss: report.loss,
                    margin: report.margin,
                    gradient_norm: report.gradient_norm,
                    vector_norm: report.vector_norm,
                    learning_rate: report.learning_rate,
                    seconds: began.elapsed().as_secs_f64(),
                };
                self.lines.line(&line, String::new)?;
            }
            let (done, per_epoch) = (self.training.done(), self.training.steps_per_epoch());
            if done % per_epoch == 0 || done == steps {
                self.measure(done.div_ceil(per_epoch))?;
            }
        }
        Ok(())
    }

    /// Measures and prints the held-out pairs, where there are any.
    fn measure(&self, epoch: usize) -> Result<(), Halt> {
        if !self.has_held_out {
            return Ok(());
        }
        let held_out = self.training.measure(Some(&mut |_, _| stop::flow()))?;
        let line = EpochLine {
            epoch,
            held_out_plus: held_out.plus,
            held_out_minus: held_out.minus,
            sign_accuracy: held_out.sign_accuracy,
        };
        line.print(self.lines)
    }
}
