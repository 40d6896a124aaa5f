"""Improving: one improver on one task, and what it found."""

from __future__ import annotations

from pathlib import Path

from selftaught.app.attempts import counted
from selftaught.app.conduct import End
from selftaught.app.files import write_program
from selftaught.app.plans import Plan
from selftaught.app.results import BestProgram, ImproveResult, ProgramScore
from selftaught.engine.invocation import Ended
from selftaught.engine.meta import Engine
from selftaught.engine.single import Found, Single
from selftaught.engine.watch import watch_program
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
        self._single = Single(engine, self._task)
        self._ended: Ended | None = None

    async def run(self) -> None:
        """Let the improver work; then look at the test split once."""
        self._ended = await self._single.run(self._plan.improver)
        found = await self._single.best()
        await self._test(found, early=False)
        await watch_program(self._engine, self._task, found.program)
        self._engine.journal.write("", RunFinished(best=found.program.id, head=""), "end")

    async def wind_up(self) -> None:
        """Look at test, where a limit ended the search and wall time is left."""
        await self._test(await self._single.best(), early=True)

    async def result(self, state: RunState, end: End, folder: Path) -> ImproveResult:
        """Return what was found, the best so far where the run did not get to its end."""
        engine, task, ended = self._engine, self._task, self._ended
        found = self._so_far()
        tests: tuple[float | None, float | None] = (None, None)
        if end.stopped in ("done", "budget"):
            tests = self._single.tested(task.seed), self._single.tested(found.program)
        path = write_program(folder / "best.py", found.program.source)
        return ImproveResult(
            run=engine.journal.run,
            task=task.name,
            improver=self._plan.improver.id,
            model=engine.model,
            seed=engine.settings.seed,
            status=ended.status if ended else "",
            detail=ended.detail if ended else "",
            seed_program=ProgramScore(
                id=task.seed.id, train=self._single.seed_score(), test=tests[0]
            ),
            best=BestProgram(id=found.program.id, train=found.train, test=tests[1], path=path),
            returned_best=found.returned,
            held_out=task.held_out,
            sandbox=state.started.sandbox if state.started else "",
            spent=state.spent,
            attempts=counted(state.attempts),
            digest=digest(engine.journal.events()),
            stopped=end.stopped,
            reason=end.reason,
        )

    async def _test(self, found: Found, *, early: bool) -> tuple[float | None, float | None]:
        seed = await self._single.test(self._task.seed, early=early)
        return seed, await self._single.test(found.program, early=early)

    def _so_far(self) -> Found:
        return self._single.known() or Found(Program(self._task.seed.source), None, False)
