//! `tiller-cli vector list`, `export` and `import`: the vectors of a store.

use std::path::PathBuf;

use app::Purpose;
use ipc::command::{ExportVector, ImportVector};
use ipc::vector::Vector;
use serde::Serialize;

use crate::data::ModelArguments;
use crate::door::{self, InProject, ProjectArguments, file, library};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Export {
    /// The name of the vector, or its number
    #[arg(value_name = "NAME")]
    name: String,
    /// The file to write: .safetensors, .gguf, .pt, .npy or .json; what is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object
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
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let overview = door.watch()?;
        let vectors = &overview.vectors;
        let found =
            library::only("vector", &arguments.name, vectors, |vector| (vector.id, vector.name.as_str()))?;
        let request = ExportVector { vector: found.id, file: file(&arguments.out)?, replace: true };
        let done = door.call(request)?;
        if let Some(warning) = &done.warning {
            output::print_message(warning);
        }
        output::line(arguments.json, &done, || match &done.server_line {
            Some(line) => format!("{}\n{line}", done.path),
            None => done.path.clone(),
        })
    })
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
        Line::new(vector).print(arguments.json)
    })
}
