//! Reads the arguments that several commands share: a model, pairs, a vector.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::data::data_files::{DataFile, Mapping, Row};
use ipc::data::PairContent;
use ipc::files::Columns;
use ipc::train::SYSTEM_PROMPT;
use sandbox::{DataReading, Program};
use vectors::files::SteeringFile;
use vectors::model::{Device, MatmulPrecision, Model, Precision};
use vectors::pairs::{EncodedPair, PreferencePair};

use crate::data_columns;
use crate::data_report::DataReport;
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;
use crate::stop;

/// The number of refused rows that are shown one by one.
pub(crate) const REFUSED_SHOWN: usize = 5;

#[derive(clap::Args)]
pub(crate) struct ModelArguments {
    /// The model: a GGUF file, or a folder of safetensors [default: the starter model]
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
    /// Where it runs: cpu, cuda, cuda:1, metal, candle [default: cpu]
    #[arg(long, value_name = "NAME", value_parser = device, default_value = "cpu", hide_default_value = true)]
    device: Device,
    /// Its weights in memory: stored, q8 or f32; bf16 leaves them as stored and rounds both sides of the products of
    /// many rows [default: stored]
    #[arg(long, value_name = "KIND", value_parser = precision, default_value = "stored", hide_default_value = true)]
    precision: (Precision, MatmulPrecision),
}

pub(crate) fn device(name: &str) -> Result<Device, String> {
    name.parse().map_err(|error: vectors::model::UnknownDevice| error.to_string())
}

fn precision(name: &str) -> Result<(Precision, MatmulPrecision), String> {
    match name {
        "stored" => Ok((Precision::Quantized, MatmulPrecision::F32)),
        "q8" => Ok((Precision::Q8, MatmulPrecision::F32)),
        "f32" => Ok((Precision::F32, MatmulPrecision::F32)),
        "bf16" => Ok((Precision::Quantized, MatmulPrecision::Bf16)),
        _ => Err("stored, q8, f32 and bf16 are known".to_owned()),
    }
}

impl ModelArguments {
    pub(crate) fn path(&self) -> PathBuf {
        self.model.clone().unwrap_or_else(app::starter_model)
    }

    /// The path that was given.
    pub(crate) fn given(&self) -> Option<&Path> {
        self.model.as_deref()
    }

    /// The number of the model's blocks; `None` where the model cannot be read, which loading it tells.
    pub(crate) fn blocks(&self) -> Option<usize> {
        vectors::model::read_facts(&self.path()).ok().map(|facts| facts.blocks)
    }

    /// Refuses a model that cannot be read, before its fingerprint is compared: a file that was cut off has another one.
    pub(crate) fn check_readable(&self) -> Result<(), Halt> {
        let path = self.path();
        let read = vectors::model::read_facts(&path);
        read.map(drop).map_err(|error| with_path(&path, error.into()))
    }

    /// Refuses what a store sets for each of its models.
    pub(crate) fn check_in_store(&self) -> Result<(), Halt> {
        if self.device == Device::Cpu && self.precision == (Precision::Quantized, MatmulPrecision::F32) {
            return Ok(());
        }
        let message =
            "in a store every model has its device and its precision: leave out --device and --precision.";
        Err(Halt::Usage(message.into()))
    }

    pub(crate) fn load(&self) -> Result<Arc<Model>, Halt> {
        self.load_at(&self.path())
    }

    /// Loads another model with the same device and precision.
    pub(crate) fn load_at(&self, path: &Path) -> Result<Arc<Model>, Halt> {
        let mut bar = Bar::new("Loading the model");
        let mut show = |share: f64| bar.show((100.0 * share) as usize, 100);
        let (precision, products) = self.precision;
        check_in_sandbox(path)?;
        let loaded = Model::open(path).device(self.device).precision(precision).progress(&mut show).load();
        let loaded = match products {
            MatmulPrecision::F32 => loaded,
            MatmulPrecision::Bf16 => loaded.and_then(|model| model.with_matmul_precision(products)),
        };
        loaded.map(Arc::new).map_err(|error| with_path(path, error.into()))
    }

    /// Returns the SHA-256 of the model's file.
    pub(crate) fn fingerprint(&self) -> Result<String, Halt> {
        fingerprint(&self.path())
    }
}

/// Tries a model's tokenizer and chat template in a process of its own, which they may end.
pub(crate) fn check_in_sandbox(path: &Path) -> Result<(), Halt> {
    let done = sandbox::model(&Program::current(), path, None, &stop::is_asked);
    done.map(drop).map_err(|error| Halt::sandbox(path, &error))
}

/// Returns the SHA-256 of a model's file.
pub(crate) fn fingerprint(path: &Path) -> Result<String, Halt> {
    let mut bar = Bar::new("Fingerprint");
    let mut show = |share: f64| bar.show((100.0 * share) as usize, 100);
    vectors::model::fingerprint(path, &mut show).map_err(|error| with_path(path, error.into()))
}

/// Adds the path of the file in question to an error.
pub(crate) fn with_path(path: &Path, halt: Halt) -> Halt {
    let named = |message: String| format!("{}: {message}", path.display());
    match halt {
        Halt::Refused(message) => Halt::Refused(named(message)),
        Halt::Failed(message) => Halt::Failed(named(message)),
        other => other,
    }
}

#[derive(clap::Args)]
pub(crate) struct SystemArguments {
    /// The system message around every prompt; empty for none
    #[arg(long, value_name = "TEXT", default_value = SYSTEM_PROMPT)]
    pub(crate) system: String,
}

#[derive(clap::Args)]
pub(crate) struct VectorArguments {
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json; or an adapter's .safetensors
    #[arg(long, value_name = "FILE")]
    pub(crate) vector: Option<PathBuf>,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N", requires = "vector")]
    pub(crate) layer: Option<usize>,
}

impl VectorArguments {
    /// Reads the vectors or the adapter from the file, for a model with this number of blocks. Returns `None` if no file is given.
    pub(crate) fn read(&self, blocks: Option<usize>) -> Result<Option<SteeringFile>, Halt> {
        let Some(path) = &self.vector else { return Ok(None) };
        let file =
            SteeringFile::read_for(path, self.layer, blocks).map_err(|error| Halt::vector(path, &error))?;
        output::print_notes(path, file.notes());
        Ok(Some(file))
    }
}

/// How a data file is read.
#[derive(clap::Args, Default)]
pub(crate) struct ReadArguments {
    /// The columns that hold a pair, whatever the format of `--data`: prompt=NAME,wanted=NAME,opposite=NAME
    #[arg(long, value_name = "PART=NAME,..", value_parser = data_columns::parse, requires = "data")]
    columns: Option<Mapping>,
    /// Leave out the rows of `--data` that cannot be used, and say how many; without it, one such row refuses the file
    #[arg(long, requires = "data")]
    skip_refused: bool,
}

impl ReadArguments {
    /// How a plan says that a file is read.
    pub(crate) fn new(columns: Option<Mapping>, skip_refused: bool) -> Self {
        Self { columns, skip_refused }
    }

    /// The columns, as a store's import takes them.
    pub(crate) fn columns(&self) -> Option<Columns> {
        let Mapping { prompt, wanted, opposite } = self.columns.clone()?;
        Some(Columns { prompt, wanted, opposite })
    }
}

/// Reads the rows of a data file, at most `limit` of them, and says what was read. One unreadable row refuses the whole
/// file: numbers over a part of it would pass for numbers over all of it.
pub(crate) fn rows(
    path: &Path,
    limit: Option<usize>,
    arguments: &ReadArguments,
) -> Result<(Vec<Row>, DataReport), Halt> {
    let ReadArguments { columns, skip_refused } = arguments;
    let reading = DataReading::Pairs(columns.clone());
    let read = || DataFile::read(path, columns.as_ref());
    let read = sandbox::checked_data_file(&Program::current(), path, &reading, &stop::is_asked, read);
    let read = read.map_err(|error| Halt::sandbox(path, &error))?;
    let mut file = read.map_err(|error| Halt::data(path, &error))?;
    let report = DataReport::new(path, &file, columns.as_ref());
    output::print_notes(path, &report.sentences());
    for refused in file.refused.iter().take(REFUSED_SHOWN) {
        output::print_message(&format!("{}: line {}: {}", path.display(), refused.line, refused.reason));
    }
    match file.refused.len() {
        0 => {}
        count if *skip_refused => {
            let left_out = format!("{count} of {} rows are LEFT OUT", count + file.rows.len());
            output::print_notes(path, &[left_out]);
        }
        count => {
            let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            return Err(Halt::Refused(format!(
                "{}: {rows} cannot be used; nothing was done. Mend them in the file, or leave them out with --skip-refused.",
                path.display()
            )));
        }
    }
    file.rows.truncate(limit.unwrap_or(usize::MAX));
    if file.rows.is_empty() {
        return Err(Halt::Refused(format!("{}: there are no pairs in it.", path.display())));
    }
    output::print_message(&format!("{}: {}", path.display(), counted(file.rows.len())));
    Ok((file.rows, report))
}

/// A number of pairs in words.
pub(crate) fn counted(pairs: usize) -> String {
    if pairs == 1 { "1 pair".to_owned() } else { format!("{pairs} pairs") }
}

/// What a person finds a row by: its file and its line, or its number where it has no line.
pub(crate) fn place(path: &Path, row: &Row, index: usize) -> String {
    let (path, number) = (path.display(), index + 1);
    if row.line == 0 {
        format!("{path}: pair {number}")
    } else {
        format!("{path}: the pair of line {}", row.line)
    }
}

/// Turns a row into the engine's pair.
pub(crate) fn pair(row: &Row) -> PreferencePair {
    app::preference(&PairContent::from(row.clone()))
}

/// Turns the rows of a file into tokens.
pub(crate) fn encode(
    model: &Model,
    path: &Path,
    rows: &[Row],
    given: &str,
) -> Result<Vec<EncodedPair>, Halt> {
    let mut bar = Bar::new("Reading pairs");
    let mut encoded = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if bar.show(index, rows.len()) == ControlFlow::Break(()) {
            return Err(Halt::Stopped("stopped before anything was computed".into()));
        }
        let one = model.encode_pair(given, &pair(row));
        let one = one.map_err(|error| Halt::text(Some(&place(path, row, index)), &error))?;
        let (tokens, most) =
            (one.prompt.len() + one.wanted.len().max(one.opposite.len()), model.facts().context_length);
        if tokens > most {
            return Err(Halt::Refused(format!(
                "{} has {tokens} tokens, and the model reads at most {most}: shorten it, or leave it out.",
                place(path, row, index)
            )));
        }
        encoded.push(one);
    }
    Ok(encoded)
}
