"""``minimise``: a run's winner with no change that its score does not need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from selftaught.budget import Budget
from selftaught.engine.delta_debugging import (
    DeltaDebugging,
    Standing,
    VersionScorer,
    most_standings,
)
from selftaught.engine.diff import parses
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import TaskDraw, meta_evaluate, train_draws
from selftaught.engine.settings import Products
from selftaught.engine.utility import Account
from selftaught.errors import UsageError
from selftaught.experiments.products import evaluations, tournament
from selftaught.experiments.winner import RunWinner
from selftaught.improver.contract import check_entry_point
from selftaught.runs.experiment import Experiment, Get, Outside, Parameters, Plan, Work
from selftaught.runs.files import write_program
from selftaught.runs.log import Recorded, RunLog
from selftaught.runs.results import Result
from selftaught.values.facts import Minimised, RunFinished
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split, Task

LABEL = "minimise"
FILE = "minimised.py"
TRIES = {"improve": 100, "run": 20}
"""Versions that are scored; one of an improver costs as much as a meta-utility call."""
FRESH = 3
"""Fresh draws of the train split's size on which the score has to hold as well."""


@dataclass(frozen=True)
class MinimiseParameters(Parameters):
    """Which winner is made smaller.

    Attributes:
        of: its run.
        kind: that run's kind.
        tries: versions that are scored, at most.
        arguments: the command line that makes the run again.
    """

    of: str
    kind: str
    tries: int
    arguments: list[str]


class Version(Result):
    """A version of the winner; ``changed_lines`` against the seed."""

    id: str
    train: float
    fresh: float
    changed_lines: int


class Smallest(Version):
    """The smallest version and the file that it was written to."""

    path: str | None


class ChangeWorth(Result):
    """A change that is kept: its lines, the scores without it, and what it is worth.

    ``worth`` is the smaller version's score on fresh instances minus the score without the
    change; None where what is left without it is no program.
    """

    line: int
    removed: str
    added: str
    train_without: float | None
    fresh_without: float | None
    worth: float | None


class MinimiseResult(Recorded):
    """What ``minimise`` prints; ``before`` and ``after`` are None until it is done."""

    of: str
    kind: str
    before: Version | None
    after: Smallest | None
    changes: list[ChangeWorth]
    tries: int


def minimise_plan(
    winner: RunWinner, base: Plan[Any], *, tries: int | None
) -> Plan[MinimiseParameters]:
    """Return the plan of minimising a run's winner.

    Args:
        winner: of the run.
        base: the plan that the run was begun with; its seed and budgets are used again.
        tries: versions that are scored, at most; None: 100 programs or 20 improvers.

    Raises:
        UsageError: there is nothing to minimise, or fewer than one try.
    """
    if winner.program == winner.seed:
        raise UsageError(
            "a winner that differs from the seed",
            f"the seed program itself in {winner.run}",
            "there is nothing to minimise",
        )
    most = TRIES[winner.kind] if tries is None else tries
    if not 1 <= most <= 100_000:
        raise UsageError("--tries between 1 and 100,000", str(tries))
    parameters = MinimiseParameters(
        of=winner.run,
        kind=winner.kind,
        tries=most,
        arguments=[LABEL, winner.run, *(() if tries is None else ("--tries", str(tries)))],
    )
    return replace(
        base,
        experiment=MINIMISE,
        parameters=parameters,
        programs={"winner": winner.program, "seed": winner.seed},
    )


class ProgramJudge:
    """Scores versions of a task's program."""

    def __init__(self, engine: Engine, task: Task, ledger: Budget) -> None:
        """Bind a task."""
        self._engine = engine
        self._task = task
        self._account = Account(LABEL, ledger)

    async def standing(self, program: Program) -> Standing:
        """Return the scores on the run's train instances and on fresh ones."""
        train = await self._score(program, ())
        fresh = [await self._score(program, (LABEL, number)) for number in range(FRESH)]
        return Standing(train, fmean(fresh))

    async def _score(self, program: Program, draw: tuple[str | int, ...]) -> float:
        engine, task = self._engine, self._task
        instances = InstanceSet(Split.TRAIN, engine.settings.seed, draw)
        fact = await engine.evaluations.evaluate(task, program, instances, self._account)
        return task.scale.low if fact.score is None else fact.score


class ImproverJudge:
    """Scores versions of an improver by the meta-utility."""

    def __init__(self, engine: Engine, ledger: Budget) -> None:
        """Bind an engine with the run's tasks and budgets."""
        self._engine = engine
        self._ledger = ledger

    async def standing(self, program: Program) -> Standing:
        """Return the meta-utility on the run's train draws and on fresh ones."""
        engine = self._engine
        fresh = [
            TaskDraw(task, (LABEL, repeat), Split.TRAIN, repeat)
            for task in engine.tasks
            for repeat in range(engine.settings.scale.repeats)
        ]
        return Standing(
            await self._measure("train", program, train_draws(engine)),
            await self._measure("fresh", program, fresh),
        )

    async def _measure(self, what: str, program: Program, places: Sequence[TaskDraw]) -> float:
        name = f"{LABEL}/{program.id[:12]}/{what}"
        return (await meta_evaluate(self._engine, name, program, places, self._ledger)).score


class MinimiseWork:
    """What ``selftaught minimise`` does."""

    def __init__(self, engine: Engine, plan: Plan[MinimiseParameters]) -> None:
        """Prepare the search that the plan asks for."""
        self._engine = engine
        self._plan = plan
        ledger = Budget(parent=engine.ledger)
        tries = plan.parameters.tries
        improves = plan.parameters.kind == "run"
        judge: VersionScorer = (
            ImproverJudge(engine, ledger)
            if improves
            else ProgramJudge(engine, plan.tasks[0], ledger)
        )
        self._search = DeltaDebugging(judge, _usable_improver if improves else parses, tries)

    async def run(self) -> None:
        """Shrink the winner."""
        programs, journal = self._plan.programs, self._engine.journal
        found = await self._search.run(programs["seed"], programs["winner"])
        journal.write("", found, LABEL)
        journal.write("", RunFinished(best=found.program, head=""), "end")


class MinimiseExperiment(Experiment[MinimiseParameters]):
    """What ``selftaught minimise`` does."""

    kind = LABEL
    parameters = MinimiseParameters
    writes_output = True
    of_a_run = True
    has_seed = False

    def most(self, plan: Plan[MinimiseParameters]) -> Products:
        """Return the most of all versions that are scored.

        The winner and the smallest version are scored as well; of each change its absence.
        """
        scale, standings = plan.settings.scale, most_standings(plan.parameters.tries)
        if plan.parameters.kind == "run":
            return tournament(scale, plan.tasks, 2 * standings * scale.repeats)
        return evaluations(plan.tasks[0], (1 + FRESH) * standings)

    def work(self, plan: Plan[MinimiseParameters], engine: Engine, outside: Outside) -> Work:
        """Return what shrinks the winner."""
        return MinimiseWork(engine, plan)

    def result(self, log: RunLog) -> MinimiseResult:
        """Return what a log tells of the search."""
        given = MinimiseParameters.from_details(log.started.details)
        facts = (event.fact for event in log.events)
        fact = next((each for each in facts if isinstance(each, Minimised)), None)
        return MinimiseResult(
            **log.common(),
            of=given.of,
            kind=given.kind,
            before=_before(fact) if fact else None,
            after=_after(fact) if fact else None,
            changes=_worth(fact) if fact else [],
            tries=fact.tries if fact else 0,
        )

    def keep(self, result: MinimiseResult, log: RunLog, folder: Path) -> MinimiseResult:
        """Write the smallest version to a file, where the search is done."""
        if result.after is None:
            return result
        return _named(result, write_program(folder / FILE, log.get(result.after.id)))

    def deliver(self, result: MinimiseResult, output: Path, get: Get) -> tuple[MinimiseResult, str]:
        """Write the smallest version to a file."""
        if result.after is None:
            return result, ""
        return _named(result, write_program(output, get(result.after.id))), ""


MINIMISE = MinimiseExperiment()


def _named(result: MinimiseResult, path: str) -> MinimiseResult:
    assert result.after
    return result.model_copy(update={"after": result.after.model_copy(update={"path": path})})


def _before(fact: Minimised) -> Version:
    return Version(
        id=fact.winner,
        train=fact.train_before,
        fresh=fact.fresh_before,
        changed_lines=fact.changes_before,
    )


def _after(fact: Minimised) -> Smallest:
    return Smallest(
        id=fact.program,
        train=fact.train,
        fresh=fact.fresh,
        changed_lines=fact.changes_after,
        path=None,
    )


def _worth(fact: Minimised) -> list[ChangeWorth]:
    return [
        ChangeWorth(
            **change.model_dump(),
            worth=None if change.fresh_without is None else fact.fresh - change.fresh_without,
        )
        for change in fact.kept
    ]


def _usable_improver(source: str) -> bool:
    return not check_entry_point(source)
