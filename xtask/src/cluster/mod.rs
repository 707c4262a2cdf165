//! `cargo xtask test --cluster`: submits the files of deploy/ to Ray, Slurm and SkyPilot on this machine, and compares what they
//! make of a small study with what one process makes of it.

mod python;
mod ray;
mod skypilot;
mod slurm;
mod study;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use study::Study;

/// The number of shards.
const SHARDS: u32 = 8;
/// How long a cluster may take over the small study.
const LONGEST: Duration = Duration::from_mins(10);
/// The wait between two looks at it.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the study in one process, then on each of the three, and compares.
pub(crate) fn test() -> Outcome {
    if cfg!(not(target_os = "linux")) {
        return Err(Problem::new("Ray's workers and Slurm are only tried on Linux."));
    }
    let study = Study::new(&folders::target().join("cluster"))?;
    ray::test(&study)?;
    slurm::test(&study)?;
    let dry_run = match skypilot::test(&study)? {
        None => "runs it dry".to_owned(),
        Some(why) => format!("has NOT RUN it dry: {why}"),
    };
    print::step(&format!(
        "Ray and Slurm have made the tables of one process, and SkyPilot reads its file and {dry_run}"
    ));
    Ok(())
}

/// Makes a folder anew.
fn fresh(folder: &Path) -> Outcome<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be emptied", folders::short(folder)))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folders::short(folder)))?;
    Ok(folder.to_owned())
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).with_context(|| format!("{} cannot be written", folders::short(path)))
}

/// Waits until something is so.
fn until(what: &str, is_so: impl FnMut() -> Outcome<bool>) -> Outcome {
    let mut is_so = is_so;
    let end = Instant::now() + LONGEST;
    while Instant::now() < end {
        if is_so()? {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
    Err(Problem::new(format!("{what} did not come within {}.", print::time(LONGEST))))
}

/// Returns the id of the process of `tiller-cli` that runs the plan of a shard, and that of its parent.
fn process_of_shard(folder: &Path, shard: u32) -> Option<(u32, u32)> {
    let plan = folder.join(format!("study-shard-{shard}.toml"));
    let plan = plan.to_str()?;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end while it is looked at.
        let Ok(line) = fs::read_to_string(entry.path().join("cmdline")) else { continue };
        let mut words = line.split('\0');
        if words.next().is_some_and(|program| program.ends_with("tiller-cli"))
            && words.any(|word| word == plan)
        {
            let status = fs::read_to_string(entry.path().join("status")).ok()?;
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
            return Some((id, parent?.trim().parse().ok()?));
        }
    }
    None
}
