//! `tiller-cli model list` and `add`: the models that a store knows.

use std::path::PathBuf;

use app::Purpose;
use ipc::model::{FileState, Model};
use serde::Serialize;

use crate::door::{self, InStore, StoreArguments, library};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Add {
    /// A GGUF file, or a folder with config.json and safetensors
    #[arg(value_name = "PATH")]
    model: PathBuf,
    #[command(flatten)]
    store: StoreArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// A model as it is printed.
#[derive(Serialize)]
pub(crate) struct Line {
    id: i64,
    name: String,
    file: String,
    /// `present`, `gone` or `changed`.
    state: FileState,
    architecture: Option<String>,
    quantization: Option<String>,
    blocks: Option<u32>,
    hidden_size: Option<u32>,
    file_bytes: Option<u64>,
    /// The SHA-256 of its content, once it was read.
    fingerprint: Option<String>,
}

impl Line {
    pub(crate) fn new(model: Model) -> Self {
        let facts = model.facts.as_ref();
        Self {
            id: model.id,
            architecture: facts.map(|facts| facts.architecture.clone()),
            quantization: facts.map(|facts| facts.quantization.clone()),
            blocks: facts.map(|facts| facts.blocks),
            hidden_size: facts.map(|facts| facts.hidden_size),
            file_bytes: facts.map(|facts| facts.file_bytes),
            name: model.name,
            file: model.path,
            state: model.file,
            fingerprint: model.fingerprint,
        }
    }

    pub(crate) fn print(&self, json: bool) -> Result<(), Halt> {
        let state = match self.state {
            FileState::Present => "",
            FileState::Gone => ", the file is gone",
            FileState::Changed => ", the file has changed",
        };
        output::line(json, self, || format!("{:>5}  {}: {}{state}", self.id, self.name, self.file))
    }
}

pub(crate) fn list(arguments: &InStore) -> Result<(), Halt> {
    door::within(&arguments.store, Purpose::Records, |door| {
        let models = door.watch()?.models;
        models.into_iter().try_for_each(|model| Line::new(model).print(arguments.json))
    })
}

pub(crate) fn add(arguments: &Add) -> Result<(), Halt> {
    door::within(&arguments.store, Purpose::Records, |door| {
        let overview = door.watch()?;
        Line::new(library::model(door, &overview, &arguments.model)?).print(arguments.json)
    })
}
