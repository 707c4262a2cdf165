//! The vectors of a call, each with its weight.

use std::path::{Path, PathBuf};

use app::baking::made_by;
use ipc::project::Overview;
use ipc::vector::Vector;
use vectors::bake::{Ingredient, Recipe};
use vectors::files::SteeringFile;
use vectors::steering::{Intervention, Term};

use crate::data::{ModelArguments, VectorArguments, fingerprint};
use crate::door::{Door, library};
use crate::halt::Halt;
use crate::output;

/// The vectors that act, and the model.
#[derive(clap::Args)]
pub(crate) struct SteeringArguments {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
    /// A vector's file; several act together. In a store one vector, by its name, its number or its file
    #[arg(long, value_name = "FILE", required = true)]
    vector: Vec<PathBuf>,
    /// The vectors' layer, where their files do not say it or have several
    #[arg(long, value_name = "N")]
    layer: Option<usize>,
    /// The factor of each vector's multiplier, in the order of --vector [default: 1 each]
    #[arg(long, value_name = "W,W..", value_parser = finite, value_delimiter = ',', allow_hyphen_values = true)]
    weights: Vec<f32>,
    /// The vectors were made on other weights than the model's, such as the same model in another format
    #[arg(long)]
    pub(super) other_model: bool,
}

impl SteeringArguments {
    /// Refuses what a job of a store does not take.
    pub(crate) fn check_in_store(&self) -> Result<(), Halt> {
        if self.vector.len() > 1 || !self.weights.is_empty() {
            let message = "a job of a store takes one vector, whose factor is --multiplier: give --vector once and leave out \
                           --weights.";
            return Err(Halt::Usage(message.into()));
        }
        self.model.check_in_store()
    }

    /// Returns the vector of a job of a store. A file is imported, unless the project has its numbers.
    pub(crate) fn in_store(&self, door: &mut Door, overview: &Overview) -> Result<Vector, Halt> {
        let Some(named) = self.vector.first() else { return Err(Halt::Usage("give --vector.".into())) };
        let layer = self.layer.map(|layer| layer as u32);
        let model = |door: &mut Door| Ok(library::model(door, overview, &self.model.path())?.id);
        library::vector(door, overview, &named.to_string_lossy(), layer, model)
    }
}

/// Reads a finite number.
pub(crate) fn finite(text: &str) -> Result<f32, String> {
    let number = text.trim().parse().ok().filter(|number: &f32| number.is_finite());
    number.ok_or_else(|| "it is no finite number".to_owned())
}

/// Returns a number as it was typed, which the title of a job shows: the f32 next to 0.1 is another number.
pub(crate) fn as_typed(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

/// The vectors of a call.
pub(crate) struct Steering {
    /// Each with its name, hash, weight and intervention.
    vectors: Vec<(Ingredient, SteeringFile, Intervention)>,
    /// The fingerprint of the model, where a vector asked for it: it is computed from the whole file, and so only once.
    pub(crate) source_fingerprint: Option<String>,
}

impl Steering {
    pub(crate) fn read(arguments: &SteeringArguments) -> Result<Self, Halt> {
        let given = arguments.weights.len();
        if given != 0 && given != arguments.vector.len() {
            let count = arguments.vector.len();
            return Err(Halt::Usage(format!(
                "--weights has {given} numbers, and there are {count} vectors."
            )));
        }
        arguments.model.check_readable()?;
        let blocks = arguments.model.blocks();
        let (mut vectors, mut source_fingerprint) = (Vec::new(), None);
        for (index, path) in arguments.vector.iter().enumerate() {
            let weight = arguments.weights.get(index).copied().unwrap_or(1.0);
            vectors.push(one(path, weight, arguments, blocks, &mut source_fingerprint)?);
        }
        Ok(Self { vectors, source_fingerprint })
    }

    /// Returns the recipe at a strength.
    pub(crate) fn recipe(&self, multiplier: f32) -> Recipe {
        let at = |(base, file, how): &(Ingredient, SteeringFile, Intervention)| {
            let multiplier = multiplier * base.multiplier;
            let mut terms = file.terms(multiplier);
            for term in &mut terms {
                if let Term::Vector { intervention, .. } = term {
                    *intervention = *how;
                }
            }
            Ingredient { multiplier, terms, ..base.clone() }
        };
        Recipe { ingredients: self.vectors.iter().map(at).collect(), made_by: made_by() }
    }
}

/// Reads a vector, and refuses one that was made on another model.
fn one(
    path: &Path,
    weight: f32,
    arguments: &SteeringArguments,
    blocks: Option<usize>,
    source_fingerprint: &mut Option<String>,
) -> Result<(Ingredient, SteeringFile, Intervention), Halt> {
    let read = VectorArguments { vector: Some(path.to_owned()), layer: arguments.layer };
    let Some(file) = read.read(blocks)? else { return Err(Halt::Usage("give --vector.".into())) };
    let provenance = file.provenance();
    let intervention = match (provenance.intervention(), &provenance.policy) {
        (Some(intervention), _) => intervention,
        (None, Some(policy)) if matches!(file, SteeringFile::Vectors(_)) => {
            output::print_message(&format!(
                "{}: its policy, {policy:?}, is another program's: it is added at every token",
                path.display()
            ));
            Intervention::default()
        }
        (None, _) => Intervention::default(),
    };
    if let Some(made_on) = provenance.model_fingerprint.as_ref().filter(|_| !arguments.other_model) {
        if source_fingerprint.is_none() {
            *source_fingerprint = Some(fingerprint(&arguments.model.path())?);
        }
        if source_fingerprint.as_ref() != Some(made_on) {
            let model = provenance.model.as_deref().unwrap_or("another model");
            return Err(Halt::Refused(format!(
                "{} was made on other weights ({model}, SHA-256 {made_on}) than {}. If they are the same model in another \
                 format, say so with --other-model.",
                path.display(),
                arguments.model.path().display()
            )));
        }
    }
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = provenance.name.clone().or_else(stem).unwrap_or_default();
    let parts = match &file {
        SteeringFile::Vectors(file) => file.vectors.as_slice(),
        SteeringFile::Adapter(_) => &[],
    };
    let hash = store::steering::content_hash(parts);
    Ok((Ingredient { name, hash, multiplier: weight, terms: Vec::new() }, file, intervention))
}
