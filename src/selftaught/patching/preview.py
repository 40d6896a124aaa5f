"""Previews: what a model would be shown first, and what a run can cost, with nothing sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selftaught.budget import Budget
from selftaught.engine.engine import Engine, World
from selftaught.engine.task_improvement import INVOCATION
from selftaught.engine.utility import TaskUtility
from selftaught.errors import ModelError
from selftaught.models.options import ModelOptions
from selftaught.patching.objective import gathered, shown_names
from selftaught.patching.planning import Wish, drafted
from selftaught.patching.repository.contents import LeftOut, contents_of
from selftaught.patching.repository.settings import Goal
from selftaught.patching.repository.site import open_site
from selftaught.ports import Message, ModelRequest, ModelResponse
from selftaught.runs.cost import Cost, cost
from selftaught.runs.experiment import Plan
from selftaught.runs.resources import SystemClock, confinement
from selftaught.sandbox import open_sandbox
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import RunInfo
from selftaught.values.outcome import InstanceResult, Outcome, Status
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task


@dataclass(frozen=True)
class Preview:
    """What would happen.

    Attributes:
        places: whose sources would be shown.
        messages: of the first prompt; scores in it are 0, since nothing was run.
        cost: the most that the run can ask for.
        left_out: characters of the context that are over the limit.
        lacking: what the copy that commands run in leaves out.
        goal: what is wanted of a function; None: the run is on a task.
        python: the Python that commands run with, and its version; empty: no command runs.
        allowed: what commands may use besides, by the option that allows it.
    """

    places: tuple[str, ...]
    messages: tuple[Message, ...]
    cost: Cost
    left_out: int = 0
    goal: Goal | None = None
    lacking: tuple[LeftOut, ...] = ()
    python: str = ""
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def of_task(plan: Plan[Any], options: ModelOptions, *, unsafe: bool) -> Preview:
    """Return what `improve` on a task would show and cost; nothing is scored, nothing is sent.

    The improver runs, confined unless ``unsafe``, up to its first prompt.

    Raises:
        ModelError: the improver asked nothing.
    """
    return Preview(
        places=(plan.tasks[0].name,),
        messages=asyncio.run(_first_prompt(plan, unsafe=unsafe)),
        cost=cost(plan, options),
    )


def of_repository(wish: Wish, options: ModelOptions) -> Preview:
    """Return what a run would show and cost; no command of the user's runs, nothing is sent.

    The improver runs, confined, up to its first prompt.

    Raises:
        UsageError: the goal can't be found, or something secret would be sent.
        ModelError: the improver asked nothing.
    """
    plan = drafted(wish)
    site = open_site(wish.folder, wish.goal)
    context = gathered(site)
    return Preview(
        places=tuple(shown_names(context, [str(part.target) for part in site.parts])),
        messages=asyncio.run(_first_prompt(plan, unsafe=wish.unsafe)),
        left_out=context.left_out,
        cost=cost(plan, options),
        goal=wish.goal,
        lacking=tuple(contents_of(site.repository, site.include).told),
        python=f"{site.interpreter.python} (Python {site.interpreter.version})",
        allowed={
            "--pass-env": wish.goal.pass_env,
            "--read": wish.goal.read,
            "--allow-network": wish.goal.allow_network,
        },
    )


async def _first_prompt(plan: Plan[Any], *, unsafe: bool) -> tuple[Message, ...]:
    task, settings = plan.tasks[0], plan.settings
    model = _Silent(plan.model)
    info = RunInfo("preview", plan.command, (task.name,), plan.model, "running", time.time())
    with (
        TemporaryDirectory(prefix="selftaught-preview-") as folder,
        SqliteStore(Path(folder) / "store.db") as store,
        open_sandbox(**confinement(unsafe, settings)) as sandbox,
    ):
        store.create(info)
        world = World(store, model, sandbox, _Zero(), SystemClock())
        engine = Engine(world, "preview", tasks=plan.tasks, settings=settings)
        try:
            instances = InstanceSet(Split.TRAIN, settings.seed)
            utility = TaskUtility(task, instances, engine.evaluations)
            seed = derive(settings.seed, "invocation", INVOCATION)
            job = engine.invocation_spec(INVOCATION, plan.improver, task.seed, utility, seed)
            await engine.invocations.run(replace(job, seconds=30.0), Budget())
        except _AskedError:
            return model.asked
        finally:
            engine.close()
    raise ModelError("an improver that asks the model", "one that asked nothing")


class _AskedError(ModelError):
    """The first prompt is known: there is no need to go on."""


@dataclass
class _Silent:
    """A model that keeps the first prompt and answers nothing."""

    name: str
    asked: tuple[Message, ...] = field(default=())

    async def respond(self, request: ModelRequest) -> AsyncIterator[ModelResponse]:
        """Keep the prompt.

        Raises:
            ModelError: always.
        """
        self.asked = self.asked or request.messages
        if self.asked:
            raise _AskedError("a preview")
        yield ModelResponse(0, "", 0, 0, 0.0, True, self.name)  # pragma: no cover - a generator

    async def close(self) -> None:
        """Do nothing."""


class _Zero:
    """Scores everything 0 without running it."""

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return the score 0."""
        result = InstanceResult(0, Status.OK, 0.0, 0.0)
        return Outcome(program.id, task.name, str(instances.split), Status.OK, 0.0, (result,))

    async def close(self) -> None:
        """Do nothing."""
