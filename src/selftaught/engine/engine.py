"""The engine: what all parts of one run share, put together from the ports."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from selftaught.budget import Budget, WallTime
from selftaught.engine.invocation import Invocations
from selftaught.engine.invocation_spec import InvocationSpec
from selftaught.engine.journal import Journal
from selftaught.engine.model_calls import MeteredModel, ModelBudget
from selftaught.engine.run_limits import RunLimits
from selftaught.engine.settings import Settings
from selftaught.engine.utility import Evaluations, Utility
from selftaught.ports import Clock, Evaluator, LanguageModel, RunStore, Sandbox
from selftaught.values.program import Program
from selftaught.values.task import Task


@dataclass(frozen=True)
class World:
    """What an engine needs from outside, put together by the application."""

    store: RunStore
    model: LanguageModel
    sandbox: Sandbox
    evaluator: Evaluator
    clock: Clock


class Engine:
    """One run's tasks, settings, log and budgets, and what runs improvers and programs in it."""

    def __init__(
        self,
        world: World,
        run: str,
        *,
        tasks: Sequence[Task],
        settings: Settings,
        wall: WallTime | None = None,
    ) -> None:
        """Open the run's journal; what the log already holds will not be done again.

        Args:
            world: what is needed from outside.
            run: its id.
            tasks: what is worked on.
            settings: every number.
            wall: the time that is left; None: the settings' limit, from now on.
        """
        self.wall = wall or WallTime(settings.caps.seconds)
        self.tasks = tuple(tasks)
        self.settings = settings
        self.model = world.model.name
        self.journal = Journal(world.store, run, world.clock)
        caps = settings.caps
        self.ledger = Budget({"responses": caps.responses, "evaluations": caps.evaluations})
        spending = RunLimits(caps, self.journal.events())
        self.journal.listen(spending.apply)
        self._going = asyncio.Event()
        self._going.set()
        self.evaluations = Evaluations(self.journal, world.evaluator, spending, self._going)
        source = MeteredModel(world.model, self.journal, spending, self._going)
        self.invocations = Invocations(source, world.sandbox)
        self.charged: set[str] = set()
        """Keys of the measurements whose costs this session has charged."""

    def sibling(
        self, *, tasks: Sequence[Task] | None = None, settings: Settings | None = None
    ) -> Engine:
        """Return an engine of the same run, log and limits, with other tasks or settings.

        Limits stay this engine's. What siblings do needs names that no other has.
        """
        other = copy(self)
        other.tasks = self.tasks if tasks is None else tuple(tasks)
        other.settings = settings or self.settings
        return other

    def pause(self) -> None:
        """Ask and evaluate nothing further until `go_on`; what is under way comes to its end."""
        self._going.clear()

    def go_on(self) -> None:
        """Ask and evaluate again."""
        self._going.set()

    def close(self) -> None:
        """End what is still under way, and let the threads go."""
        self.invocations.close()

    def invocation_spec(
        self, name: str, improver: Program, initial: Program, utility: Utility, seed: int
    ) -> InvocationSpec:
        """Return an invocation with this run's budgets."""
        settings = self.settings
        return InvocationSpec(
            name=name,
            improver=improver,
            initial=initial,
            utility=utility,
            seed=seed,
            model_budget=ModelBudget(settings.scale.calls, settings.scale.responses),
            utility_budget=settings.scale.utility_calls,
            seconds=settings.improver_seconds,
            memory_mb=settings.improver_memory_mb,
        )

    def meta_invocation_spec(self, job: InvocationSpec) -> InvocationSpec:
        """Return a job on the meta-task: its utility calls are the round's meta-calls."""
        return replace(job, utility_budget=self.settings.scale.meta_calls)
