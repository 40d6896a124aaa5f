"""Ranges: scores that a task's scale does not have room for."""

from __future__ import annotations

from selftaught.values.records import TaskRange

TOLERANCE = 1e-9


def out_of_range(score: float | None, scale: TaskRange) -> str:
    """Return why a mean score can't be earned, in words; empty where it can, or is None.

    A single score beyond the scale ends a run when it is made; what is left to find is a
    score above the best that is known, and whatever a log that came from elsewhere holds.
    """
    if score is None:
        return ""
    if not scale.low - TOLERANCE <= score <= scale.high + TOLERANCE:
        return f"{score:.6g} is outside the task's range, {scale.low:g} to {scale.high:g}"
    if scale.known_best is not None and score > scale.known_best + TOLERANCE:
        return f"{score:.6g} is above the best that is known, {scale.known_best:g}"
    return ""
