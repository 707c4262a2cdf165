"""Runs a study as Ray tasks, one for each shard, and joins their results.

    python deploy/ray_job.py --plan study.toml --shards 8 --work /shared/study

Every node needs tiller-cli (built for a GPU: cargo build --release -p tiller-cli --features cuda) and the folder --work. A shard
keeps its store there, so that a task that Ray tries again goes on where the worker was lost.
"""

import argparse
import ctypes
import json
import os
import pathlib
import signal
import subprocess

import ray


def end_with_parent():
    """Lets the kernel end the child when its worker is killed, so that it lets go of its store (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def run(*command):
    subprocess.run([str(part) for part in command], check=True, preexec_fn=end_with_parent)


@ray.remote(max_retries=5, retry_exceptions=[subprocess.CalledProcessError])
def shard(cli, plan, work, device):
    """Runs one shard, and returns its project file."""
    name = pathlib.Path(plan).stem
    file = work / f"{name}.tiller"
    run(cli, "run", "--plan", plan, "--store", work / name, "--project-file", file, *device)
    return file


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--plan", type=pathlib.Path, required=True, help="the study's plan")
    arguments.add_argument("--shards", type=int, required=True, help="the number of shards")
    arguments.add_argument("--work", type=pathlib.Path, required=True, help="a folder that every node sees")
    arguments.add_argument("--cpus", type=int, default=1, help="processors of a shard")
    arguments.add_argument("--gpus", type=float, default=0, help="GPUs of a shard, for a build with CUDA")
    arguments.add_argument("--cli", default=os.environ.get("TILLER_CLI", "tiller-cli"), help="the program")
    asked = arguments.parse_args()
    work = asked.work.resolve()
    work.mkdir(parents=True, exist_ok=True)

    ray.init()  # The cluster of RAY_ADDRESS, or one on this machine.
    split = [asked.cli, "plan", asked.plan, "--shards", asked.shards, "--out", work, "--json"]
    lines = subprocess.run([str(part) for part in split], check=True, capture_output=True, text=True).stdout
    plans = [json.loads(line)["file"] for line in lines.splitlines()]
    device = ["--device", "cuda"] if asked.gpus else []
    task = shard.options(num_cpus=asked.cpus, num_gpus=asked.gpus)
    files = ray.get([task.remote(asked.cli, plan, work, device) for plan in plans])
    merge = pathlib.Path(__file__).with_name("merge.sh")
    os.environ["TILLER_CLI"] = asked.cli
    run(merge, asked.plan, work / "merged", work / "results", *files)


if __name__ == "__main__":
    main()
