"""Comparison: improvers × tasks × repeats, by one primary endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from selftaught.analysis.intervals import mean_interval, stratified_interval
from selftaught.analysis.normalise import Headroom, Reference, headroom, normalised
from selftaught.analysis.paired import holm, sign_flip_p
from selftaught.values.records import Interval

NOTHING = Interval(mean=None, low=None, high=None, n=0)


@dataclass(frozen=True)
class Measurement:
    """What an improver reached on a task in one repeat (an independent replicate).

    Attributes:
        improver: its name.
        task: the task's name.
        repeat: from 0; equal numbers had equal seeds and are compared as pairs.
        score: of what it returned, on the test split.
    """

    improver: str
    task: str
    repeat: int
    score: float


@dataclass(frozen=True)
class TaskRow:
    """An improver on one task: descriptive only."""

    improver: str
    task: str
    test: Interval


@dataclass(frozen=True)
class OverallRow:
    """An improver's primary endpoint: the mean over tasks of the normalised score.

    Attributes:
        improver: its name.
        normalised: mean over tasks, stratified bootstrap interval over repeats.
        against: the improver that it is compared with.
        difference: of the two, paired on task and repeat.
        p_value: two-sided sign-flip test, adjusted by Holm over the improvers; None for
            the control itself and where nothing can be compared.
    """

    improver: str
    normalised: Interval
    against: str
    difference: Interval
    p_value: float | None


@dataclass(frozen=True)
class Comparison:
    """Rows by task, overall rows, and the tasks that claims rest on."""

    rows: tuple[TaskRow, ...]
    overall: tuple[OverallRow, ...]
    tasks: Headroom


_Values = Mapping[str, Mapping[int, float]]


def compare(
    measurements: Iterable[Measurement],
    references: Mapping[str, Reference],
    *,
    against: str,
    seed: int = 0,
) -> Comparison:
    """Return the comparison of every improver with the control ``against``.

    Primary endpoint: the mean over tasks with headroom of ``(score − seed) / (known best −
    seed)``, tasks as strata, repeats drawn (`stratified_interval`). Improvers stand in the
    order in which they first occur.

    Args:
        measurements: one an improver, task and repeat.
        references: of every task.
        against: the control's name.
        seed: of the bootstrap and of drawn sign vectors.

    Raises:
        ValueError: the control or a task's reference is missing, or a place occurs twice.
    """
    table = _table(measurements)
    if against not in table:
        raise ValueError(f"expected measurements of the control {against!r}; found none")
    missing = {task for values in table.values() for task in values} - set(references)
    if missing:
        raise ValueError(f"expected a reference for every task; found none for {sorted(missing)}")
    tasks = headroom({n: r for n, r in references.items() if any(n in v for v in table.values())})
    scaled = {name: _scaled(values, references, tasks) for name, values in table.items()}
    differences = {
        name: _paired(values, scaled[against]) for name, values in scaled.items() if name != against
    }
    adjusted = _adjusted(differences, seed)
    overall = tuple(
        OverallRow(
            improver=name,
            normalised=_interval([list(each.values()) for each in values.values()], seed),
            against=against,
            difference=_interval(differences.get(name, []), seed),
            p_value=adjusted.get(name),
        )
        for name, values in scaled.items()
    )
    rows = tuple(
        TaskRow(name, task, mean_interval(list(each.values())))
        for name, values in table.items()
        for task, each in values.items()
    )
    return Comparison(rows, overall, tasks)


def _table(measurements: Iterable[Measurement]) -> dict[str, dict[str, dict[int, float]]]:
    table: dict[str, dict[str, dict[int, float]]] = {}
    for each in measurements:
        repeats = table.setdefault(each.improver, {}).setdefault(each.task, {})
        if each.repeat in repeats:
            raise ValueError(f"expected one measurement a place; found two of {each}")
        repeats[each.repeat] = each.score
    return table


def _scaled(
    values: _Values, references: Mapping[str, Reference], tasks: Headroom
) -> dict[str, dict[int, float]]:
    return {
        task: {repeat: normalised(score, references[task]) for repeat, score in repeats.items()}
        for task, repeats in values.items()
        if task in tasks.kept
    }


def _paired(values: _Values, control: _Values) -> list[list[float]]:
    """Return the differences of the pairs that both have, a list a task."""
    pairs = [
        [score - control[task][n] for n, score in sorted(repeats.items()) if n in control[task]]
        for task, repeats in sorted(values.items())
        if task in control
    ]
    return [each for each in pairs if each]


def _interval(strata: Sequence[Sequence[float]], seed: int) -> Interval:
    return stratified_interval(strata, seed=seed) if strata else NOTHING


def _adjusted(differences: Mapping[str, list[list[float]]], seed: int) -> dict[str, float]:
    """Return Holm's adjusted p-values of the improvers that have pairs."""
    compared = [name for name, strata in differences.items() if strata]
    raw = [sign_flip_p(_weighted(differences[name]), seed=seed) for name in compared]
    return dict(zip(compared, holm(raw), strict=True))


def _weighted(strata: Sequence[Sequence[float]]) -> list[float]:
    """Return the differences such that every task counts equally in their sum."""
    return [value / len(each) for each in strata for value in each]
