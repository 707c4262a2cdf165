//! The tensors of an adapter by the modules that they belong to.

use std::collections::BTreeMap;

use safetensors::SafeTensors;

use super::unusable;
use crate::adapter::Projection;
use crate::files::{FileError, MAX_LAYERS, safetensors as layout};

/// What peft writes before the names of the model's modules.
const PEFT: &str = "base_model.model.";
/// What may stand before the blocks: the model's own classes, with or without those around a language model.
const AROUND: [&str; 3] = ["base_model", "model", "language_model"];

/// The tensors of a file.
#[derive(Debug, Default)]
pub(super) struct Tensors {
    /// The matrices by block and projection.
    pub(super) modules: BTreeMap<(usize, Projection), Module>,
    /// What stands before the blocks, `model.` for most models, without peft's own part.
    stem: String,
}

/// The matrices of one module.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) a: Option<Matrix>,
    pub(super) b: Option<Matrix>,
}

/// A matrix, row by row.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) shape: [usize; 2],
    pub(super) values: Vec<f32>,
}

/// The parts of a tensor's name.
struct Name<'a> {
    before: &'a str,
    block: usize,
    projection: Projection,
    is_a: bool,
    /// The adapter's own name, which a whole state has and peft leaves out when it saves.
    adapter: Option<&'a str>,
}

impl Tensors {
    pub(super) fn read(tensors: &SafeTensors<'_>) -> Result<Self, FileError> {
        let mut read = Self::default();
        let mut common: Option<(String, Option<String>)> = None;
        for (full, tensor) in tensors.iter() {
            let name = Name::parse(full).ok_or_else(|| no_module(full))?;
            if name.block >= MAX_LAYERS {
                return Err(unusable(format!("there is no block {}", name.block)));
            }
            let own = (name.before.to_owned(), name.adapter.map(str::to_owned));
            let (before, adapter) = common.get_or_insert_with(|| own.clone());
            if (&own.0, &own.1) != (&*before, &*adapter) {
                return Err(unusable(format!(
                    "{full:?} is of another model or adapter than the tensors before it"
                )));
            }
            let matrix = matrix(full, &tensor)?;
            let module = read.modules.entry((name.block, name.projection)).or_default();
            let place = if name.is_a { &mut module.a } else { &mut module.b };
            if place.replace(matrix).is_some() {
                return Err(unusable(format!("{full:?} is there twice")));
            }
        }
        let before = common.map(|(before, _)| before).unwrap_or_default();
        before.strip_prefix(PEFT).unwrap_or(&before).clone_into(&mut read.stem);
        Ok(read)
    }

    /// The name of a module as peft knows it, by which its patterns are matched.
    pub(super) fn module_name(&self, block: usize, projection: Projection) -> String {
        format!("{}layers.{block}.{}.{}", self.stem, projection.part(), projection.name())
    }
}

impl<'a> Name<'a> {
    fn parse(full: &'a str) -> Option<Self> {
        let (before, after) = match full.strip_prefix("layers.") {
            Some(after) => ("", after),
            None => full.split_once(".layers.").map(|(before, after)| (&full[..=before.len()], after))?,
        };
        let mut around = before.trim_end_matches('.').split('.').filter(|part| !part.is_empty());
        if !around.all(|part| AROUND.contains(&part)) {
            return None;
        }
        let (block, rest) = after.split_once('.')?;
        let block = block.bytes().all(|byte| byte.is_ascii_digit()).then(|| block.parse().ok()).flatten()?;
        let (module, rest) = rest.split_once(".lora_")?;
        let (letter, rest) = rest.split_at_checked(1)?;
        let adapter = match rest.strip_suffix(".weight")? {
            "" => None,
            named => {
                named.strip_prefix('.').filter(|name| !name.is_empty() && !name.contains('.')).map(Some)?
            }
        };
        let is_a = match letter {
            "A" => true,
            "B" => false,
            _ => return None,
        };
        let (part, name) = module.split_once('.')?;
        let is_named = |known: &Projection| known.part() == part && known.name() == name;
        let projection = Projection::ALL.into_iter().find(is_named)?;
        Some(Self { before, block, projection, is_a, adapter })
    }
}

fn no_module(name: &str) -> FileError {
    let shown: String = name.chars().take(120).collect();
    unusable(format!("{shown:?} is no matrix of a projection in a block, and Tiller's adapters act on those"))
}

fn matrix(name: &str, tensor: &safetensors::tensor::TensorView<'_>) -> Result<Matrix, FileError> {
    let kind = layout::float_type(tensor.dtype())
        .ok_or_else(|| unusable(format!("{name:?} is stored as {:?}", tensor.dtype())))?;
    let Ok(shape) = <[usize; 2]>::try_from(tensor.shape()) else {
        return Err(unusable(format!("{name:?} is {:?}, not a matrix", tensor.shape())));
    };
    let values = kind.read(tensor.data());
    if values.iter().any(|x| !x.is_finite()) {
        return Err(unusable(format!("{name:?} has a number that is not finite")));
    }
    Ok(Matrix { shape, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_blocks_are_read_with_what_stands_around_them() {
        let tail = "layers.3.self_attn.v_proj.lora_B.weight";
        for before in ["", "model.", "base_model.model.model.", "base_model.model.model.language_model."] {
            let whole = format!("{before}{tail}");
            let name = Name::parse(&whole).unwrap();
            assert_eq!(
                (name.before, name.block, name.projection, name.is_a),
                (before, 3, Projection::Value, false)
            );
        }
        let named = Name::parse("model.layers.0.self_attn.q_proj.lora_A.default.weight").unwrap();
        assert_eq!(named.adapter, Some("default"));
        let mlp = Name::parse("model.layers.3.mlp.up_proj.lora_B.weight").unwrap();
        assert_eq!((mlp.block, mlp.projection, mlp.is_a), (3, Projection::Up, false));
        for other in [
            "model.vision_tower.layers.3.self_attn.v_proj.lora_B.weight",
            "model.layers.3.self_attn.up_proj.lora_B.weight",
            "model.layers.3.mlp.experts.0.up_proj.lora_B.weight",
            "model.layers.3.self_attn.v_proj.lora_B.bias",
            "model.layers.3.self_attn.v_proj.lora_C.weight",
            "model.layers.3.self_attn.v_proj.lora_B.a.b.weight",
            "model.layers.3.self_attn.v_proj.lora_\u{e9}.weight",
            "model.layers.x.self_attn.v_proj.lora_B.weight",
            "model.layers.+3.self_attn.v_proj.lora_B.weight",
        ] {
            assert!(Name::parse(other).is_none(), "{other}");
        }
    }
}
