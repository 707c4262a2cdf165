//! `tiller-cli`: the engine on the command line, built without any GUI library.
//!
//! Results go to standard output, with `--json` one object a line; messages and progress go to standard error.
//! `docs/cli.md` explains the fields and the exit codes.

mod adapter;
mod analyse;
mod bake;
mod caps;
mod chat;
mod data;
mod data_columns;
mod data_in_store;
mod data_info;
mod data_report;
mod distil;
mod door;
mod download;
mod drafting;
mod endpoint;
mod generate;
mod halt;
mod info;
mod jobs;
mod judge;
mod logits;
mod logprobs;
mod manual;
mod model;
mod model_in_store;
mod out_folder;
mod output;
mod pack;
mod progress;
mod project;
mod projections;
mod provenance;
mod publish;
mod rubric;
mod sampling;
mod scores;
mod steering;
mod stop;
mod study;
mod sweep;
mod train;
mod transfer;
mod vector;
mod vector_in_store;
mod verify;

use std::process::ExitCode;

use app::refused_memory::{self, NotingAllocator};
use clap::{CommandFactory as _, Parser, Subcommand};

#[global_allocator]
static MEMORY: NotingAllocator = NotingAllocator;

/// Trains and measures steering vectors, and generates with them.
#[derive(Parser)]
#[command(version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 an input was refused, 130 stopped by Ctrl-C."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What a model file says, and the models of a store
    #[command(subcommand)]
    Model(model::Command),
    /// What a data file says, and the data sets of a store
    #[command(subcommand)]
    Data(data_info::Command),
    /// Train a steering vector
    Train(train::Arguments),
    /// Log-probabilities of both answers of every pair
    Logprobs(logprobs::Arguments),
    /// Logits of the token after a prompt
    Logits(logits::Arguments),
    /// Answers of the steered model
    Generate(generate::Arguments),
    /// A conversation on the terminal, in one or more columns
    Chat(chat::Arguments),
    /// A score at several multipliers of a vector
    Sweep(Box<sweep::Arguments>),
    /// Judge the answers of a sweep of a store
    Judge(judge::Arguments),
    /// Analyse data, runs and vectors of a store
    #[command(subcommand)]
    Analyse(analyse::Command),
    /// Run a whole study as jobs of a store: `--plan FILE.toml`
    Run(study::RunArguments),
    /// Check a study's plan, list its cells, or split it into shards
    Plan(study::PlanArguments),
    /// Vector files: what they hold, and as other programs' files; and the vectors of a store
    #[command(subcommand)]
    Vector(vector::Command),
    /// A vector baked into a model's files, with its proof
    Bake(bake::BakeArguments),
    /// Compare a baked model with the steered original
    Prove(bake::ProveArguments),
    /// Distil a steered model into an adapter, for programs that read adapters and no vectors
    Distil(distil::Arguments),
    /// Adapters as files of llama.cpp and peft
    #[command(subcommand)]
    Adapter(adapter::Command),
    /// A vector with what makes it trustworthy, as one archive or folder
    Pack(pack::Arguments),
    /// The passport of a vector of a store, as a commit of a repository on the hub
    Publish(publish::Arguments),
    /// Measure the curves of a passport again, and compare
    Verify(verify::Arguments),
    /// The projects of a store, and project files
    #[command(subcommand)]
    Project(project::Command),
    /// The jobs of a store: list, show, resume, cancel
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Print the completions of a shell
    Completions(manual::Completions),
    /// Write the pages of the manual
    Man(manual::Man),
}

fn main() -> ExitCode {
    // Before the arguments are read: this program tries models and data files in a process of its own.
    if let Some(code) = sandbox::answer_if_asked() {
        return code;
    }
    // Clap ends the program here on wrong usage, with exit code 2.
    let arguments = Arguments::parse();
    for (listening, fault) in [
        (app::cut_off::listen(), "a model file that is cut off"),
        (refused_memory::listen(), "memory that the system refuses"),
    ] {
        if let Err(error) = listening {
            output::print_message(&format!("{fault} will end the program without a word: {error}"));
        }
    }
    let done = stop::listen().and_then(|()| match arguments.command {
        Command::Model(command) => model::run(&command),
        Command::Data(command) => data_info::run(&command),
        Command::Train(arguments) => train::run(&arguments),
        Command::Logprobs(arguments) => logprobs::run(&arguments),
        Command::Logits(arguments) => logits::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Chat(arguments) => chat::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Analyse(command) => analyse::run(&command),
        Command::Run(arguments) => study::run(&arguments),
        Command::Plan(arguments) => study::plan(&arguments),
        Command::Vector(command) => vector::run(&command),
        Command::Bake(arguments) => bake::run(&arguments),
        Command::Prove(arguments) => bake::prove(&arguments),
        Command::Distil(arguments) => distil::run(&arguments),
        Command::Adapter(command) => adapter::run(&command),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Project(command) => project::run(&command),
        Command::Jobs(command) => jobs::run(&command),
        Command::Completions(arguments) => manual::completions(&arguments, Arguments::command()),
        Command::Man(arguments) => manual::man(&arguments, Arguments::command()),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(halt) => {
            output::print_halt(&halt);
            halt.code()
        }
    }
}
