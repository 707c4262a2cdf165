//! Runs the examples of the engine, so that its documentation stays correct.

use std::env;
use std::path::Path;

use crate::folders;
use crate::problem::Outcome;
use crate::program;
use crate::run::STARTER_MODEL;

/// Each example with arguments that keep it short.
const EXAMPLES: [(&str, &[&str]); 3] =
    [("train", &["1", "4"]), ("sweep", &["2"]), ("chat", &["What is money for?", "1", "8"])];

/// Runs each example, which the tests' build has compiled, on the starter model. What they print is only shown where one fails.
pub(crate) fn run(model: &Path) -> Outcome {
    let folder = folders::target().join("debug/examples");
    EXAMPLES.iter().try_for_each(|(name, arguments)| {
        let path = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        program::output(program::command(path).args(*arguments).env(STARTER_MODEL, model)).map(drop)
    })
}
