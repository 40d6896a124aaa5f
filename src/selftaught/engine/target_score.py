"""The target score: what a search stops at, to buy no further answers."""

from __future__ import annotations

from dataclasses import dataclass

from selftaught.engine.settings import Settings
from selftaught.values.task import Task

TOLERANCE = 1e-9
"""Relative difference that still counts as reached: sums in another order."""


@dataclass(frozen=True)
class TargetScore:
    """A score on train that ends a search.

    Attributes:
        score: in the task's scale, where more is better.
        what: what it is, in words.
    """

    score: float
    what: str

    def reached(self, score: float | None) -> bool:
        """Return whether a score is as high, but for `TOLERANCE`."""
        return score is not None and score >= self.score - TOLERANCE * max(1.0, abs(self.score))


def target_score_of(
    task: Task, settings: Settings, *, minimise: bool = False
) -> TargetScore | None:
    """Return what ends a search: ``--stop-at``, else the task's known best; None: nothing.

    Args:
        task: to work on.
        settings: of the run.
        minimise: ``--stop-at`` is a score of which less is better, so its sign is turned.
    """
    if settings.stop_at is not None:
        sign = -1.0 if minimise else 1.0
        return TargetScore(sign * settings.stop_at, f"--stop-at {settings.stop_at:g}")
    best = task.scale.known_best
    return None if best is None else TargetScore(best, f"the known best, {best:g}")
