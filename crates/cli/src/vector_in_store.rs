//! `tiller-cli vector list`, `export` and `import`: the vectors of a store.

use std::path::PathBuf;

use app::Purpose;
use ipc::Id;
use ipc::command::{ExportVector, ImportVector};
use ipc::files::ExportedVector;
use ipc::project::Overview;
use ipc::vector::Vector;
use serde::Serialize;

use crate::bake::in_store::Copies;
use crate::data::ModelArguments;
use crate::door::{self, Door, InProject, ProjectArguments, file, library};
use crate::halt::Halt;
use crate::output;
use crate::train::in_store::say_queued;

#[derive(clap::Args)]
pub(crate) struct Export {
    /// The name of the vector, or its number
    #[arg(value_name = "NAME")]
    name: String,
    /// The file to write: .safetensors, .gguf, .pt, .npy or .json; what is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Do not load an adapter's file again to compare it with the adapter of the store, for which its model is loaded
    #[arg(long)]
    no_proof: bool,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Import {
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Its name in the store [default: the one in the file]
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N")]
    layer: Option<u32>,
    #[command(flatten)]
    model: ModelArguments,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// A vector as it is printed.
#[derive(Serialize)]
struct Line {
    id: i64,
    name: String,
    layers: Vec<u32>,
    size: u32,
    norm: f64,
    is_adapter: bool,
    model: i64,
    run: Option<i64>,
    hash: String,
    data_hash: Option<String>,
    /// What was left out or guessed when it was imported.
    #[serde(skip_serializing_if = "String::is_empty")]
    notes: String,
}

impl Line {
    fn new(vector: Vector) -> Self {
        Self {
            id: vector.id,
            is_adapter: vector.adapter.is_some(),
            name: vector.name,
            layers: vector.layers,
            size: vector.size,
            norm: vector.norm,
            model: vector.model,
            run: vector.run,
            hash: vector.hash,
            data_hash: vector.data_hash,
            notes: String::new(),
        }
    }

    fn print(&self, json: bool) -> Result<(), Halt> {
        output::line(json, self, || {
            let layers: Vec<String> = self.layers.iter().map(ToString::to_string).collect();
            let place = if self.is_adapter {
                "an adapter".to_owned()
            } else {
                format!("{} numbers, layer {}", self.size, layers.join(", "))
            };
            format!("{:>5}  {}: {place}, norm {:.4}", self.id, self.name, self.norm)
        })
    }
}

pub(crate) fn list(arguments: &InProject) -> Result<(), Halt> {
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let vectors = door.watch()?.vectors;
        vectors.into_iter().try_for_each(|vector| Line::new(vector).print(arguments.json))
    })
}

pub(crate) fn export(arguments: &Export) -> Result<(), Halt> {
    let is_proved = door::within_project(&arguments.project, Purpose::Records, |door| {
        let vector = arguments.vector(&door.watch()?)?;
        let is_proved = vector.adapter.is_some() && !arguments.no_proof;
        if !is_proved {
            arguments.write(door, vector.id, false)?;
        }
        Ok(is_proved)
    })?;
    // Only an adapter has a proof that needs its model, and with it the store's jobs.
    if is_proved { arguments.write_and_prove() } else { Ok(()) }
}

impl Export {
    fn vector(&self, overview: &Overview) -> Result<Vector, Halt> {
        let vectors = &overview.vectors;
        library::only("vector", &self.name, vectors, |vector| (vector.id, vector.name.as_str())).cloned()
    }

    /// Writes the file, and prints what was done.
    fn write(&self, door: &mut Door, vector: Id, prove: bool) -> Result<ExportedVector, Halt> {
        let done = door.call(ExportVector { vector, file: file(&self.out)?, replace: true, prove })?;
        if let Some(warning) = &done.warning {
            output::print_message(warning);
        }
        output::line(self.json, &done, || match &done.server_line {
            Some(line) => format!("{}\n{line}", done.path),
            None => done.path.clone(),
        })?;
        Ok(done)
    }

    /// Writes the file of an adapter, and compares it by a job.
    fn write_and_prove(&self) -> Result<(), Halt> {
        door::within_project(&self.project, Purpose::Jobs, |door| {
            let vector = self.vector(&door.watch()?)?.id;
            let done = self.write(door, vector, true)?;
            if let Some(failure) = done.unproved {
                return Err(Halt::failure(failure));
            }
            let Some(job) = done.proof else { return Ok(()) };
            say_queued(door, job, self.json)?;
            let mut copies = Copies::new(job, vector, self.json);
            let end = door::follow_asked(door, job, &mut copies)?;
            copies.conclude(door, end)
        })
    }
}

pub(crate) fn import(arguments: &Import) -> Result<(), Halt> {
    arguments.model.check_in_store()?;
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let overview = door.watch()?;
        let model = library::model(door, &overview, &arguments.model.path())?.id;
        let vector = door.call(ImportVector {
            file: file(&arguments.input)?,
            name: arguments.name.clone(),
            layer: arguments.layer,
            model,
        })?;
        let notes = vector.note.clone();
        if !notes.is_empty() {
            output::print_message(&format!("{}: {notes}", arguments.input.display()));
        }
        Line { notes, ..Line::new(vector) }.print(arguments.json)
    })
}
