"""Benches: an evaluator for versions of a repository's code, and the final comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Self, TypeVar

from selftaught.budget import WallTime
from selftaught.patching.benchmark import Benchmark
from selftaught.patching.commands import open_commands
from selftaught.patching.equals import Equals
from selftaught.patching.objective import Objective
from selftaught.patching.repository.formatting import Formatting
from selftaught.patching.repository.judge import Judge
from selftaught.patching.repository.probe import Probes
from selftaught.patching.repository.reporting import Report, silent
from selftaught.patching.repository.secrets import secret_values
from selftaught.patching.repository.site import open_site
from selftaught.patching.repository.splice import Refused, splice
from selftaught.patching.repository.surroundings import passed
from selftaught.patching.repository.workshop import Workshop
from selftaught.patching.scores import ScoreJudge
from selftaught.patching.speed import SpeedJudge
from selftaught.patching.tidying import tidied
from selftaught.ports import Commands
from selftaught.values.facts import Compared
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Task

T = TypeVar("T")

ASK_SECONDS = 0.05
"""How often a thread is asked again to end its command: it may be between two of them."""


class Bench:
    """Scores versions by the user's commands, one at a time; implements `ports.Evaluator`.

    One at a time, because a score may be a time, and a command beside it would disturb it.
    """

    def __init__(
        self,
        aim: Objective,
        commands: Commands,
        *,
        tell: Report = silent,
        wall: WallTime | None = None,
    ) -> None:
        """Copy the repository; for speed twice, since both versions run in turns.

        Args:
            aim: what is to be reached.
            commands: how the user's commands are run.
            tell: told how far a measurement is; always from the event loop's thread.
            wall: the time that is left for commands; None: any.

        Raises:
            UsageError: it is not what it was any more.
        """
        self.tell = tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._commands = commands
        self._site = open_site(aim.folder, aim.goal)
        self._free = asyncio.Lock()
        with ExitStack() as stack:
            workshop = stack.enter_context(Workshop(self._site, commands, wall))
            self._workshops = [workshop]
            hidden = secret_values(self._site.repository) | passed(aim.goal.pass_env)
            self._judge = Judge(workshop, aim.baseline, hidden)
            self._formatting = Formatting(workshop)
            self._scoring: SpeedJudge | ScoreJudge
            if aim.goal.faster:
                original = stack.enter_context(Workshop(self._site, commands, wall))
                self._workshops.append(original)
                pace = Benchmark(self._site, original, workshop, aim.baseline, tell=self._pass_on)
                stack.callback(pace.close)
                self._scoring = SpeedJudge(self._judge, pace)
            else:
                probes = stack.enter_context(closing(Probes()))
                equals = Equals(workshop, probes, aim.baseline)
                self._scoring = ScoreJudge(self._judge, aim, equals)
            self._stack = stack.pop_all()

    @classmethod
    def open(
        cls, aim: Objective, *, unsafe: bool, tell: Report = silent, wall: WallTime | None = None
    ) -> Self:
        """Return a bench with commands that run confined, unless ``unsafe``.

        Raises:
            SandboxUnavailableError: the machine allows no confinement.
            UsageError: the repository is not what it was any more.
        """
        commands = open_commands(unsafe=unsafe)
        try:
            return cls(aim, commands, tell=tell, wall=wall)
        except BaseException:
            commands.close()
            raise

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of a version; see `ports.Evaluator`."""
        return await self._measured(lambda: self._scoring.evaluate(task, program, instances))

    async def compare(self, seed: Program, winner: Program, run_seed: int) -> Compared:
        """Return both versions measured against each other on what the search never saw."""
        return await self._measured(lambda: self._scoring.compare((seed, winner), run_seed))

    async def _measured(self, measure: Callable[[], T]) -> T:
        """Return what a thread measures; where this is cancelled its command has ended first."""
        self._loop = asyncio.get_running_loop()
        async with self._free:
            thread = asyncio.ensure_future(asyncio.to_thread(measure))
            try:
                return await asyncio.shield(thread)
            except asyncio.CancelledError:
                await self._halt(thread)
                raise

    async def _halt(self, thread: asyncio.Future[T]) -> None:
        for workshop in self._workshops:
            workshop.halted = True
        while not thread.done():
            self._commands.end()
            await asyncio.wait([thread], timeout=ASK_SECONDS)
        thread.exception()  # an order to end is no failure
        for workshop in self._workshops:
            workshop.halted = False

    async def tidied(self, seed: str, winner: str, part: str) -> str:
        """Return what is left of a winner as a reviewer would have written it, formatted.

        Args:
            seed: the program before the change.
            winner: the program with all of the change.
            part: the program with what is left of it.
        """
        text = tidied(seed, winner, part)
        if not self.usable(text):
            return part
        formatted, _ = await self._measured(lambda: self._formatting.formatted(text))
        return formatted if self.usable(formatted) else text

    async def remarks(self, source: str) -> list[str]:
        """Return what the repository's formatter and linter say of a version, in sentences."""
        return await self._measured(lambda: self._formatting.remarks(source))

    def _pass_on(self, text: str) -> None:
        """Report from the event loop's thread what a thread that measures says."""
        assert self._loop, "only `evaluate` and `compare` measure"
        self._loop.call_soon_threadsafe(self.tell, text)

    def usable(self, source: str) -> bool:
        """Return whether a version can be put in place."""
        return not isinstance(splice(self._site.parts, source), Refused)

    def files(self, program: Program) -> dict[str, bytes]:
        """Return the files that a version changes, by path.

        Raises:
            ValueError: it can't be put in place.
        """
        spliced = splice(self._site.parts, program.source)
        if isinstance(spliced, Refused):
            raise ValueError(spliced.reason)
        return dict(spliced.files)

    @property
    def contents(self) -> dict[str, bytes]:
        """The files with targets as they were when the run began."""
        return self._site.contents

    async def close(self) -> None:
        """End what runs, and remove the copy."""
        self._commands.close()
        async with self._free:
            await asyncio.to_thread(self._stack.close)
