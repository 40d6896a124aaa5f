"""Minimising: a run's winner with no change that its score does not need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from selftaught.app.comparing import record_of
from selftaught.app.conduct import End
from selftaught.app.files import write_program
from selftaught.app.minimise_result import MinimiseResult, minimised
from selftaught.app.plans import Plan
from selftaught.app.winner import Winner
from selftaught.budget import Budget
from selftaught.engine.delta_debugging import DeltaDebugging, Standing, VersionScorer
from selftaught.engine.diff import parses
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import TaskDraw, meta_evaluate, train_draws
from selftaught.engine.utility import Account
from selftaught.errors import UsageError
from selftaught.improver.contract import check_entry_point
from selftaught.values.facts import RunFinished
from selftaught.values.program import Program
from selftaught.values.state import RunState
from selftaught.values.task import InstanceSet, Split, Task

LABEL = "minimise"
FILE = "minimised.py"
TRIES = {"improve": 100, "run": 20}
"""Versions that are scored; one of an improver costs as much as a meta-utility call."""
FRESH = 3
"""Fresh draws of the train split's size on which the score has to hold as well."""


def minimise_plan(winner: Winner, base: Plan, *, tries: int | None) -> Plan:
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
    return replace(
        base,
        command=LABEL,
        programs={"winner": winner.program, "seed": winner.seed},
        details={
            "of": winner.run,
            "kind": winner.kind,
            "tries": most,
            "arguments": [LABEL, winner.run, *(() if tries is None else ("--tries", str(tries)))],
        },
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

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare the search that the plan asks for."""
        self._engine = engine
        self._plan = plan
        ledger = Budget(parent=engine.ledger)
        tries = plan.details["tries"]
        improves = plan.details["kind"] == "run"
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

    async def result(self, state: RunState, end: End, folder: Path) -> MinimiseResult:
        """Return the smallest version, written to a file, where the search is done."""
        found = minimised(record_of(self._engine, state, end))
        if found.after is None:
            return found
        path = write_program(folder / FILE, self._engine.journal.get(found.after.id))
        return found.model_copy(update={"after": found.after.model_copy(update={"path": path})})


def _usable_improver(source: str) -> bool:
    return not check_entry_point(source)
