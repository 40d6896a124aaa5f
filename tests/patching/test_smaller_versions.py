"""Versions without what brings nothing: how they are scored, and which are offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from patching.repository.shop import goal
from selftaught.budget import Budget
from selftaught.patching.objective import Objective
from selftaught.patching.repository.baseline import Baseline
from selftaught.patching.work import VersionJudge, keeps
from selftaught.values.facts import Compared
from selftaught.values.program import Program
from selftaught.values.records import Interval

BASELINE = Baseline(1.0, 60.0, 1.0, noisy=True)


@pytest.mark.parametrize(
    ("faster", "draws"), [("bench.py::run", ["train"]), ("", ["train", "fresh"])]
)
async def test_a_speed_is_scored_once_and_a_score_on_fresh_instances_too(
    faster: str, draws: list[str]
) -> None:
    asked: list[str | int] = []
    told: list[str] = []

    async def score(
        program: Program, owner: str, ledger: Budget, draw: tuple[str | int, ...]
    ) -> float:
        asked.append(draw[-1])
        return 3.0

    chosen = goal(score="" if faster else "python bench.py", faster=faster, minimise=False)
    aim = Objective(Path("/"), chosen, BASELINE)
    judge = VersionJudge(score, aim, ledger=Budget(), tell=told.append)
    standing = await judge.standing(Program("def f(): pass\n"))
    assert asked == draws
    assert standing.train == standing.fresh == 1.0
    assert told == ["smaller version 1"]


def compared(what: str, gain: float) -> Compared:
    return Compared(
        program="b" * 64,
        against="a" * 64,
        what=what,
        status="faster",
        reason="",
        before=(),
        after=(),
        gain=Interval(mean=gain, low=None, high=None, n=9),
    )


@pytest.mark.parametrize(
    ("what", "smaller", "whole", "kept"),
    [
        ("speed", 2.0, 2.0, True),
        ("speed", 1.9, 2.0, True),
        ("speed", 1.7, 2.0, False),
        ("score", 0.95, 1.0, True),
        ("score", 0.8, 1.0, False),
    ],
)
def test_a_smaller_version_has_to_keep_most_of_the_gain(
    what: str, smaller: float, whole: float, kept: object
) -> None:
    assert keeps(compared(what, smaller), compared(what, whole)) is kept
