"""STOP against the seed improver and against the control without recursion, over seeds.

    .venv/bin/python benchmarks/stop.py --seeds 1010-1019 --output docs/evidence/stop.jsonl

A replicate is a whole run with its own seed: ``selftaught run TASKS --control``, which takes
both arms through the same rounds at the same budgets and measures all three improvers on the
same test places. Prints, over seeds, the mean of each run's paired differences with a 95 %
interval, and the share of seeds with a gain. Seeds that are in the output file already are
not run again.
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

# One seed within five minutes on two cores; docs/evidence holds a larger scale, too.
SCALE = {
    "scale": "tiny",
    "calls": 3,
    "responses": 2,
    "utility-calls": 6,
    "meta-calls": 3,
    "repeats": 1,
    "rounds": 3,
    "gate-pairs": 24,
}


def command(tasks: list[str], seed: int, scale: dict[str, object]) -> list[str]:
    options = [part for name, value in scale.items() for part in (f"--{name}", str(value))]
    return ["run", *tasks, "--model", "offline", "--control", "--seed", str(seed), *options]


def run(arguments: list[str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "selftaught", *arguments, "--json", "--store", f"{folder}/s.db"],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        result = json.loads(done.stdout)
    del result["final"]["path"]
    result["wall_seconds"] = time.monotonic() - start
    result["command"] = "selftaught " + " ".join(arguments)
    return result


def line(name: str, values: list[float]) -> str:
    interval = mean_interval(values)
    ends = "" if interval.low is None else f" (95 % {interval.low:+.4f} to {interval.high:+.4f})"
    better = sum(value > 0 for value in values)
    worse = sum(value < 0 for value in values)
    return (
        f"{name}: {interval.mean:+.4f}{ends}, n={interval.n} runs; "
        f"{better} better, {worse} worse, {interval.n - better - worse} equal"
    )


def report(results: list[dict]) -> None:
    seeds = [result["seed"] for result in results]
    print(f"\n{results[0]['command'].rsplit(' --seed', 1)[0]}, seeds {min(seeds)}-{max(seeds)}")
    for name in ("seed_improver", "final", "control"):
        print(line(f"  {name} on test", [result[name]["test"]["mean"] for result in results]))
    gains = [result["paired_difference"]["mean"] for result in results]
    print(line("  final minus seed improver", gains))
    headline = [result["control_difference"]["mean"] for result in results]
    print(line("  final minus control without recursion (headline)", headline))
    adopted = sum(each["adopted"] for result in results for each in result["rounds"])
    print(f"  adopted {adopted} of {sum(len(result['rounds']) for result in results)} proposals")
    seconds = [result["wall_seconds"] for result in results]
    print(f"  wall seconds a run: mean {sum(seconds) / len(seconds):.0f}, most {max(seconds):.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=["bin_packing", "three_sat"])
    parser.add_argument("--seeds", default="0-0", help="one, or first-last, both included")
    parser.add_argument(
        "--report", action="store_true", help="print what --output holds; run nothing"
    )
    parser.add_argument("--output", type=Path, default=Path(".selftaught/stop.jsonl"))
    chosen = parser.parse_args()
    ends = [int(seed) for seed in chosen.seeds.split("-")]
    first, last = ends[0], ends[-1]
    results = []
    if chosen.output.exists():
        results = [json.loads(text) for text in chosen.output.read_text().splitlines()]
    for seed in () if chosen.report else range(first, last + 1):
        arguments = command(chosen.tasks, seed, SCALE)
        if any(known["command"] == "selftaught " + " ".join(arguments) for known in results):
            continue
        result = run(arguments)
        results.append(result)
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        with chosen.output.open("a") as file:
            file.write(json.dumps({name: result[name] for name in KEPT}) + "\n")
        print(seed, result["paired_difference"], result["control_difference"], flush=True)
    report([result for result in results if first <= result["seed"] <= last])


KEPT = (
    "command",
    "seed",
    "seed_improver",
    "rounds",
    "final",
    "control",
    "paired_difference",
    "control_difference",
    "spent",
    "head",
    "digest",
    "stopped",
    "wall_seconds",
)


if __name__ == "__main__":
    main()
