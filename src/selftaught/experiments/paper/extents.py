"""Extents: how much the experiments of the paper are made of, by the name of a scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selftaught.engine.settings import SCALES, Scale
from selftaught.errors import UnknownNameError, UsageError

MOST_RUNS = 1_000


@dataclass(frozen=True)
class Extent:
    """How much `selftaught paper` does.

    Attributes:
        scale: of every invocation and round.
        runs: independent runs of self-improvement, each with its controls.
        repeats: of the transfer, on each of its tasks.
        samples: proposals of the bypass experiment, both arms together.
        seen: tasks that the runs improve on (the paper: learning parity with noise).
        unseen: tasks of table 1.
        published: those of them that are also scored on the paper's own instances.
    """

    scale: Scale
    runs: int
    repeats: int
    samples: int
    seen: tuple[str, ...]
    unseen: tuple[str, ...]
    published: tuple[str, ...]


_UNSEEN = ("string_grid", "mqap", "three_sat", "maxcut", "parity_noiseless")
_PUBLISHED = ("string_grid", "mqap")

EXTENTS = {
    "tiny": Extent(
        Scale(
            calls=2, responses=2, utility_calls=3, meta_calls=2, repeats=1, rounds=2, gate_pairs=2
        ),
        runs=2,
        repeats=2,
        samples=16,
        seen=("parity",),
        unseen=("string_grid", "parity_noiseless"),
        published=("string_grid",),
    ),
    "small": Extent(
        replace(SCALES["tiny"], calls=3, responses=4, utility_calls=12, rounds=3),
        runs=5,
        repeats=5,
        samples=400,
        seen=("parity",),
        unseen=_UNSEEN,
        published=_PUBLISHED,
    ),
    "full": Extent(
        SCALES["paper"],
        runs=5,
        repeats=10,
        samples=20_000,
        seen=("parity",),
        unseen=_UNSEEN,
        published=_PUBLISHED,
    ),
}
"""``full`` has the paper's budgets and its 10,000 proposals with and without the warning."""


def extent_named(name: str, *, runs: int | None = None, samples: int | None = None) -> Extent:
    """Return the extent of that name; numbers that are given replace its own.

    Raises:
        UnknownNameError: there is none of that name.
        UsageError: a number is out of range.
    """
    if name not in EXTENTS:
        raise UnknownNameError("scale", name, EXTENTS)
    if runs is not None and not 1 <= runs <= MOST_RUNS:
        raise UsageError(f"--runs between 1 and {MOST_RUNS:,}", str(runs))
    found = EXTENTS[name]
    return replace(
        found,
        runs=found.runs if runs is None else runs,
        samples=found.samples if samples is None else samples,
    )
