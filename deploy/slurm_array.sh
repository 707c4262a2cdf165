#!/usr/bin/env bash
# A shard of a study as a task of a Slurm array:
#
#     tiller-cli plan study.toml --shards 8 --out shards
#     job=$(sbatch --parsable --array=1-8 deploy/slurm_array.sh shards/study)
#     sbatch --dependency=afterok:"$job" --wrap "deploy/merge.sh study.toml merged results shards/*.tiller"
#
# For a GPU: cargo build --release -p tiller-cli --features cuda, then sbatch --gres=gpu:1 and DEVICE=cuda.
#SBATCH --job-name=tiller-study
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A-%a.log
set -euo pipefail
shard=$1-shard-$SLURM_ARRAY_TASK_ID
device=()
if [ -n "${DEVICE:-}" ]; then
    device=(--device "$DEVICE")
fi
# The store is beside the plan: a task that is queued again goes on where it was.
exec "${TILLER_CLI:-tiller-cli}" run --plan "$shard.toml" --store "$shard" --project-file "$shard.tiller" "${device[@]}"
