"""Children: the sandboxed processes of one evaluation, one after another."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from selftaught.ports import Child, Confinement, Sandbox
from selftaught.tasks.instances import module_seed
from selftaught.values.outcome import Attempt, Status
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Task


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
