//! `tiller-cli vector transfer`: transfers a vector to another model by a linear map that is learned from texts.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use ::data::benchmarks::neutral_text;
use ipc::data::PairContent;
use ipc::derive::{Change, Derivation, LearnedMap, Source, same_depth};
use serde::Serialize;
use vectors::files::{Provenance, SteeringFile, VectorFile};
use vectors::model::read_facts;
use vectors::pairs::PreferencePair;
use vectors::steering::{InterventionOp, SteeringVector};
use vectors::tokens::Tokenizer;
use vectors::transfer::{self, Alignment, PairedRows, Reader, Reading, TransferError, TransferredVector};

use crate::data::{
    self, ModelArguments, ReadArguments, VectorArguments, check_in_sandbox, fingerprint, with_path,
};
use crate::data_report::DataReport;
use crate::halt::Halt;
use crate::info::{Info, check_out};
use crate::output::Lines;
use crate::progress::Bar;

/// The most bytes of a file of texts, many times what a map needs.
const LARGEST_TEXTS: u64 = 16 << 20;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The vector's file: .safetensors, .gguf, .pt (.pth, .bin), .npy, .npz or .json
    #[arg(long, value_name = "FILE")]
    vector: PathBuf,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N")]
    layer: Option<usize>,
    /// The model that it is transferred to
    #[arg(long, value_name = "PATH")]
    to_model: PathBuf,
    /// The 0-based block there after which it acts [default: the same depth]
    #[arg(long, value_name = "N")]
    to_layer: Option<usize>,
    /// What both models read: passages with empty lines between them [default: the neutral text on board]
    #[arg(long, value_name = "FILE")]
    texts: Option<PathBuf>,
    /// Pairs whose prompts and answers both models read as well
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArguments,
    /// The new vector's file: .safetensors, .gguf, .pt, .npy or .json
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    vector: Info<'a>,
    map: &'a LearnedMap,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let (from, to) = (arguments.model.path(), arguments.to_model.as_path());
    let facts =
        [from.as_path(), to].map(|path| read_facts(path).map_err(|error| with_path(path, error.into())));
    let [from_facts, to_facts] = facts;
    let (from_facts, to_facts) = (from_facts?, to_facts?);
    let (vector, provenance) = arguments.vector(from_facts.blocks)?;
    if vector.layer >= from_facts.blocks {
        let message = format!("{} has the layers 0 to {}.", from_facts.name, from_facts.blocks - 1);
        return Err(Halt::Refused(message));
    }
    let depth = || same_depth(vector.layer as u32, from_facts.blocks as u32, to_facts.blocks as u32) as usize;
    let layer = arguments.to_layer.unwrap_or_else(depth);
    if layer >= to_facts.blocks {
        let last = to_facts.blocks - 1;
        let message = format!("{}: layer {layer} is not one of the model's 0 to {last}.", to.display());
        return Err(Halt::Refused(message));
    }
    check_out(&arguments.out, &[layer as u32])?;
    let (texts, (rows, report)) = (arguments.texts()?, arguments.pairs()?);
    let pairs: Vec<PreferencePair> = rows.iter().map(app::preference).collect();
    let plan = {
        let open = |path: &Path| {
            check_in_sandbox(path)?;
            Tokenizer::read(path).map_err(|error| with_path(path, error.into()))
        };
        let (own, other) = (open(&from)?, open(to)?);
        let reader = |tokenizer, longest| Reader { tokenizer, longest };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (own, other) = (reader(&own, from_facts.context_length), reader(&other, to_facts.context_length));
        Alignment::new(own, other, &transfer::passages(&texts, &pairs)).map_err(halt)?
    };
    let source = read(&arguments.model, &from, vector.layer, &plan.source)?;
    let target = read(&arguments.model, to, layer, &plan.target)?;
    let paired = PairedRows { source, target, splits: plan.splits };
    let mut bar = Bar::new("Fitting the map");
    let transferred =
        transfer::transfer_vector(&paired, &vector.values, Some(&mut |done, total| bar.show(done, total)))
            .map_err(halt)?;
    drop(bar);
    let TransferredVector { values, facts } = transferred;
    let map = LearnedMap {
        data_hash: (!rows.is_empty())
            .then(|| ::data::content::data_hash(&rows))
            .transpose()
            .map_err(|error| Halt::Failed(format!("the provenance cannot be written: {error}.")))?,
        from_fingerprint: Some(fingerprint(&from)?),
        ..app::learned_map(&facts, [vector.layer, layer], arguments.texts_name())
    };
    let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let source = Source {
        vector: 0,
        name: provenance.name.clone().or_else(|| name(&arguments.vector)).unwrap_or_default(),
        hash: store::steering::content_hash(std::slice::from_ref(&vector)),
        model: from_facts.name,
    };
    let made =
        Derivation { change: Change::Transfer { model: 0 }, from: vec![source], map: Some(map.clone()) };
    let provenance = Provenance {
        name: name(&arguments.out),
        model: Some(to_facts.name),
        architecture: Some(to_facts.architecture),
        model_fingerprint: Some(fingerprint(to)?),
        made_by: Some(format!("Tiller {}", env!("CARGO_PKG_VERSION"))),
        made_from: Some(made.with_hashes()),
        ..provenance
    };
    let file = VectorFile::new(vec![SteeringVector { layer, values: values.into() }], provenance);
    let file = file.map_err(|error| Halt::vector(&arguments.out, &error))?;
    file.write(&arguments.out).map_err(|error| Halt::vector(&arguments.out, &error))?;
    let file = SteeringFile::Vectors(file);
    let line = Line { vector: Info::new(&arguments.out, &file), map: &map };
    Lines::new(arguments.json, report)
        .line(&line, || format!("{}\nexperimental: {}", line.vector.text(), map.description()))
}

impl Arguments {
    /// Reads the one vector to transfer, with its provenance.
    fn vector(&self, blocks: usize) -> Result<(SteeringVector, Provenance), Halt> {
        let arguments = VectorArguments { vector: Some(self.vector.clone()), layer: self.layer };
        let (mut vectors, provenance) = match arguments.read(Some(blocks))? {
            Some(SteeringFile::Vectors(VectorFile { vectors, provenance, .. })) => (vectors, provenance),
            Some(SteeringFile::Adapter(_)) => {
                let message = "is an adapter: it has no direction that a map could transfer.";
                return Err(Halt::Refused(format!("{} {message}", self.vector.display())));
            }
            None => return Err(Halt::Usage("give --vector.".into())),
        };
        if vectors.len() > 1 {
            let message =
                "has vectors for several layers, and a map is from one layer to one. Give it with --layer N.";
            return Err(Halt::Refused(format!("{} {message}", self.vector.display())));
        }
        if provenance
            .intervention()
            .is_some_and(|intervention| matches!(intervention.op, InterventionOp::Cap { .. }))
        {
            let message = "caps the projection at a number that means something in its own model only.";
            return Err(Halt::Refused(format!("{} {message}", self.vector.display())));
        }
        match vectors.pop() {
            Some(vector) => Ok((vector, provenance)),
            None => Err(Halt::Refused(format!("{} holds no vector.", self.vector.display()))),
        }
    }

    fn texts(&self) -> Result<Vec<String>, Halt> {
        let Some(path) = &self.texts else {
            return Ok(neutral_text().into_iter().map(str::to_owned).collect());
        };
        let refused =
            |detail: &dyn std::fmt::Display| Halt::Refused(format!("{}: {detail}.", path.display()));
        let (file, _) = regular_file::open(path).map_err(|error| refused(&error))?;
        let mut text = String::new();
        // The file may grow meanwhile, so the read itself is limited.
        file.take(LARGEST_TEXTS + 1).read_to_string(&mut text).map_err(|error| refused(&error))?;
        if text.len() as u64 > LARGEST_TEXTS {
            return Err(refused(&format!("it has more than the {} MB that are read", LARGEST_TEXTS >> 20)));
        }
        let text = text.replace("\r\n", "\n");
        Ok(text
            .split("\n\n")
            .map(str::trim)
            .filter(|passage| !passage.is_empty())
            .map(str::to_owned)
            .collect())
    }

    fn pairs(&self) -> Result<(Vec<PairContent>, Option<DataReport>), Halt> {
        let Some(path) = &self.data else { return Ok((Vec::new(), None)) };
        let (rows, report) = data::rows(path, None, &self.read)?;
        Ok((rows.into_iter().map(PairContent::from).collect(), Some(report)))
    }

    fn texts_name(&self) -> String {
        let name = |path: &PathBuf| format!("\u{201c}{}\u{201d}", path.display());
        let texts = self.texts.as_ref().map_or_else(|| "the neutral text".to_owned(), name);
        self.data.as_ref().map_or_else(|| texts.clone(), |data| format!("{texts} and {}", name(data)))
    }
}

/// Reads a model's rows of the residual stream after a layer; the model has left memory when the function returns.
fn read(asked: &ModelArguments, path: &Path, layer: usize, readings: &[Reading]) -> Result<Vec<f32>, Halt> {
    let model = asked.load_at(path)?;
    let mut bar = Bar::new("Reading the texts");
    let rows = model.residual_rows(layer, readings, Some(&mut |done, total| bar.show(done, total)));
    rows.map_err(|error| with_path(path, error.into()))
}

fn halt(error: TransferError) -> Halt {
    match error {
        TransferError::Model(error) => error.into(),
        TransferError::Tokens(error) => {
            Halt::Refused(format!("a text cannot be turned into tokens: {error}."))
        }
        TransferError::TooFewRows { .. } => {
            Halt::Refused(format!("{error}. Give more with --texts or --data."))
        }
        error => Halt::Refused(format!("{error}. Try another layer with --to-layer, or other texts.")),
    }
}
