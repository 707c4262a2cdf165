//! Submits `deploy/slurm_array.sh` to a Slurm cluster of one node on this machine, and queues one of its tasks again on the way.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::study::Study;
use super::{LOOK, SHARDS, fresh, process_of_shard, until, write};
use crate::folders;
use crate::packages;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

const PACKAGES: &[&str] = &["slurm-wlm", "munge"];

/// The daemons of a cluster. They end with it.
struct Cluster {
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.daemons.iter_mut().rev().for_each(program::end);
    }
}

pub(super) fn test(study: &Study) -> Outcome {
    if program::output(program::command("id").arg("-u"))?.trim() != "0" {
        return Err(Problem::new("Slurm's daemons are started as root, and this is another user.")
            .next("Run the command as root, in a container for example."));
    }
    packages::ensure(PACKAGES, "a Slurm cluster of one node")?;
    let cluster = Cluster::start(&study.folder.join("slurm"))?;
    let work = fresh(&study.folder.join("slurm-work"))?;
    study.split(&work)?;
    print::step("Submitting deploy/slurm_array.sh, and queueing shard 1 again on the way");
    let root = folders::root();
    let mut sbatch = cluster.command("sbatch");
    sbatch.arg("--parsable").arg(format!("--array=1-{SHARDS}")).arg(root.join("deploy/slurm_array.sh"));
    let job =
        program::output(sbatch.arg(work.join("study")).env("TILLER_CLI", &study.cli).current_dir(&work))?;
    let job = job.trim().to_owned();
    until("shard 1 on the node", || Ok(process_of_shard(&work, 1).is_some()))?;
    program::output(cluster.command("scontrol").args(["requeue", &format!("{job}_1")]))?;
    // Slurm would wait two minutes before it begins a task again, counted from the end of its first attempt.
    until("shard 1 in the queue", || {
        let state = ["--noheader", "--jobs", &format!("{job}_1"), "--format", "%T"];
        Ok(program::output(cluster.command("squeue").args(state))?.trim() == "PENDING")
    })?;
    let now = [format!("JobId={job}_1"), "StartTime=now".to_owned()];
    program::output(cluster.command("scontrol").arg("update").args(now))?;
    print::note(&format!("queued {job}_1 again"));
    let files: Vec<PathBuf> =
        (1..=SHARDS).map(|shard| work.join(format!("study-shard-{shard}.tiller"))).collect();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let merge = [root.join("deploy/merge.sh"), study.plan.clone(), work.join("merged"), work.join("results")];
    let merge: Vec<String> = merge.iter().map(|part| part.display().to_string()).chain(names).collect();
    let mut sbatch = cluster.command("sbatch");
    sbatch.args(["--parsable", &format!("--dependency=afterok:{job}"), "--wrap", &merge.join(" ")]);
    let last = program::output(sbatch.env("TILLER_CLI", &study.cli).current_dir(&work))?;
    until("the end of Slurm's jobs", || {
        let left = program::output(cluster.command("squeue").args(["--noheader", "--format", "%i %T %r"]))?;
        if left.contains("DependencyNeverSatisfied") {
            return Err(Problem::new("A shard has failed.").next(format!("Read {}.", work.display())));
        }
        Ok(left.trim().is_empty())
    })?;
    print::note(&format!("jobs {job} and {} have ended", last.trim()));
    study.compare(&work.join("results"), "Slurm")
}

impl Cluster {
    /// Writes the configuration of one node, and starts munge, the controller and the node.
    fn start(folder: &Path) -> Outcome<Self> {
        let folder = fresh(folder)?;
        print::step(&format!(
            "Starting munged, slurmctld and slurmd for one node in {}",
            folders::short(&folder)
        ));
        let host = program::output(program::command("hostname").arg("-s"))?.trim().to_owned();
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        for name in ["state", "spool"] {
            fresh(&folder.join(name))?;
        }
        let conf = folder.join("slurm.conf");
        write(&conf, &configuration(&folder, &host, cpus))?;
        let mut cluster = Self { folder, daemons: vec![] };
        let key = cluster.folder.join("munge.key");
        program::output(program::command("mungekey").arg("--create").arg("--keyfile").arg(&key))?;
        let mut munged = program::command("munged");
        munged.args(["--foreground", "--force"]);
        for (option, name) in [
            ("--key-file", "munge.key"),
            ("--socket", "munge.socket"),
            ("--pid-file", "munged.pid"),
            ("--seed-file", "munge.seed"),
            ("--log-file", "munged-own.log"),
        ] {
            munged.arg(format!("{option}={}", cluster.folder.join(name).display()));
        }
        cluster.daemon(&mut munged, "munged")?;
        let socket = cluster.folder.join("munge.socket");
        until("munge's socket", || Ok(socket.exists()))?;
        for name in ["slurmctld", "slurmd"] {
            let mut daemon = cluster.command(name);
            daemon.args(["-D", "-f"]).arg(&conf);
            cluster.daemon(&mut daemon, name)?;
        }
        until("an idle node", || {
            let asked = cluster.command("sinfo").args(["--noheader", "--format", "%t"]).output();
            let asked = asked.with_context(|| "sinfo cannot be started")?;
            Ok(String::from_utf8_lossy(&asked.stdout).trim() == "idle")
        })
        .map_err(|problem| problem.next(format!("Read the logs in {}.", cluster.folder.display())))?;
        Ok(cluster)
    }

    fn daemon(&mut self, command: &mut Command, name: &str) -> Outcome {
        let log = self.folder.join(format!("{name}.log"));
        let log = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        let errors = log.try_clone().with_context(|| "A log cannot be shared")?;
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        self.daemons.push(child.with_context(|| format!("{name} cannot be started"))?);
        thread::sleep(LOOK);
        Ok(())
    }

    /// A command of this cluster.
    fn command(&self, name: &str) -> Command {
        let mut command = program::command(name);
        command.env("SLURM_CONF", self.folder.join("slurm.conf"));
        command
    }
}

/// The configuration: one node, jobs of one processor each, and ports that a cluster of this machine does not have.
fn configuration(folder: &Path, host: &str, cpus: usize) -> String {
    let at = |name: &str| folder.join(name).display().to_string();
    format!(
        "ClusterName=tiller\nSlurmctldHost={host}\nSlurmUser=root\nSlurmctldPort=46817\nSlurmdPort=46818\n\
         AuthType=auth/munge\nAuthInfo=socket={socket}\nCryptoType=crypto/munge\nStateSaveLocation={state}\n\
         SlurmdSpoolDir={spool}\nSlurmctldPidFile={ctld}\nSlurmdPidFile={slurmd}\nProctrackType=proctrack/linuxproc\n\
         TaskPlugin=task/none\nReturnToService=2\nSchedulerType=sched/backfill\nSelectType=select/cons_tres\n\
         SelectTypeParameters=CR_CPU\nAccountingStorageType=accounting_storage/none\n\
         JobAcctGatherType=jobacct_gather/none\nMpiDefault=none\nKillWait=2\n\
         NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN\n\
         PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP\n",
        socket = at("munge.socket"),
        state = at("state"),
        spool = at("spool"),
        ctld = at("slurmctld.pid"),
        slurmd = at("slurmd.pid"),
    )
}
