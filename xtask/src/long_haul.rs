//! `cargo xtask long-haul`: the tests of what stays behind after many jobs, in a long form.

use crate::print;
use crate::problem::Outcome;
use crate::program;
use crate::run::STARTER_MODEL;
use crate::starter_model;

/// Tells the test how many jobs to run.
const JOBS: &str = "TILLER_LONG_HAUL";

/// Runs this many small jobs, one after another, and fails if memory or files stay behind.
pub(crate) fn long_haul(jobs: u32) -> Outcome {
    let model = starter_model::ensure()?;
    print::step(&format!("Running {jobs} small jobs"));
    let test = ["test", "--workspace", "--test", "ipc", "long_haul", "--", "--nocapture"];
    program::run(program::cargo().args(test).env(JOBS, jobs.to_string()).env(STARTER_MODEL, model))
}
