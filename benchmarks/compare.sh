#!/bin/sh
# The two comparisons that docs/ cites, with the offline model. Run from the checkout's root:
#
#   benchmarks/compare.sh table     every improver of the library on the eight tasks of the paper
#   benchmarks/compare.sh arms      self-improvement against what its spend buys without it
#
# Runs go to STORE (default .selftaught/store.db).
# Each writes OUT (default docs/evidence/) NAME.json, what --json prints, and NAME.txt, the tables
# with the command and the time that it took. Further words go to the command, e.g. `--seed 1000`.
# One that broke off goes on with `selftaught resume RUN`; its run's id is the first line it says.
#
# Three of the table's five repeats took 30 minutes on two free cores; the arms took four hours
# beside other work.
set -eu

name=$1
shift
out=${OUT:-docs/evidence}
selftaught=${SELFTAUGHT:-.venv/bin/selftaught}
store=${STORE:-.selftaught/store.db}
mkdir -p "$out"

case $name in
table)
    set -- compare --tasks bin_packing circle_packing maxcut mqap parity parity_noiseless \
        string_grid three_sat --repeats 5 --scale small --model offline "$@"
    ;;
arms)
    set -- compare seed --arms --tasks bin_packing maxcut three_sat mqap \
        --unseen string_grid parity --repeats 10 --scale tiny --model offline "$@"
    ;;
*)
    echo "usage: benchmarks/compare.sh table|arms [OPTION...]" >&2
    exit 2
    ;;
esac

started=$(date +%s)
"$selftaught" "$@" --store "$store" --json >"$out/compare-$name.json"
seconds=$(($(date +%s) - started))
run=$("${selftaught%/*}/python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["run"])' \
    "$out/compare-$name.json")
{
    echo "\$ selftaught $*"
    "$selftaught" show "$run" --store "$store"
    echo "took $seconds s on $(nproc) cores"
} >"$out/compare-$name.txt"
cat "$out/compare-$name.txt"
