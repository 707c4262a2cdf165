//! `tiller-cli sweep --store`: the sweep of the window as a job of a store, with every score, several vectors and sets, and ways
//! of prompting.

use std::path::{Path, PathBuf};

use app::Purpose;
use ipc::Id;
use ipc::command::{DescribeSweep, ReadSweepFile, SetOut, StartSweep};
use ipc::project::Overview;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::{Generation, PromptSet, Sweep, SweepSettings};

use super::arms::{ArmArguments, vector_of};
use super::points::Points;
use super::{Arguments, Kind};
use crate::door::{self, Door, ProjectArguments, library};
use crate::halt::Halt;
use crate::out_folder;
use crate::output::Lines;
use crate::rubric::JudgeArguments;
use crate::train::in_store::say_queued;

/// The options of a sweep that need a store.
#[derive(clap::Args)]
pub(crate) struct SweepInStore {
    #[command(flatten)]
    pub(super) project: ProjectArguments,
    #[command(flatten)]
    pub(super) arms: ArmArguments,
    /// Prompts without answers, one a line; in a store
    #[arg(long, value_name = "FILE")]
    prompts: Vec<PathBuf>,
    #[command(flatten)]
    judge: JudgeArguments,
    /// The most tokens of an answer [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_new_tokens: Option<u32>,
    /// The temperature of answers; 0 takes the likeliest token [default: 0]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    temperature: Option<f64>,
    /// Seeds the draws of answers [default: 7]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Measure again with the settings of an exported sweep (.json)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["vector", "sum", "data", "prompts", "multipliers", "grid"])]
    settings: Option<PathBuf>,
    /// The sweep's name in the store
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The file for its numbers: .csv, or .json with all settings; in a store
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl SweepInStore {
    pub(super) fn is_given(&self) -> bool {
        self.project.is_given()
    }

    /// Refuses options that need a store where none is named.
    pub(super) fn check_left_out(&self) -> Result<(), Halt> {
        let own = [
            ("--prompts", !self.prompts.is_empty()),
            ("--max-new-tokens", self.max_new_tokens.is_some()),
            ("--temperature", self.temperature.is_some()),
            ("--seed", self.seed.is_some()),
            ("--settings", self.settings.is_some()),
            ("--name", self.name.is_some()),
            ("--out", self.out.is_some()),
        ];
        let own = own.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name);
        match own.or_else(|| self.arms.given()).or_else(|| self.judge.given()) {
            Some(option) => Err(Halt::Usage(format!("{option} is for sweeps in a store: give --store."))),
            None => Ok(()),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let own = &arguments.in_store;
    arguments.model.check_in_store()?;
    check_out(own.out.as_deref())?;
    let lines = Lines::new(arguments.json, None);
    door::within_project(&own.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let (model, settings, name) = if let Some(path) = &own.settings {
            let saved = door.call(ReadSweepFile { file: door::file(path)? })?;
            let vector = vector_of(&overview, &saved.settings.arms);
            let model = model_of(door, &overview, arguments, vector)?;
            (model, saved.settings, Some(saved.name).filter(|name| !name.is_empty()))
        } else {
            let (model, settings) = settings(door, &overview, arguments)?;
            (model, settings, None)
        };
        let sweep = door.call(StartSweep { model, settings })?;
        if let Some(name) = own.name.clone().or(name) {
            let note = sweep.note.clone();
            door.call(DescribeSweep { sweep: sweep.id, name, note })?;
        }
        follow(door, &sweep, own.out.as_deref(), &lines)
    })
}

/// Refuses a file that a sweep cannot write, before anything is measured.
pub(crate) fn check_out(out: Option<&Path>) -> Result<(), Halt> {
    let ending = |out: &Path| out.extension()?.to_str().map(str::to_ascii_lowercase);
    match out {
        Some(out) if !matches!(ending(out).as_deref(), Some("csv" | "json")) => Err(Halt::Usage(format!(
            "{}: the numbers of a sweep are written as .csv or .json.",
            out.display()
        ))),
        Some(out) => out_folder::check(out),
        None => Ok(()),
    }
}

/// Names the file of a sweep that was asked for, and follows it to its end.
pub(crate) fn follow(door: &mut Door, sweep: &Sweep, out: Option<&Path>, lines: &Lines) -> Result<(), Halt> {
    say_queued(door, sweep.job, lines.is_json())?;
    if let Some(out) = out {
        door.call(SetOut { job: sweep.job, file: door::file(out)? })?;
    }
    let mut points = Points::new(sweep, lines);
    let end = door::follow_asked(door, sweep.job, &mut points)?;
    points.conclude(door, end)
}

/// Makes the settings of a sweep from the options, and returns the model that is measured.
fn settings(
    door: &mut Door,
    overview: &Overview,
    arguments: &Arguments,
) -> Result<(Id, SweepSettings), Halt> {
    let own = &arguments.in_store;
    let arms = own.arms.arms(door, overview, arguments)?;
    // Vectors of files may have been imported for it.
    let of_vectors = vector_of(&door.watch()?, &arms);
    let model = model_of(door, overview, arguments, of_vectors)?;
    let mut settings =
        SweepSettings { arms, multipliers: arguments.multipliers.clone(), ..SweepSettings::default() };
    settings.generation = own.generation();
    settings.limit = arguments.limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
    settings.scores =
        arguments.score.iter().map(|kind| arguments.score_in_store(*kind)).collect::<Result<_, _>>()?;
    settings.examples_seed = own.arms.examples_seed(&settings);
    let mut rubrics: Vec<Option<Rubric>> = Vec::new();
    for name in &arguments.data {
        let set = library::measured_set(door, overview, name, &arguments.read)?;
        if !set.suffixes.is_empty() {
            settings.suffixes.insert(settings.sets.len() as u32, set.suffixes.clone());
        }
        rubrics.push(Some(set.rubric()));
        settings.sets.push(PromptSet::HeldOut { data_set: set.id, name: set.name });
    }
    for path in &own.prompts {
        settings.sets.push(library::prompts(path)?);
        rubrics.push(None);
    }
    if settings.sets.is_empty() && arguments.score.iter().any(|kind| kind.needs_a_set()) {
        return Err(Halt::Usage("what is measured on prompts or pairs: give --data or --prompts.".into()));
    }
    if settings.scores.iter().any(|score| score.judged().is_some()) {
        let judge = own.judge.judge(door)?;
        own.judge.complete(&mut settings, &judge, &rubrics)?;
    } else if let Some(option) = own.judge.given() {
        return Err(Halt::Usage(format!("{option} is about a judge, and no score has one.")));
    }
    Ok((model, settings))
}

/// Returns the model of the vectors, or else the one that the command names.
fn model_of(
    door: &mut Door,
    overview: &Overview,
    arguments: &Arguments,
    of_vectors: Option<Id>,
) -> Result<Id, Halt> {
    match of_vectors {
        Some(model) => Ok(model),
        None => Ok(library::model(door, overview, &arguments.model.path())?.id),
    }
}

impl SweepInStore {
    fn generation(&self) -> Generation {
        let usual = Generation::default();
        Generation {
            max_new_tokens: self.max_new_tokens.unwrap_or(usual.max_new_tokens),
            temperature: self.temperature.unwrap_or(usual.temperature),
            seed: self.seed.unwrap_or(usual.seed),
        }
    }
}

impl Arguments {
    /// Returns a score as a store measures it. The rubric of a judge is set later.
    fn score_in_store(&self, kind: Kind) -> Result<Score, Halt> {
        Ok(match kind {
            Kind::Repetition => Score::Repetition,
            Kind::Length => Score::Length,
            Kind::Compliance => Score::Compliance,
            Kind::ComplianceJudged => Score::JudgedCompliance { judge: Judge::Local },
            Kind::Judge => Score::Judge { judge: Judge::Local, rubric: Rubric::compliance() },
            kind => self.score_of(kind)?,
        })
    }
}
