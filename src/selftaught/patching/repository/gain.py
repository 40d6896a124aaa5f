"""Minimum gains: how much better a version has to be to be worth a reviewer's time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from selftaught.errors import UsageError

OPTION = "--minimum-gain"
SCORE, FASTER = "1%", "2%"
"""What it is where none is given, with a score and with a speed: smaller differences in speed
come from where code happens to lie in memory."""


@dataclass(frozen=True)
class MinimumGain:
    """The least gain that is offered.

    Attributes:
        text: as the user wrote it.
        amount: in units of the score, or the part of the original's score where ``relative``.
        relative: whether it is a percentage.
    """

    text: str
    amount: float
    relative: bool

    @property
    def ratio(self) -> float:
        """As how many times less time, of a percentage."""
        return 1 + self.amount

    def least(self, before: Sequence[float]) -> list[float]:
        """Return the least gain for each run of the original, in units of the score.

        A percentage is of the size of the original's mean score: 1 % of -200 is 2. Of 0 it is 0,
        so that any gain is enough.
        """
        if not self.relative:
            return [self.amount] * len(before)
        sign = math.copysign(1.0, fmean(before))
        return [self.amount * sign * each for each in before]

    def told(self, gain: float, before: float) -> str:
        """Return a gain in the words in which this minimum is given.

        Args:
            gain: in units of the score.
            before: the original's mean score.
        """
        if self.relative and before:
            return f"{100 * gain / abs(before):.2g} %"
        return f"{gain:.4g}"


def minimum_gain(text: str, *, faster: bool) -> MinimumGain:
    """Return the minimum gain that a user gave.

    Args:
        text: ``1%``, or a number in the unit of the score; empty: the usual one.
        faster: whether it is one of speed, which is a percentage.

    Raises:
        UsageError: it is neither, negative, or no percentage where it has to be one.
    """
    given = text.strip() or (FASTER if faster else SCORE)
    relative = given.endswith("%")
    try:
        amount = float(given.removesuffix("%"))
    except ValueError:
        amount = math.nan
    wanted = f"{OPTION} as a percentage such as 2%"
    if not faster:
        wanted += ", or as a number in the unit of the score"
    if not 0 <= amount < math.inf or (faster and not relative):
        hint = f"{given}%" if faster and 0 <= amount < math.inf else "e.g. 2%"
        raise UsageError(wanted, repr(text), f"percentages end with %: {hint}")
    return MinimumGain(given.replace(" ", ""), amount / 100 if relative else amount, relative)
