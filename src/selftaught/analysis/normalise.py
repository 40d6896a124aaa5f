"""Normalised scores: where a score lies between the seed program's and the known best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selftaught.values.records import Interval

HEADROOM = 0.9
"""From this share of the way from the seed to the known best on, a single answer leaves a
task no headroom."""


@dataclass(frozen=True)
class Reference:
    """What a task's scores are measured by, on the split in question.

    Attributes:
        seed: the seed program's score.
        best: the known best score: an optimum, a bound or the literature's; None: unknown.
        one_answer: score of a single answer of the model; None: not measured.
    """

    seed: float
    best: float | None
    one_answer: float | None = None


@dataclass(frozen=True)
class Headroom:
    """Which tasks claims about improvers rest on, and why others were left out.

    Attributes:
        kept: names, in order.
        left_out: reason by name.
    """

    kept: tuple[str, ...]
    left_out: Mapping[str, str]


def normalised(score: float, reference: Reference) -> float:
    """Return ``(score − seed) / (known best − seed)``: 0 as the seed, 1 as the known best.

    May be negative or above 1.

    Raises:
        ValueError: the known best is unknown or not above the seed's score.
    """
    if reference.best is None or reference.best <= reference.seed:
        raise ValueError(
            f"expected a known best above the seed's score {reference.seed}; "
            f"found {reference.best}: leave the task out by `headroom`"
        )
    return (score - reference.seed) / (reference.best - reference.seed)


def normalised_interval(interval: Interval, reference: Reference) -> Interval:
    """Return an interval of scores on the normalised scale.

    Raises:
        ValueError: as `normalised`.
    """
    ends = (
        None if end is None else normalised(end, reference)
        for end in (interval.mean, interval.low, interval.high)
    )
    mean, low, high = ends
    return Interval(mean=mean, low=low, high=high, n=interval.n)


def headroom(references: Mapping[str, Reference]) -> Headroom:
    """Return which tasks leave an improver something to gain.

    Left out are tasks of which one answer of the model already takes 90 % or more of the way
    from the seed program to the known best, as scores are normalised (docs/decisions/0010),
    and those that have no known best above the seed's score.
    """
    reasons = {name: _why_not(each) for name, each in references.items()}
    return Headroom(
        kept=tuple(name for name, reason in reasons.items() if not reason),
        left_out={name: reason for name, reason in reasons.items() if reason},
    )


def task_mean(values: Mapping[str, Sequence[float]]) -> float | None:
    """Return the mean over tasks of the mean over a task's values; None without tasks.

    Raises:
        ValueError: a task has no values.
    """
    if not all(len(each) for each in values.values()):
        raise ValueError("expected a value for every task; found a task without")
    means = [sum(each) / len(each) for each in values.values()]
    return sum(means) / len(means) if means else None


def _why_not(reference: Reference) -> str:
    best, one = reference.best, reference.one_answer
    if best is None:
        return "no known best"
    if best <= reference.seed:
        return f"the seed program's {reference.seed:.4g} is no worse than the known best {best:.4g}"
    if one is None:
        return ""
    share = normalised(one, reference)
    if share < HEADROOM:
        return ""
    return f"one answer takes {share:.0%} of the way to the known best"
