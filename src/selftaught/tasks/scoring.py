"""Scoring: the task's ``score`` of one output, checked."""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from selftaught.tasks.tracebacks import task_file, task_traceback
from selftaught.values.outcome import Status
from selftaught.values.task import Task

TOLERANCE = 1e-9
"""How far beyond its range a score may lie, from rounding, before it is the task's fault."""

DETAIL_CHARACTERS = 500
"""Longest reason that is kept: it may quote what the program returned."""


FEEDBACK_CHARACTERS = 10_000
"""Longest text beside a score that is kept."""


@dataclass(frozen=True)
class Verdict:
    """What an output is worth.

    Attributes:
        status: ``ok``, or ``wrong_output`` where ``score`` raised ValueError.
        score: in the task's scale; its low where not ok.
        detail: why it is not ok.
        feedback: the text that ``score`` gave beside the number.
    """

    status: Status
    score: float
    detail: str = ""
    feedback: str = ""


class JudgingError(Exception):
    """``score`` or ``drive`` failed on an output: the task's fault where it fails the seed's, too.

    Attributes:
        status: what it is of a candidate whose output it was.
        function: ``score`` or ``drive``.
        text: what happened, with a traceback where there is one.
    """

    def __init__(self, status: Status, function: str, text: str) -> None:
        """Keep all of it."""
        self.status, self.function, self.text = status, function, text
        super().__init__(text)

    @property
    def detail(self) -> str:
        """The last line, as the reason of a candidate's outcome."""
        return self.text.rstrip().rpartition("\n")[2][:DETAIL_CHARACTERS]


def judge(task: Task, inputs: tuple[Any, ...], key: Any, output: Any) -> Verdict:
    """Return the task's verdict on one output.

    Raises:
        JudgingError: ``score`` raised anything but ValueError, or returned no number in the
            task's scale.
    """
    try:
        returned = task.score(inputs, key, output)
    except ValueError as error:
        return Verdict(Status.WRONG_OUTPUT, task.scale.low, said(error))
    except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
        text = task_traceback(error, task_file(task.score))
        raise JudgingError(Status.WRONG_OUTPUT, "score", text) from None
    number, feedback = _parts(returned)
    return Verdict(Status.OK, _checked(task, number), feedback=feedback[:FEEDBACK_CHARACTERS])


def said(error: ValueError) -> str:
    """Return why an output is no valid answer, in the task's words."""
    return str(error)[:DETAIL_CHARACTERS]


def _parts(returned: Any) -> tuple[Any, str]:
    if isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], str):
        return returned
    return returned, ""


def _checked(task: Task, returned: Any) -> float:
    """Return a score within the task's scale.

    Raises:
        JudgingError: it is none.
    """
    low, high = task.scale.low, task.scale.high
    plain = isinstance(returned, np.generic) or (
        isinstance(returned, np.ndarray) and returned.ndim == 0
    )
    number = returned.item() if plain else returned
    is_number = isinstance(number, Real)
    if is_number:
        value = _float(number)
        if low - TOLERANCE <= value <= high + TOLERANCE:  # False for NaN
            return min(max(value, low), high)
    raise JudgingError(
        Status.OUT_OF_RANGE if is_number else Status.WRONG_OUTPUT,
        "score",
        f"score returned {reprlib.repr(returned)}, not a number from {low:g} to {high:g} (low and"
        f" high of [score] in task.toml), nor such a number with a text",
    )


def _float(number: Real) -> float:
    try:
        return float(number)
    except (OverflowError, ValueError, TypeError):
        return math.nan
