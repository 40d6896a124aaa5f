"""Tournaments of improvers: what they reached, read from the log, and the rows that show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from selftaught.analysis.comparison import Comparison, Measurement
from selftaught.analysis.normalise import Reference
from selftaught.engine.costs import Costs
from selftaught.engine.tournament import held_out_split
from selftaught.engine.trajectory import Point, Trajectories
from selftaught.runs.log import RunLog, Scores
from selftaught.runs.results import Result
from selftaught.values.facts import MetaEvaluated
from selftaught.values.records import Interval, Spent
from selftaught.values.task import Split, Task

Draw = tuple[str | int, ...]
Scales = dict[str, dict[str, Any]]
"""`TaskScale` by task, as plain data."""
MOST_REPEATS = 10_000
ROUND_NUMBERS = frozenset(
    {"calls", "responses", "utility_calls", "meta_calls", "rounds", "gate_pairs"}
)
"""The scale's numbers that ``compare`` has flags for."""
CONTROLS = ("best_of_n", "sequential")
"""Always in a comparison: search that learns nothing, and search that only remembers."""
PROBE = "chain_of_thought"
"""One answer of the model without any search: shows which tasks leave no headroom."""


class CompareRow(Result):
    """An improver on one task; descriptive."""

    improver: str
    task: str
    test: Interval
    spent: Spent


class OverallRow(Result):
    """An improver against a control: the primary endpoint. ``p_value`` is Holm's."""

    improver: str
    normalised: Interval
    against: str
    difference: Interval
    p_value: float | None


@dataclass(frozen=True)
class TaskScale:
    """What a log has to tell of a task to judge scores by.

    Attributes:
        seed: the seed program's id.
        split: on which what improvers return is scored.
        low: score of a failure.
        known_best: score of an optimum, a bound or the literature's best; None: unknown.
    """

    seed: str
    split: str
    low: float
    known_best: float | None


def scales(tasks: Iterable[Task], split: Split | None = None) -> Scales:
    """Return the scales of tasks as plain data for a run's first fact.

    Args:
        tasks: what improvers work on.
        split: on which what they return is scored; None: test, where a task has one.
    """
    return {
        task.name: {
            "seed": task.seed.id,
            "split": str(split or held_out_split(task)),
            "low": task.scale.low,
            "known_best": task.scale.known_best,
        }
        for task in tasks
    }


class TournamentLog:
    """The whole blocks of a tournament, or of several of the same tasks."""

    def __init__(self, log: RunLog, scales: Scales) -> None:
        """Read a log; ``scales`` are those of the tasks, as its first fact has them."""
        self.log = log
        self.scales = {name: TaskScale(**given) for name, given in scales.items()}
        self.scores = Scores(log)
        self.expenses = Costs(log.events)
        self.trajectories = Trajectories(log.events)
        self._measured = [
            (event.invocation, event.fact)
            for event in log.events
            if isinstance(event.fact, MetaEvaluated)
        ]

    def on(self, split: Split) -> TournamentLog:
        """Return the same log, for tournaments that score on another split."""
        other = copy(self)
        other.scales = {
            name: replace(scale, split=str(split)) for name, scale in self.scales.items()
        }
        return other

    def measurements(self, label: str) -> list[Measurement]:
        """Return what the improvers of the tournament reached, those of whole blocks."""
        return [
            Measurement(invocation.rpartition("/")[2], each.task, each.repeat, each.score)
            for invocation, fact in self._measured
            if invocation.rpartition("/")[0] == label
            for each in fact.returned
        ]

    def score(self, program: str | None, task: str, draw: Draw) -> float | None:
        """Return a program's score on a block's held-out instances; None: not scored.

        Without a program it is the seed program's.
        """
        scale = self.scales[task]
        return self.scores.of(program or scale.seed, task, scale.split, draw, low=scale.low)

    def reference(self, task: str, draws: Iterable[Draw], answers: Iterable[float]) -> Reference:
        """Return what a task's scores are measured by.

        Args:
            task: its name.
            draws: of the blocks; the seed program's mean over them counts.
            answers: scores of single answers of the model; none: not measured.
        """
        scale = self.scales[task]
        seeds = [score for draw in draws if (score := self.score(None, task, draw)) is not None]
        single = list(answers)
        return Reference(
            seed=fmean(seeds),
            best=scale.known_best,
            one_answer=fmean(single) if single else None,
        )

    def spent(self, label: str, entrant: str, task: str) -> Spent:
        """Return what an improver spent on a task in all its blocks."""
        return self.expenses.of(f"{label}/{entrant}/{task}/")

    def points(self, label: str, entrant: str, task: str, repeat: int) -> list[Point]:
        """Return what an invocation had found after each of its model calls."""
        return self.trajectories.of(f"{label}/{entrant}/{task}/{repeat}")


def by_task(measurements: Iterable[Measurement], entrant: str) -> Mapping[str, dict[int, float]]:
    """Return an improver's scores by task and repeat."""
    found: dict[str, dict[int, float]] = {}
    for each in measurements:
        if each.improver == entrant:
            found.setdefault(each.task, {})[each.repeat] = each.score
    return found


def overall_rows(comparison: Comparison) -> list[OverallRow]:
    """Return a comparison's primary endpoints; the control itself is left out."""
    return [
        OverallRow(
            improver=row.improver,
            normalised=row.normalised,
            against=row.against,
            difference=row.difference,
            p_value=row.p_value,
        )
        for row in comparison.overall
        if row.improver != row.against
    ]
