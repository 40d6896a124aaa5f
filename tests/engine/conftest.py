"""A small world for the engine: a scripted model, a memory store, a task of numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from fakes.memory_store import MemoryStore
from fakes.sandbox import FakeSandbox
from selftaught.engine.engine import Engine, World
from selftaught.engine.settings import Scale, Settings
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import LanguageModel, RunStore
from selftaught.tasks.evaluation import evaluate
from selftaught.values.event import RunInfo
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, ScoreRange, Split, Task

SEED = "def solve(x):\n    return 0\n"


def guess(number: float) -> str:
    """A program that always answers ``number``; the nearer to 1 the better."""
    return f"def solve(x):\n    return {number}"


def answer(number: float) -> str:
    return f"An idea.\n```python\n{guess(number)}\n```\n"


def answers(*numbers: float) -> ScriptedModel:
    """A model whose samples answer these numbers, over and over."""
    return ScriptedModel(lambda request, sample: answer(numbers[sample % len(numbers)]))


def make_instance(rng: Any) -> tuple[tuple[Any, ...], Any]:
    return (float(rng.random()),), None


def score(inputs: tuple[Any, ...], key: Any, output: Any) -> float:
    if not isinstance(output, int | float):
        raise ValueError("no number")
    return max(0.0, 1.0 - abs(1.0 - output))


def make_task(name: str = "numbers", **changes: Any) -> Task:
    given: dict[str, Any] = {
        "instances": {Split.TRAIN: 2, Split.GATE: 2, Split.TEST: 2},
        "text": "1 - |1 - solve(x)|",
        "scale": ScoreRange(0.0, 1.0, 1.0),
    } | changes
    return Task(name, Program(SEED), make_instance, score, **given)


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        self.time += 1
        return self.time

    monotonic = now


@dataclass
class CountingEvaluator:
    """Evaluates in this process, and counts."""

    sandbox: FakeSandbox
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        self.asked.append((program.id, str(instances)))
        await asyncio.sleep(0)
        return evaluate(task, program, instances, self.sandbox)

    async def close(self) -> None:
        pass


@dataclass
class Small:
    """An engine and what it works with."""

    engine: Engine
    store: RunStore
    model: LanguageModel
    evaluator: CountingEvaluator


MakeSmall = Callable[..., Small]


@pytest.fixture
def small() -> Iterator[MakeSmall]:
    """Makes engines; each call with the same store goes on with the same run."""
    engines: list[Engine] = []

    def make(
        model: LanguageModel | None = None,
        *,
        store: RunStore | None = None,
        tasks: tuple[Task, ...] = (),
        **settings: Any,
    ) -> Small:
        if store is None:
            store = MemoryStore()
            store.create(RunInfo("run", "run", ("numbers",), "scripted", "running", 0.0))
        sandbox = FakeSandbox()
        evaluator = CountingEvaluator(sandbox)
        model = model or answers(0.5)
        given: dict[str, Any] = {"scale": Scale(2, 3, 6, 4, 2, 2, 4)} | settings
        world = World(store, model, sandbox, evaluator, Clock())
        engine = Engine(world, "run", tasks=tasks or (make_task(),), settings=Settings(**given))
        engines.append(engine)
        return Small(engine, store, model, evaluator)

    yield make
    for engine in engines:
        engine.close()
