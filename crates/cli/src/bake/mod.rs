//! `tiller-cli bake` and `tiller-cli prove`: a vector as a part of a model's files, and what proves it.

mod proof_file;
mod steering;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use vectors::bake::{BakeError, bake};
use vectors::model::is_gguf_file;
use vectors::prove::{Proof, Verdict};

use crate::data::{fingerprint, with_path};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;
pub(crate) use proof_file::{Named, bytes, made_by, measured, proof_file, write_proof};
use proof_file::{Unproved, read, report};
pub(crate) use steering::{Steering, SteeringArguments, finite};
use targets::targets;

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
    /// One JSON object for each
    #[arg(long)]
    json: bool,
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
    // Wherever it is stopped, the models without a proof are gone by now.
    bake_and_prove(arguments).map_err(|halt| match halt {
        Halt::Stopped(_) => Halt::Stopped("stopped; what was new is removed again".into()),
        halt => halt,
    })
}

fn bake_and_prove(arguments: &BakeArguments) -> Result<(), Halt> {
    let steering = Steering::read(&arguments.steering)?;
    let source = arguments.steering.model.path();
    let targets = targets(&arguments.out, &arguments.multiplier)?;
    let mut made = Made { baked: Vec::new(), is_kept: false };
    let mut source_fingerprint = String::new();
    for (multiplier, path) in arguments.multiplier.iter().zip(targets) {
        let (recipe, is_new) = (steering.recipe(*multiplier), !path.exists());
        let mut bar = Bar::new("Baking");
        let mut show = |done, total| bar.show(done, total);
        let baked = bake(&source, &recipe, &path, arguments.force, Some(&mut show));
        let baked = baked.map_err(|error| halt(&source, &path, error))?;
        drop(bar);
        for note in &baked.notes {
            output::print_message(&format!("{}: {note}", path.display()));
        }
        source_fingerprint = baked.source_fingerprint;
        made.baked.push(Unproved { path, multiplier: *multiplier, recipe, notes: baked.notes, is_new });
    }
    let steered = {
        let model = arguments.steering.model.load_at(&source)?;
        let measured = |one: &Unproved| measured(&model, &one.recipe.terms());
        made.baked.iter().map(measured).collect::<Result<Vec<_>, _>>()?
    };
    for (one, steered) in made.baked.iter().zip(&steered) {
        let proof = Proof::new(steered, &read(&arguments.steering.model, &one.path)?);
        report(one, &source, &source_fingerprint, &proof, arguments.json)?;
    }
    made.is_kept = true;
    Ok(())
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
    let one = Unproved {
        path: arguments.baked.clone(),
        multiplier: arguments.multiplier,
        recipe,
        notes: Vec::new(),
        is_new: false,
    };
    report(&one, &source, &source_fingerprint, &proof, arguments.json)?;
    if proof.verdict == Verdict::NotExact {
        let message = "is not the steered original within the bounds; the numbers are above.";
        return Err(Halt::Failed(format!("{} {message}", arguments.baked.display())));
    }
    Ok(())
}

/// The models of one call. Those of a call that ends early are removed, so that none is without its proof, unless they have
/// replaced others with --force.
struct Made {
    baked: Vec<Unproved>,
    is_kept: bool,
}

impl Drop for Made {
    fn drop(&mut self) {
        for one in self.baked.iter().filter(|one| one.is_new && !self.is_kept) {
            let proof = proof_file(&one.path);
            // What cannot be removed stays, and the error that ends the call is the one that is shown.
            let _ =
                if one.path.is_dir() { fs::remove_dir_all(&one.path) } else { fs::remove_file(&one.path) };
            let _ = fs::remove_file(proof);
        }
    }
}

fn halt(source: &Path, target: &Path, error: BakeError) -> Halt {
    let message = |path: &Path, error: &BakeError| format!("{}: {error}.", path.display());
    match error {
        BakeError::Model(error) => with_path(source, error.into()),
        BakeError::Io(_) | BakeError::NoSpace { .. } => Halt::Failed(message(target, &error)),
        BakeError::Exists(_) if is_gguf_file(source) => {
            Halt::Refused(format!("{error}. Choose another name, or replace it with --force."))
        }
        BakeError::Exists(_) => Halt::Refused(format!("{error}. Choose another name, or remove it.")),
        BakeError::IsSource(_) | BakeError::NoFolder(_) => Halt::Refused(format!("{error}.")),
        error => Halt::Refused(message(source, &error)),
    }
}
