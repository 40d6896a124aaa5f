"""Intervals: means with their 95 % intervals, by Student's t and by the bootstrap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from selftaught.analysis.student import t_quantile
from selftaught.values.records import Interval

LEVEL = 0.95
"""Confidence level of every interval that the product prints."""

Run = Mapping[str, Sequence[Sequence[float]]]
"""A run's scores by task: a list of repeats, each a list of instances' scores."""

_Units = list[npt.NDArray[np.float64]]


def mean_interval(values: Sequence[float], *, level: float = LEVEL) -> Interval:
    """Return the mean with Student's t interval (Student 1908); ends are None for n < 2.

    Args:
        values: independent replicates, any number; their scale is kept.
        level: in (0, 1).

    Raises:
        ValueError: a value is no finite number.
    """
    numbers = finite(values)
    n = len(numbers)
    if n == 0:
        return Interval(mean=None, low=None, high=None, n=0)
    mean = float(numbers.mean())
    if n == 1:
        return Interval(mean=mean, low=None, high=None, n=1)
    half = t_quantile((1 + level) / 2, n - 1) * float(numbers.std(ddof=1)) / math.sqrt(n)
    return Interval(mean=mean, low=mean - half, high=mean + half, n=n)


def hierarchical_interval(runs: Sequence[Run], *, seed: int, draws: int = 10_000) -> Interval:
    """Return the mean over tasks with its 95 % bootstrap interval, stratified by task.

    The levels are run → task → repeat → instance. A score is the mean over instances, then
    repeats, then tasks, then runs. Tasks are strata: all of them count equally in every
    draw. Drawn with replacement is the outermost level that has two units or more: runs;
    in a single run the repeats of each task; in single repeats the instances of each task.
    Levels below come along whole: what they vary by is in the units above already, and to
    draw them too would count it twice (Davison & Hinkley 1997, 3.8).

    The ends are Student's t around the mean with the bootstrap's standard error, corrected
    for the number of units (Efron & Tibshirani 1993, 12.2; Hesterberg 2015, 3.3):
    percentiles cover only 91 % with five runs.

    Args:
        runs: independent runs with the same tasks. ``n`` of the result is the number of
            units that were drawn (of all tasks together, below the runs).
        seed: of the draws.
        draws: number of bootstrap draws, at least 1,000.

    Raises:
        ValueError: runs have different tasks, something is empty, or no finite number.
    """
    if draws < 1_000:
        raise ValueError(f"expected at least 1,000 draws; found {draws}")
    if not runs:
        return Interval(mean=None, low=None, high=None, n=0)
    return stratified_interval(_units(runs), seed=seed, draws=draws)


def stratified_interval(
    strata: Sequence[Sequence[float] | npt.NDArray[np.float64]],
    *,
    seed: int,
    draws: int = 10_000,
) -> Interval:
    """Return the mean of the strata's means with its 95 % bootstrap interval.

    Units are drawn with replacement within their stratum (Efron & Tibshirani 1993, 8.3);
    ends as in `hierarchical_interval`, None unless every stratum has two units.

    Args:
        strata: each a list of independent units, not empty.
        seed: of the draws.
        draws: number of bootstrap draws.

    Raises:
        ValueError: there is no stratum, one is empty, or a value is no finite number.
    """
    units = [finite(each) for each in strata]
    if not units or not all(len(each) for each in units):
        raise ValueError("expected at least one stratum and a unit in each; found an empty one")
    mean = float(np.mean([each.mean() for each in units]))
    total = sum(len(each) for each in units)
    if min(len(each) for each in units) < 2:
        return Interval(mean=mean, low=None, high=None, n=total)
    generator = np.random.default_rng(seed)
    errors = [_standard_error(each, generator, draws) for each in units]
    freedom = sum(len(each) - 1 for each in units)
    half = t_quantile((1 + LEVEL) / 2, freedom) * math.hypot(*errors) / len(units)
    return Interval(mean=mean, low=mean - half, high=mean + half, n=total)


def finite(values: Any) -> npt.NDArray[np.float64]:
    """Return the values as a vector.

    Raises:
        ValueError: a value is infinite or no number.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not np.isfinite(numbers).all():
        raise ValueError(f"expected a list of finite numbers; found {values!r:.200}")
    return numbers


def _units(runs: Sequence[Run]) -> _Units:
    """Return the outermost units there are two of: one stratum of runs, or one a task."""
    names = sorted(runs[0])
    if any(sorted(run) != names for run in runs):
        raise ValueError("expected the same tasks in every run; found different ones")
    repeats = [[_repeat_means(run[name]) for name in names] for run in runs]
    if len(runs) > 1:
        return [np.array([np.mean([task.mean() for task in run]) for run in repeats])]
    if all(len(task) > 1 for task in repeats[0]):
        return repeats[0]
    if all(len(runs[0][name]) == 1 for name in names):
        return [finite(runs[0][name][0]) for name in names]
    return repeats[0]


def _repeat_means(repeats: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    if not repeats or not all(len(each) for each in repeats):
        raise ValueError("expected a repeat with an instance for every task; found none")
    return np.array([finite(each).mean() for each in repeats])


def _standard_error(
    units: npt.NDArray[np.float64], generator: np.random.Generator, draws: int
) -> float:
    """Return the spread of the means of ``draws`` samples with replacement.

    Times √(n / (n − 1)), since n units drawn from themselves spread too little.
    """
    n = len(units)
    block = max(1, 2_000_000 // n)
    means = np.concatenate(
        [
            units[generator.integers(n, size=(min(block, draws - done), n))].mean(1)
            for done in range(0, draws, block)
        ]
    )
    return float(means.std(ddof=1)) * math.sqrt(n / (n - 1))
