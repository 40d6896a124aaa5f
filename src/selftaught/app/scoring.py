"""Scoring: a program on one split of a task, without a model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from selftaught.app.attempts import counted
from selftaught.app.evaluators import LocalEvaluator, ProcessEvaluator
from selftaught.app.results import InstanceScore, ScoreResult
from selftaught.app.session import confinement
from selftaught.engine.settings import Settings
from selftaught.errors import UsageError
from selftaught.sandbox import open_sandbox
from selftaught.tasks import registry as tasks
from selftaught.values.decoding import TextError, source_of
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.records import AttemptRecord
from selftaught.values.task import InstanceSet, Split, Task


def score(
    task: str | Task,
    program: Program,
    *,
    split: str | None = None,
    seed: int = 0,
    unsafe: bool = False,
) -> ScoreResult:
    """Return how a program does on one split of a task.

    The instances are those that ``improve`` with the same seed looks at.

    Args:
        task: its name, or itself.
        program: to be scored.
        split: whose instances; None: test, or train where the task holds no test split out.
        seed: of the instances.
        unsafe: run the program unconfined where the machine offers no confinement.

    Raises:
        UnknownNameError: there is no such task.
        UsageError: the task has no such split.
        TaskCodeError: the task's own code raised.
    """
    found = task if isinstance(task, Task) else tasks.find(task)
    chosen = split_of(found, split or ("test" if found.held_out else "train"))
    instances = InstanceSet(chosen, seed)
    policy = confinement(unsafe, Settings(seed=seed))
    return scored(asyncio.run(_evaluate(found, program, instances, policy)))


async def _evaluate(
    task: Task, program: Program, instances: InstanceSet, policy: dict[str, Any]
) -> Outcome:
    """Evaluate as a run does: in another process wherever the task can be found from there."""
    if task.reference:
        processes = ProcessEvaluator(1, policy)
        try:
            return await processes.evaluate(task, program, instances)
        finally:
            await processes.close()
    with open_sandbox(**policy) as sandbox:
        return await LocalEvaluator(sandbox).evaluate(task, program, instances)


def split_of(task: Task, name: str) -> Split:
    """Return the split of that name.

    Raises:
        UsageError: the task has none; the message names those that it has.
    """
    offered = [split.value for split in Split if task.instances.get(split, 0)]
    if name not in offered:
        raise UsageError(f"--split among {', '.join(offered)}, which {task.name} has", name)
    return Split(name)


def read_program(path: Path) -> Program:
    """Return the program in a file.

    Raises:
        UsageError: it can't be read, or is not UTF-8 text.
    """
    try:
        return Program(source_of(path.read_bytes()))
    except (OSError, TextError) as error:
        raise UsageError(
            f"a readable program in {path}", str(error), "name a Python file"
        ) from error


def scored(outcome: Outcome) -> ScoreResult:
    """Return an outcome as the object that ``score`` prints."""
    attempts = [(outcome.program, AttemptRecord(**vars(attempt))) for attempt in outcome.attempts]
    return ScoreResult(
        task=outcome.task,
        split=outcome.split,
        program=outcome.program,
        status=outcome.status,
        score=outcome.score,
        near_limit=outcome.near_limit,
        sandbox=outcome.sandbox,
        attempts=counted(attempts),
        instances=[
            InstanceScore(
                index=each.index,
                status=each.status,
                score=each.score,
                seconds=each.seconds,
                detail=each.detail,
            )
            for each in outcome.instances
        ],
    )
