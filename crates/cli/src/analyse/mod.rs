//! `tiller-cli analyse`: the analyses of the window, as jobs of a store, and what can be said about vectors at once.

pub(crate) mod findings;
mod now;

use std::path::PathBuf;

use app::{Purpose, defaults};
use clap::ValueEnum as _;
use ipc::Id;
use ipc::analysis::Question;
use ipc::command::{StartAnalysis, TransferVector};
use ipc::derive::same_depth;
use ipc::model::Model;
use ipc::project::Overview;
use ipc::train::{AnswerPosition, Method, TrainSettings};
use serde::Serialize;

use self::findings::Findings;
use crate::data::{ModelArguments, ReadArguments};
use crate::door::{self, Door, End, ProjectArguments, conclude, library};
use crate::halt::Halt;
use crate::output::Lines;
use crate::train::in_store::say_queued;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Will it steer? What the pairs' activations say about every layer
    Steerability {
        #[command(flatten)]
        on: OnData,
        /// The tokens of an answer whose activations are read: `mean` or `last`
        #[arg(long, value_name = "WHICH", value_parser = position, default_value = "mean")]
        position: AnswerPosition,
    },
    /// The held-out effect of vectors of several layers, by a method without training
    Layers {
        #[command(flatten)]
        on: OnData,
        /// The method: `caa`, `pca` or `freeform`
        #[arg(long, value_name = "NAME", value_parser = method, default_value = "freeform")]
        method: Method,
        /// The layers, separated by commas [default: all]
        #[arg(long, value_name = "L,L..", value_delimiter = ',')]
        layer: Vec<u32>,
        /// The norm that is added, as a share of the residual stream's
        #[arg(long, value_name = "X", default_value_t = 0.1)]
        share: f64,
    },
    /// Successive halving over layers and learning rates
    Search {
        #[command(flatten)]
        on: OnData,
        /// The method that trains
        #[arg(long, value_name = "NAME", value_parser = method, default_value = "bipo")]
        method: Method,
        /// The layers, separated by commas
        #[arg(long, value_name = "L,L..", value_delimiter = ',', required = true)]
        layer: Vec<u32>,
        /// The learning rates, separated by commas
        #[arg(long, value_name = "X,X..", value_delimiter = ',', required = true)]
        lr: Vec<f64>,
        /// Steps over all trials together
        #[arg(long, value_name = "N", default_value_t = 200)]
        budget: u32,
    },
    /// The held-out score of every epoch of a run at several multipliers
    Epochs {
        /// The run, by its name or its number
        #[arg(long, value_name = "NAME")]
        run: String,
        /// The multipliers, separated by commas
        #[arg(
            long,
            value_name = "M,M..",
            value_delimiter = ',',
            allow_hyphen_values = true,
            default_value = "-1,0,1"
        )]
        multipliers: Vec<f64>,
        #[command(flatten)]
        project: ProjectArguments,
        /// JSON objects, one a line
        #[arg(long)]
        json: bool,
    },
    /// How far a vector moves the predictions on held-out answers at several multipliers
    Strength {
        /// The vector, by its name or its number
        #[arg(long, value_name = "NAME")]
        vector: String,
        /// The multipliers, separated by commas
        #[arg(
            long,
            value_name = "M,M..",
            value_delimiter = ',',
            allow_hyphen_values = true,
            default_value = "-2,-1,0,1,2"
        )]
        multipliers: Vec<f64>,
        #[command(flatten)]
        on: OnData,
    },
    /// The projections of prompts on a vector, from which the threshold of a gate is chosen
    Projections {
        /// The vector, by its name or its number
        #[arg(long, value_name = "NAME")]
        vector: String,
        /// The 0-based block after which the residual stream is projected [default: the vector's lowest layer]
        #[arg(long, value_name = "N")]
        layer: Option<u32>,
        /// The system message before prompts that have none [default: the one that the vector was trained with]
        #[arg(long, value_name = "TEXT")]
        system: Option<String>,
        #[command(flatten)]
        on: OnData,
    },
    /// Transfer a vector to another model by a learned linear map: experimental
    Transfer {
        /// The vector, by its name or its number
        #[arg(long, value_name = "NAME")]
        vector: String,
        /// The layer that is transferred, of a vector with several
        #[arg(long, value_name = "N")]
        layer: Option<u32>,
        /// The model that it is transferred to
        #[arg(long, value_name = "PATH")]
        to_model: PathBuf,
        /// The 0-based block there after which it acts [default: the same depth]
        #[arg(long, value_name = "N")]
        to_layer: Option<u32>,
        /// A data set of the store whose prompts and answers both models read as well
        #[arg(long, value_name = "NAME")]
        data: Option<String>,
        #[command(flatten)]
        project: ProjectArguments,
        /// JSON objects, one a line
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Now(now::Command),
}

/// What an analysis is made on, and how it answers.
#[derive(clap::Args)]
pub(crate) struct OnData {
    /// The data set, by its name or its number, or a file of pairs
    #[arg(long, value_name = "NAME|FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    project: ProjectArguments,
    /// JSON objects, one a line: first one with the job, then one a finding
    #[arg(long)]
    json: bool,
}

fn position(name: &str) -> Result<AnswerPosition, String> {
    match name {
        "mean" => Ok(AnswerPosition::Mean),
        "last" => Ok(AnswerPosition::Last),
        _ => Err("mean and last are known".to_owned()),
    }
}

fn method(name: &str) -> Result<Method, String> {
    Method::from_str(name, true)
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Steerability { on, position } => {
            on.ask(|_, asked| Ok((asked.model.id, Question::Steerability { position: *position })))
        }
        Command::Layers { on, method, layer, share } => on.ask(|_, asked| {
            let layers = if layer.is_empty() { (0..asked.blocks()).collect() } else { layer.clone() };
            let settings = Box::new(asked.settings(*method, layers));
            Ok((asked.model.id, Question::Layers { settings, share: *share }))
        }),
        Command::Search { on, method, layer, lr, budget } => on.ask(|_, asked| {
            let settings = Box::new(asked.settings(*method, layer.clone()));
            let (layers, rates) = (layer.clone(), lr.clone());
            Ok((asked.model.id, Question::Search { settings, layers, rates, budget: *budget }))
        }),
        Command::Strength { vector, multipliers, on } => on.ask(|overview, _| {
            let vector = library::vector_named(overview, vector)?;
            Ok((vector.model, Question::Strength { vector: vector.id, multipliers: multipliers.clone() }))
        }),
        Command::Projections { vector, layer, system, on } => on.ask(|overview, _| {
            let vector = library::vector_named(overview, vector)?;
            let (layer, system_prompt) = (layer.unwrap_or(vector.layer), system.clone());
            Ok((vector.model, Question::Projections { vector: vector.id, layer, system_prompt }))
        }),
        Command::Epochs { run, multipliers, project, json } => {
            door::within_project(project, Purpose::Jobs, |door| {
                let overview = door.watch()?;
                let run = library::only("run", run, &overview.runs, |run| (run.id, &run.name))?;
                let question = Question::Epochs { run: run.id, multipliers: multipliers.clone() };
                start(door, run.model, run.data_set, question, *json)
            })
        }
        Command::Transfer { vector, layer, to_model, to_layer, data, project, json } => {
            door::within_project(project, Purpose::Jobs, |door| {
                let overview = door.watch()?;
                let from = library::vector_named(&overview, vector)?;
                let model = library::model(door, &overview, to_model)?;
                let data_set = match data {
                    Some(name) => Some(library::set_named(&overview, name)?.id),
                    None => None,
                };
                let of = overview.models.iter().find(|known| known.id == from.model);
                let from_blocks = of.and_then(|of| of.facts.as_ref()).map_or(0, |facts| facts.blocks);
                let blocks = model.facts.as_ref().map_or(0, |facts| facts.blocks);
                let usual = same_depth(layer.unwrap_or(from.layer), from_blocks, blocks);
                let request = TransferVector {
                    vector: from.id,
                    from_layer: *layer,
                    model: model.id,
                    layer: to_layer.unwrap_or(usual),
                    data_set,
                };
                transfer(door, request, *json)
            })
        }
        Command::Now(command) => now::run(command),
    }
}

/// What an analysis is asked about.
struct Asked {
    model: Model,
    train: u32,
}

impl Asked {
    fn blocks(&self) -> u32 {
        self.model.facts.as_ref().map_or(0, |facts| facts.blocks)
    }

    /// The settings of runs with a method, for the rest as the window begins them.
    fn settings(&self, method: Method, layers: Vec<u32>) -> TrainSettings {
        let usual = defaults::settings(self.blocks(), self.train);
        TrainSettings {
            method,
            layers,
            learning_rate: method.usual_learning_rate(),
            beta: method.usual_beta(),
            ..usual
        }
    }
}

impl OnData {
    /// Starts the analysis that a question asks for, and follows it.
    fn ask(
        &self,
        question: impl FnOnce(&Overview, &Asked) -> Result<(Id, Question), Halt>,
    ) -> Result<(), Halt> {
        self.model.check_in_store()?;
        door::within_project(&self.project, Purpose::Jobs, |door| {
            let overview = door.watch()?;
            let set = library::any_set(door, &overview, &self.data, &self.read)?;
            let model = library::model(door, &overview, &self.model.path())?;
            let (model, question) = question(&overview, &Asked { model, train: set.train })?;
            start(door, model, set.id, question, self.json)
        })
    }
}

fn start(door: &mut Door, model: Id, data_set: Id, question: Question, json: bool) -> Result<(), Halt> {
    let analysis = door.call(StartAnalysis { model, data_set, question })?;
    say_queued(door, analysis.job, json)?;
    let lines = Lines::new(json, None);
    let mut found = Findings::new(&analysis, &lines);
    let end = door::follow_asked(door, analysis.job, &mut found)?;
    found.conclude(door, end)
}

/// The last line of a transfer: the vector that it has made.
#[derive(Serialize)]
struct Transferred<'a> {
    vector: Id,
    name: &'a str,
    layers: &'a [u32],
    norm: f64,
    hash: &'a str,
}

fn transfer(door: &mut Door, request: TransferVector, json: bool) -> Result<(), Halt> {
    let before = door.watch()?.vectors;
    let job = door.call(request)?.id;
    say_queued(door, job, json)?;
    let end = door::follow_asked(door, job, &mut crate::jobs::Silent::goes_on())?;
    if matches!(end, End::Done) {
        let is_new = |id: Id| before.iter().all(|known| known.id != id);
        for made in door.watch()?.vectors.iter().filter(|vector| is_new(vector.id)) {
            let line = Transferred {
                vector: made.id,
                name: &made.name,
                layers: &made.layers,
                norm: made.norm,
                hash: &made.hash,
            };
            crate::output::line(json, &line, || format!("vector {}, norm {:.4}", made.name, made.norm))?;
        }
    }
    conclude(door, job, end)
}
