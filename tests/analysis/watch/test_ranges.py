from __future__ import annotations

import pytest

from selftaught.analysis.watch.ranges import out_of_range
from selftaught.values.records import TaskRange


def scale(known_best: float | None = None) -> TaskRange:
    return TaskRange(task="t", entry_point="solve", low=0.0, high=2.0, known_best=known_best)


@pytest.mark.parametrize("score", [None, 0.0, 1.0, 2.0, 2.0 + 1e-12, -1e-12])
def test_scores_in_the_range_are_earned(score: float | None) -> None:
    assert out_of_range(score, scale()) == ""


@pytest.mark.parametrize("score", [-0.1, 2.1, float("inf"), float("nan")])
def test_scores_beyond_the_range_are_told(score: float) -> None:
    assert "outside the task's range, 0 to 2" in out_of_range(score, scale())


def test_scores_above_the_best_known_are_told() -> None:
    assert out_of_range(1.0, scale(1.0)) == ""
    assert "above the best that is known, 1" in out_of_range(1.01, scale(1.0))
