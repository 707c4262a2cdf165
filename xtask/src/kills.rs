//! `cargo xtask kills`: kills Tiller at random times while it works, and checks that nothing is lost.

use crate::print;
use crate::problem::Outcome;
use crate::program;
use crate::test_programs::PRODUCT;

/// The test that kills.
const TEST: &str = "kills::kills_at_random_times_lose_nothing_and_leave_nothing_half_made";

/// Runs the test with this many kills. `cargo xtask test` runs it with twenty.
pub(crate) fn kills(count: u32, seed: u32) -> Outcome {
    print::step(&format!("Killing Tiller {count} times at random, from seed {seed}"));
    let mut cargo = program::cargo();
    cargo
        .args(["test", "--quiet", "--test", "ipc"])
        .args(PRODUCT)
        .args(["--", "--exact", TEST, "--nocapture"])
        .env("TILLER_KILLS", count.to_string())
        .env("TILLER_KILLS_SEED", seed.to_string());
    program::run(&mut cargo)
}
