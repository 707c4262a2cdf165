//! Describes a file of vectors or of an adapter, and checks that a format can hold one.

use std::path::Path;

use serde::Serialize;
use vectors::adapter::Adapter;
use vectors::files::{FileError, Format, Provenance, SteeringFile};

use crate::halt::Halt;

/// The description of a file of vectors or of an adapter.
#[derive(Serialize)]
pub(crate) struct Info<'a> {
    file: String,
    #[serde(flatten)]
    contents: Contents,
    #[serde(flatten)]
    provenance: &'a Provenance,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Contents {
    Vectors { size: usize, layers: Vec<Layer> },
    Adapter { adapter: AboutAdapter },
}

/// The description of an adapter.
#[derive(Serialize)]
struct AboutAdapter {
    blocks: usize,
    rank: usize,
    alpha: f32,
    /// The number of trained numbers.
    numbers: usize,
    /// The Frobenius norm of the change of the weights at multiplier 1.
    norm: f64,
}

impl AboutAdapter {
    fn new(adapter: &Adapter) -> Self {
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
    pub(crate) fn new(path: &Path, file: &'a SteeringFile) -> Self {
        let layer =
            |vector: &vectors::steering::SteeringVector| Layer { layer: vector.layer, norm: vector.norm() };
        let contents = match file {
            SteeringFile::Vectors(file) => {
                Contents::Vectors { size: file.size(), layers: file.vectors.iter().map(layer).collect() }
            }
            SteeringFile::Adapter(file) => Contents::Adapter { adapter: AboutAdapter::new(&file.adapter) },
        };
        Self { file: path.display().to_string(), contents, provenance: file.provenance() }
    }

    pub(crate) fn text(&self) -> String {
        match &self.contents {
            Contents::Vectors { size, layers } => {
                let layer = |layer: &Layer| format!("layer {} norm {:.4}", layer.layer, layer.norm);
                let layers: Vec<String> = layers.iter().map(layer).collect();
                format!("{}: {size} numbers, {}", self.file, layers.join(", "))
            }
            Contents::Adapter { adapter: AboutAdapter { blocks, rank, alpha, numbers, norm } } => format!(
                "{}: an adapter of rank {rank} and alpha {alpha} on {blocks} blocks, {numbers} numbers, norm {norm:.4}",
                self.file
            ),
        }
    }
}

/// Returns the error of a format that holds vectors only.
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

/// Refuses, before the work begins, an output file that could not be written after it.
pub(crate) fn check_out(out: &Path, layers: &[u32]) -> Result<(), Halt> {
    let format = Format::from_path(out).map_err(|error| Halt::vector(out, &error))?;
    if format == Format::Gguf && layers.contains(&0) {
        let detail = "llama.cpp adds nothing after block 0".into();
        return Err(Halt::vector(out, &FileError::Inexpressible { format: "a GGUF control vector", detail }));
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.filter(|folder| !folder.is_dir()) {
        Some(missing) => Err(Halt::Refused(format!("there is no folder {} to write to.", missing.display()))),
        None => Ok(()),
    }
}
