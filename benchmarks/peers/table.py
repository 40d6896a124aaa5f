"""The table of the comparison with peers, from the runs that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from selftaught.analysis.intervals import mean_interval
from selftaught.tasks.registry import find
from selftaught.values.records import Interval

HEAD = (
    "| task | search | n | test score | gain over the seed program | responses | scored "
    "| wall s | CPU s |\n|---|---|---|---|---|---|---|---|---|"
)


def rows(runs: Iterable[Mapping[str, Any]], order: list[str]) -> list[str]:
    """Return a line for each task and method, methods in ``order``."""
    kept = list(runs)
    tasks = list(dict.fromkeys(run["task"] for run in kept))
    return [
        row(task, name, found)
        for task in tasks
        for name in order
        if (found := [run for run in kept if (run["task"], run["method"]) == (task, name)])
    ]


def row(task: str, name: str, runs: list[Mapping[str, Any]]) -> str:
    """Return one line: means over repeats, with 95 % intervals where they say something."""
    ended = [run for run in runs if run["test"] is not None]
    title = f"{task}{'' if find(task).held_out else ' (train)'}"
    failed = f"; {len(runs) - len(ended)} failed" if len(ended) < len(runs) else ""
    if not ended:
        return f"| {title} | {name} | {len(runs)}{failed} | - | - | - | - | - | - |"
    score = mean_interval([run["test"] for run in ended])
    gain = mean_interval([run["test"] - run["seed_program"] for run in ended])
    costs = " | ".join(
        f"{mean_interval([run[key] for run in ended]).mean:.0f}"
        for key in ("responses", "scored", "wall_seconds", "cpu_seconds")
    )
    return (
        f"| {title} | {name} | {len(ended)}{failed} | {shown(score)} | {shown(gain, '+')} "
        f"| {costs} |"
    )


def shown(value: Interval, sign: str = "") -> str:
    ends = "" if value.low is None else f" ({value.low:{sign}.4f} to {value.high:{sign}.4f})"
    return f"{value.mean:{sign}.4f}{ends}"
