"""Arms: does self-improvement pay, at equal spend, against the best of its controls?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.paired import differences as paired_differences
from selftaught.analysis.paired import holm, paired_interval, sign_flip_p
from selftaught.values.records import Interval, Spent

STOP = "C"
"""The arm of self-improvement; A: one invocation with the whole budget, B: the seed
improver in every round, D: best-of-N or sequential sampling."""


@dataclass(frozen=True)
class Arm:
    """One arm, replicate by replicate (independent runs, in the same order in all arms).

    Attributes:
        endpoints: the primary endpoint of each run: mean over tasks, normalised.
        spent: of each run, self-improvement's own cost counted in.
    """

    endpoints: Sequence[float]
    spent: Sequence[Spent]


@dataclass(frozen=True)
class ArmRow:
    """An arm's endpoint, and how far STOP is above it.

    Attributes:
        arm: its name.
        endpoint: mean over runs with its t interval.
        difference: STOP minus this arm, paired; None for STOP itself.
        p_value: two-sided sign-flip test, Holm over the controls; None for STOP itself.
        spent: sum over the runs.
    """

    arm: str
    endpoint: Interval
    difference: Interval | None
    p_value: float | None
    spent: Spent


@dataclass(frozen=True)
class ArmsSummary:
    """All arms, and the headline: STOP against the best of its controls.

    Attributes:
        rows: in the order given.
        best_control: the control with the highest mean endpoint. It was chosen on the same
            runs, which favours it and not STOP.
        headline: STOP minus the best control, paired.
    """

    rows: tuple[ArmRow, ...]
    best_control: str
    headline: Interval


def summarise(arms: Mapping[str, Arm], *, seed: int = 0) -> ArmsSummary:
    """Return the summary of the arms; the one named ``C`` is STOP.

    Args:
        arms: by name; at least STOP and a control, with equally many runs.
        seed: of drawn sign vectors.

    Raises:
        ValueError: STOP or a control is missing, or the arms differ in their runs.
    """
    controls = [name for name in arms if name != STOP]
    if STOP not in arms or not controls:
        raise ValueError(f"expected the arm {STOP!r} and a control; found {sorted(arms)}")
    stop = arms[STOP].endpoints
    gains = {name: paired_differences(arms[name].endpoints, stop) for name in controls}
    adjusted = holm([sign_flip_p(gain, seed=seed) for gain in gains.values()])
    p_values = dict(zip(controls, adjusted, strict=True))
    rows = tuple(
        ArmRow(
            arm=name,
            endpoint=mean_interval(arm.endpoints),
            difference=mean_interval(gains[name]) if name in gains else None,
            p_value=p_values.get(name),
            spent=sum(arm.spent, Spent()),
        )
        for name, arm in arms.items()
    )
    best = max(controls, key=lambda name: _mean(arms[name].endpoints))
    return ArmsSummary(rows, best, paired_interval(arms[best].endpoints, stop))


def break_even(recursion: float, before: float, after: float) -> int | None:
    """Return how many downstream tasks repay the recursion; None: never.

    All three in one unit (responses, tokens, dollars or CPU seconds).

    Args:
        recursion: what the self-improvement used, once.
        before: what the seed improver needs on a task to reach a given score.
        after: what the improved improver needs to reach the same score.

    Raises:
        ValueError: a cost is negative or no finite number.
    """
    costs = (recursion, before, after)
    if not all(math.isfinite(cost) and cost >= 0 for cost in costs):
        raise ValueError(f"expected costs of at least 0; found {costs}")
    if recursion == 0:
        return 0
    return math.ceil(recursion / (before - after)) if before > after else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else -math.inf
