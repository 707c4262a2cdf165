//! `tiller-cli distil`: a steered model distilled into an adapter, with what is left of the divergence.

pub(crate) mod in_store;
mod proof;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ::data::content::data_hash;
use ::data::data_files::Row;
use app::baking::Unkept;
use app::distilling::{Distilled, DistilledFrom, Samples, remaining};
use ipc::data::{PairContent, Split};
use serde::Serialize;
use vectors::adapter::Projections;
use vectors::bake::Recipe;
use vectors::distil::{DistilSettings, Distillation};
use vectors::files::AdapterFile;
use vectors::model::Model;
use vectors::train::{LoraConfig, Schedule};

use crate::adapter::{check_out, target, write};
use crate::bake::{Steering, SteeringArguments, finite};
use crate::data::{self, ReadArguments, SystemArguments, fingerprint};
use crate::door::InProject;
use crate::halt::Halt;
use crate::output::Lines;
use crate::progress::Bar;
use crate::stop;
use proof::prove;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    steering: SteeringArguments,
    /// The strength that is distilled
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true)]
    multiplier: f32,
    /// The pairs whose prompts and answers are read, beside Tiller's neutral text; in a store also a data set, by its name
    /// or number
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    system: SystemArguments,
    /// The adapter: a .gguf file for llama.cpp and Ollama, or a new folder for peft, vLLM and `SGLang`
    #[arg(long, value_name = "PATH", required_unless_present_any = ["store", "project"])]
    out: Option<PathBuf>,
    /// The projections that it acts on, by peft's names and separated by commas
    #[arg(long, value_name = "P,P..", default_value = "all-linear")]
    projections: Projections,
    /// Its rank [default: 16]
    #[arg(long, value_name = "N")]
    rank: Option<u32>,
    /// Its product counts alpha / rank times [default: twice the rank]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    alpha: Option<f64>,
    /// Optimizer steps [default: 300]
    #[arg(long, value_name = "N")]
    steps: Option<u32>,
    /// Prompts and texts in a step [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    batch: Option<u32>,
    /// The peak learning rate [default: 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    lr: Option<f64>,
    /// How the rate goes after its warm-up
    #[arg(long, value_enum, default_value_t = Schedule::Cosine)]
    schedule: Schedule,
    /// Seeds A and the order of the prompts
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    of: InProject,
}

impl Arguments {
    /// The file or folder to write. Clap asks for it where no store is given.
    fn out(&self) -> Result<&Path, Halt> {
        self.out.as_deref().ok_or_else(|| Halt::Usage("--out names the adapter's file or folder.".into()))
    }
}

#[derive(Serialize)]
struct StepLine {
    step: usize,
    steps: usize,
    divergence: f64,
    gradient_norm: f64,
    norm: f64,
    learning_rate: f64,
    tokens: usize,
    seconds: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    if arguments.of.project.is_given() {
        return in_store::run(arguments);
    }
    let out = arguments.out()?;
    let kind = check_out(out, arguments.force)?;
    let steering = Steering::read(&arguments.steering)?;
    let (rows, report) = data::rows(&arguments.data, None, &arguments.read)?;
    let lines = Lines::new(arguments.of.json, Some(report));
    let source = arguments.steering.model.path();
    let model = arguments.steering.model.load()?;
    let target = target(&source)?;
    // Before the work, because a stop would end its computation, too.
    let source_fingerprint = match &steering.source_fingerprint {
        Some(known) => known.clone(),
        None => fingerprint(&source)?,
    };
    let (recipe, settings) = (steering.recipe(arguments.multiplier), settings(arguments));
    let from = DistilledFrom {
        recipe: &recipe,
        settings: &settings,
        model_fingerprint: &source_fingerprint,
        data_hash: &hash(&rows)?,
    };
    let name = out.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let provenance = from.provenance(name, &model);
    let is_held_out = rows.iter().map(|row| row.split == Some(Split::HeldOut));
    let pairs = data::encode(&model, &arguments.data, &rows, &arguments.system.system)?;
    let pairs = pairs.into_iter().zip(is_held_out);
    let samples = Samples::new(&model, pairs.collect()).map_err(|error| Halt::text(None, &error))?;
    let mut run = prepare(&model, &recipe, samples, &settings)?;
    let before = run.measure_plain(Some(&mut |_, _| stop::flow()))?;
    train(&mut run, &lines)?;
    let left = run.measure(Some(&mut |_, _| stop::flow()))?;
    let file = AdapterFile { adapter: Arc::new(run.adapter()), provenance, notes: vec![] };
    drop(run);
    let mut unkept = Unkept::new(out, false);
    write(&file, out, kind, &target, arguments.force)?;
    let distilled = Distilled {
        out,
        source: &source,
        source_fingerprint: &source_fingerprint,
        multiplier: arguments.multiplier,
        recipe: &recipe,
        settings: &settings,
        divergence: remaining(&before, &left),
    };
    prove(&distilled, &model, &target, &lines)?;
    unkept.keep();
    Ok(())
}

/// Returns the arguments' settings, with the engine's defaults for the rest.
fn settings(arguments: &Arguments) -> DistilSettings {
    let usual = DistilSettings::default();
    let rank = arguments.rank.unwrap_or(usual.lora.rank);
    let steps = arguments.steps.unwrap_or(usual.steps);
    DistilSettings {
        lora: LoraConfig { rank, alpha: arguments.alpha.unwrap_or(2.0 * f64::from(rank)) },
        on: arguments.projections,
        steps,
        batch: arguments.batch.unwrap_or(usual.batch),
        learning_rate: arguments.lr.unwrap_or(usual.learning_rate),
        warmup_steps: steps / 20,
        schedule: arguments.schedule,
        seed: arguments.seed.unwrap_or(usual.seed),
        ..usual
    }
}

fn prepare(
    model: &Arc<Model>,
    recipe: &Recipe,
    samples: Samples,
    settings: &DistilSettings,
) -> Result<Distillation, Halt> {
    let mut bar = Bar::new("Reading the steered model");
    let mut show = |done, total| bar.show(done, total);
    let (teacher, Samples { train, held_out }) = (recipe.terms(), samples);
    let run = Distillation::new(Arc::clone(model), &teacher, train, settings.clone());
    Ok(run.held_out(held_out).progress(&mut show).prepare()?)
}

/// Makes all steps.
fn train(run: &mut Distillation, lines: &Lines) -> Result<(), Halt> {
    let mut bar = Bar::new("Distilling");
    let steps = run.steps();
    while run.done() < steps {
        if bar.show(run.done(), steps).is_break() {
            let done = run.done();
            return Err(Halt::Stopped(format!("stopped after {done} of {steps} steps; nothing was written")));
        }
        let began = Instant::now();
        let step = run.step()?;
        if lines.is_json() {
            let line = StepLine {
                step: step.step,
                steps,
                divergence: step.divergence,
                gradient_norm: step.gradient_norm,
                norm: step.norm,
                learning_rate: step.learning_rate,
                tokens: step.tokens,
                seconds: began.elapsed().as_secs_f64(),
            };
            lines.line(&line, String::new)?;
        }
    }
    Ok(())
}

/// Returns the hash of the pairs.
fn hash(rows: &[Row]) -> Result<String, Halt> {
    let pairs: Vec<PairContent> = rows.iter().map(|row| PairContent::from(row.clone())).collect();
    data_hash(&pairs).map_err(|error| Halt::Failed(format!("the provenance cannot be written: {error}.")))
}
