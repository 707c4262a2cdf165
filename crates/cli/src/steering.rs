//! What steers the model on the command line: the vectors of files, their caps, and the gate under which they act.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::conversation::{Column, Desk, Factor, Strip, StripGate};
use serde::Serialize;
use vectors::files::{FileError, SteeringContents, SteeringFile};
use vectors::layer::PrefixBlocks;
use vectors::model::Model;
use vectors::steering::{Caps, Gate, GateAt, Intervention, SteeringVector, Term, TermGate, capped, gated};

use crate::caps::CapArguments;
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct GateArguments {
    /// The vectors act only where the residual stream points along this file's vector far enough
    #[arg(long, value_name = "FILE", requires_all = ["gate_layer", "gate_above", "vector"])]
    gate: Option<PathBuf>,
    /// The block after which this is read, not after the vectors' own
    #[arg(long, value_name = "L", requires = "gate")]
    gate_layer: Option<u32>,
    /// The projection from which on they act, in units of the residual stream
    #[arg(long, value_name = "T", requires = "gate", allow_negative_numbers = true)]
    gate_above: Option<f64>,
    /// Let them act by degrees: the strength times the sigmoid of the distance from the threshold over this width
    #[arg(long, value_name = "WIDTH", requires = "gate", allow_negative_numbers = true)]
    gate_soft: Option<f64>,
    /// Where it is decided: at every token, or at the prompt's last one for all
    #[arg(long, value_enum, requires = "gate", default_value_t = GateAt::Token)]
    gate_at: GateAt,
}

impl GateArguments {
    /// Reads the gate, for a model with this number of blocks.
    pub(crate) fn read(&self, blocks: Option<usize>) -> Result<Option<FileGate>, Halt> {
        let Some((path, gate)) = self.named()? else { return Ok(None) };
        let condition = condition(path, gate.layer as usize, blocks)?;
        Ok(Some(FileGate { path: path.to_owned(), gate: Arc::new(TermGate { condition, gate }) }))
    }

    /// Returns what names the vector of the gate, and the gate.
    pub(crate) fn named(&self) -> Result<Option<(&Path, Gate)>, Halt> {
        let (Some(path), Some(layer), Some(above)) = (&self.gate, self.gate_layer, self.gate_above) else {
            return Ok(None);
        };
        let gate = Gate { layer, above, soft: self.gate_soft, at: self.gate_at };
        if !above.is_finite() {
            return Err(Halt::Usage(format!("--gate-above is {above}: it must be a number.")));
        }
        if let Some(width) = gate.soft.filter(|width| !(width.is_finite() && *width > 0.0)) {
            return Err(Halt::Usage(format!("--gate-soft is {width}: it must be a number above 0.")));
        }
        Ok(Some((path, gate)))
    }
}

/// Returns the numbers of a file's vector: of several, those of the layer.
pub(crate) fn condition(path: &Path, layer: usize, blocks: Option<usize>) -> Result<Vec<f32>, Halt> {
    let contents = SteeringContents::read(path).map_err(|error| Halt::vector(path, &error))?;
    let file = match contents.for_model(None, blocks) {
        // Which layer it was made at does not matter to a direction.
        Err(FileError::NoLayer { .. }) => contents.for_model(Some(layer), blocks),
        read => read,
    };
    let SteeringFile::Vectors(file) = file.map_err(|error| Halt::vector(path, &error))? else {
        return Err(Halt::Refused(format!(
            "{}: it is an adapter, which has no direction. Give the file of a vector.",
            path.display()
        )));
    };
    output::print_notes(path, &file.notes);
    let found = match file.vectors.as_slice() {
        [one] => Some(one),
        several => several.iter().find(|vector| vector.layer == layer),
    };
    found.map(|vector| vector.values.to_vec()).ok_or_else(|| {
        Halt::Refused(format!(
            "{}: it has vectors of several layers, and none of layer {layer}.",
            path.display()
        ))
    })
}

/// A gate, and the file of its condition.
#[derive(Debug, Clone)]
pub(crate) struct FileGate {
    path: PathBuf,
    gate: Arc<TermGate>,
}

/// A gate, as it is printed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GateRecord {
    /// The name of the condition's file.
    vector: String,
    #[serde(flatten)]
    gate: Gate,
}

/// Vectors and adapters that act together at one multiplier.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steering {
    files: Vec<SteeringFile>,
    gate: Option<FileGate>,
    /// The caps of each file's vectors. Empty where they do what they do.
    caps: Vec<Caps>,
    /// What the vectors do, in place of being added at every token.
    acting_as: Option<Intervention>,
}

impl Steering {
    /// Takes files and the gate of their vectors. An adapter acts in every block, and has no gate.
    pub(crate) fn new(files: Vec<SteeringFile>, gate: Option<FileGate>) -> Result<Self, Halt> {
        let has_adapter = files.iter().any(|file| matches!(file, SteeringFile::Adapter(_)));
        if gate.is_some() && has_adapter {
            return Err(Halt::Usage(
                "an adapter acts in every block, and cannot have a gate: leave out --gate.".into(),
            ));
        }
        Ok(Self { files, gate, caps: vec![], acting_as: None })
    }

    /// Measures the caps that are asked for, with this system message around the prompts of a data file.
    pub(crate) fn measure_caps(
        mut self,
        caps: &CapArguments,
        model: &Model,
        system: &str,
    ) -> Result<Self, Halt> {
        self.caps = caps.measure(model, &self.files, system)?;
        for (file, caps) in self.files.iter().zip(&self.caps) {
            capped(file.terms(1.0), Some(caps)).map_err(|error| Halt::Refused(format!("{error}.")))?;
        }
        Ok(self)
    }

    /// Returns the caps, for the output.
    pub(crate) fn caps(&self) -> &[Caps] {
        &self.caps
    }

    /// Returns the desk of a conversation in these columns, as the window knows it: each file is a strip, by its name and the hash of
    /// what it does, and a column has a factor for each.
    pub(crate) fn desk(&self, names: &[String], multipliers: &[f64], column: &Column) -> Result<Desk, Halt> {
        let mut strips = Vec::with_capacity(self.files.len());
        for (place, (file, name)) in self.files.iter().zip(names).enumerate() {
            strips.push(Strip {
                id: place as u32 + 1,
                // The window finds it in its library by the hash.
                vector: 0,
                name: name.clone(),
                hash: effect_hash(&file.terms(1.0))?,
                value: 1.0,
                muted: false,
                solo: false,
                gate: self.strip_gate()?,
                caps: self.caps.get(place).cloned(),
            });
        }
        let columns = (1..).zip(multipliers).map(|(id, multiplier)| {
            let factors = strips.iter().map(|strip| Factor { strip: strip.id, factor: *multiplier });
            Column { id, factors: factors.filter(|of| of.factor != 0.0).collect(), ..column.clone() }
        });
        let columns = columns.collect();
        Ok(Desk { strips, columns, ..Desk::default() })
    }

    fn strip_gate(&self) -> Result<Option<StripGate>, Halt> {
        let Some(FileGate { path, gate }) = &self.gate else { return Ok(None) };
        let vector = SteeringVector { layer: gate.layer(), values: gate.condition.as_slice().into() };
        let hash = effect_hash(&[Term::new(&vector, 1.0)])?;
        Ok(Some(StripGate { vector: 0, name: file_name(path), hash, gate: gate.gate }))
    }

    /// Lets the vectors act as they were measured, and not as another program adds them.
    pub(crate) fn acting_as(self, how: Intervention) -> Self {
        Self { acting_as: Some(how), ..self }
    }

    /// Whether the plain model answers.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the terms at one multiplier.
    pub(crate) fn terms(&self, multiplier: f64) -> Vec<Term> {
        let caps = self.caps.iter().map(Some).chain(std::iter::repeat(None));
        // Caps that do not fit were refused when they were measured.
        let of_file = |(file, caps): (&SteeringFile, Option<&Caps>)| {
            capped(file.terms(multiplier as f32), caps).unwrap_or_default()
        };
        let mut terms: Vec<Term> = self.files.iter().zip(caps).flat_map(of_file).collect();
        for term in &mut terms {
            if let (Term::Vector { intervention, .. }, Some(how)) = (term, self.acting_as) {
                *intervention = how;
            }
        }
        gated(terms, self.gate.as_ref().map(|of| &of.gate))
    }

    /// Returns the blocks that it leaves unchanged at any multiplier, of a model with so many.
    pub(crate) fn prefix(&self, blocks: usize) -> PrefixBlocks {
        let touched = self.terms(1.0).iter().map(|term| term.prefix().0).min();
        PrefixBlocks(touched.unwrap_or(blocks))
    }

    /// Returns the gate, for the output.
    pub(crate) fn gate(&self) -> Option<GateRecord> {
        let FileGate { path, gate } = self.gate.as_ref()?;
        Some(GateRecord { vector: file_name(path), gate: gate.gate })
    }
}

/// Returns the hash by which a library knows what does this.
fn effect_hash(terms: &[Term]) -> Result<String, Halt> {
    let mut of =
        store::steering::Steering { parts: vec![], intervention: Intervention::default(), adapter: None };
    for term in terms {
        match term {
            Term::Vector { vector, intervention, .. } => {
                of.parts.push(vector.clone());
                of.intervention = *intervention;
            }
            Term::Adapter { adapter, .. } => of.adapter = Some(Arc::clone(adapter)),
        }
    }
    of.hash().map_err(|error| Halt::Failed(format!("{error}.")))
}

/// Returns the name of a file without its folder: results are read on other machines.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
