//! Describes a file of vectors or of an adapter, and checks that a format can hold one.

use std::path::Path;

use serde::Serialize;
use vectors::adapter::Adapter;
use vectors::files::{Contents, FileError, Format, Holds, Provenance, SteeringFile, Table};

use crate::halt::Halt;
use crate::out_folder;

/// The description of a file of vectors or of an adapter.
#[derive(Serialize)]
pub(crate) struct Info<'a> {
    file: String,
    #[serde(flatten)]
    description: Description,
    #[serde(flatten)]
    provenance: &'a Provenance,
    /// What was left out or guessed when the file was read.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
#[serde(untagged)]
enum Description {
    Vectors {
        size: usize,
        layers: Vec<Layer>,
    },
    /// One vector whose layer the file does not say.
    NoLayer {
        size: usize,
        layers: [Layer; 0],
        norm: f64,
        suggested_layer: Option<usize>,
    },
    /// Several vectors, of which nothing says which one is meant.
    Several {
        entries: Vec<Entry>,
    },
    Adapter {
        adapter: AboutAdapter,
    },
}

/// One of several vectors in a file.
#[derive(Serialize)]
struct Entry {
    name: String,
    size: usize,
    /// The layers that the file names; those of a table are not named, and are guessed when it is read.
    layers: Vec<usize>,
}

impl Entry {
    fn new(name: &str, contents: &Contents) -> Self {
        let (size, layers) = match &contents.holds {
            Holds::Layers(vectors) => (
                vectors.first().map_or(0, |vector| vector.values.len()),
                vectors.iter().map(|vector| vector.layer).collect(),
            ),
            Holds::Table(Table { rows, values }) => (values.len() / rows.unwrap_or(1).max(1), Vec::new()),
            Holds::Several(_) => (0, Vec::new()),
        };
        Self { name: name.to_owned(), size, layers }
    }

    fn text(&self) -> String {
        let Self { name, size, layers } = self;
        let layers: Vec<String> = layers.iter().map(usize::to_string).collect();
        let layers =
            if layers.is_empty() { String::new() } else { format!(", layers {}", layers.join(", ")) };
        format!("{name:?}: {size} numbers{layers}")
    }
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
        let description = match file {
            SteeringFile::Vectors(file) => {
                Description::Vectors { size: file.size(), layers: file.vectors.iter().map(layer).collect() }
            }
            SteeringFile::Adapter(file) => Description::Adapter { adapter: AboutAdapter::new(&file.adapter) },
        };
        Self {
            file: path.display().to_string(),
            description,
            provenance: file.provenance(),
            notes: file.notes(),
        }
    }

    /// The description of a file whose vector names no layer, or that holds several under names.
    pub(crate) fn undecided(path: &Path, contents: &'a Contents) -> Result<Self, FileError> {
        let description = if let Holds::Several(entries) = &contents.holds {
            let entries = entries.iter().map(|(name, contents)| Entry::new(name, contents));
            Description::Several { entries: entries.collect() }
        } else {
            // Any layer will do: its numbers are checked and measured.
            let vectors = contents.clone().vectors(Some(0), None)?.vectors;
            Description::NoLayer {
                size: vectors.first().map_or(0, |vector| vector.values.len()),
                layers: [],
                norm: vectors.first().map_or(0.0, vectors::steering::SteeringVector::norm),
                suggested_layer: contents.suggestion,
            }
        };
        let (provenance, notes) = (&contents.provenance, contents.notes.as_slice());
        Ok(Self { file: path.display().to_string(), description, provenance, notes })
    }

    pub(crate) fn text(&self) -> String {
        let text = self.description_text();
        self.notes.iter().fold(text, |text, note| format!("{text}\n{note}"))
    }

    fn description_text(&self) -> String {
        match &self.description {
            Description::NoLayer { size, norm, suggested_layer, .. } => {
                let suggested = suggested_layer.map_or_else(
                    || "give it with --layer N".to_owned(),
                    |layer| format!("its name suggests layer {layer}: give it with --layer {layer}"),
                );
                format!(
                    "{}: {size} numbers, norm {norm:.4}; the file does not say the layer, {suggested}",
                    self.file
                )
            }
            Description::Several { entries } => {
                let entries: Vec<String> = entries.iter().map(Entry::text).collect();
                format!(
                    "{}: several vectors, of which --entry NAME takes one\n{}",
                    self.file,
                    entries.join("\n")
                )
            }
            Description::Vectors { size, layers } => {
                let layer = |layer: &Layer| format!("layer {} norm {:.4}", layer.layer, layer.norm);
                let layers: Vec<String> = layers.iter().map(layer).collect();
                format!("{}: {size} numbers, {}", self.file, layers.join(", "))
            }
            Description::Adapter { adapter: AboutAdapter { blocks, rank, alpha, numbers, norm } } => format!(
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
    out_folder::check(out)
}
