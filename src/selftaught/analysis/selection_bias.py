"""Selection bias: how much of a winner's score was luck when it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from selftaught.analysis.intervals import mean_interval
from selftaught.values.records import Interval


def selection_bias(chosen: float, fresh: Sequence[float]) -> Interval:
    """Return the score when chosen minus the mean on fresh seeds, with its 95 % interval.

    Args:
        chosen: the score on which the winner was picked, taken as given.
        fresh: its scores on fresh instance and program seeds, one a replicate, past every
            cache.

    Raises:
        ValueError: a score is no finite number.
    """
    return mean_interval([chosen - score for score in fresh])
