//! `cargo xtask long-haul`: the tests of what stays behind after many jobs, and of a starter vector, in a long form.

use crate::print;
use crate::problem::Outcome;
use crate::program;
use crate::run::STARTER_MODEL;
use crate::starter_model;
use crate::test_programs::PRODUCT;

/// Tells the test how many jobs to run.
const JOBS: &str = "TILLER_LONG_HAUL";

/// Runs this many small jobs, one after another, and fails if memory or files stay behind; then trains a starter vector to its
/// end, and fails if it is another one.
pub(crate) fn long_haul(jobs: u32) -> Outcome {
    let model = starter_model::ensure()?;
    print::step(&format!("Running {jobs} small jobs"));
    // In processes of their own: what the second one keeps in memory would be measured by the first.
    ["long_haul", "starter::long"].into_iter().try_for_each(|tests| {
        let mut test = program::cargo();
        test.arg("test").args(PRODUCT).args(["--test", "ipc", tests, "--", "--nocapture"]);
        program::run(test.env(JOBS, jobs.to_string()).env(STARTER_MODEL, &model))
    })
}
