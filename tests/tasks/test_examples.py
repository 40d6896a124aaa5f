"""The tasks of examples/: each works as it comes, and has room."""

from __future__ import annotations

from pathlib import Path

from selftaught.sandbox import open_sandbox
from selftaught.tasks.evaluation import evaluate
from selftaught.tasks.registry import find
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split

PAGING = Path(__file__).parents[2] / "examples/paging"
AGING = """
missed, last = {}, 0


def evict(time, page, cached):
    "Drop what was missed least often, of equal ones the newest."
    global last
    if time < last:
        missed.clear()
    last = time
    missed[page] = missed.get(page, 0) + 1
    return min(reversed(cached), key=lambda each: missed.get(each, 0))
"""


def test_a_cache_is_played_step_by_step_and_keeps_its_state() -> None:
    task, instances = find(str(PAGING)), InstanceSet(Split.TEST, 0)
    wrong = Program("def evict(time, page, cached):\n    return page")
    with open_sandbox() as sandbox:
        seed, better, other = (
            evaluate(task, program, instances, sandbox)
            for program in (task.seed, Program(AGING), wrong)
        )
    assert seed.status == better.status == Status.OK
    assert 0.3 < seed.score < better.score < 0.7
    assert other.status == Status.WRONG_OUTPUT
    assert "is not cached" in other.instances[0].detail
