//! What can be said about vectors and models at once, without a job: cosines, sums, the logit lens, norms.

use app::Purpose;
use ipc::Id;
use ipc::command::{CompareVectors, ReadLogitLens, ReadResidual, ReadVectorSum};
use ipc::derive::LensToken;
use ipc::steering::SteeringTerm;
use serde::Serialize;

use crate::data::ModelArguments;
use crate::door::{self, InProject, library};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// The cosines between vectors
    Similarity {
        /// The vectors, by their names or numbers
        #[arg(value_name = "NAME", required = true, num_args = 2..)]
        vectors: Vec<String>,
        /// Compare this layer alone
        #[arg(long, value_name = "N")]
        layer: Option<u32>,
        #[command(flatten)]
        of: InProject,
    },
    /// What vectors add together at multiplier 1, and which work against each other
    Sum {
        /// The vectors, by their names or numbers
        #[arg(value_name = "NAME", required = true)]
        vectors: Vec<String>,
        /// Their weights in the same order, separated by commas [default: 1 each]
        #[arg(long, value_name = "W,W..", value_delimiter = ',', allow_hyphen_values = true)]
        weights: Vec<f64>,
        #[command(flatten)]
        of: InProject,
    },
    /// The tokens that a vector promotes and suppresses, by the logit lens
    Lens {
        /// The vector, by its name or its number
        #[arg(value_name = "NAME")]
        vector: String,
        /// One of its layers [default: the lowest]
        #[arg(long, value_name = "N")]
        layer: Option<u32>,
        #[command(flatten)]
        of: InProject,
    },
    /// The mean norm of a model's residual stream after each block
    Norms {
        #[command(flatten)]
        model: ModelArguments,
        #[command(flatten)]
        of: InProject,
    },
}

/// A vector in a matrix of cosines.
#[derive(Serialize)]
struct CosineLine<'a> {
    vector: Id,
    name: &'a str,
    /// The cosines with all vectors, in the order of the command line.
    cosines: &'a [Option<f64>],
    parts: &'a [(u32, f64)],
}

/// The norm after a block.
#[derive(Serialize)]
struct NormLine {
    layer: usize,
    norm: f64,
}

pub(super) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Similarity { vectors, layer, of } => similarity(vectors, *layer, of),
        Command::Sum { vectors, weights, of } => sum(vectors, weights, of),
        Command::Lens { vector, layer, of } => lens(vector, *layer, of),
        Command::Norms { model, of } => norms(model, of),
    }
}

fn similarity(names: &[String], layer: Option<u32>, of: &InProject) -> Result<(), Halt> {
    door::within_project(&of.project, Purpose::Records, |door| {
        let overview = door.watch()?;
        let vectors: Vec<_> =
            names.iter().map(|name| library::vector_named(&overview, name)).collect::<Result<_, _>>()?;
        let ids = vectors.iter().map(|vector| vector.id).collect();
        let found = door.call(CompareVectors { vectors: ids, layer })?;
        let rows = vectors.iter().zip(&found.cosines).zip(&found.parts);
        for ((vector, cosines), parts) in rows {
            let line = CosineLine { vector: vector.id, name: &vector.name, cosines, parts };
            output::line(of.json, &line, || {
                let shown = cosines.iter().map(|cosine| match cosine {
                    Some(cosine) => format!("{cosine:>7.3}"),
                    None => "      -".to_owned(),
                });
                format!("{}  {}", shown.collect::<Vec<_>>().join(" "), vector.name)
            })?;
        }
        Ok(())
    })
}

fn sum(names: &[String], weights: &[f64], of: &InProject) -> Result<(), Halt> {
    if !weights.is_empty() && weights.len() != names.len() {
        let (weights, names) = (weights.len(), names.len());
        return Err(Halt::Usage(format!("there are {weights} weights for {names} vectors.")));
    }
    door::within_project(&of.project, Purpose::Records, |door| {
        let overview = door.watch()?;
        let mut terms = Vec::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            let vector = library::vector_named(&overview, name)?.id;
            let weight = weights.get(place).copied().unwrap_or(1.0);
            terms.push(SteeringTerm { weight, ..SteeringTerm::new(vector) });
        }
        let sum = door.call(ReadVectorSum { terms })?;
        output::line(of.json, &sum, || {
            let layers = sum.layers.iter().map(|added| format!("{added:?}"));
            let conflicts = sum.conflicts.iter().map(|conflict| {
                let ipc::derive::Conflict { one, other, layer, cosine } = conflict;
                format!("{one} and {other} work against each other at layer {layer}: cosine {cosine:.3}")
            });
            layers.chain(conflicts).collect::<Vec<_>>().join("\n")
        })
    })
}

fn lens(name: &str, layer: Option<u32>, of: &InProject) -> Result<(), Halt> {
    door::within_project(&of.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let vector = library::vector_named(&overview, name)?;
        library::load(door, vector.model)?;
        let found = door.call(ReadLogitLens { vector: vector.id, layer })?;
        output::line(of.json, &found, || {
            let words = |tokens: &[LensToken]| {
                let shown = tokens.iter().map(|token| format!("{:?}", token.text));
                shown.collect::<Vec<_>>().join(" ")
            };
            let (along, against) = (words(&found.along), words(&found.against));
            format!("layer {}\npromotes {along}\nsuppresses {against}", found.layer)
        })
    })
}

fn norms(model: &ModelArguments, of: &InProject) -> Result<(), Halt> {
    model.check_in_store()?;
    door::within_project(&of.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let model = library::model(door, &overview, &model.path())?.id;
        library::load(door, model)?;
        let norms = door.call(ReadResidual { model })?;
        norms.into_iter().enumerate().try_for_each(|(layer, norm)| {
            output::line(of.json, &NormLine { layer, norm }, || format!("{layer:>4}: {norm:.3}"))
        })
    })
}
