"""Durations: how long the final comparison of a version with the original takes."""

from __future__ import annotations

from selftaught.analysis.ratio import FEWEST
from selftaught.patching.benchmark import CALL_BLOCKS
from selftaught.patching.objective import Objective
from selftaught.patching.scores import comparison_runs

MARGIN = 1.25
"""Runs differ, and a version may be slower than the original."""
RESULTS = 2
"""Comparing a winner's results takes so many times as long as in the search: on more inputs."""
START_SECONDS = 0.2
"""What every command takes besides: it is confined, and its traces are looked for."""


def comparison_seconds(aim: Objective) -> float:
    """Return about how many seconds of wall time the final comparison takes at least.

    A score whose time is not known, in runs that an earlier version began, counts like the
    check.
    """
    baseline = aim.baseline
    score = baseline.score_seconds or baseline.check_seconds
    runs = 4 * (FEWEST + CALL_BLOCKS) if aim.goal.faster else 2 * comparison_runs(aim)
    checks = 2 * (baseline.check_seconds + START_SECONDS)
    return MARGIN * (checks + RESULTS * baseline.results_seconds + runs * (score + START_SECONDS))
