"""``compare --arms``: arms A to D of self-improvement at equal spend, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

from selftaught.analysis.arms import Arm, ArmRow, break_even, summarise
from selftaught.analysis.comparison import Measurement
from selftaught.analysis.gate import open_gate
from selftaught.analysis.intervals import mean_interval
from selftaught.analysis.normalise import Reference, headroom, normalised
from selftaught.engine.arms import (
    FROZEN,
    PROBE,
    STOP,
    UNTOUCHED,
    WHOLE,
    Arms,
    Contestants,
    doublings,
    rounds_prefix,
)
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Products, Settings, products_of_run
from selftaught.errors import UsageError
from selftaught.experiments.products import instances, numbers, tournament
from selftaught.experiments.tournaments import (
    CONTROLS,
    MOST_REPEATS,
    ROUND_NUMBERS,
    CompareRow,
    OverallRow,
    Scales,
    TournamentLog,
    scales,
)
from selftaught.experiments.tournaments import PROBE as PROBE_IMPROVER
from selftaught.improver import registry as improvers
from selftaught.runs.experiment import Experiment, Outside, Parameters, Plan, Work
from selftaught.runs.log import Recorded, RunLog
from selftaught.runs.plans import found_tasks, plan
from selftaught.runs.results import Result
from selftaught.values.facts import RunFinished
from selftaught.values.records import Interval, Spent
from selftaught.values.task import Task

LABEL = "compare"
SAMPLING = {f"D {name}": name for name in CONTROLS}
ENTRANTS = (WHOLE, FROZEN, STOP, *SAMPLING)
SEEN, UNSEEN = "tasks", "unseen"
"""Sets of downstream tasks: those of the rounds, and those that had no part in them."""


@dataclass(frozen=True)
class ArmsParameters(Parameters):
    """Which arms are compared on what.

    Attributes:
        arms: True; tells it from other comparisons.
        repeats: independent replicates.
        sets: names of the downstream tasks: those of the rounds, and others.
        scales: of the tasks.
        arguments: the command line that makes the run again.
    """

    arms: bool
    repeats: int
    sets: dict[str, list[str]]
    scales: Scales
    arguments: list[str]


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


def arms_plan(
    start: str,
    tasks: Sequence[str | Task],
    unseen: Sequence[str | Task],
    *,
    repeats: int,
    model: str,
    settings: Settings,
) -> Plan[ArmsParameters]:
    """Return the plan of a comparison of arms.

    Args:
        start: the improver that A, B and C begin with.
        tasks: of the rounds, and downstream.
        unseen: further downstream tasks; may be empty.
        repeats: independent replicates.
        model: its name.
        settings: the seed of all replicates, and the scale of each.

    Raises:
        UnknownNameError: a task or the improver does not exist.
        UsageError: a task twice, or fewer than one replicate.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    found = found_tasks([*tasks, *unseen])
    seen = [task.name for task in found[: len(tasks)]]
    others = [task.name for task in found[len(tasks) :]]
    if not seen:
        raise UsageError("at least one task for the rounds", "none", "give --tasks")
    references = [task.reference for task in found]
    words = [LABEL, start, "--arms", "--repeats", str(repeats)]
    words += ["--tasks", *references[: len(tasks)]]
    words += ["--unseen", *references[len(tasks) :]] if others else []
    parameters = ArmsParameters(
        arms=True,
        repeats=repeats,
        sets={SEEN: seen} | ({UNSEEN: others} if others else {}),
        scales=scales(found),
        arguments=words,
    )
    base = plan(ARMS, found, improver=start, model=model, settings=settings, parameters=parameters)
    return replace(
        base, programs={name: improvers.find(name) for name in (*CONTROLS, PROBE_IMPROVER)}
    )


class ArmsWork:
    """What ``selftaught compare --arms`` does."""

    def __init__(
        self, engine: Engine, plan: Plan[Any], sets: Mapping[str, Sequence[str]], repeats: int
    ) -> None:
        """Prepare the arms.

        Args:
            engine: of the run.
            plan: with the improvers.
            sets: the downstream tasks' names, by the set's name.
            repeats: independent replicates.
        """
        self._repeats = repeats
        by_name = {task.name: task for task in plan.tasks}
        self._sets = {name: [by_name[task] for task in tasks] for name, tasks in sets.items()}
        self._engine = engine
        self._plan = plan
        self._arms = Arms(
            engine.sibling(tasks=self._sets[SEEN]),
            partial(open_gate, pairs=engine.settings.scale.gate_pairs),
            Contestants(
                plan.improver,
                {arm: plan.programs[name] for arm, name in SAMPLING.items()},
                plan.programs[PROBE_IMPROVER],
            ),
        )

    async def run(self) -> None:
        """Go through the replicates, one after another."""
        for number in range(self._repeats):
            await self.replicate(number)
            for name, tasks in self._sets.items():
                of = f"arm {STOP}, replicate {number + 1}, {name}"
                engine = self._engine.sibling(tasks=tasks, settings=self._arms.settings(number))
                await watch_entrants(engine, f"arms/{number}/{name}", {STOP: of})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")

    async def replicate(self, number: int) -> None:
        """Go through one replicate."""
        await self._arms.replicate(number, self._sets)


def arms_products(
    settings: Settings, tasks: Sequence[Task], sets: Mapping[str, Sequence[str]], repeats: int
) -> Products:
    """Return the most of all replicates: rounds of B and C, and what A and D may spend."""
    seen = [task for task in tasks if task.name in sets[SEEN]]
    rounds = products_of_run(
        replace(settings, control=True, freeze_improver=False),
        [instances(task) for task in seen],
        tests=0,
    )
    more = max(1, (rounds.evaluations // settings.scale.utility_calls).bit_length())
    downstream = tournament(settings.scale, tasks, 7, more)
    like_rounds = 1 + 1.5 * len(sets)  # A and the two of D may spend what C's rounds did
    return Products(
        *(
            round(repeats * (like_rounds * each + extra))
            for each, extra in zip(numbers(rounds), numbers(downstream), strict=True)
        )
    )


class ArmsExperiment(Experiment[ArmsParameters]):
    """What ``selftaught compare --arms`` does."""

    kind = LABEL
    parameters = ArmsParameters
    numbers = ROUND_NUMBERS
    rules = ("adopt",)
    improves_improvers = True

    def owns(self, details: Mapping[str, Any]) -> bool:
        """Return whether it is a comparison of arms."""
        return bool(details.get("arms"))

    def most(self, plan: Plan[ArmsParameters]) -> Products:
        """Return the most of all replicates."""
        given = plan.parameters
        return arms_products(plan.settings, plan.tasks, given.sets, given.repeats)

    def work(self, plan: Plan[ArmsParameters], engine: Engine, outside: Outside) -> Work:
        """Return what carries the replicates out."""
        return ArmsWork(engine, plan, plan.parameters.sets, plan.parameters.repeats)

    def result(self, log: RunLog) -> ArmsResult:
        """Return the comparison of the replicates that were completed."""
        given = ArmsParameters.from_details(log.started.details)
        blocks = TournamentLog(log, given.scales)
        found = arm_sets(blocks, given.sets, given.repeats)
        seen = _Downstream(blocks, SEEN, given.sets[SEEN], given.repeats)
        return ArmsResult(
            **log.common(),
            repeats=given.repeats,
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


ARMS = ArmsExperiment()


def arm_sets(
    blocks: TournamentLog, sets: Mapping[str, Sequence[str]], repeats: int
) -> list[SetResult]:
    """Return all arms on each set of downstream tasks of which a replicate is whole."""
    return [
        downstream.result()
        for name, tasks in sets.items()
        if (downstream := _Downstream(blocks, name, tasks, repeats)).numbers
    ]


class _Downstream:
    """All arms on one set of downstream tasks, of the replicates that are whole."""

    def __init__(
        self, blocks: TournamentLog, name: str, tasks: Sequence[str], repeats: int
    ) -> None:
        self._blocks = blocks
        self._name = name
        self._tasks = list(tasks)
        every = range(repeats)
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
            for arm in (UNTOUCHED, *ENTRANTS)
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
            for arm in ENTRANTS
        }
        summary = summarise(arms, seed=self._blocks.log.started.seed)
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
        first = self._blocks.log.settings.scale.utility_calls
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
