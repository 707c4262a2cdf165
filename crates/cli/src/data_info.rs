//! `tiller-cli data`: the commands about data; `info` says what is read of a data file, without a model.

use std::path::PathBuf;

use crate::data::{self, ReadArguments};
use crate::data_in_store;
use crate::door::InProject;
use crate::drafting;
use crate::halt::Halt;
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// What is read of a file of pairs, and what is left out
    Info(Arguments),
    /// The data sets of a store
    List(InProject),
    /// Import a file of pairs into a store
    Import(data_in_store::Import),
    /// Write a data set of a store to a file
    Export(data_in_store::Export),
    /// Let a model draft pairs for a data set of a store
    Draft(Box<drafting::DraftArguments>),
    /// Check a data set of a store for defects
    Check(drafting::CheckArguments),
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
    let arguments = match command {
        Command::Info(arguments) => arguments,
        Command::List(arguments) => return data_in_store::list(arguments),
        Command::Import(arguments) => return data_in_store::import(arguments),
        Command::Export(arguments) => return data_in_store::export(arguments),
        Command::Draft(arguments) => return drafting::draft(arguments),
        Command::Check(arguments) => return drafting::check(arguments),
    };
    let (_, report) = data::rows(&arguments.data, None, &arguments.read)?;
    output::forget_notes(report.file());
    output::line(arguments.json, &report, || report.counts())
}
