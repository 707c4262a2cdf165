//! `tiller-cli bake` and `tiller-cli prove`: a vector as a part of a model's files, and what proves it.

mod baker;
pub(crate) mod in_store;
mod proof;
mod steering;

use std::path::{Path, PathBuf};

use app::baking::{
    ModelCopy, Order, ProofRecord, Proved, WrongEnding, bake_and_prove, bytes, proof_file, targets,
    write_proof, wrong_ending,
};
use vectors::prove::{Proof, Verdict};

use crate::data::{fingerprint, with_path};
use crate::door::InProject;
use crate::halt::Halt;
use baker::InFiles;
pub(crate) use proof::measured;
use proof::{print, read};
pub(crate) use steering::{Steering, SteeringArguments, as_typed, finite};

#[derive(clap::Args)]
pub(crate) struct BakeArguments {
    #[command(flatten)]
    steering: SteeringArguments,
    /// The strengths: a file or folder for each
    #[arg(long, value_name = "M,M..", value_parser = finite, value_delimiter = ',', allow_hyphen_values = true, required = true)]
    multiplier: Vec<f32>,
    /// The baked model: a GGUF file, or a folder where the model is one; with several strengths each has its own at the end
    /// of the name
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    of: InProject,
}

#[derive(clap::Args)]
pub(crate) struct ProveArguments {
    #[command(flatten)]
    steering: SteeringArguments,
    /// The strength that was baked
    #[arg(long, value_name = "M", value_parser = finite, allow_hyphen_values = true)]
    multiplier: f32,
    /// The baked model
    #[arg(long, value_name = "PATH")]
    baked: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &BakeArguments) -> Result<(), Halt> {
    if arguments.of.project.is_given() {
        return in_store::run(arguments);
    }
    let source = arguments.steering.model.path();
    check_ending(&source, &arguments.out)?;
    let steering = Steering::read(&arguments.steering)?;
    let paths = targets(&arguments.out, &arguments.multiplier)
        .map_err(|twice| Halt::Usage(format!("the multiplier {twice} is given twice.")))?;
    let copy = |(path, multiplier): (PathBuf, &f32)| {
        let recipe = steering.recipe(*multiplier);
        ModelCopy { path, multiplier: *multiplier, recipe, is_begun: false }
    };
    let copies = paths.into_iter().zip(&arguments.multiplier).map(copy).collect();
    let order = Order { source, copies, replace: arguments.force };
    let mut baker = InFiles::new(&arguments.steering.model, &order, arguments.of.json);
    let done = bake_and_prove(&order, &mut baker, |_| false);
    done.map_err(|halt| match halt {
        Halt::Stopped(_) if arguments.force => Halt::Stopped(
            "stopped; what has no proof is removed again, but for what has replaced another file".into(),
        ),
        Halt::Stopped(_) => Halt::Stopped("stopped; what has no proof is removed again".into()),
        halt => halt,
    })
}

/// Refuses a name that would not say whether a file or a folder is there.
fn check_ending(source: &Path, out: &Path) -> Result<(), Halt> {
    let next = match wrong_ending(source, out) {
        Some(WrongEnding::NoGguf) => {
            "the model is a GGUF file, and so is what is baked: let the name end in .gguf"
        }
        Some(WrongEnding::Gguf) => {
            "the model is a folder, and so is what is baked: take a name that does not end in .gguf"
        }
        None => return Ok(()),
    };
    Err(Halt::Usage(format!("{}: {next}.", out.display())))
}

pub(crate) fn prove(arguments: &ProveArguments) -> Result<(), Halt> {
    let steering = Steering::read(&arguments.steering)?;
    let source = arguments.steering.model.path();
    let source_fingerprint = match &steering.source_fingerprint {
        Some(known) => known.clone(),
        None => fingerprint(&source)?,
    };
    let recipe = steering.recipe(arguments.multiplier);
    let steered = {
        let model = arguments.steering.model.load_at(&source)?;
        measured(&model, &recipe.terms()).map_err(|error| with_path(&source, error))?
    };
    let proof = Proof::new(&steered, &read(&arguments.steering.model, &arguments.baked)?);
    let copy = ModelCopy {
        path: arguments.baked.clone(),
        multiplier: arguments.multiplier,
        recipe,
        is_begun: false,
    };
    let proved = Proved { bytes: bytes(&copy.path), source_fingerprint, notes: Vec::new(), proof };
    write_proof(&proof_file(&copy.path), &ProofRecord::of_copy(&source, &copy, &proved).named())?;
    print(&source, &copy, &proved, arguments.json)?;
    if proved.proof.verdict == Verdict::NotExact {
        let message = "is not the steered original within the bounds; the numbers are above.";
        return Err(Halt::Failed(format!("{} {message}", arguments.baked.display())));
    }
    Ok(())
}
