"""Transferring: an improved improver on tasks that it never saw (the paper, table 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selftaught.app.blocks import scales
from selftaught.app.comparing import MOST_REPEATS, record_of
from selftaught.app.conduct import End
from selftaught.app.plans import Plan, plan
from selftaught.app.transfer_result import (
    CONTROL,
    IMPROVED,
    LABEL,
    SEED,
    TEST,
    TransferResult,
    transferred,
)
from selftaught.app.winner import Candidate
from selftaught.engine.engine import Engine
from selftaught.engine.reward_hacking import watch_entrants
from selftaught.engine.settings import Settings
from selftaught.engine.tournament import Entrant, Tournament
from selftaught.errors import UsageError
from selftaught.improver import registry as improvers
from selftaught.values.facts import RunFinished
from selftaught.values.state import RunState
from selftaught.values.task import Split, Task

OFFLINE = "offline"


def transfer_plan(
    found: Candidate,
    tasks: Sequence[str | Task],
    *,
    repeats: int,
    settings: Settings,
    model: str | None = None,
    split: str = TEST,
) -> Plan:
    """Return the plan of a transfer.

    Args:
        found: the improver.
        tasks: what it is carried over to.
        repeats: independent repeats on every task.
        settings: seed, scale and limits.
        model: its name; None: the one of the improver's run, else `offline`.
        split: ``test``, or ``paper`` for the instances of the published scorers.

    Raises:
        UnknownNameError: a task does not exist.
        UsageError: the improver has seen a task, fewer than one repeat, or a task has no
            such split.
    """
    if not 1 <= repeats <= MOST_REPEATS:
        raise UsageError(f"--repeats between 1 and {MOST_REPEATS:,}", str(repeats))
    model = model or found.model or OFFLINE
    base = plan(LABEL, tasks, improver=found.improver, model=model, settings=settings)
    wanted = wanted_split(base.tasks, split)
    seen = [task.name for task in base.tasks if task.name in found.seen]
    if seen:
        raise UsageError(
            f"tasks that had no part in {found.name}",
            f"{', '.join(seen)}, on which it worked",
            "name other tasks: those it was chosen on cannot show transfer",
        )
    names = [task.reference for task in base.tasks]
    return replace(
        base,
        programs={
            SEED: found.seed_improver,
            IMPROVED: found.improver,
            CONTROL: improvers.find(CONTROL),
        },
        details={
            "repeats": repeats,
            "split": split,
            "scales": scales(base.tasks, wanted),
            "arguments": [
                *(LABEL, found.name, *names, "--repeats", str(repeats)),
                *(("--split", split) if wanted else ()),
                *(("--model", model) if found.model and model == OFFLINE else ()),
            ],
        },
    )


def wanted_split(tasks: Sequence[Task], name: str) -> Split | None:
    """Return the split of that name; None for ``test``, which may be a task's train.

    Raises:
        UsageError: the name is neither ``test`` nor ``paper``, or a task has no published
            scorer.
    """
    if name == TEST:
        return None
    if name != Split.PAPER:
        raise UsageError(f"--split {TEST} or {Split.PAPER}", name)
    without = [task.name for task in tasks if task.published is None]
    if without:
        raise UsageError(
            f"tasks with a split {Split.PAPER}",
            f"{', '.join(without)}, which have no published scorer",
            "omit --split, or name other tasks",
        )
    return Split.PAPER


class TransferWork:
    """What ``selftaught transfer`` does."""

    def __init__(self, engine: Engine, plan: Plan) -> None:
        """Prepare the tournament of the three improvers."""
        self._engine = engine
        self._plan = plan

    async def run(self) -> None:
        """Go through all blocks; nothing is optimised further."""
        entrants = [Entrant(name, program) for name, program in self._plan.programs.items()]
        split = wanted_split(self._plan.tasks, self._plan.details.get("split", TEST))
        tournament = Tournament(self._engine, LABEL, split=split)
        await tournament.run(entrants, range(self._plan.details["repeats"]))
        await watch_entrants(self._engine, LABEL, {IMPROVED: self._plan.details["arguments"][1]})
        self._engine.journal.write("", RunFinished(best=self._plan.improver.id, head=""), "end")

    async def result(self, state: RunState, end: End, folder: Path) -> TransferResult:
        """Return the table as far as it got."""
        return transferred(record_of(self._engine, state, end))
