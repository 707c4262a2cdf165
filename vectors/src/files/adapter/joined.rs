//! Joins the matrices of modules into one adapter of one rank and one alpha, which has the same effect.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::{Config, OfModule};
use super::tensors::{Matrix, Module, Tensors};
use super::{CONFIG_NAME, MAX_ADAPTER_BYTES, unusable};
use crate::adapter::{Adapter, Projection, Projections, Shape};
use crate::files::contents::listed;
use crate::files::{FileError, MAX_LAYERS};

/// The most numbers of an adapter: as many as f16 has in the largest file.
const MAX_NUMBERS: usize = (MAX_ADAPTER_BYTES / 2) as usize;

/// The matrices of a module with how strongly they act.
pub(super) struct Scaled {
    pub(super) a: Matrix,
    pub(super) b: Matrix,
    pub(super) alpha: f64,
    /// What the product of the matrices is multiplied by.
    pub(super) scale: f64,
}

impl Scaled {
    fn rank(&self) -> usize {
        self.a.shape[0]
    }
}

/// The modules of an adapter, by block and projection.
pub(super) type Modules = BTreeMap<(usize, Projection), Scaled>;

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
    let on: Projections = modules.keys().map(|(_, projection)| *projection).collect();
    let blocks = blocks.map_or(last, |blocks| blocks.clamp(last, MAX_LAYERS));
    let mut end = last;
    for block in 0..blocks {
        let mut is_left_out = true;
        let mut missing = None;
        for projection in Projection::ALL {
            let asked = act_on(block, projection)?;
            // Of queries and values, what a configuration names is there; other names are often those of other models.
            let is_usual = Projections::default().contains(projection) && asked == Some(true);
            if asked == Some(false) || !(on.contains(projection) || is_usual) {
                continue;
            }
            is_left_out = false;
            if !modules.contains_key(&(block, projection)) {
                missing = missing.or(Some(projection));
            }
        }
        if block >= last {
            // Blocks that the configuration does not leave out are missing: the model then refuses the adapter.
            if !is_left_out {
                break;
            }
            end = block + 1;
        }
        if let Some(projection) = missing {
            let projection = projection.name();
            return Err(unusable(format!("lora_A and lora_B of {projection} in block {block} are missing")));
        }
    }
    let shape = shape(&modules, on, end)?;
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
pub(super) fn shape(modules: &Modules, on: Projections, blocks: usize) -> Result<Shape, FileError> {
    let mut shape = Shape { blocks, rank: 0, inputs: 0, queries: 0, values: 0, feed_forward: 0, on };
    // The first module of a width sets it.
    for ((_, projection), module) in modules {
        let [inputs, outputs] = [module.a.shape[1], module.b.shape[0]];
        shape.rank = shape.rank.max(module.rank());
        let (hidden, other) = match projection {
            Projection::Output | Projection::Down => (outputs, inputs),
            _ => (inputs, outputs),
        };
        let width = match projection {
            Projection::Query | Projection::Output => &mut shape.queries,
            Projection::Key | Projection::Value => &mut shape.values,
            Projection::Gate | Projection::Up | Projection::Down => &mut shape.feed_forward,
        };
        for (width, found) in [(width, other), (&mut shape.inputs, hidden)] {
            if *width == 0 {
                *width = found;
            }
        }
    }
    if modules.is_empty() {
        return Err(unusable("it has no matrices"));
    }
    for ((block, projection), module) in modules {
        let [inputs, outputs] = shape.sizes(*projection);
        if [module.a.shape[1], module.b.shape[0]] != [inputs, outputs] {
            let detail = format!(
                "the matrices of {} in block {block} are {:?} and {:?}, and the first ones ask for {inputs} inputs and {outputs} outputs",
                projection.name(),
                module.a.shape,
                module.b.shape
            );
            return Err(unusable(detail));
        }
    }
    let of_block = on.iter().flat_map(|projection| shape.sizes(projection));
    let numbers = of_block
        .into_iter()
        .try_fold(0_usize, |sum, size| sum.checked_add(size.checked_mul(shape.rank)?.checked_mul(blocks)?));
    match numbers {
        Some(1..=MAX_NUMBERS) => Ok(shape),
        Some(0) => Err(unusable("its matrices have no numbers")),
        _ => {
            let rank = shape.rank;
            Err(unusable(format!("rank {rank} on {blocks} blocks takes more than {MAX_NUMBERS} numbers")))
        }
    }
}

/// The numbers in the order of [`Adapter::new`]. Lower ranks are filled up with zeros, and where the scales differ, B takes the difference.
pub(super) fn join(
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
    for at in (0..shape.blocks).flat_map(|block| shape.on.iter().map(move |on| (block, on))) {
        let Some(Scaled { a, mut b, scale: own, .. }) = modules.remove(&at) else {
            let [inputs, outputs] = shape.sizes(at.1);
            values.resize(values.len() + rank * (inputs + outputs), 0.0);
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
    let (blocks, all) = (shape.blocks, shape.on.len() * shape.blocks);
    if modules.len() < all {
        let count = modules.len();
        notes.push(format!(
            "It acts on {count} of the {all} projections of {blocks} blocks, as {CONFIG_NAME} says."
        ));
    }
    notes
}
