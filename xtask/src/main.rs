//! The development tasks of Tiller: `cargo xtask run`, `cargo xtask test`, and their parts.
//!
//! Every step prints in one line what it does and why. It can be repeated, and is quick if nothing is left to do.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a terminal program speaks on standard output")]

mod axe;
mod bench;
mod bundle;
mod cluster;
mod counts;
mod display;
mod downloads;
mod examples;
mod folders;
mod frontend;
mod fuzz;
#[cfg(test)]
mod habit_tests;
mod kills;
mod llama_cpp;
mod long_haul;
mod packages;
mod pictures;
mod print;
mod problem;
mod program;
mod progress;
#[cfg(test)]
mod reliability_tests;
mod report;
mod reproduce;
mod run;
mod runner;
mod set_up;
#[cfg(test)]
mod spelling_tests;
mod starter_model;
mod suite;
mod supply;
mod test;
mod test_programs;
mod times;
mod vocabularies;
mod wasm_target;
mod windows;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::progress::Progress;

/// Sets Tiller up, runs it and tests it.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what is missing and fetches the starter model.
    SetUp {
        /// Also installs what the tests in the real window need.
        #[arg(long)]
        tests: bool,
    },
    /// Builds the window's page into ui/dist.
    Ui {
        /// Compiles in seconds after a change, but the page is larger and slower.
        #[arg(long)]
        quick: bool,
    },
    /// Sets up, builds, and opens the window.
    Run {
        /// Adds support for a GPU: `cuda` (needs CUDA's compiler) or `metal`.
        #[arg(long)]
        features: Option<String>,
        /// Arguments after `--`, which are passed to Tiller.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Builds an installer that carries the starter model.
    Bundle {
        /// Kinds of installers, separated by commas: deb, rpm, appimage, nsis, msi, app, dmg.
        #[arg(long)]
        kinds: Option<String>,
        /// Uses unoptimised programs, to try an installer.
        #[arg(long)]
        quick: bool,
    },
    /// Checks the licences, sources, duplicates and advisories of all crates, with cargo-deny.
    Deny,
    /// Lists the components of each program in `target/sbom`, in the format `CycloneDX`.
    Sbom,
    /// Runs many small jobs, and fails if memory or files stay behind.
    LongHaul {
        /// The number of jobs.
        #[arg(long, default_value_t = 10_000)]
        jobs: u32,
    },
    /// Measures the engine: prints every figure of docs/performance.md and writes target/bench.json.
    Bench {
        /// A BiPO CSV of training pairs. The default is the starter set.
        #[arg(long)]
        pairs: Option<PathBuf>,
        /// A BiPO CSV of questions to answer.
        #[arg(long)]
        questions: Option<PathBuf>,
    },
    /// Kills Tiller at random times while it works, and checks that nothing is lost.
    Kills {
        /// The number of kills.
        #[arg(long, default_value_t = 200)]
        count: u32,
        /// The seed of the random times.
        #[arg(long, default_value_t = 1)]
        seed: u32,
    },
    /// Gives the readers of others' files random inputs, and adds what was reached to docs/fuzzing.json.
    Fuzz {
        /// The readers, by the names of their files in fuzz/corpus. Without any, all of them, the least fuzzed first.
        readers: Vec<String>,
        /// How long each is fuzzed.
        #[arg(long, default_value_t = 1200)]
        seconds: u32,
        /// Takes the program that was compiled last, so that the sources may change meanwhile.
        #[arg(long)]
        built: bool,
    },
    /// Takes a picture of every screen in both themes, two languages and three sizes, into target/pictures.
    Pictures {
        /// Compares them with those of docs/pictures, and fails if one differs by more than the tolerance.
        #[arg(long)]
        compare: bool,
        /// Keeps them in docs/pictures, with those of README.md, in place of the ones that are there.
        #[arg(long, conflicts_with = "compare")]
        keep: bool,
        /// Uses the pictures that were taken last.
        #[arg(long)]
        taken: bool,
    },
    /// Films the first minute into docs/pictures/first-minute.png.
    Film {
        /// Uses the pictures that were taken last.
        #[arg(long)]
        taken: bool,
    },
    /// Trains the paper's methods with controls, and writes docs/reproduction.md. Stopped, it goes on.
    Reproduce {
        /// Another plan than that of studies/.
        #[arg(long)]
        plan: Option<PathBuf>,
        /// Another folder for the page and its chart than docs/.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Sets up, then checks format and lints and runs every test, the real window included.
    Test {
        /// Leaves out the page and the real window.
        #[arg(long)]
        fast: bool,
        /// Runs a small study through the files of deploy/ on Ray, Slurm and SkyPilot, and nothing else.
        #[arg(long, conflicts_with = "fast")]
        cluster: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::SetUp { tests } => set_up::set_up(tests),
        Task::Ui { quick } => {
            let how = if quick { frontend::Build::Quick } else { frontend::Build::Full };
            wasm_target::ensure().and_then(|target| frontend::build(target, how, &Progress::start()))
        }
        Task::Bundle { kinds, quick } => bundle::bundle(kinds.as_deref(), quick),
        Task::LongHaul { jobs } => long_haul::long_haul(jobs),
        Task::Deny => supply::deny(),
        Task::Sbom => supply::sbom().map(drop),
        Task::Bench { pairs, questions } => bench::bench(pairs.as_deref(), questions.as_deref()),
        Task::Fuzz { readers, seconds, built } => {
            fuzz::fuzz(&readers, &fuzz::Options { seconds, is_built: built })
        }
        Task::Kills { count, seed } => kills::kills(count, seed),
        Task::Run { features, arguments } => {
            return run::run(features.as_deref(), &arguments).unwrap_or_else(|problem| problem.print());
        }
        Task::Pictures { compare, keep, taken } => pictures::pictures(taken, compare, keep),
        Task::Film { taken } => pictures::film(taken),
        Task::Reproduce { plan, out } => reproduce::reproduce(plan.as_deref(), out.as_deref()),
        Task::Test { cluster: true, .. } => cluster::test(),
        Task::Test { fast, .. } => return test::test(fast).unwrap_or_else(|problem| problem.print()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => problem.print(),
    }
}
