"""The gap: how much better something does where it was chosen than where it was not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from selftaught.analysis.intervals import LEVEL, finite, mean_interval
from selftaught.analysis.student import t_quantile
from selftaught.values.records import Interval


def paired_gap(train: Sequence[float], held_out: Sequence[float]) -> Interval:
    """Return the mean of train minus held-out score with Student's 95 % interval.

    Args:
        train: scores of independent programs on the instances that chose them.
        held_out: of the same programs on instances that had no say.

    Raises:
        ValueError: the two have different lengths, or a value is no finite number.
    """
    return mean_interval([a - b for a, b in zip(train, held_out, strict=True)])


def unpaired_gap(train: Sequence[float], held_out: Sequence[float]) -> Interval:
    """Return the difference of two means with Welch's 95 % interval (Welch 1947).

    Args:
        train: one program's figures on the instances that chose it, independent.
        held_out: its figures on other instances; their number may differ.

    Returns:
        Ends are None where either has fewer than two values, and both the mean where
        neither varies; ``n`` is the number of all values.

    Raises:
        ValueError: a value is no finite number.
    """
    first, second = finite(train), finite(held_out)
    n = len(first) + len(second)
    if not len(first) or not len(second):
        return Interval(mean=None, low=None, high=None, n=n)
    mean = float(first.mean() - second.mean())
    if min(len(first), len(second)) < 2:
        return Interval(mean=mean, low=None, high=None, n=n)
    parts = [float(each.var(ddof=1)) / len(each) for each in (first, second)]
    square = sum(parts)
    if not square:
        return Interval(mean=mean, low=mean, high=mean, n=n)
    freedom = square**2 / sum(
        part**2 / (len(each) - 1) for part, each in zip(parts, (first, second), strict=True)
    )
    half = t_quantile((1 + LEVEL) / 2, freedom) * math.sqrt(square)
    return Interval(mean=mean, low=mean - half, high=mean + half, n=n)
