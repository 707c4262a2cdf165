//! `tiller-cli judge`: judges the answers of a sweep of the store, or those of a file, by a model or by a server. It is a sweep
//! itself: answers that the other one has made are found by their content, and what is missing is made first.

use std::fs;
use std::path::{Path, PathBuf};

use app::Purpose;
use ipc::Id;
use ipc::command::StartSweep;
use ipc::project::Overview;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::{Arm, PromptSet, SweepSettings};
use serde::Deserialize;

use crate::data::ModelArguments;
use crate::door::{self, Door, ProjectArguments, library};
use crate::halt::Halt;
use crate::output::Lines;
use crate::rubric::JudgeArguments;
use crate::sweep::in_store::{check_out, follow};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The number of the sweep whose answers are judged
    #[arg(long, value_name = "ID", required_unless_present = "answers", conflicts_with = "answers")]
    sweep: Option<Id>,
    /// A file of answers: JSON lines with `prompt` and `text`, or `answer`, as `generate --json` writes them
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    judge: JudgeArguments,
    /// Judge as well, or only, whether answers do what was asked
    #[arg(long, value_name = "WHICH", value_enum, default_value_t = Which::Behaviour)]
    of: Which,
    #[command(flatten)]
    project: ProjectArguments,
    /// The file for the numbers: .csv, or .json with all settings
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// JSON objects, one a line: first one with the job, then one a point
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// How far each answer shows the behaviour, 1 to 4
    Behaviour,
    /// The share of answers that do not refuse
    Compliance,
    /// Both
    Both,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    check_out(arguments.out.as_deref())?;
    let lines = Lines::new(arguments.json, None);
    door::within_project(&arguments.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let (model, mut settings) = arguments.answered(door, &overview)?;
        let judge = arguments.judge.judge(door)?;
        let rated = Score::Judge { judge: Judge::Local, rubric: Rubric::compliance() };
        let complied = Score::JudgedCompliance { judge: judge.clone() };
        settings.scores = match arguments.of {
            Which::Behaviour => vec![rated],
            Which::Compliance => vec![complied],
            Which::Both => vec![rated, complied],
        };
        let rubric_of = |set: &PromptSet| {
            let set = overview.data_sets.iter().find(|known| Some(known.id) == set.data_set())?;
            Some(set.rubric())
        };
        let own: Vec<Option<Rubric>> = settings.sets.iter().map(rubric_of).collect();
        arguments.judge.complete(&mut settings, &judge, &own)?;
        let judged = door.call(StartSweep { model, settings })?;
        follow(door, &judged, arguments.out.as_deref(), &lines)
    })
}

impl Arguments {
    /// Returns the model and the settings of a sweep over the answers. Its scores are set later.
    fn answered(&self, door: &mut Door, overview: &Overview) -> Result<(Id, SweepSettings), Halt> {
        if let Some(path) = &self.answers {
            self.model.check_in_store()?;
            let model = library::model(door, overview, &self.model.path())?.id;
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let (prompts, answers) = read_answers(path)?.into_iter().unzip();
            let arm = Arm { name: "Given answers".into(), ..Arm::default() };
            let settings = SweepSettings {
                arms: vec![arm],
                multipliers: vec![0.0],
                sets: vec![PromptSet::Answers { name, prompts, answers }],
                ..SweepSettings::default()
            };
            return Ok((model, settings));
        }
        let sweep = overview.sweeps.iter().find(|sweep| Some(sweep.id) == self.sweep);
        let sweep = sweep.ok_or_else(|| {
            let id = self.sweep.unwrap_or_default();
            Halt::Refused(format!("there is no sweep {id} in this project."))
        })?;
        Ok((sweep.model, sweep.settings.clone()))
    }
}

/// An answer of a file.
#[derive(Deserialize)]
struct GivenAnswer {
    prompt: String,
    #[serde(alias = "answer")]
    text: String,
}

/// Reads prompts with their answers.
fn read_answers(path: &Path) -> Result<Vec<(String, String)>, Halt> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| Halt::Refused(format!("{shown}: {error}.")))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let answers = lines.map(|(place, line)| {
        let read: Result<GivenAnswer, _> = serde_json::from_str(line);
        let of = read.map_err(|error| Halt::Refused(format!("{shown}: line {}: {error}.", place + 1)))?;
        Ok((of.prompt, of.text))
    });
    let answers: Vec<_> = answers.collect::<Result<_, Halt>>()?;
    if answers.is_empty() {
        Err(Halt::Refused(format!("{shown}: there is no answer in it.")))
    } else {
        Ok(answers)
    }
}
