"""What ``selftaught improve`` finds with the offline model: a table over tasks and seeds.

    .venv/bin/python benchmarks/improve.py --seeds 0-9 --output docs/evidence/improve.jsonl

Each row is one task over all seeds: the seed program and the best found, on the test split
(on train where no split is held out), in how many seeds the best beat the seed program, and
the best known score. Seeds that are in the output file already are not run again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selftaught.analysis.intervals import mean_interval
from selftaught.tasks.registry import find

TASKS = (
    "parity",
    "parity_noiseless",
    "string_grid",
    "mqap",
    "three_sat",
    "maxcut",
    "bin_packing",
    "circle_packing",
)
KEPT = ("task", "seed", "improver", "seed_program", "best", "spent", "digest", "wall_seconds")


def improve(task: str, seed: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        words = ["improve", task, "--model", "offline", "--seed", str(seed), "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "selftaught", *words, "--store", f"{folder}/s.db"],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        result = json.loads(done.stdout)
        del result["best"]["path"]
    result["wall_seconds"] = time.monotonic() - start
    return {name: result[name] for name in KEPT}


def row(task: str, results: list[dict]) -> str:
    held_out = find(task).held_out
    split = "test" if held_out else "train"
    before = [result["seed_program"][split] for result in results]
    after = [result["best"][split] for result in results]
    gains = [new - old for old, new in zip(before, after, strict=True)]
    gain = mean_interval(gains)
    ends = "" if gain.low is None else f" ({gain.low:+.4f} to {gain.high:+.4f})"
    better = sum(value > 0 for value in gains)
    best = find(task).scale.known_best
    return (
        f"| {task}{'' if held_out else ' (train)'} | {mean_interval(before).mean:.4f} "
        f"| {mean_interval(after).mean:.4f} | {gain.mean:+.4f}{ends} | {better} of {len(gains)} "
        f"| {'unknown' if best is None else f'{best:.4f}'} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    parser.add_argument("--seeds", default="0-1", help="one, or first-last, both included")
    parser.add_argument(
        "--report", action="store_true", help="print what --output holds; run nothing"
    )
    parser.add_argument("--output", type=Path, default=Path(".selftaught/improve.jsonl"))
    chosen = parser.parse_args()
    ends = [int(seed) for seed in chosen.seeds.split("-")]
    first, last = ends[0], ends[-1]
    results = []
    if chosen.output.exists():
        results = [json.loads(text) for text in chosen.output.read_text().splitlines()]
    known = {(result["task"], result["seed"]) for result in results}
    for task in chosen.tasks:
        for seed in () if chosen.report else range(first, last + 1):
            if (task, seed) in known:
                continue
            result = improve(task, seed)
            results.append(result)
            chosen.output.parent.mkdir(parents=True, exist_ok=True)
            with chosen.output.open("a") as file:
                file.write(json.dumps(result) + "\n")
            print(task, seed, result["seed_program"], result["best"], flush=True)
    print(f"\nselftaught improve TASK --model offline --seed S, S = {first} to {last}\n")
    print("| task | seed program | best found | gain (95 %) | better in | known best |")
    print("|---|---|---|---|---|---|")
    for task in chosen.tasks:
        if found := [r for r in results if r["task"] == task and first <= r["seed"] <= last]:
            print(row(task, found))


if __name__ == "__main__":
    main()
