//! Lets SkyPilot's own client read `deploy/skypilot.yaml` and run it dry. Renting machines needs an account, which no test has; the
//! dry run needs one as well, and the lists of prices that the client fetches. Where they are missing, the test says so.

use super::python;
use super::study::Study;
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;
use crate::starter_model;

const PACKAGE: &str = "skypilot==0.14.1";
/// Reads the task as `sky jobs launch` does, prints what it found, and chooses a machine without renting it.
const TRY: &str = r#"
import sys
import requests
from sky import Task, exceptions, execution

task = Task.from_yaml(sys.argv[1])
task.expand_and_validate_workdir()
task.expand_and_validate_file_mounts()
print("read:", task.name, task.num_nodes, sorted(task.envs), sorted(task.storage_mounts), list(task.resources))
try:
    execution.launch(task, cluster_name="tiller-dry-run", dryrun=True)
    print("dry run: done")
except requests.exceptions.RequestException:
    print("not run: the client's lists of machines and prices cannot be fetched")
except exceptions.NoCloudAccessError:
    print("not run: no account of a cloud is set up for the client")
except exceptions.ResourcesUnavailableError:
    print("not run: no cloud of this account has the machine that the file asks for")
"#;

/// Returns why the dry run did not run, where it did not.
pub(super) fn test(study: &Study) -> Outcome<Option<String>> {
    let programs = python::environment(&study.folder.join("skypilot"), PACKAGE, "its client reads its file")?;
    // The file sends it along.
    starter_model::ensure()?;
    print::step("Letting SkyPilot's client read deploy/skypilot.yaml and run it dry");
    let mut client = program::command(programs.join("python"));
    let client = client.args(["-c", TRY]).arg(folders::root().join("deploy/skypilot.yaml"));
    let said = program::output(client.env("SKYPILOT_DISABLE_USAGE_COLLECTION", "1"))?;
    let line = |begin: &str| said.lines().find_map(|line| line.strip_prefix(begin)).map(str::to_owned);
    let read = line("read: ").unwrap_or_default();
    print::note(&read);
    if !(read.contains("tiller-study") && read.contains("SHARD") && read.contains("A10G")) {
        return Err(Problem::new("SkyPilot reads something else in deploy/skypilot.yaml."));
    }
    let why = line("not run: ");
    match &why {
        Some(why) => print::note(&format!("SkyPilot's dry run did not run: {why}")),
        None if said.lines().any(|line| line == "dry run: done") => {
            print::note("SkyPilot's dry run is through");
        }
        None => return Err(Problem::new("SkyPilot's client has ended without a word about its dry run.")),
    }
    Ok(why)
}
