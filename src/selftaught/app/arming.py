"""Arming: arms A to D of self-improvement at equal spend, and what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selftaught.app.arms_result import SAMPLING, SEEN, UNSEEN, ArmsResult, armed
from selftaught.app.blocks import scales
from selftaught.app.compare_result import CONTROLS
from selftaught.app.compare_result import PROBE as PROBE_IMPROVER
from selftaught.app.comparing import MOST_REPEATS, record_of
from selftaught.app.conduct import End
from selftaught.app.plans import Plan, plan
from selftaught.app.recursion import GateMaker
from selftaught.engine.arms import STOP, Arms, Contestants
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Settings
from selftaught.errors import UsageError
from selftaught.improver import registry as improvers
from selftaught.values.facts import RunFinished
from selftaught.values.state import RunState
from selftaught.values.task import Task


def arms_plan(
    start: str,
    tasks: Sequence[str | Task],
    unseen: Sequence[str | Task],
    *,
    repeats: int,
    model: str,
    settings: Settings,
) -> Plan:
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
    base = plan("compare", [*tasks, *unseen], improver=start, model=model, settings=settings)
    seen = [task.name for task in base.tasks[: len(tasks)]]
    others = [task.name for task in base.tasks[len(tasks) :]]
    if not seen:
        raise UsageError("at least one task for the rounds", "none", "give --tasks")
    references = [task.reference for task in base.tasks]
    words = ["compare", start, "--arms", "--repeats", str(repeats)]
    words += ["--tasks", *references[: len(tasks)]]
    words += ["--unseen", *references[len(tasks) :]] if others else []
    return replace(
        base,
        programs={name: improvers.find(name) for name in (*CONTROLS, PROBE_IMPROVER)},
        details={
            "arms": True,
            "repeats": repeats,
            "sets": {SEEN: seen} | ({UNSEEN: others} if others else {}),
            "scales": scales(base.tasks),
            "arguments": words,
        },
    )


class ArmsWork:
    """What ``selftaught compare --arms`` does."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare the arms that the plan asks for."""
        by_name = {task.name: task for task in plan.tasks}
        self._sets = {
            name: [by_name[task] for task in tasks] for name, tasks in plan.details["sets"].items()
        }
        self._engine = engine
        self._plan = plan
        self._arms = Arms(
            engine.sibling(tasks=self._sets[SEEN]),
            GateMaker(engine.settings.scale.gate_pairs),
            Contestants(
                plan.improver,
                {arm: plan.programs[name] for arm, name in SAMPLING.items()},
                plan.programs[PROBE_IMPROVER],
            ),
        )

    async def run(self) -> None:
        """Go through the replicates, one after another."""
        for number in range(self._plan.details["repeats"]):
            await self.replicate(number)
            for name, tasks in self._sets.items():
                of = f"arm {STOP}, replicate {number + 1}, {name}"
                engine = self._engine.sibling(tasks=tasks, settings=self._arms.settings(number))
                await watch_entrants(engine, f"arms/{number}/{name}", {STOP: of})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")

    async def replicate(self, number: int) -> None:
        """Go through one replicate."""
        await self._arms.replicate(number, self._sets)

    async def result(self, state: RunState, end: End, folder: Path) -> ArmsResult:
        """Return the comparison of the replicates that were completed."""
        return armed(record_of(self._engine, state, end))
