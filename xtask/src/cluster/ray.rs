//! Submits `deploy/ray_job.py` to a Ray cluster on this machine, kills one of its workers, and lets Ray try its task again.

use std::process::Stdio;

use super::study::Study;
use super::{SHARDS, fresh, process_of_shard, python, until};
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

const PACKAGE: &str = "ray==2.60.0";

pub(super) fn test(study: &Study) -> Outcome {
    let programs = python::environment(&study.folder.join("ray"), PACKAGE, "a cluster on this machine")?;
    let work = fresh(&study.folder.join("ray-work"))?;
    print::step("Submitting deploy/ray_job.py, and killing the worker of shard 1 on the way");
    let mut job = program::command(programs.join("python"));
    job.arg(folders::root().join("deploy/ray_job.py"));
    job.arg("--plan").arg(&study.plan).args(["--shards", &SHARDS.to_string(), "--work"]).arg(&work);
    job.arg("--cli").arg(&study.cli).env("RAY_USAGE_STATS_ENABLED", "0").env_remove("RAY_ADDRESS");
    // Ray keeps the key of a cluster there, and this one ends with the test.
    job.env("HOME", &work);
    let mut job = job.stdin(Stdio::null()).spawn().with_context(|| "Ray's job cannot be started")?;
    let killed = until("shard 1 on a worker of Ray", || {
        if let Some(status) = job.try_wait().with_context(|| "Ray's job cannot be looked at")? {
            return Err(Problem::new(format!("Ray's job ended with {status} before a worker was killed.")));
        }
        let Some((_, worker)) = process_of_shard(&work, 1) else { return Ok(false) };
        program::output(program::command("kill").args(["-KILL", &worker.to_string()]))?;
        print::note(&format!("killed worker {worker}"));
        Ok(true)
    });
    if let Err(problem) = killed {
        program::end(&mut job);
        return Err(problem);
    }
    let status = job.wait().with_context(|| "Ray's job cannot be waited for")?;
    if !status.success() {
        return Err(Problem::new(format!("Ray's job ended with {status}.")));
    }
    study.compare(&work.join("results"), "Ray")
}
