#!/usr/bin/env bash
# Joins the project files of shards, and writes the tables of the whole study:
#
#     deploy/merge.sh PLAN STORE OUT FILE.tiller..
#
# What is in the store already is not added twice.
set -euo pipefail
cli=${TILLER_CLI:-tiller-cli}
plan=$1 store=$2 out=$3
shift 3
if [ ! -e "$store" ]; then
    "$cli" project import --store "$store" "$1"
fi
"$cli" project merge --store "$store" "$@"
"$cli" run --plan "$plan" --store "$store" --out "$out"
