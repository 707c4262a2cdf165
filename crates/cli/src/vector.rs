//! `tiller-cli vector`: describes a vector's file, or writes the same vector in another program's format.

use std::path::{Path, PathBuf};

use vectors::files::{FileError, Format, SteeringContents, SteeringFile};

use crate::door::InProject;
use crate::halt::Halt;
use crate::info::{Info, no_adapter};
use crate::output;
use crate::vector_in_store;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Layers, sizes, norms and provenance; of an adapter its rank and sizes
    Info {
        /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// Which one is meant of a file with several under names
        #[arg(long, value_name = "NAME")]
        entry: Option<String>,
        /// The vector's layer, where its file does not say it or has several
        #[arg(long, value_name = "N")]
        layer: Option<usize>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write it in the format of another ending
    Convert {
        /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// The file to write; what is there is replaced
        #[arg(value_name = "OUT")]
        output: PathBuf,
        /// Which one is meant of a file with several under names
        #[arg(long, value_name = "NAME")]
        entry: Option<String>,
        /// The vector's layer, where its file does not say it or has several
        #[arg(long, value_name = "N")]
        layer: Option<usize>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Transfer it to a model of another kind by a learned linear map: experimental
    #[command(alias = "carry")]
    Transfer(crate::transfer::Arguments),
    /// Project the prompts of a data file on it: what the threshold of a gate is chosen from
    Project(crate::projections::Arguments),
    /// The vectors of a store
    List(InProject),
    /// Write a vector of a store to a file
    Export(vector_in_store::Export),
    /// Add a file of vectors, or of an adapter, to a store
    Import(vector_in_store::Import),
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    match command {
        Command::Info { input, entry, layer, json } => {
            let contents = read(input, entry.as_deref())?;
            match (contents.for_model(*layer, None), contents.vectors()) {
                (Err(FileError::NoLayer { .. } | FileError::Several { .. }), Some(undecided)) => {
                    let info = Info::undecided(input, undecided);
                    let info = info.map_err(|error| Halt::vector(input, &error))?;
                    output::line(*json, &info, || info.text())
                }
                (file, _) => {
                    let file = file.map_err(|error| Halt::vector(input, &error))?;
                    let info = Info::new(input, &file);
                    output::line(*json, &info, || info.text())
                }
            }
        }
        Command::Convert { input, output, entry, layer, json } => {
            // An unknown ending is refused before anything is read.
            let format = Format::from_path(output).map_err(|error| Halt::vector(output, &error))?;
            let file = read(input, entry.as_deref())?.for_model(*layer, None);
            let file = file.map_err(|error| Halt::vector(input, &error))?;
            for note in file.notes() {
                output::print_message(&format!("{}: {note}", input.display()));
            }
            let written = match &file {
                SteeringFile::Vectors(file) => file.write(output),
                SteeringFile::Adapter(file) if format == Format::Safetensors => file.write(output),
                SteeringFile::Adapter(_) => Err(no_adapter(format)),
            };
            written.map_err(|error| Halt::vector(output, &error))?;
            let info = Info::new(output, &file);
            output::line(*json, &info, || info.text())
        }
        Command::Transfer(arguments) => crate::transfer::run(arguments),
        Command::Project(arguments) => crate::projections::run(arguments),
        Command::List(arguments) => vector_in_store::list(arguments),
        Command::Export(arguments) => vector_in_store::export(arguments),
        Command::Import(arguments) => vector_in_store::import(arguments),
    }
}

/// Reads a file once, or of a file with several vectors the one under this name.
fn read(input: &Path, entry: Option<&str>) -> Result<SteeringContents, Halt> {
    let contents = SteeringContents::read(input).and_then(|contents| match entry {
        None => Ok(contents),
        Some(entry) => contents.entry(entry),
    });
    contents.map_err(|error| Halt::vector(input, &error))
}
