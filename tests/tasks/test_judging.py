"""What ``score`` and ``drive`` do with a candidate's output never ends a run; the seed's may."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fakes.tasks import doubling, outcome_of
from selftaught.errors import TaskCodeError
from selftaught.values.outcome import Status

ODD = "def solve(number):\n    return -1\n"
"""Gives what the tasks here can't judge."""


def judged(returned: Any) -> Any:
    """A task whose score gives this for `ODD`, and raises it where it is an exception."""

    def score(inputs: tuple[Any, ...], key: Any, output: Any) -> Any:
        if output != -1:
            return 0.5
        if isinstance(returned, BaseException):
            raise returned
        return returned

    return doubling(score=score)


@pytest.mark.parametrize(
    "returned",
    [None, "1.0", 1j, (1.0,), (1.0, 2), (1.0, "a", "b"), [1.0], np.array([1.0]), object()],
    ids=lambda value: type(value).__name__,
)
def test_no_number_is_a_wrong_output_of_the_candidate(returned: Any) -> None:
    outcome = outcome_of(judged(returned), ODD)
    assert (outcome.status, outcome.score) == (Status.WRONG_OUTPUT, -1.0)
    assert "not a number from -1 to 1" in outcome.instances[0].detail


@pytest.mark.parametrize(
    "returned", [float("nan"), float("inf"), -float("inf"), 1.1, 10**400, np.float64("nan")]
)
def test_a_number_outside_the_scale_is_out_of_range(returned: Any) -> None:
    outcome = outcome_of(judged(returned), ODD)
    assert (outcome.status, outcome.score) == (Status.OUT_OF_RANGE, -1.0)


@pytest.mark.parametrize(
    "raised",
    [
        TypeError("no"), ZeroDivisionError(), RecursionError(), MemoryError(), AssertionError(),
        SystemExit(1), KeyboardInterrupt(), GeneratorExit(), StopIteration(),
    ],
    ids=repr,
)  # fmt: skip
def test_what_score_raises_is_the_candidates_outcome(raised: BaseException) -> None:
    outcome = outcome_of(judged(raised), ODD)
    assert (outcome.status, outcome.score) == (Status.WRONG_OUTPUT, -1.0)
    assert type(raised).__name__ in outcome.instances[0].detail


@pytest.mark.parametrize("raised", [TypeError("no"), SystemExit(1), KeyboardInterrupt()], ids=repr)
def test_what_drive_raises_is_the_candidates_outcome(raised: BaseException) -> None:
    def drive(inputs: tuple[Any, ...], call: Any) -> Any:
        output = call(*inputs)
        if output == -1:
            raise raised
        return output

    assert outcome_of(doubling(drive=drive), ODD).status == Status.WRONG_OUTPUT


def test_a_score_that_fails_on_the_seeds_output_too_is_the_tasks_fault() -> None:
    def score(inputs: tuple[Any, ...], key: Any, output: Any) -> float:
        return float("nan")

    for source in (ODD, doubling().seed.source):
        with pytest.raises(TaskCodeError, match="not a number"):
            outcome_of(doubling(score=score), source)


@pytest.mark.parametrize("returned", [np.bool_(True), np.array(1.0), np.int64(1), True])
def test_scalars_of_numpy_are_numbers(returned: Any) -> None:
    assert outcome_of(judged(returned), ODD).score == 1.0


def test_a_huge_text_beside_a_score_is_cut() -> None:
    outcome = outcome_of(judged((0.5, "x" * 10**6)), ODD)
    assert len(outcome.instances[0].feedback) == 10_000
