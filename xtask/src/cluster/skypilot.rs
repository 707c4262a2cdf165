//! Lets SkyPilot's own client read `deploy/skypilot.yaml`. Renting machines needs an account, which no test has.

use super::python;
use super::study::Study;
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;

const PACKAGE: &str = "skypilot==0.14.1";
/// Reads the task as `sky jobs launch` does, and prints what it found.
const READ: &str = "import sys, sky\n\
                    task = sky.Task.from_yaml(sys.argv[1])\n\
                    print(task.name, task.num_nodes, sorted(task.envs), sorted(task.storage_mounts), list(task.resources))\n";

pub(super) fn test(study: &Study) -> Outcome {
    let programs = python::environment(&study.folder.join("skypilot"), PACKAGE, "its client reads its file")?;
    print::step("Letting SkyPilot's client read deploy/skypilot.yaml");
    let mut read = program::command(programs.join("python"));
    let read = read.args(["-c", READ]).arg(folders::root().join("deploy/skypilot.yaml"));
    let found = program::output(read.env("SKYPILOT_DISABLE_USAGE_COLLECTION", "1"))?;
    print::note(found.trim());
    if !(found.contains("tiller-study") && found.contains("SHARD") && found.contains("A10G")) {
        return Err(Problem::new("SkyPilot reads something else in deploy/skypilot.yaml."));
    }
    Ok(())
}
