"""The improvers of examples/ run unmodified, confined, and try nothing that is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from runs.conftest import Here
from selftaught.engine.engine import Engine
from selftaught.engine.invocation import Ended
from selftaught.engine.settings import Settings, scale_named
from selftaught.engine.task_improvement import TaskImprovement
from selftaught.errors import SandboxUnavailableError
from selftaught.experiments.improve import improve_plan
from selftaught.runs.experiment import Plan
from selftaught.runs.plans import begin, new_run
from selftaught.runs.resources import Options, Resources, open_store
from selftaught.runs.results import Attempts, counted
from selftaught.values.state import fold

EXAMPLES = sorted(Path(__file__).parents[2].joinpath("examples/improvers").glob("*.py"))
SCALE = scale_named("tiny", calls=2, responses=2, utility_calls=4)


def planned(task: Path, improver: Path) -> Plan:
    settings = Settings(scale=SCALE)
    return improve_plan(str(task), improver=str(improver), model="offline", settings=settings)


async def all_ended(here: Here, options: Options) -> dict[str, tuple[Ended, Attempts]]:
    """How each example's invocation ended, in one session, and what it tried."""
    found = {}
    with open_store(options) as store:
        async with Resources(options, "offline", Settings(scale=SCALE), store) as session:
            for path in EXAMPLES:
                asked = planned(here.place.folder / "square", path)
                run = new_run(store, asked)
                engine = Engine(session.world, run, tasks=asked.tasks, settings=asked.settings)
                try:
                    begin(engine, asked, session.sandbox.mode)
                    ended = await TaskImprovement(engine, asked.tasks[0]).run(asked.improver)
                finally:
                    engine.close()
                tried = counted(fold(engine.journal.events()).attempts)
                found[path.stem] = (ended, tried)
            assert session.sandbox.mode == "namespaces"
    return found


def test_ten_other_idioms_run_confined(here: Here) -> None:
    try:
        found = asyncio.run(all_ended(here, here.options))
    except SandboxUnavailableError as error:
        pytest.skip(f"this machine confines nothing: {error.found}")
    assert len(found) == 10
    for name, (ended, tried) in found.items():
        assert ended.status == "ok", (name, ended.detail)
        assert ended.program is not None
        assert ended.spent.responses > 0, name
        assert (tried.attested, tried.advisory) == (0, 0), (name, tried)
