//! `tiller-cli vector`: what a vector file says, and the same vector as another program's file.

use std::path::{Path, PathBuf};

use serde::Serialize;
use vectors::files::{Format, Provenance, VectorFile};

use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Layers, sizes, norms and provenance
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

/// A vector file in numbers.
#[derive(Serialize)]
pub(crate) struct Info<'a> {
    file: String,
    size: usize,
    layers: Vec<Layer>,
    #[serde(flatten)]
    provenance: &'a Provenance,
}

#[derive(Serialize)]
struct Layer {
    layer: usize,
    norm: f64,
}

impl<'a> Info<'a> {
    pub(crate) fn of(path: &Path, file: &'a VectorFile) -> Self {
        let layer =
            |vector: &vectors::steering::SteeringVector| Layer { layer: vector.layer, norm: vector.norm() };
        Self {
            file: path.display().to_string(),
            size: file.size(),
            layers: file.vectors.iter().map(layer).collect(),
            provenance: &file.provenance,
        }
    }

    pub(crate) fn text(&self) -> String {
        let layers = self.layers.iter().map(|layer| format!("layer {} norm {:.4}", layer.layer, layer.norm));
        format!("{}: {} numbers, {}", self.file, self.size, layers.collect::<Vec<_>>().join(", "))
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Info { input, layer, json } => {
            let file = VectorFile::read(input, *layer).map_err(|error| Halt::vector(input, &error))?;
            let info = Info::of(input, &file);
            output::line(*json, &info, || info.text())
        }
        Command::Convert { input, output, layer, json } => {
            // An ending that is not known is told before anything is read.
            Format::of(output).map_err(|error| Halt::vector(output, &error))?;
            let file = VectorFile::read(input, *layer).map_err(|error| Halt::vector(input, &error))?;
            file.write(output).map_err(|error| Halt::vector(output, &error))?;
            let info = Info::of(output, &file);
            crate::output::line(*json, &info, || info.text())
        }
        Command::Carry(arguments) => crate::carry::run(arguments),
    }
}
