"""Works: what each command of a run does, by the command's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

from selftaught.app.approval import Approvals, Ask
from selftaught.app.arming import ArmsWork
from selftaught.app.bypass import BypassWork
from selftaught.app.comparing import CompareWork
from selftaught.app.conduct import End
from selftaught.app.improving import ImproveWork
from selftaught.app.minimising import MinimiseWork
from selftaught.app.paper import PaperWork
from selftaught.app.patch.bench import Bench
from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.work import PatchWork
from selftaught.app.plans import Plan
from selftaught.app.record import Finding
from selftaught.app.recursion import RunWork
from selftaught.app.revalidating import RevalidateWork
from selftaught.app.transferring import TransferWork
from selftaught.engine.engine import Engine
from selftaught.ports import Evaluator, RunStore
from selftaught.values.state import RunState


class Work(Protocol):
    """What a run does, and what it found."""

    async def run(self) -> None:
        """Do everything that there is to do."""
        ...

    async def result(self, state: RunState, end: End, folder: Path) -> Finding:
        """Return what was found, as far as it got."""
        ...


@runtime_checkable
class WindsUp(Protocol):
    """Work of which something is still done where a limit ended it."""

    async def wind_up(self) -> None:
        """Do what the wall time that is left allows; may be ended at any moment."""
        ...


_WORKS: dict[str, Callable[[Engine, Plan], Work]] = {
    "improve": ImproveWork,
    "bypass": BypassWork,
    "compare": lambda engine, plan: (
        ArmsWork(engine, plan) if plan.details.get("arms") else CompareWork(engine, plan)
    ),
    "transfer": TransferWork,
    "revalidate": RevalidateWork,
    "minimise": MinimiseWork,
    "paper": PaperWork,
}

COMMANDS = frozenset({"run", PATCH, *_WORKS})
"""Every command whose runs can be resumed."""


def open_work(
    engine: Engine, plan: Plan, store: RunStore, ask: Ask | None, evaluator: Evaluator
) -> Work:
    """Return what a plan's command does.

    Args:
        engine: of the run.
        plan: what to do.
        store: where the run is.
        ask: asks a person, where the plan wants it.
        evaluator: scores programs; a bench, where the plan is about a repository.
    """
    if isinstance(evaluator, Bench):
        return PatchWork(engine, plan, evaluator)
    if plan.command == "run":
        return RunWork(engine, plan, Approvals(engine, store, ask))
    return _WORKS[plan.command](engine, plan)
