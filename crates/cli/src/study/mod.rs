//! `tiller-cli run --plan` and `tiller-cli plan`: a whole study as ordinary jobs of a store.

mod cell;
mod data_sets;
mod model;
mod report;
mod run;
mod shards;
mod sweeps;
mod trained;

use std::fs;
use std::path::{Path, PathBuf};

use study::Plan;

use vectors::model::Device;

use crate::data::device;
use crate::door::StoreArguments;
use crate::halt::Halt;

pub(crate) use run::run;
pub(crate) use shards::plan;

#[derive(clap::Args)]
pub(crate) struct RunArguments {
    /// The study's plan
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    #[command(flatten)]
    store: StoreArguments,
    /// The project that it runs in, which is made if it is not there [default: the study's name]
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The folder for results.json, points.csv and chosen.csv; what is there is replaced
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The project file to write at the end, as a shard does; what is there is replaced
    #[arg(long, value_name = "FILE.tiller")]
    project_file: Option<PathBuf>,
    /// Where the store's models run from now on: cpu, cuda, cuda:1, metal, candle [default: as the store says]
    #[arg(long, value_name = "NAME", value_parser = device)]
    device: Option<Device>,
    /// One JSON object for each job that is begun, each cell that is done, and each line of the summary
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct PlanArguments {
    /// The study's plan
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Split it into so many plans, by arm, data set, layer and seed, of about the same cost
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    shards: Option<u32>,
    /// The folder for the shards' plans [default: that of the plan]
    #[arg(long, value_name = "DIR", requires = "shards")]
    out: Option<PathBuf>,
    /// One JSON object for each cell or shard
    #[arg(long)]
    json: bool,
}

/// Reads a plan, and returns the folder from which its files are looked for.
fn read(file: &Path) -> Result<(Plan, PathBuf), Halt> {
    let text = fs::read_to_string(file);
    let text = text.map_err(|error| Halt::Refused(format!("{}: {error}.", file.display())))?;
    let plan = Plan::parse(file, &text).map_err(|fault| Halt::Refused(fault.to_string()))?;
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    Ok((plan, whole.parent().map(Path::to_owned).unwrap_or_default()))
}
