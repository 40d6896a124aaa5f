"""Play: the program's part of one instance, one call or as many as ``drive`` makes."""

from __future__ import annotations

from typing import Any

from selftaught.errors import SelftaughtError
from selftaught.ports import CallResult, Child
from selftaught.tasks.scoring import JudgingError, said
from selftaught.tasks.tracebacks import task_file, task_traceback
from selftaught.values.outcome import Status
from selftaught.values.task import Task


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
