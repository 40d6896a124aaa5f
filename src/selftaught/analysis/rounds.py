"""Rounds: the meta-utility of many independent runs, round by round (the paper, figure 4)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from selftaught.analysis.paired import differences
from selftaught.analysis.proportions import Rate, wilson

GAIN = 0.03
"""What counts as a gain of a run: three points of meta-utility, as in the paper's count."""

_ROUNDING = 1e-9
"""Sums of scores differ by this much for no other reason than their order."""


def standard_error(values: Sequence[float]) -> float | None:
    """Return the standard error of the mean: sd / √n; None for n < 2."""
    if len(values) < 2:
        return None
    return statistics.stdev(values) / math.sqrt(len(values))


def share_gaining(before: Sequence[float], after: Sequence[float], *, least: float = GAIN) -> Rate:
    """Return the share of runs whose score rose by at least ``least``, with its interval.

    Args:
        before: each run's score of the improver that it began with.
        after: each run's score of the improver that it ended with.
        least: in the scale of the scores.

    Raises:
        ValueError: the two have different lengths.
    """
    gains = differences(before, after)
    return wilson(sum(gain >= least - _ROUNDING for gain in gains), len(gains))
