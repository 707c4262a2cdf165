//! `tiller-cli data draft` and `check`: a model drafts pairs for a data set of a store, and the checks of the window.

use std::fs;
use std::path::PathBuf;

use app::Purpose;
use ipc::command::{AcceptDrafts, CheckQuality, CreateDataSet, ListDrafts, MeasureMargins, StartDrafts};
use ipc::data::DataSet;
use ipc::drafts::{Draft, DraftSettings, DraftSource, DraftTask, contrasting_prompts};
use ipc::quality::Finding;
use serde::Serialize;

use crate::data::ModelArguments;
use crate::door::{self, Door, End, ProjectArguments, conclude, library};
use crate::endpoint::EndpointArguments;
use crate::halt::Halt;
use crate::jobs::Silent;
use crate::output;
use crate::train::in_store::say_queued;

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "four independent options of a command")]
pub(crate) struct DraftArguments {
    /// The name of the data set, or its number
    #[arg(value_name = "NAME")]
    name: String,
    /// Make the data set, with the behaviour of --behaviour
    #[arg(long)]
    new: bool,
    /// The questions, one a line, to which both answers are drafted
    #[arg(long, value_name = "FILE", required_unless_present = "opposites", conflicts_with = "opposites")]
    questions: Option<PathBuf>,
    /// Draft the opposite answers of pairs that have none
    #[arg(long)]
    opposites: bool,
    #[command(flatten)]
    endpoint: EndpointArguments,
    #[command(flatten)]
    model: ModelArguments,
    /// What wanted answers show, in one sentence [default: the data set's]
    #[arg(long, value_name = "SENTENCE")]
    behaviour: Option<String>,
    /// The system message for wanted answers [default: made from the behaviour]
    #[arg(long, value_name = "TEXT")]
    wanted_prompt: Option<String>,
    /// The system message for opposite answers [default: made from the behaviour]
    #[arg(long, value_name = "TEXT")]
    opposite_prompt: Option<String>,
    /// The most tokens of an answer
    #[arg(long, value_name = "N", default_value_t = 120)]
    max_new_tokens: u32,
    /// The temperature; 0 takes the likeliest token
    #[arg(long, value_name = "T", default_value_t = 0.8)]
    temperature: f64,
    /// Seeds the draws
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Make pairs of all whole drafts at the end, as one edit
    #[arg(long)]
    accept: bool,
    #[command(flatten)]
    project: ProjectArguments,
    /// JSON objects, one a line: first one with the job, then one a draft
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct CheckArguments {
    /// The name of the data set, or its number
    #[arg(value_name = "NAME")]
    name: String,
    /// Measure first how strongly the unsteered model prefers the opposite answers, on so many pairs; 0 for all
    #[arg(long, value_name = "N")]
    margins: Option<u32>,
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    project: ProjectArguments,
    /// JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// The last line of a check.
#[derive(Serialize)]
struct Checked<'a> {
    data_set: i64,
    pairs: u32,
    findings: usize,
    margins: &'a [ipc::quality::Margin],
}

/// The last line of drafts that were accepted.
#[derive(Serialize)]
struct Accepted {
    data_set: i64,
    accepted: usize,
}

pub(crate) fn draft(arguments: &DraftArguments) -> Result<(), Halt> {
    arguments.model.check_in_store()?;
    door::within_project(&arguments.project, Purpose::Jobs, |door| {
        let set = arguments.data_set(door)?;
        let task = arguments.task()?;
        let settings = arguments.settings(door, &set)?;
        let job = door.call(StartDrafts { data_set: set.id, task, settings })?.id;
        say_queued(door, job, arguments.json)?;
        let end = door::follow_asked(door, job, &mut Silent::goes_on())?;
        if matches!(end, End::Done | End::Stopped) {
            let drafts = door.call(ListDrafts { data_set: set.id })?.drafts;
            for draft in &drafts {
                output::line(arguments.json, draft, || text(draft))?;
            }
            if arguments.accept {
                accept(door, &set, &drafts, arguments.json)?;
            }
        }
        conclude(door, job, end)
    })
}

impl DraftArguments {
    fn data_set(&self, door: &mut Door) -> Result<DataSet, Halt> {
        if self.new {
            let description = self.behaviour.clone().unwrap_or_default();
            return door.call(CreateDataSet { name: self.name.clone(), description });
        }
        library::set_named(&door.watch()?, &self.name).cloned()
    }

    fn task(&self) -> Result<DraftTask, Halt> {
        let Some(path) = &self.questions else { return Ok(DraftTask::Opposites { pairs: vec![] }) };
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| Halt::Refused(format!("{}: {error}.", path.display())))?;
        Ok(DraftTask::Pairs { questions: text.lines().map(str::to_owned).collect() })
    }

    fn settings(&self, door: &mut Door, set: &DataSet) -> Result<DraftSettings, Halt> {
        let source = if let Some(endpoint) = self.endpoint.settings(door)? {
            DraftSource::Endpoint(endpoint)
        } else {
            let overview = door.watch()?;
            DraftSource::Model { model: library::model(door, &overview, &self.model.path())?.id }
        };
        let behaviour = self.behaviour.as_deref().unwrap_or(&set.description);
        let (wanted, opposite) = contrasting_prompts(behaviour);
        Ok(DraftSettings {
            source,
            wanted_prompt: self.wanted_prompt.clone().unwrap_or(wanted),
            opposite_prompt: self.opposite_prompt.clone().unwrap_or(opposite),
            max_new_tokens: self.max_new_tokens,
            temperature: self.temperature,
            seed: self.seed,
        })
    }
}

fn text(draft: &Draft) -> String {
    let shown = |answer: &Option<String>| answer.clone().unwrap_or_else(|| "(none)".to_owned());
    let Draft { id, prompt, wanted, opposite, .. } = draft;
    format!("{id:>5}  {prompt}\n       + {}\n       - {}", shown(wanted), shown(opposite))
}

fn accept(door: &mut Door, set: &DataSet, drafts: &[Draft], json: bool) -> Result<(), Halt> {
    let whole: Vec<i64> = drafts.iter().filter(|draft| draft.is_whole()).map(|draft| draft.id).collect();
    let line = Accepted { data_set: set.id, accepted: whole.len() };
    door.call(AcceptDrafts { data_set: set.id, drafts: whole })?;
    output::line(json, &line, || format!("{} of {} drafts are pairs now", line.accepted, drafts.len()))
}

pub(crate) fn check(arguments: &CheckArguments) -> Result<(), Halt> {
    arguments.model.check_in_store()?;
    let purpose = if arguments.margins.is_some() { Purpose::Jobs } else { Purpose::Records };
    door::within_project(&arguments.project, purpose, |door| {
        let overview = door.watch()?;
        let data_set = library::set_named(&overview, &arguments.name)?.id;
        if let Some(most) = arguments.margins {
            let model = library::model(door, &overview, &arguments.model.path())?.id;
            let job = door.call(MeasureMargins { data_set, model, most })?.id;
            say_queued(door, job, arguments.json)?;
            let end = door::follow_asked(door, job, &mut Silent::goes_on())?;
            conclude(door, job, end)?;
            // The margins that a check reads are those of the model in use.
            library::load(door, model)?;
        }
        let report = door.call(CheckQuality { data_set })?;
        for finding in &report.findings {
            output::line(arguments.json, finding, || shown(finding))?;
        }
        let (findings, margins) = (report.findings.len(), report.margins.as_slice());
        let line = Checked { data_set, pairs: report.pairs, findings, margins };
        output::line(arguments.json, &line, || format!("{} pairs, {findings} findings", line.pairs))
    })
}

fn shown(finding: &Finding) -> String {
    let numbers: Vec<String> = finding.rows.iter().map(|row| row.number.to_string()).collect();
    format!("{} {} (pairs {})", finding.message, finding.why, numbers.join(", "))
}
