//! `tiller-cli vector`: what a vector file says, and the same vector as another program's file.

use std::path::{Path, PathBuf};

use serde::Serialize;
use vectors::adapter::Adapter;
use vectors::files::{FileError, Format, Provenance, SteeringFile};

use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Layers, sizes, norms and provenance; of an adapter its rank and sizes
    Info {
        /// The vector's file: .safetensors, .gguf, .pt, .npy or .json
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// The vector's layer, where its file does not say it
        #[arg(long, value_name = "N")]
        layer: Option<usize>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write it in the format of another ending
    Convert {
        /// The vector's file: .safetensors, .gguf, .pt, .npy or .json
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// The file to write; what is there is replaced
        #[arg(value_name = "OUT")]
        output: PathBuf,
        /// The vector's layer, where its file does not say it
        #[arg(long, value_name = "N")]
        layer: Option<usize>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Carry it to a model of another kind by a learned linear map: experimental
    Carry(crate::carry::Arguments),
}

/// A file of vectors or of an adapter in numbers.
#[derive(Serialize)]
pub(crate) struct Info<'a> {
    file: String,
    #[serde(flatten)]
    holds: Holds,
    #[serde(flatten)]
    provenance: &'a Provenance,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Holds {
    Vectors { size: usize, layers: Vec<Layer> },
    Adapter { adapter: AboutAdapter },
}

/// An adapter in numbers.
#[derive(Serialize)]
struct AboutAdapter {
    blocks: usize,
    rank: usize,
    alpha: f32,
    /// Trained numbers.
    numbers: usize,
    /// The Frobenius norm of what multiplier 1 adds to the weights.
    norm: f64,
}

impl AboutAdapter {
    fn of(adapter: &Adapter) -> Self {
        let shape = adapter.shape();
        Self {
            blocks: shape.blocks,
            rank: shape.rank,
            alpha: adapter.alpha(),
            numbers: shape.numbers(),
            norm: adapter.norm(),
        }
    }
}

#[derive(Serialize)]
struct Layer {
    layer: usize,
    norm: f64,
}

impl<'a> Info<'a> {
    pub(crate) fn of(path: &Path, file: &'a SteeringFile) -> Self {
        let layer =
            |vector: &vectors::steering::SteeringVector| Layer { layer: vector.layer, norm: vector.norm() };
        let holds = match file {
            SteeringFile::Vectors(file) => {
                Holds::Vectors { size: file.size(), layers: file.vectors.iter().map(layer).collect() }
            }
            SteeringFile::Adapter(file) => Holds::Adapter { adapter: AboutAdapter::of(&file.adapter) },
        };
        Self { file: path.display().to_string(), holds, provenance: file.provenance() }
    }

    pub(crate) fn text(&self) -> String {
        match &self.holds {
            Holds::Vectors { size, layers } => {
                let layer = |layer: &Layer| format!("layer {} norm {:.4}", layer.layer, layer.norm);
                let layers: Vec<String> = layers.iter().map(layer).collect();
                format!("{}: {size} numbers, {}", self.file, layers.join(", "))
            }
            Holds::Adapter { adapter: AboutAdapter { blocks, rank, alpha, numbers, norm } } => format!(
                "{}: an adapter of rank {rank} and alpha {alpha} on {blocks} blocks, {numbers} numbers, norm {norm:.4}",
                self.file
            ),
        }
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Info { input, layer, json } => {
            let file = SteeringFile::read(input, *layer).map_err(|error| Halt::vector(input, &error))?;
            let info = Info::of(input, &file);
            output::line(*json, &info, || info.text())
        }
        Command::Convert { input, output, layer, json } => {
            // An ending that is not known is told before anything is read.
            let format = Format::from_path(output).map_err(|error| Halt::vector(output, &error))?;
            let file = SteeringFile::read(input, *layer).map_err(|error| Halt::vector(input, &error))?;
            let written = match &file {
                SteeringFile::Vectors(file) => file.write(output),
                SteeringFile::Adapter(file) if format == Format::Safetensors => file.write(output),
                SteeringFile::Adapter(_) => Err(no_adapter(format)),
            };
            written.map_err(|error| Halt::vector(output, &error))?;
            let info = Info::of(output, &file);
            crate::output::line(*json, &info, || info.text())
        }
        Command::Carry(arguments) => crate::carry::run(arguments),
    }
}

/// The refusal of a format that holds vectors only.
pub(crate) fn no_adapter(format: Format) -> FileError {
    let format = match format {
        Format::Safetensors => "a .safetensors file",
        Format::Gguf => "a GGUF control vector",
        Format::Torch => "a .pt file",
        Format::Numpy => "a .npy file",
        Format::Json => "a .json file",
    };
    FileError::Inexpressible { format, detail: "an adapter is written as .safetensors".into() }
}
