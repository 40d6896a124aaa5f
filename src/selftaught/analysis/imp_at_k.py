"""imp@k: what an improver, frozen, gains within its first k calls."""

from __future__ import annotations

from collections.abc import Sequence

from selftaught.analysis.intervals import mean_interval
from selftaught.values.records import Interval


def imp_at_k(trajectories: Sequence[Sequence[float]], seeds: Sequence[float], k: int) -> Interval:
    """Return the mean gain over the seed program after ``k`` calls, with its 95 % interval.

    A replicate's gain is what the improver would return after ``k`` calls, scored on
    instances that it did not see, minus the seed program's score there. No best is taken of
    scores on those instances, which would be a maximum over noise; so a gain can be negative.

    Args:
        trajectories: by replicate, the score of what was best after each call by what the
            improver saw; one that ended early stays at its last.
        seeds: the seed program's score in each replicate.
        k: calls, at least 0; after none, the seed program is all there is.

    Raises:
        ValueError: ``k`` is negative, the two have different lengths, or a trajectory is
            empty.
    """
    if k < 0 or len(trajectories) != len(seeds) or not all(trajectories):
        raise ValueError(
            "expected k of at least 0 and a seed score for every trajectory, none of them empty; "
            f"found k = {k}, {len(trajectories)} trajectories and {len(seeds)} seed scores"
        )
    pairs = zip(trajectories, seeds, strict=True)
    return mean_interval(
        [scores[min(k, len(scores)) - 1] - seed if k else 0.0 for scores, seed in pairs]
    )
