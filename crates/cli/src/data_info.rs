//! `tiller-cli data info`: says what is read of a data file, without a model.

use std::path::PathBuf;

use crate::data::{self, ReadArguments};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// What is read of a file of pairs, and what is left out
    Info(Arguments),
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others
    #[arg(value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &Command) -> Result<(), Halt> {
    let Command::Info(arguments) = command;
    let (_, report) = data::rows(&arguments.data, None, &arguments.read)?;
    output::line(arguments.json, &report, || report.counts())
}
