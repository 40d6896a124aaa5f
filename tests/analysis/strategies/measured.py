"""The detector measured on labelled programs; for tests and benchmarks/strategies.py."""

from __future__ import annotations

import json
from pathlib import Path

from selftaught.analysis.proportions import Rate, wilson
from selftaught.analysis.strategies.detect import detect
from selftaught.analysis.strategies.found import STRATEGIES

CORPUS = Path(__file__).parent
Pairs = list[tuple[set[str], set[str]]]
"""For each program what was found and what its labels are."""


def read_set(folder: Path = CORPUS, half: str | None = None) -> Pairs:
    """Return what was found in each program of a labelled set, and its labels.

    Args:
        folder: holds ``labels.json`` (a file's name to an entry with ``labels``) and the
            programs in ``corpus/``.
        half: only these programs of ``split.json``; None: all.

    Raises:
        ValueError: the folder holds no such set, or a label is none of `STRATEGIES`.
    """
    kept = folder / "labels.json"
    if not kept.is_file() or not (folder / "corpus").is_dir():
        message = f"{folder} holds no labelled set: expected labels.json and corpus/ in it"
        raise ValueError(message)
    labels = json.loads(kept.read_text("utf-8"))
    names = sorted(labels)
    if half is not None:
        split = json.loads((folder / "split.json").read_text("utf-8"))
        names = [name for name in names if split[name] == half]
    for name in names:
        unknown = set(labels[name]["labels"]) - set(STRATEGIES)
        if unknown:
            message = f"{kept}: {name} carries {sorted(unknown)}; known are {list(STRATEGIES)}"
            raise ValueError(message)
    return [(_found(folder / "corpus" / name), set(labels[name]["labels"])) for name in names]


def _found(path: Path) -> set[str]:
    return {found.name for found in detect(path.read_text("utf-8"))}


def rates(pairs: Pairs) -> dict[str, tuple[Rate, Rate]]:
    """Precision and recall of each strategy."""
    found = {}
    for name in STRATEGIES:
        hits = sum(name in got and name in want for got, want in pairs)
        precision = wilson(hits, sum(name in got for got, _ in pairs))
        recall = wilson(hits, sum(name in want for _, want in pairs))
        found[name] = (precision, recall)
    return found


def figures(half: str | None = None, folder: Path = CORPUS) -> dict[str, tuple[Rate, Rate]]:
    """Precision and recall of each strategy on a labelled set or one half of it."""
    return rates(read_set(folder, half))


def macro(found: dict[str, tuple[Rate, Rate]]) -> tuple[float, float]:
    """Mean precision and mean recall; a label that was never found has precision 0."""
    precision = [each.rate or 0.0 for each, _ in found.values()]
    recall = [each.rate or 0.0 for _, each in found.values()]
    return sum(precision) / len(precision), sum(recall) / len(recall)
