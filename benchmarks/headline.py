"""A long search with the offline model beside what is published: packing bins and circles.

    .venv/bin/python benchmarks/headline.py bin_packing --seeds 1000-1000
    .venv/bin/python benchmarks/headline.py circle_packing --seeds 1000-1000
    .venv/bin/python benchmarks/headline.py --report

Each seed is one `selftaught improve` with 2,000 responses. Every seed has a store of its own
in `--work`; a search that was broken off goes on from there (`selftaught resume`), and one
that ended is kept in `--output` and not run again. Winners at packing bins are scored on the
5,000 items of `bin_packing_5k` and on the Weibull instances of `bin_packing`, both test.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import selftaught as st
from selftaught.analysis.intervals import mean_interval
from selftaught.tasks.instances import instance
from selftaught.tasks.registry import find
from selftaught.values.records import Interval
from selftaught.values.task import InstanceSet, Split

RESPONSES_A_CALL = 25
WEIBULL_CAPACITY = 100.0
"""Of the bins of the Weibull instances of `bin_packing`; the uniform ones have 150."""

BEST_FIT = "def priority(item, bins):\n    return -bins\n"
BEST_SUM, BEST_PUBLISHED = 2.635983, 2.6360
"""What a score of 1 stands for, and the figure that is quoted."""


def main() -> None:
    chosen = arguments()
    kept = []
    if chosen.output.exists():
        kept = [json.loads(line) for line in chosen.output.read_text().splitlines()]
    known = {(run["task"], run["improver"], run["responses"], run["seed"]) for run in kept}
    for task in [] if chosen.report else chosen.tasks:
        for seed in chosen.seeds:
            if (task, chosen.improver, chosen.responses, seed) not in known:
                kept.append(searched(task, seed, chosen))
                chosen.output.parent.mkdir(parents=True, exist_ok=True)
                with chosen.output.open("a") as file:
                    file.write(json.dumps(kept[-1]) + "\n")
    kept = [run for run in kept if run["responses"] == chosen.responses]
    print("\n".join([*bins(kept), "", *circles(kept)]))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    both = ["bin_packing", "circle_packing"]
    parser.add_argument("tasks", nargs="*", choices=both, default=both)
    parser.add_argument("--seeds", type=first_to_last, default=range(1000, 1001))
    parser.add_argument("--improver", default="islands")
    parser.add_argument("--responses", type=int, default=2000, help=f"by {RESPONSES_A_CALL}s")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="only print what --output holds")
    parser.add_argument("--output", type=Path, default=Path("docs/evidence/headline.jsonl"))
    parser.add_argument("--work", type=Path, default=Path(".selftaught/headline"))
    return parser.parse_args()


def first_to_last(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def searched(task: str, seed: int, chosen: argparse.Namespace) -> dict[str, Any]:
    """Carry one search out, or the rest of it; return what it found and spent."""
    folder = chosen.work / f"{task}-{chosen.improver}-{chosen.responses}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    begun = (folder / "store.db").exists() and selftaught(folder, "runs")["runs"]
    started = time.monotonic()
    if begun:
        found = selftaught(folder, "resume", begun[0]["run"], "--yes")
    else:
        numbers = {
            "--improver": chosen.improver,
            "--seed": seed,
            "--calls": chosen.responses // RESPONSES_A_CALL,
            "--responses": RESPONSES_A_CALL,
            "--utility-calls": chosen.responses + 1,
        }
        words = [str(word) for pair in numbers.items() for word in pair]
        found = selftaught(folder, "improve", task, "--model", "offline", *words, "--yes")
    session = time.monotonic() - started
    source = Path(found["best"].pop("path")).read_text()
    spent = found["spent"]
    return {
        "task": task,
        "improver": chosen.improver,
        "responses": chosen.responses,
        "seed": seed,
        "seed_program": found["seed_program"],
        "best": found["best"],
        "spent": spent,
        "digest": found.get("digest"),
        "last_session_seconds": session,
        "source": source,
    }


def selftaught(folder: Path, *words: str) -> dict[str, Any]:
    """Return the object that a command prints; its progress goes to standard error.

    Ctrl-C reaches the command, too, which then ends in good order; so does this.
    """
    command = [sys.executable, "-m", "selftaught", *words, "--store", str(folder / "store.db")]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE) as process:
        try:
            printed, _ = process.communicate()
        except KeyboardInterrupt:
            process.communicate()
            raise SystemExit("interrupted; the same command goes on from there") from None
    if process.returncode:
        raise SystemExit(
            f"selftaught {words[0]} ended with {process.returncode}; the same command goes on"
        )
    found: dict[str, Any] = json.loads(printed)
    return found


def bins(runs: list[dict[str, Any]]) -> list[str]:
    """Return the table of excesses: best fit and first fit beside the winners."""
    lines = [
        "| heuristic | excess, 5,000 Weibull items | excess, 1,000 Weibull items | seed |",
        "|---|---|---|---|",
    ]
    first = find("bin_packing").seed.source
    for run in (run for run in runs if run["task"] == "bin_packing"):
        for name, source in (("first fit", first), ("best fit", BEST_FIT), ("found", "")):
            excess = " | ".join(excesses(source or run["source"], run["seed"]))
            title = f"{name} ({run['improver']})" if name == "found" else name
            lines.append(f"| {title} | {excess} | {run['seed']} |")
    lines.append("| best fit, published | 3.98 % | - | - |")
    lines.append("| FunSearch, published | 0.68 % | - | - |")
    return lines


def excesses(source: str, seed: int) -> list[str]:
    large = st.score("bin_packing_5k", source, split="test", seed=seed).instances
    small = st.score("bin_packing", source, split="test", seed=seed).instances
    task, drawn = find("bin_packing"), InstanceSet(Split.TEST, seed)
    weibull = [
        each for each in small if instance(task, drawn, each.index)[0][1] == WEIBULL_CAPACITY
    ]
    return [percent(mean_interval([1 - each.score for each in some])) for some in (large, weibull)]


def percent(value: Interval) -> str:
    ends = "" if value.low is None else f" ({100 * value.low:.2f} to {100 * value.high:.2f})"
    return f"{100 * value.mean:.2f} %{ends}, n = {value.n}"


def circles(runs: list[dict[str, Any]]) -> list[str]:
    """Return the table of sums of radii."""
    lines = ["| packing of 26 circles | sum of radii | seed |", "|---|---|---|"]
    for run in (run for run in runs if run["task"] == "circle_packing"):
        lines.append(f"| grid | {BEST_SUM * run['seed_program']['train']:.4f} | {run['seed']} |")
        total = BEST_SUM * run["best"]["train"]
        lines.append(f"| found ({run['improver']}) | {total:.4f} | {run['seed']} |")
    return [*lines, f"| best known, published | {BEST_PUBLISHED:.4f} | - |"]


if __name__ == "__main__":
    main()
