"""Improving: one improver on one task, and what it found."""

from __future__ import annotations

from pathlib import Path

from selftaught.app.comparing import record_of
from selftaught.app.conduct import End
from selftaught.app.files import write_program
from selftaught.app.improve_result import improved
from selftaught.app.plans import Plan
from selftaught.app.results import ImproveResult
from selftaught.app.selecting import SHARES, Selecting, fresh_instances
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_program
from selftaught.engine.task_improvement import TaskImprovement
from selftaught.values.digest import digest
from selftaught.values.facts import RunFinished
from selftaught.values.program import Program
from selftaught.values.state import RunState


class ImproveWork:
    """What ``selftaught improve`` does."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Bind the plan's one task to the engine."""
        self._engine = engine
        self._plan = plan
        self._task = plan.tasks[0]
        self._single = TaskImprovement(engine, self._task, closing=fresh_instances(self._task))

    async def run(self) -> None:
        """Let the improver work, select the winner; then look at the test split once."""
        await self._single.run(self._plan.improver)
        winner = await self._winner(early=False)
        await watch_program(self._engine, self._task, winner)
        self._engine.journal.write("", RunFinished(best=winner.id, head=""), "end")

    async def wind_up(self) -> None:
        """Select the winner from what was scored, where a limit ended the search."""
        await self._single.best()
        await self._winner(early=True)

    async def result(self, state: RunState, end: End, folder: Path) -> ImproveResult:
        """Return what was found; the leader on train where an interruption left it undecided.

        A run that a limit ended is decided by `wind_up`, as far as wall time was left for it.
        """
        journal = self._engine.journal
        record = record_of(self._engine, state, end)
        seed = self._task.seed
        found = improved(record, journal.get, digest=digest(journal.events()), seed=seed.id)
        found = found.model_copy(update={"held_out": self._task.held_out})
        if found.better is None:
            return found
        source = seed.source if found.best.id == seed.id else journal.get(found.best.id)
        path = write_program(folder / "best.py", source)
        return found.model_copy(
            update={"best": found.best.model_copy(update={"path": path})},
        )

    async def _winner(self, *, early: bool) -> Program:
        """Return the program to end with, scored on test beside the seed program."""
        leaders = self._single.leaders(len(SHARES))
        compared = await Selecting(self._engine, self._task, early=early).winner(leaders)
        winner = self._task.seed
        if compared and compared.status == "better":
            winner = Program(self._engine.journal.get(compared.program))
        for program in (self._task.seed, winner):
            await self._single.test(program, early=early)
        return winner
