"""Evaluation: a program on a split of a task, instance by instance, as an Outcome.

The program runs in a child of the sandbox; ``make_instance``, ``drive`` and ``score`` are
the task's own, trusted code and run here. What the program does wrong is a status. What
``score`` or ``drive`` raises or returns for a program's output is that program's outcome
where they work for the seed program's on the same instance, else it raises TaskCodeError.
"""

from __future__ import annotations

import copy
import math
from dataclasses import replace

from selftaught.errors import TaskCodeError
from selftaught.ports import Child, Sandbox
from selftaught.tasks.children import Children
from selftaught.tasks.instances import instance, instance_count, program_seed
from selftaught.tasks.play import play
from selftaught.tasks.scoring import JudgingError, judge
from selftaught.values.outcome import InstanceResult, Outcome, Status
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Task

UNSCORED = (Status.INVALID_PROGRAM, Status.TAMPERED)
"""Statuses of programs that get no score at all."""


def evaluate(task: Task, program: Program, instances: InstanceSet, sandbox: Sandbox) -> Outcome:
    """Return what became of a program on a split of a task.

    All instances share one child; where it ends (a timeout, say) another takes the
    remaining instances. A program that can't be loaded is not tried again: every instance
    has the status of the loading. After an instance in which the program tampered none is
    run, and the whole outcome is ``tampered``.

    The limit of ``task.limits`` holds for each call: an instance that ``drive`` plays with
    many calls may take many times as long. An instance's ``seconds`` are their sum.

    Raises:
        TaskCodeError: the task's own code raised, or returned what it must not, also for the
            seed program's output.
        UsageError: the task has no such split.
        SandboxError: the sandbox failed at its own work.
    """
    count = instance_count(task, instances.split)
    with Children(task, program, instances, sandbox) as children:
        results = _run_all(task, instances, children, count)
    status = next((r.status for r in results if r.status is not Status.OK), Status.OK)
    unscored = next((r.status for r in results if r.status in UNSCORED), None)
    if unscored:
        results = [replace(result, score=None) for result in results]
    return Outcome(
        program=program.id,
        task=task.name,
        split=str(instances.split),
        status=unscored or status,
        score=None if unscored else math.fsum(r.score or 0.0 for r in results) / count,
        instances=tuple(results),
        attempts=children.attempts(),
        sandbox=sandbox.mode,
    )


def _run_all(
    task: Task, instances: InstanceSet, children: Children, count: int
) -> list[InstanceResult]:
    results: list[InstanceResult] = []
    for index in reversed(range(count)) if instances.backwards else range(count):
        if results and results[-1].status in UNSCORED:
            skipped = InstanceResult(index, results[-1].status, None, 0.0, "not run")
            results.append(skipped)
        else:
            results.append(_run_one(task, instances, children, index))
    return sorted(results, key=lambda each: each.index)


def _refuse_fault(
    task: Task, children: Children, instances: InstanceSet, index: int, error: JudgingError
) -> None:
    """Return where the seed program's own output of an instance can be judged.

    A seed program whose call fails there is no sign of a fault of the task.

    Raises:
        TaskCodeError: it can't be.
    """
    found: JudgingError | None = error
    if children.program != task.seed:
        found = None
        with Children(task, task.seed, instances, children.sandbox) as own:
            child = own.current()
            if child.loaded.status is Status.OK:
                try:
                    _judged(task, child, instances, index)
                except JudgingError as its:
                    found = its
    if found:
        raise TaskCodeError(task.name, found.function, found.text)


def _run_one(task: Task, instances: InstanceSet, children: Children, index: int) -> InstanceResult:
    """Return the result of one instance.

    The program's side gets a copy of the inputs, so that nothing it or ``drive`` changes
    reaches ``score``.
    """
    child = children.current()
    if child.loaded.status is not Status.OK:
        loaded = child.loaded
        return InstanceResult(
            index, loaded.status, task.scale.low, 0.0, loaded.detail, near_limit=loaded.near_limit
        )
    try:
        return _judged(task, child, instances, index)
    except JudgingError as error:
        failed = error
    _refuse_fault(task, children, instances, index, failed)  # no part of the failure's traceback
    return InstanceResult(index, failed.status, task.scale.low, 0.0, failed.detail)


def _judged(task: Task, child: Child, instances: InstanceSet, index: int) -> InstanceResult:
    """Return the result of a call and its score.

    Raises:
        JudgingError: ``score`` or ``drive`` failed.
    """
    inputs, key = instance(task, instances, index)
    seed = program_seed(task, instances, index)
    called = play(task, child, copy.deepcopy(inputs), seed=seed)
    result = InstanceResult(
        index,
        called.status,
        task.scale.low,
        called.seconds,
        called.detail,
        near_limit=called.near_limit,
    )
    if called.status is not Status.OK:
        return result
    verdict = judge(task, inputs, key, called.output)
    return replace(
        result,
        status=verdict.status,
        score=verdict.score,
        detail=verdict.detail,
        feedback=verdict.feedback,
    )
