//! `tiller-cli plan`: checks a plan, lists its cells with their share of the cost, and splits it into shards.

use std::path::{Path, PathBuf};

use ::study::{Counts, Plan, cells, cost, shards, write};
use serde::Serialize;
use vectors::files::atomic_write;
use vectors::model::{model_path, read_facts};

use super::data_sets::Content;
use super::{PlanArguments, data_sets, model, read};
use crate::data::with_path;
use crate::halt::Halt;
use crate::output;

#[derive(Serialize)]
struct CellLine {
    cell: String,
    share: f64,
}

#[derive(Serialize)]
struct ShardLine {
    file: String,
    cells: Vec<String>,
    share: f64,
}

pub(crate) fn plan(arguments: &PlanArguments) -> Result<(), Halt> {
    let (plan, folder) = read(&arguments.file)?;
    let counts = counts(&plan, &folder)?;
    let all = cells(&plan, counts.usual_layer);
    let total: f64 = all.iter().map(|cell| cost(&plan, cell, &counts)).sum();
    let Some(count) = arguments.shards else {
        return all.iter().try_for_each(|cell| {
            let line = CellLine { cell: cell.name(&plan), share: cost(&plan, cell, &counts) / total };
            output::line(arguments.json, &line, || format!("{:>5.1} %  {}", 100.0 * line.share, line.cell))
        });
    };
    let out = arguments.out.clone().unwrap_or_else(|| folder.clone());
    std::fs::create_dir_all(&out).map_err(|error| Halt::Failed(format!("{}: {error}.", out.display())))?;
    let stem = arguments.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for (place, shard) in shards(&plan, count as usize, &counts).into_iter().enumerate() {
        let mine = cells(&shard, counts.usual_layer);
        let share = mine.iter().map(|cell| cost(&plan, cell, &counts)).sum::<f64>() / total;
        let path = out.join(format!("{stem}-shard-{}.toml", place + 1));
        let line = ShardLine { file: path.display().to_string(), cells: shard.only.clone(), share };
        let text = write(&if out == folder { shard } else { whole_paths(shard, &folder) });
        let text = text.map_err(|error| Halt::Failed(format!("{}: {error}.", path.display())))?;
        atomic_write(&path, text.as_bytes(), true)
            .map_err(|error| Halt::Failed(format!("{}: {error}.", path.display())))?;
        output::line(arguments.json, &line, || {
            format!("{}: {} cells, {:.0} % of the cost", line.file, line.cells.len(), 100.0 * share)
        })?;
    }
    Ok(())
}

fn counts(plan: &Plan, folder: &Path) -> Result<Counts, Halt> {
    if plan.model.name.is_some() {
        let message = "the plan names a model of a store: to split it, name the model's file.";
        return Err(Halt::Refused(message.into()));
    }
    let path = model_path(&model::path(&plan.model, folder));
    let facts = read_facts(&path).map_err(|error| with_path(&path, error.into()))?;
    let blocks = facts.blocks as u32;
    let pairs = data_sets::read_all(plan, folder)?.iter().map(Content::counts).collect();
    let usual_layer = app::defaults::settings(blocks, 1).lowest_layer();
    Ok(Counts { blocks, usual_layer, pairs })
}

/// Writes paths in full: they are from the folder of the plan, and a shard is in another one.
fn whole_paths(mut plan: Plan, folder: &Path) -> Plan {
    let whole = |path: &mut Option<PathBuf>| {
        if let Some(path) = path {
            *path = folder.join(&*path);
        }
    };
    whole(&mut plan.model.file);
    for data in &mut plan.data {
        whole(&mut data.file);
        whole(&mut data.held_out_file);
    }
    plan.measure.scores.iter_mut().for_each(|score| whole(&mut score.file));
    plan
}
