"""How many times faster: the ratio of two versions' times, with an interval that noise can't move.

Times are taken in blocks of four runs, ABBA or BAAB by a coin, and a block gives one number:
the mean log time of one version minus that of the other. If the versions are the same program,
then the coin alone decides the number's sign, whatever the machine did meanwhile: spikes, slow
phases, drift and heavy tails need no model (randomisation as a basis: Fisher 1935, "The design
of experiments"). The interval turns that test around: it holds the ratios that the signed-rank
test (Wilcoxon 1945) of the blocks does not reject, which are bounded by ranks of the pairwise
means (Hodges & Lehmann 1963). It is exact at every number of blocks, wants no normal law, and
a block ruined by another process counts by its rank only, so that 29 % of the blocks can be
ruined before the estimate goes astray.

Looking while measuring: the numbers of blocks at which one looks are fixed beforehand, and the
looks share alpha equally (Bonferroni, which holds however they depend on each other). With
probability 1 - alpha every one of the intervals covers the ratio, so one may stop for any reason,
for instance because it has become narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from selftaught.analysis.intervals import finite
from selftaught.values.records import Interval

ALPHA = 0.05
"""Chance that any interval of a measurement misses the ratio; a false claim of a speed-up needs
a miss to one side: half of it."""

FEWEST = 9
"""Blocks before the first look: fewer can't exclude anything at the share of `ALPHA` that a
look has, even where 500 blocks can be paid for."""

_GROWTH = 1.5
"""Each look comes after that many times the blocks of the one before."""

Direction = Literal["faster", "slower", "unclear"]


def look_numbers(blocks: int) -> tuple[int, ...]:
    """Return after how many blocks to look, where ``blocks`` can be paid for.

    9, 13, 20, 30, 40 … up to ``blocks``, which is the last one; the last but one is left out
    where it is so near that a look there would be wasted.

    Raises:
        ValueError: ``blocks`` is below `FEWEST`.
    """
    if blocks < FEWEST:
        raise ValueError(f"expected at least {FEWEST} blocks; found {blocks}")
    numbers = []
    number = float(FEWEST)
    while number * math.sqrt(_GROWTH) < blocks:
        numbers.append(int(number))
        number *= _GROWTH
    return (*numbers, blocks)


def block_gain(original: Sequence[float], candidate: Sequence[float]) -> float:
    """Return the log of how many times faster the candidate was in one block.

    Args:
        original: its times in the block, in any unit, above 0.
        candidate: as many of the candidate's.

    Raises:
        ValueError: a time is not above 0, or the numbers of times differ or are 0.
    """
    if len(original) != len(candidate) or not len(original):
        raise ValueError(
            f"expected equally many times of both; found {len(original)} and {len(candidate)}"
        )
    times = finite([*original, *candidate])
    if times.min() <= 0:
        raise ValueError(f"expected times above 0; found {times.min()}")
    logs = np.log(times)
    return float(logs[: len(original)].mean() - logs[len(original) :].mean())


def ratio_interval(gains: Sequence[float], *, alpha: float = ALPHA) -> Interval:
    """Return how many times faster, with the signed-rank interval of level 1 - alpha.

    ``mean`` is the Hodges-Lehmann estimate; the ends are None where there are too few blocks
    for any interval of that level (``2 ** (1 - n)`` above alpha).

    Args:
        gains: one number a block, by `block_gain`; each as likely too high as too low.
        alpha: chance to miss, for this one look.

    Raises:
        ValueError: a value is no finite number.
    """
    numbers = finite(gains)
    n = len(numbers)
    if n == 0:
        return Interval(mean=None, low=None, high=None, n=0)
    rows, columns = np.triu_indices(n)
    means = np.sort((numbers[rows] + numbers[columns]) / 2)
    centre = _ratio(float(np.median(means)))
    cut = signed_rank_cut(n, alpha / 2)
    if cut is None:
        return Interval(mean=centre, low=None, high=None, n=n)
    low, high = float(means[cut]), float(means[len(means) - 1 - cut])
    return Interval(mean=centre, low=_ratio(low), high=_ratio(high), n=n)


@lru_cache(maxsize=256)
def signed_rank_cut(n: int, tail: float) -> int | None:
    """Return the largest rank sum that a sample of ``n`` stays at or below with chance ``tail``.

    Exact, by counting sign vectors; None where not even 0 is so rare.

    Args:
        n: differences, at least 1.
        tail: in (0, 0.5).
    """
    counts = [1] + [0] * (n * (n + 1) // 2)
    for rank in range(1, n + 1):
        for total in range(len(counts) - 1, rank - 1, -1):
            counts[total] += counts[total - rank]
    allowed, seen = tail * 2**n, 0
    for total, count in enumerate(counts):
        seen += count
        if seen > allowed:
            return total - 1 if total else None
    raise AssertionError("a tail below one half ends the sum early")


@dataclass(frozen=True)
class RatioTest:
    """A measurement in blocks with looks that were fixed beforehand; state in, state out.

    Attributes:
        blocks: how many can be paid for, at least `FEWEST`.
        alpha: chance that any of the looks' intervals misses the ratio.
        least: the speed-up that is worth a claim, at least 1: smaller differences come from
            where code happens to lie in memory.
        narrow: relative width (``high / low - 1``) at which measuring ends once the interval
            lies on one side of ``least``; at a fifth of it, it ends in any case.
        gains: one number a block so far, by `block_gain`.
    """

    blocks: int = 40
    alpha: float = ALPHA
    least: float = 1.0
    narrow: float = 0.1
    gains: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse settings without meaning.

        Raises:
            ValueError: too few blocks, alpha not in (0, 1), ``least`` below 1, or ``narrow``
                not above 0.
        """
        look_numbers(self.blocks)
        if not (0 < self.alpha < 1 and self.least >= 1 and self.narrow > 0):
            raise ValueError(
                "expected alpha in (0, 1), least at 1 or above and narrow above 0; found "
                f"{self.alpha}, {self.least} and {self.narrow}"
            )

    def add(self, gain: float) -> RatioTest:
        """Return the test after one more block.

        Raises:
            ValueError: it is no finite number, or there are more than ``blocks``.
        """
        (number,) = finite([gain])
        if len(self.gains) == self.blocks:
            raise ValueError(f"expected {self.blocks} blocks at most; found one more")
        return replace(self, gains=(*self.gains, float(number)))

    @property
    def interval(self) -> Interval:
        """The interval of the newest look; before the first one it has no ends."""
        looks = look_numbers(self.blocks)
        reached = [number for number in looks if number <= len(self.gains)]
        if not reached:
            estimate = ratio_interval(self.gains, alpha=self.alpha)
            return Interval(mean=estimate.mean, low=None, high=None, n=estimate.n)
        return ratio_interval(self.gains[: reached[-1]], alpha=self.alpha / len(looks))

    @property
    def direction(self) -> Direction:
        """What can be claimed at the newest look: faster means by ``least`` at the least."""
        found = self.interval
        if found.low is not None and found.low > self.least:
            return "faster"
        if found.high is not None and found.high < 1:
            return "slower"
        return "unclear"

    @property
    def done(self) -> bool:
        """Whether measuring ends here: the interval is narrow, or the blocks are spent."""
        if len(self.gains) >= self.blocks:
            return True
        found = self.interval
        if len(self.gains) not in look_numbers(self.blocks):
            return False
        if found.low is None or found.high is None:
            return False
        width = found.high / found.low - 1
        decided = found.low > self.least or found.high < self.least
        return width <= (self.narrow if decided else self.narrow / 5)


def _ratio(gain: float) -> float:
    """Return a gain as a ratio; beyond what a float holds it is the largest or smallest."""
    return math.exp(max(-700.0, min(700.0, gain)))
