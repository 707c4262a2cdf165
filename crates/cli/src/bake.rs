//! `tiller-cli bake` and `tiller-cli prove`: a vector as a part of a model's files, and what proves it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::data::benchmarks::neutral_text;
use serde::Serialize;
use vectors::bake::{BakeError, Ingredient, Recipe, bake};
use vectors::files::{SteeringFile, atomic_write};
use vectors::model::{Model, is_gguf_file};
use vectors::prove::{Measured, Proof, Verdict, measure};
use vectors::steering::{Intervention, Term};

use crate::data::{ModelArguments, VectorArguments, fingerprint, with_path};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;

/// The vectors that are baked, and the model.
#[derive(clap::Args)]
struct SteeringArguments {
    #[command(flatten)]
    model: ModelArguments,
    /// A vector's file; several act together
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
    other_model: bool,
}

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

/// A line of the output, and `proof.json`.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    bytes: u64,
    multiplier: f32,
    source: String,
    source_fingerprint: &'a str,
    vectors: Vec<Named<'a>>,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
    made_by: String,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    hash: &'a str,
    multiplier: f32,
}

impl<'a> From<&'a Ingredient> for Named<'a> {
    fn from(Ingredient { name, hash, multiplier, .. }: &'a Ingredient) -> Self {
        Self { name, hash, multiplier: *multiplier }
    }
}

fn finite(text: &str) -> Result<f32, String> {
    let number = text.trim().parse().ok().filter(|number: &f32| number.is_finite());
    number.ok_or_else(|| "it is no number".to_owned())
}

fn made_by() -> String {
    format!("Tiller {}", env!("CARGO_PKG_VERSION"))
}

/// A baked model that waits for its proof.
struct Unproved {
    path: PathBuf,
    multiplier: f32,
    recipe: Recipe,
    notes: Vec<String>,
    /// Whether nothing was replaced by it.
    is_new: bool,
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

/// Writes the proof beside the baked model, and the line of output.
fn report(
    one: &Unproved,
    source: &Path,
    source_fingerprint: &str,
    proof: &Proof,
    json: bool,
) -> Result<(), Halt> {
    let proof_file = proof_file(&one.path);
    let line = |shown: fn(&Path) -> String| Line {
        file: shown(&one.path),
        bytes: bytes(&one.path),
        multiplier: one.multiplier,
        source: shown(source),
        source_fingerprint,
        vectors: one.recipe.ingredients.iter().map(Named::from).collect(),
        proof,
        proof_file: shown(&proof_file),
        notes: &one.notes,
        made_by: made_by(),
    };
    // The proof goes where the model goes, and the folders of this machine do not.
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = serde_json::to_string_pretty(&line(name))
        .map_err(|error| Halt::Failed(format!("the proof is no JSON: {error}.")))?;
    atomic_write(&proof_file, format!("{text}\n").as_bytes(), true)
        .map_err(|error| Halt::Failed(format!("{}: {error}.", proof_file.display())))?;
    let line = line(|path| path.display().to_string());
    output::line(json, &line, || format!("{}: {}.", one.path.display(), proof.text()))
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

/// Loads a baked model and measures it without steering.
fn read(asked: &ModelArguments, path: &Path) -> Result<Measured, Halt> {
    let model = asked.load_at(path)?;
    measured(&model, &[]).map_err(|error| with_path(path, error))
}

fn measured(model: &Arc<Model>, terms: &[Term]) -> Result<Measured, Halt> {
    let mut bar = Bar::new("Proving");
    let mut show = |done, total| bar.show(done, total);
    measure(model, terms, &neutral_text(), Some(&mut show)).map_err(Halt::from)
}

/// Returns the path of the proof: beside the model, under its name.
fn proof_file(path: &Path) -> PathBuf {
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    path.with_file_name(format!("{}.proof.json", name.unwrap_or_default().to_string_lossy()))
}

fn bytes(path: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    if path.is_dir() { files.map(|file| size(&file.path())).sum() } else { size(path) }
}

/// Returns a path for each strength.
fn targets(out: &Path, multipliers: &[f32]) -> Result<Vec<PathBuf>, Halt> {
    if let [_] = multipliers {
        return Ok(vec![out.to_owned()]);
    }
    let ending = out.extension().filter(|ending| ending.eq_ignore_ascii_case("gguf"));
    let named = |multiplier: &f32| {
        let stem = if ending.is_some() { out.file_stem() } else { out.file_name() };
        let name = format!("{}-x{multiplier}", stem.unwrap_or_default().to_string_lossy());
        out.with_file_name(match ending {
            Some(ending) => format!("{name}.{}", ending.to_string_lossy()),
            None => name,
        })
    };
    let all: Vec<PathBuf> = multipliers.iter().map(named).collect();
    match all.iter().enumerate().find(|(index, path)| all[..*index].contains(path)) {
        None => Ok(all),
        Some((index, _)) => {
            Err(Halt::Usage(format!("the multiplier {} is given twice.", multipliers[index])))
        }
    }
}

/// The vectors of a call.
struct Steering {
    /// Each with its name, hash, weight and intervention.
    vectors: Vec<(Ingredient, SteeringFile, Intervention)>,
    /// The fingerprint of the model, where a vector asked for it: it is computed from the whole file, and so only once.
    source_fingerprint: Option<String>,
}

impl Steering {
    fn read(arguments: &SteeringArguments) -> Result<Self, Halt> {
        let given = arguments.weights.len();
        if given != 0 && given != arguments.vector.len() {
            let count = arguments.vector.len();
            return Err(Halt::Usage(format!(
                "--weights has {given} numbers, and there are {count} vectors."
            )));
        }
        let blocks = arguments.model.blocks();
        let (mut vectors, mut source_fingerprint) = (Vec::new(), None);
        for (index, path) in arguments.vector.iter().enumerate() {
            let weight = arguments.weights.get(index).copied().unwrap_or(1.0);
            vectors.push(one(path, weight, arguments, blocks, &mut source_fingerprint)?);
        }
        Ok(Self { vectors, source_fingerprint })
    }

    /// Returns the recipe at a strength.
    fn recipe(&self, multiplier: f32) -> Recipe {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_strengths_have_names_of_their_own() {
        let names = |out: &str, multipliers: &[f32]| -> Result<Vec<String>, ()> {
            let paths = targets(Path::new(out), multipliers).map_err(|_| ())?;
            Ok(paths.iter().map(|path| path.display().to_string()).collect())
        };
        assert_eq!(names("a/b.gguf", &[1.0]), Ok(vec!["a/b.gguf".into()]));
        let three = ["a/b-x-1.gguf", "a/b-x0.5.gguf", "a/b-x2.gguf"].map(str::to_owned);
        assert_eq!(names("a/b.gguf", &[-1.0, 0.5, 2.0]), Ok(three.to_vec()));
        assert_eq!(names("a/v1.5", &[1.0, 2.0]), Ok(vec!["a/v1.5-x1".into(), "a/v1.5-x2".into()]));
        assert_eq!(names("a/b.gguf", &[1.0, 1.0]), Err(()));
        assert_eq!(proof_file(Path::new("a/b-x2.gguf")), Path::new("a/b-x2.proof.json"));
    }
}
