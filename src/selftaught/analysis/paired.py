"""Paired comparisons: differences, the sign-flip permutation test and Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from selftaught.analysis.intervals import finite, mean_interval
from selftaught.values.records import Interval

EXACT = 20
"""Pairs up to which all 2ⁿ sign vectors are enumerated (2²⁰ sums: 8 MB, 10 ms)."""
SAMPLES = 100_000
"""Sign vectors that are drawn where there are too many to enumerate."""

Alternative = Literal["greater", "two-sided"]


def differences(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Return ``after - before`` pair by pair.

    Raises:
        ValueError: the two have different lengths.
    """
    if len(before) != len(after):
        raise ValueError(f"expected pairs; found {len(before)} and {len(after)} values")
    return [float(new) - float(old) for old, new in zip(before, after, strict=True)]


def paired_interval(before: Sequence[float], after: Sequence[float]) -> Interval:
    """Return the mean of ``after - before`` with its 95 % t interval.

    Raises:
        ValueError: the two have different lengths, or a value is no finite number.
    """
    return mean_interval(differences(before, after))


def sign_flip_p(
    differences: Sequence[float], *, alternative: Alternative = "two-sided", seed: int = 0
) -> float:
    """Return the p-value of the sign-flip permutation test of paired differences.

    The null hypothesis: each pair is exchangeable, so that its difference is as likely as
    its opposite (Fisher 1935, "The design of experiments", 21). The statistic is the sum.
    All sign vectors are enumerated up to 20 pairs that differ; beyond, 100,000 are drawn
    and the observed one counts among them (Phipson & Smyth 2010). No difference: 1.

    Args:
        differences: one a pair; weighted ones for a weighted mean.
        alternative: ``greater`` for a mean above 0.
        seed: of the drawn sign vectors.

    Raises:
        ValueError: a value is no finite number.
    """
    numbers = finite(differences)
    sizes = np.abs(numbers[numbers != 0])
    if len(sizes) == 0:
        return 1.0
    observed = float(numbers.sum())
    slack = 1e-9 * float(sizes.sum())
    if len(sizes) <= EXACT:
        return _extreme(_all_sums(sizes), observed, alternative, slack) / 2.0 ** len(sizes)
    return _drawn_p(sizes, observed, alternative, slack, np.random.default_rng(seed))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values, in the order given (Holm 1979).

    Rejecting those at or below α keeps the chance of any false rejection at or below α.

    Raises:
        ValueError: a p-value is not in [0, 1].
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"expected p-values in [0, 1]; found {list(p_values)}")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def _all_sums(sizes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    sums = np.zeros(1)
    for size in sizes:
        sums = np.concatenate([sums - size, sums + size])
    return sums


def _extreme(
    sums: npt.NDArray[np.float64], observed: float, alternative: Alternative, slack: float
) -> int:
    if alternative == "greater":
        return int(np.count_nonzero(sums >= observed - slack))
    return int(np.count_nonzero(np.abs(sums) >= abs(observed) - slack))


def _drawn_p(
    sizes: npt.NDArray[np.float64],
    observed: float,
    alternative: Alternative,
    slack: float,
    generator: np.random.Generator,
) -> float:
    block = max(1, 2_000_000 // len(sizes))
    extreme = 0
    for done in range(0, SAMPLES, block):
        signs = generator.integers(2, size=(min(block, SAMPLES - done), len(sizes))) * 2.0 - 1
        extreme += _extreme(signs @ sizes, observed, alternative, slack)
    return (extreme + 1) / (SAMPLES + 1)
