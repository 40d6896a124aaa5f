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
from types import TracebackType
from typing import Any, Self

from selftaught.errors import SelftaughtError, TaskCodeError
from selftaught.ports import CallResult, Child, Confinement, Sandbox
from selftaught.tasks.instances import instance, instance_count, module_seed, program_seed
from selftaught.tasks.scoring import JudgingError, judge, said
from selftaught.tasks.tracebacks import task_file, task_traceback
from selftaught.values.outcome import Attempt, InstanceResult, Outcome, Status
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Task

UNSCORED = (Status.INVALID_PROGRAM, Status.TAMPERED)
"""Statuses of programs that get no score at all."""


class Children:
    """Opens a child where one is needed, and adds up what all of them attempted.

    Use as a context manager; leaving it ends the child.
    """

    def __init__(
        self, task: Task, program: Program, instances: InstanceSet, sandbox: Sandbox
    ) -> None:
        """Open nothing yet."""
        self.program = program
        self.sandbox = sandbox
        self._confinement = Confinement(
            source=program.source,
            entry_point=task.entry_point,
            memory_mb=task.limits.memory_mb,
            seed=module_seed(task, instances),
            environment=task.environment,
        )
        self._child: Child | None = None
        self._attempts: dict[tuple[Any, ...], Attempt] = {}

    def current(self) -> Child:
        """Return the child, or a new one where the last one ended.

        A child whose program could not be loaded is kept: loading it again would end alike.

        Raises:
            SandboxError: no child could be made.
        """
        child = self._child
        if child is not None and not child.alive and child.loaded.status is Status.OK:
            self._leave()
        if self._child is None:
            self._child = self.sandbox.open(self._confinement)
        return self._child

    def attempts(self) -> tuple[Attempt, ...]:
        """Return what the children that have ended attempted, equal attempts as one."""
        return tuple(self._attempts.values())

    def _leave(self) -> None:
        if self._child is None:
            return
        child, self._child = self._child, None
        try:
            for attempt in child.attempts():
                key = (attempt.counter, attempt.category, attempt.action, attempt.target)
                before = self._attempts.get(key)
                count = attempt.count + (before.count if before else 0)
                self._attempts[key] = replace(attempt, count=count)
        finally:
            child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()


def play(task: Task, child: Child, inputs: tuple[Any, ...], *, seed: int) -> CallResult:
    """Return how an instance was played; its ``output`` is what ``score`` gets.

    Without ``drive`` that is one call. With it, the first call that fails decides the
    status, whatever ``drive`` makes of it; ``seconds`` adds up all calls, of which each has
    the task's limit for itself; the seed is set before the first call only. ``drive`` may
    raise ValueError where an answer to a call is none, as ``score`` may: ``wrong_output``.

    Raises:
        JudgingError: ``drive`` raised anything else.
        SandboxError: the sandbox failed at its own work.
    """
    if task.drive is None:
        return child.call(*inputs, seconds=task.limits.seconds_per_call, seed=seed)
    calls = _Calls(child, task.limits.seconds_per_call, seed)
    try:
        output = task.drive(inputs, calls)
    except _CallFailedError:
        output = None
    except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
        if calls.error is None and calls.failure is None:
            if not isinstance(error, ValueError):
                text = task_traceback(error, task_file(task.drive))
                raise JudgingError(Status.WRONG_OUTPUT, "drive", text) from None
            return calls.result(Status.WRONG_OUTPUT, detail=said(error))
    if calls.error is not None:
        raise calls.error
    if calls.failure is not None:
        return calls.result(calls.failure.status, detail=calls.failure.detail)
    return calls.result(Status.OK, output=output)


class _CallFailedError(Exception):
    """Ends ``drive`` where a call of the program failed."""


class _Calls:
    """What ``drive`` gets as ``call``; keeps the first failure and adds up the seconds."""

    def __init__(self, child: Child, seconds: float, seed: int) -> None:
        self._child, self._limit = child, seconds
        self._seed: int | None = seed
        self._seconds = 0.0
        self._near_limit = False
        self.failure: CallResult | None = None
        self.error: SelftaughtError | None = None

    def __call__(self, *args: Any) -> Any:
        """Return the program's answer; ends ``drive`` where it gave none."""
        if self.failure is None and self.error is None:
            try:
                result = self._child.call(*args, seconds=self._limit, seed=self._seed)
            except SelftaughtError as error:
                self.error = error  # our own failure must not be lost in drive
                raise
            self._seed = None
            self._seconds += result.seconds
            self._near_limit = self._near_limit or result.near_limit
            if result.status is Status.OK:
                return result.output
            self.failure = result
        raise _CallFailedError("a call of the program failed")

    def result(self, status: Status, *, output: Any = None, detail: str = "") -> CallResult:
        """Return all calls as one."""
        return CallResult(status, output, self._seconds, detail, self._near_limit)


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
