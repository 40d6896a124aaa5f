"""Arms result: arms A to D at equal spend, read from a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from selftaught.analysis.arms import Arm, ArmRow, break_even, summarise
from selftaught.analysis.comparison import Measurement
from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.normalise import Reference, headroom, normalised
from selftaught.engine.arms import (
    FROZEN,
    PROBE,
    STOP,
    UNTOUCHED,
    WHOLE,
    doublings,
    rounds_prefix,
)
from selftaught.experiments.compare_result import CONTROLS, CompareRow, OverallRow
from selftaught.experiments.tournaments import Blocks
from selftaught.runs.log import Record, Recorded
from selftaught.runs.results import Result
from selftaught.values.records import Interval, Spent

SAMPLING = {f"D {name}": name for name in CONTROLS}
ARMS = (WHOLE, FROZEN, STOP, *SAMPLING)
SEEN, UNSEEN = "tasks", "unseen"
"""Sets of downstream tasks: those of the rounds, and those that had no part in them."""


class ArmResult(Result):
    """An arm: its primary endpoint over the replicates, and C minus it."""

    arm: str
    endpoint: Interval
    difference: Interval | None
    p_value: float | None
    spent: Spent


class BreakEven(Result):
    """After how many downstream tasks the rounds are repaid, counted in scored programs.

    Attributes:
        rounds: what the rounds of C scored, a replicate.
        improved: what C's improver scores on a downstream task.
        untouched: what the starting improver has to score to get as far; None: it did not,
            with everything that it was given.
        tasks: None: never, since the starting improver gets as far with no more.
        at_most: whether ``tasks`` is only a bound, since ``untouched`` is None.
    """

    rounds: float
    improved: float
    untouched: float | None
    tasks: int | None
    at_most: bool


class SetResult(Result):
    """All arms on one set of downstream tasks.

    ``headline`` is C minus the best control, paired; ``untouched`` the starting improver
    with the ordinary budget, which is no control at equal spend.
    """

    on: str
    tasks: list[str]
    replicates: int
    arms: list[ArmResult]
    best_control: str
    headline: Interval
    untouched: Interval
    break_even: BreakEven
    left_out: dict[str, str]


class ArmsResult(Recorded):
    """What ``compare --arms`` prints: ``rows`` and ``overall`` as ``compare``, on its tasks."""

    repeats: int
    rows: list[CompareRow]
    overall: list[OverallRow]
    sets: list[SetResult]


def armed(record: Record) -> ArmsResult:
    """Return the comparison of arms that a log tells, as far as it got."""
    blocks, details = Blocks(record), record.started.details
    found = arm_sets(blocks)
    seen = _Downstream(blocks, SEEN, details["sets"][SEEN])
    return ArmsResult(
        **record.common(),
        repeats=details["repeats"],
        rows=seen.rows(),
        overall=[
            OverallRow(
                improver=STOP,
                normalised=next(row.endpoint for row in each.arms if row.arm == STOP),
                against=row.arm,
                difference=row.difference,
                p_value=row.p_value,
            )
            for each in found[:1]
            for row in each.arms
            if row.difference
        ],
        sets=found,
    )


def arm_sets(blocks: Blocks) -> list[SetResult]:
    """Return all arms on each set of downstream tasks of which a replicate is whole."""
    return [
        downstream.result()
        for name, tasks in blocks.record.started.details["sets"].items()
        if (downstream := _Downstream(blocks, name, tasks)).numbers
    ]


class _Downstream:
    """All arms on one set of downstream tasks, of the replicates that are whole."""

    def __init__(self, blocks: Blocks, name: str, tasks: Sequence[str]) -> None:
        self._blocks = blocks
        self._name = name
        self._tasks = list(tasks)
        every = range(blocks.record.started.details["repeats"])
        measured = {number: blocks.measurements(self._label(number)) for number in every}
        self.numbers = [
            number for number in every if any(each.improver == WHOLE for each in measured[number])
        ]
        self._measured: list[tuple[int, Measurement]] = [
            (number, each) for number in self.numbers for each in measured[number]
        ]

    def _label(self, number: int) -> str:
        return f"arms/{number}/{self._name}"

    def _scores(self, arm: str, task: str) -> list[float]:
        return [
            each.score for _, each in self._measured if each.improver == arm and each.task == task
        ]

    def rows(self) -> list[CompareRow]:
        """Return every arm on every task."""
        return [
            CompareRow(
                improver=arm,
                task=task,
                test=mean_interval(self._scores(arm, task)),
                spent=sum(
                    (self._blocks.spent(self._label(n), arm, task) for n in self.numbers), Spent()
                ),
            )
            for arm in (UNTOUCHED, *ARMS)
            for task in self._tasks
            if self.numbers
        ]

    def references(self) -> dict[str, Reference]:
        draws = [(self._label(number), 0) for number in self.numbers]
        return {
            task: self._blocks.reference(task, draws, self._scores(PROBE, task))
            for task in self._tasks
        }

    def endpoints(self, arm: str, references: Mapping[str, Reference]) -> list[float]:
        """Return an arm's primary endpoint in each replicate."""
        scores = {task: self._scores(arm, task) for task in headroom(references).kept}
        return [
            fmean(normalised(each[place], references[task]) for task, each in scores.items())
            for place in range(len(self.numbers))
        ]

    def spent(self, arm: str, number: int) -> Spent:
        """Return what an arm spent in a replicate, rounds and downstream tasks."""
        expenses = self._blocks.expenses
        downstream = expenses.of(f"{self._label(number)}/{arm}/")
        rounds = expenses.of(rounds_prefix(number, arm)) if arm in (FROZEN, STOP) else Spent()
        return rounds + downstream

    def result(self) -> SetResult:
        """Return the summary; without headroom anywhere there is nothing to claim."""
        references = self.references()
        room = headroom(references)
        if not room.kept:
            return self._nothing(dict(room.left_out))
        arms = {
            arm: Arm(self.endpoints(arm, references), [self.spent(arm, n) for n in self.numbers])
            for arm in ARMS
        }
        summary = summarise(arms, seed=self._blocks.record.started.seed)
        return SetResult(
            on=self._name,
            tasks=self._tasks,
            replicates=len(self.numbers),
            arms=[_arm(row) for row in summary.rows],
            best_control=summary.best_control,
            headline=summary.headline,
            untouched=mean_interval(self.endpoints(UNTOUCHED, references)),
            break_even=self._break_even(references, fmean(arms[STOP].endpoints)),
            left_out=dict(room.left_out),
        )

    def _nothing(self, left_out: dict[str, str]) -> SetResult:
        nothing = mean_interval([])
        return SetResult(
            on=self._name,
            tasks=self._tasks,
            replicates=len(self.numbers),
            arms=[],
            best_control="",
            headline=nothing,
            untouched=nothing,
            break_even=BreakEven(rounds=0, improved=0, untouched=None, tasks=None, at_most=False),
            left_out=left_out,
        )

    def _break_even(self, references: Mapping[str, Reference], reached: float) -> BreakEven:
        expenses, kept = self._blocks.expenses, headroom(references).kept
        rounds = fmean(expenses.scored_programs(rounds_prefix(n, STOP)) for n in self.numbers)
        improved, ordinary = (
            fmean(
                self._blocks.spent(self._label(n), arm, task).utility_calls
                for n in self.numbers
                for task in kept
            )
            for arm in (STOP, UNTOUCHED)
        )
        if fmean(self.endpoints(UNTOUCHED, references)) >= reached:
            return BreakEven(
                rounds=rounds, improved=improved, untouched=ordinary, tasks=None, at_most=False
            )
        most = max(len(self._found(n, task)) for n in self.numbers for task in kept)
        first = self._blocks.record.settings.scale.utility_calls
        untouched = next(
            (
                calls
                for calls in doublings(first, most)
                if self._reached(references, calls) >= reached
            ),
            None,
        )
        return BreakEven(
            rounds=rounds,
            improved=improved,
            untouched=untouched,
            tasks=break_even(rounds, most if untouched is None else untouched, improved),
            at_most=untouched is None,
        )

    def _found(self, number: int, task: str) -> list[str]:
        return self._blocks.trajectories.scored(f"{self._label(number)}/{WHOLE}/{task}/0")

    def _reached(self, references: Mapping[str, Reference], calls: int) -> float:
        """Return arm A's endpoint after so many scores, at its end where it had fewer."""
        return fmean(
            fmean(
                normalised(self._after(number, task, calls), references[task])
                for task in headroom(references).kept
            )
            for number in self.numbers
        )

    def _after(self, number: int, task: str, calls: int) -> float:
        found = self._found(number, task)
        program = found[min(calls, len(found)) - 1] if found else None
        score = self._blocks.score(program, task, (self._label(number), 0))
        assert score is not None, f"{self._label(number)} was not scored after {calls} scores"
        return score


def _arm(row: ArmRow) -> ArmResult:
    return ArmResult(
        arm=row.arm,
        endpoint=row.endpoint,
        difference=row.difference,
        p_value=row.p_value,
        spent=row.spent,
    )
