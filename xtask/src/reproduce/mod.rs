//! `cargo xtask reproduce`: runs the study of the paper's methods with controls, and writes docs/reproduction.md from its results.

mod chart;
mod clock;
mod machine;
mod page;
mod reading;
mod results;
mod spread;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, WithContext as _};
use crate::program;
use crate::run::STARTER_MODEL;
use crate::starter_model;
use crate::test_programs::PRODUCT;
use clock::Clock;
use results::Results;

/// The plan for the authors' pairs, which are looked for beside the working copy, and that for a starter set.
const PLANS: [&str; 2] = ["studies/reproduction-wealth-seeking.toml", "studies/reproduction.toml"];
/// The authors' pairs, from the root.
const PAIRS: &str = "../shared/data/wealth-seeking/train.csv";

/// Runs a plan and writes its page and chart into a folder. A study that was stopped goes on.
pub(crate) fn reproduce(plan: Option<&Path>, out: Option<&Path>) -> Outcome {
    let root = folders::root();
    let usual = if root.join(PAIRS).is_file() { PLANS[0] } else { PLANS[1] };
    let plan = plan.map_or_else(|| root.join(usual), Path::to_owned);
    let out = out.map_or_else(|| root.join("docs"), Path::to_owned);
    let stem = plan.file_stem().unwrap_or_default();
    let work = folders::target().join("reproduction").join(stem);
    fs::create_dir_all(&work).with_context(|| format!("{} cannot be made", folders::short(&work)))?;
    let model = starter_model::ensure()?;
    print::step("Building tiller-cli");
    program::run(program::cargo().args(["build", "--quiet", "--bin", "tiller-cli"]).args(PRODUCT))?;
    print::step(&format!("Running {}; Ctrl-C stops it, and the same command goes on", folders::short(&plan)));
    let cli = folders::target().join("debug").join(format!("tiller-cli{}", std::env::consts::EXE_SUFFIX));
    let mut run = program::command(cli);
    run.args(["run", "--json", "--plan"]).arg(&plan).arg("--store").arg(work.join("store"));
    run.arg("--out").arg(work.join("results")).env(STARTER_MODEL, model);
    let mut clock = Clock::new(work.join("time.json"))?;
    clock.run(&mut run)?;
    let results = Results::read(&work.join("results/results.json"))?;
    let page = page::page(&results, &name(&plan), clock.taken());
    let written = [("reproduction.svg", chart::svg(&results)), ("reproduction.md", page)];
    fs::create_dir_all(&out).with_context(|| format!("{} cannot be made", folders::short(&out)))?;
    for (name, text) in written {
        let path = out.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", folders::short(&path)))?;
        print::note(&format!("wrote {}", folders::short(&path)));
    }
    Ok(())
}

/// The plan's path as the page names it.
fn name(plan: &Path) -> String {
    let short: PathBuf = plan.strip_prefix(folders::root()).unwrap_or(plan).to_owned();
    short.display().to_string().replace('\\', "/")
}
