//! Joins the matrices of modules into one adapter of one rank and one alpha, which has the same effect.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::{Config, OfModule};
use super::tensors::{Matrix, Module, PROJECTIONS, Tensors};
use super::{CONFIG_NAME, MAX_ADAPTER_BYTES, unusable};
use crate::adapter::{Adapter, Shape};
use crate::files::contents::listed;
use crate::files::{FileError, MAX_LAYERS};

/// The most numbers of an adapter: as many as f16 has in the largest file.
const MAX_NUMBERS: usize = (MAX_ADAPTER_BYTES / 2) as usize;

/// The matrices of a module with how strongly they act.
struct Scaled {
    a: Matrix,
    b: Matrix,
    alpha: f64,
    /// What the product of the matrices is multiplied by.
    scale: f64,
}

impl Scaled {
    fn rank(&self) -> usize {
        self.a.shape[0]
    }
}

type Modules = BTreeMap<(usize, usize), Scaled>;

/// The adapter of a file's tensors, and what is to be said about it. `blocks` is the number of the model's blocks, where it
/// is known: a configuration may leave out the last ones.
pub(super) fn adapter(
    mut tensors: Tensors,
    config: &Config,
    blocks: Option<usize>,
) -> Result<(Adapter, Vec<String>), FileError> {
    let found = std::mem::take(&mut tensors.modules);
    let last = found.keys().next_back().map_or(0, |(block, _)| block + 1);
    let names: Vec<String> = found.keys().map(|(block, at)| tensors.module_name(*block, *at)).collect();
    let act_on = |block, projection| {
        let name = tensors.module_name(block, projection);
        config.targets.act_on(&name).map_err(|why| unusable(format!("{CONFIG_NAME}: {why}")))
    };
    let mut modules = Modules::new();
    for ((block, projection), module) in found {
        let name = tensors.module_name(block, projection);
        if act_on(block, projection)? == Some(false) {
            let detail = format!(
                "it has matrices of {name}, which {CONFIG_NAME} leaves out, so that peft does not load them"
            );
            return Err(unusable(detail));
        }
        modules.insert((block, projection), scaled(&name, module, config)?);
    }
    let blocks = blocks.map_or(last, |blocks| blocks.clamp(last, MAX_LAYERS));
    let mut end = last;
    for block in 0..blocks {
        let left_out = [act_on(block, 0)? == Some(false), act_on(block, 1)? == Some(false)];
        if block >= last {
            // Blocks that the configuration does not leave out are missing: the model then refuses the adapter.
            if left_out != [true, true] {
                break;
            }
            end = block + 1;
        }
        if let Some(projection) = (0..2).find(|at| !left_out[*at] && !modules.contains_key(&(block, *at))) {
            let projection = PROJECTIONS[projection];
            return Err(unusable(format!("lora_A and lora_B of {projection} in block {block} are missing")));
        }
    }
    let shape = shape(&modules, end)?;
    let mut notes = notes(&modules, shape, config, &names);
    let adapter = join(modules, shape, config, &mut notes)?;
    Ok((adapter, notes))
}

/// Both matrices of a module, of the rank that the configuration says.
fn scaled(name: &str, module: Module, config: &Config) -> Result<Scaled, FileError> {
    let missing = |letter: &str| unusable(format!("lora_{letter} of {name} is missing"));
    let (a, b) = (module.a.ok_or_else(|| missing("A"))?, module.b.ok_or_else(|| missing("B"))?);
    let rank = a.shape[0];
    if rank == 0 || rank != b.shape[1] {
        let detail = format!(
            "lora_A of {name} is {:?} and lora_B {:?}, which have no rank in common",
            a.shape, b.shape
        );
        return Err(unusable(detail));
    }
    let OfModule { rank: expected, alpha } = config.of_module(name)?;
    if let Some(expected) = expected.filter(|expected| *expected != rank) {
        let detail = format!("the matrices of {name} have rank {rank}, and {CONFIG_NAME} says {expected}");
        return Err(unusable(detail));
    }
    Ok(Scaled { a, b, alpha, scale: config.scale(alpha, rank) })
}

/// The sizes that all modules have in common, with the largest rank.
fn shape(modules: &Modules, blocks: usize) -> Result<Shape, FileError> {
    let outputs = |projection| {
        let mut of = modules.iter().filter(|((_, at), _)| *at == projection);
        of.next().map(|(_, module)| module.b.shape[0])
    };
    let (Some(first), Some(queries), Some(values)) = (modules.values().next(), outputs(0), outputs(1)) else {
        let there: Vec<&str> =
            (0..2).filter(|at| outputs(*at).is_some()).map(|projection| PROJECTIONS[projection]).collect();
        let detail = match there.as_slice() {
            [one] => format!("it acts on {one} alone, and Tiller's adapters act on q_proj and v_proj"),
            _ => "it has no matrices".to_owned(),
        };
        return Err(unusable(detail));
    };
    let inputs = first.a.shape[1];
    for ((block, projection), module) in modules {
        let outputs = [queries, values][*projection];
        if module.a.shape[1] != inputs || module.b.shape[0] != outputs {
            let detail = format!(
                "the matrices of {} in block {block} are {:?} and {:?}, and the first ones ask for {inputs} inputs and {outputs} outputs",
                PROJECTIONS[*projection], module.a.shape, module.b.shape
            );
            return Err(unusable(detail));
        }
    }
    let rank = modules.values().map(Scaled::rank).max().unwrap_or(0);
    let numbers = [inputs, queries, inputs, values]
        .iter()
        .try_fold(0_usize, |sum, size| sum.checked_add(size.checked_mul(rank)?.checked_mul(blocks)?));
    match numbers {
        Some(1..=MAX_NUMBERS) => Ok(Shape { blocks, rank, inputs, queries, values }),
        Some(0) => Err(unusable("its matrices have no numbers")),
        _ => Err(unusable(format!("rank {rank} on {blocks} blocks takes more than {MAX_NUMBERS} numbers"))),
    }
}

/// The numbers in the order of [`Adapter::new`]. Lower ranks are filled up with zeros, and where the scales differ, B takes the difference.
fn join(
    mut modules: Modules,
    shape: Shape,
    config: &Config,
    notes: &mut Vec<String>,
) -> Result<Adapter, FileError> {
    let rank = shape.rank;
    let Some(strongest) = modules.values().max_by(|one, other| one.scale.total_cmp(&other.scale)) else {
        return Err(unusable("it has no matrices"));
    };
    let scale = strongest.scale;
    let is_plain = config.divides_by_rank() && strongest.rank() == rank;
    let alpha = if is_plain { strongest.alpha } else { scale * rank as f64 };
    if modules.values().any(|module| module.scale < scale || module.rank() < rank) {
        notes.push(format!(
            "The ranks or alphas of its modules differ. It is kept as an adapter of rank {rank} and alpha {alpha}, with the same effect."
        ));
    } else if !config.divides_by_rank() {
        notes.push(format!(
            "It is rank-stabilised. It is kept with alpha {alpha}, which has the same effect."
        ));
    }
    let mut values = Vec::with_capacity(shape.numbers());
    let sizes = [shape.queries, shape.values];
    for at in (0..shape.blocks).flat_map(|block| [(block, 0), (block, 1)]) {
        let Some(Scaled { a, mut b, scale: own, .. }) = modules.remove(&at) else {
            values.resize(values.len() + rank * (shape.inputs + sizes[at.1]), 0.0);
            continue;
        };
        let [lower, inputs] = a.shape;
        values.extend(a.values);
        values.resize(values.len() + (rank - lower) * inputs, 0.0);
        if own < scale {
            let factor = own / scale;
            b.values.iter_mut().for_each(|number| *number = (f64::from(*number) * factor) as f32);
        }
        for row in b.values.chunks_exact(lower) {
            values.extend(row);
            values.resize(values.len() + (rank - lower), 0.0);
        }
    }
    let alpha = alpha as f32;
    if !alpha.is_finite() || alpha <= 0.0 {
        return Err(unusable(format!("its alpha is {alpha}")));
    }
    let values: Arc<[f32]> = values.into();
    Adapter::new(shape, alpha, values).map_err(|error| unusable(error.to_string()))
}

/// What a person should know about the modules.
fn notes(modules: &Modules, shape: Shape, config: &Config, names: &[String]) -> Vec<String> {
    let mut notes = config.notes.clone();
    let unused = config.targets.unused(names);
    if !unused.is_empty() {
        let unused = listed(unused.into_iter());
        notes.push(format!("{CONFIG_NAME} also names {unused}, of which the file has no matrices."));
    }
    let acting =
        (0..shape.blocks).filter(|block| (0..2).any(|at| modules.contains_key(&(*block, at)))).count();
    if acting < shape.blocks || modules.len() < 2 * acting {
        let blocks = shape.blocks;
        notes.push(format!(
            "It acts on {} of the {} projections of {blocks} blocks, as {CONFIG_NAME} says.",
            modules.len(),
            2 * blocks
        ));
    }
    notes
}
