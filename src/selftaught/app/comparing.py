"""Comparing: improvers × tasks × repeats at equal budgets, and what that says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selftaught.app.blocks import scales
from selftaught.app.compare_result import CONTROLS, LABEL, PROBE, CompareResult, compared
from selftaught.app.conduct import End
from selftaught.app.plans import Plan, plan
from selftaught.app.record import Record
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.improver import registry as improvers
from selftaught.values.facts import RunFinished
from selftaught.values.state import RunState
from selftaught.values.task import Task

MOST_REPEATS = 10_000


def compare_plan(
    names: Sequence[str],
    tasks: Sequence[str | Task],
    *,
    repeats: int,
    model: str,
    settings: Settings,
    checkpoints: bool = True,
) -> Plan:
    """Return the plan of a comparison; the controls and the probe are added.

    Raises:
        UnknownNameError: a task or improver does not exist.
        UsageError: an improver twice, or fewer than one repeat.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    entrants = entered([*names, *(name for name in (*CONTROLS, PROBE) if name not in names)])
    details = {
        "entrants": [entrant.name for entrant in entrants],
        "named": [entrant.name for entrant in entrants[: len(names)]],
        "repeats": repeats,
        "checkpoints": checkpoints,
    }
    base = plan(LABEL, tasks, improver=entrants[0].program, model=model, settings=settings)
    return replace(
        base,
        programs={entrant.name: entrant.program for entrant in entrants},
        details=details
        | {
            "scales": scales(base.tasks),
            "arguments": [
                *(LABEL, *names, "--tasks", *(task.reference for task in base.tasks)),
                *("--repeats", str(repeats)),
                *(() if checkpoints else ("--no-checkpoints",)),
            ],
        },
    )


def entered(names: Sequence[str]) -> list[Entrant]:
    """Return the improvers of these names or files; a file is called like its stem.

    Raises:
        UnknownNameError: an improver does not exist.
        UsageError: two are called the same.
    """
    found = [
        Entrant(Path(name).stem if name.endswith(".py") else name, improvers.find(name))
        for name in names
    ]
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise UsageError(
            "improvers with different names", f"{', '.join(twice)} twice", "rename the file"
        )
    return found


class CompareWork:
    """What ``selftaught compare`` does."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare the tournament that the plan asks for."""
        self._engine = engine
        self._plan = plan
        self._tournament = Tournament(engine, LABEL, checkpoints=bool(plan.details["checkpoints"]))

    async def run(self) -> None:
        """Go through all blocks."""
        names = self._plan.details["entrants"]
        entrants = [Entrant(name, self._plan.programs[name]) for name in names]
        await self._tournament.run(entrants, range(self._plan.details["repeats"]))
        await watch_entrants(self._engine, LABEL, {name: name for name in names})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")

    async def result(self, state: RunState, end: End, folder: Path) -> CompareResult:
        """Return the comparison as far as it got."""
        return compared(record_of(self._engine, state, end))


def record_of(engine: Engine, state: RunState, end: End) -> Record:
    """Return an engine's log as a record."""
    assert state.started
    journal = engine.journal
    events = journal.events()
    return Record(journal.run, state.started, events, state, end.stopped, end.reason, journal.get)
