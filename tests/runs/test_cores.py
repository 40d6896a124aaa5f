from __future__ import annotations

import os
from pathlib import Path

import pytest

from selftaught.runs.cores import Cores, busy
from selftaught.runs.evaluators import ProcessEvaluator
from selftaught.tasks.registry import find
from selftaught.values.task import InstanceSet, Split


async def test_the_least_busy_core_is_taken_first() -> None:
    looks = iter([{0: 10, 1: 90, 2: 50}, {0: 15, 1: 91, 2: 53}] * 3)
    cores = Cores(3, usable=[0, 1, 2], busy=lambda: next(looks))
    assert [await cores.take() for _ in range(3)] == [1, 2, 0]
    assert await cores.take() is None
    cores.give(2)
    looks = iter([{}, {}])
    assert await cores.take() == 2


async def test_more_workers_than_cores_stay_nowhere() -> None:
    cores = Cores(3, usable=[0, 1], busy=dict)
    assert await cores.take() is None
    cores.give(None)
    assert await cores.take() is None


def test_what_cores_have_done_only_grows() -> None:
    before, after = busy(), busy()
    assert os.sched_getaffinity(0) <= set(before)
    assert all(after[core] >= done for core, done in before.items())


async def test_a_machine_that_does_not_tell_gives_cores_in_order(tmp_path: Path) -> None:
    cores = Cores(2, usable=[3, 1], busy=lambda: busy(str(tmp_path / "none")))
    assert [await cores.take() for _ in range(2)] == [1, 3]


@pytest.mark.parametrize("spare", [0, 1])
async def test_evaluators_stay_on_a_core_each_where_there_are_enough(spare: int) -> None:
    cores = len(os.sched_getaffinity(0))
    evaluator = ProcessEvaluator(cores + spare, {"parked": 0})
    task = find("three_sat")
    try:
        outcome = await evaluator.evaluate(task, task.seed, InstanceSet(Split.TRAIN, 0, (0,)))
        (process,) = evaluator._all
        assert len(os.sched_getaffinity(process.pid)) == (cores if spare else 1)
    finally:
        await evaluator.close()
    assert outcome.score > 0
