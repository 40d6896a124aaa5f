"""Evaluators: processes that score programs, and one in this process for tasks made here."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from selftaught.app.cores import Cores
from selftaught.app.evaluator_process import LENGTH, OUTCOME
from selftaught.errors import SandboxError, TaskCodeError
from selftaught.ports import Sandbox
from selftaught.tasks.evaluation import evaluate
from selftaught.values.outcome import Outcome
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Task

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
"""Evaluators run side by side, one a core: more threads each only get in each other's way."""


class LocalEvaluator:
    """Scores programs on threads of this process; the programs themselves run confined.

    For tasks that were made in Python: their functions can't be sent elsewhere.
    """

    def __init__(self, sandbox: Sandbox, workers: int = 2) -> None:
        """Use ``sandbox`` for at most ``workers`` evaluations at once."""
        self._sandbox = sandbox
        self._free = asyncio.Semaphore(workers)

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of the program; see `ports.Evaluator`."""
        async with self._free:
            return await asyncio.to_thread(evaluate, task, program, instances, self._sandbox)

    async def close(self) -> None:
        """Do nothing: the sandbox belongs to who made it."""


class ProcessEvaluator:
    """Scores programs in processes of their own, as many as ``workers``, each on its own core.

    A process that dies is replaced and its evaluation done again once: its death is our
    failure and never a program's.
    """

    def __init__(
        self, workers: int, sandbox: Mapping[str, Any], local: LocalEvaluator | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            workers: processes at most, > 0; each is started when it is first needed.
            sandbox: keyword arguments of `open_sandbox` in each process.
            local: evaluates tasks that were made in Python; None: there are none.
        """
        self._arguments = json.dumps(dict(sandbox))
        self._local = local
        self._idle: list[Process] = []
        self._all: list[Process] = []
        self._cores = Cores(workers)
        self._core_of: dict[int, int | None] = {}
        self._free = asyncio.Semaphore(workers)

    async def evaluate(self, task: Task, program: Program, instances: InstanceSet) -> Outcome:
        """Return what became of the program; see `ports.Evaluator`."""
        if self._local and not task.reference:
            return await self._local.evaluate(task, program, instances)
        request = {
            "task": task.reference,
            "source": program.source,
            "split": instances.split,
            "seed": instances.seed,
            "draw": instances.draw,
            "backwards": instances.backwards,
        }
        async with self._free:
            reply = await self._ask(json.dumps(request).encode("ascii"))
        return _outcome(reply)

    async def close(self) -> None:
        """End the processes."""
        for process in self._all:
            if process.stdin:
                process.stdin.close()
        for process in self._all:
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()
        self._all.clear()
        self._idle.clear()

    async def _ask(self, request: bytes) -> dict[str, Any]:
        for _ in range(2):
            process = self._idle.pop() if self._idle else await self._start()
            try:
                reply = await _exchange(process, request)
            except (asyncio.IncompleteReadError, ConnectionError):
                self._drop(process)
                continue
            except asyncio.CancelledError:
                self._drop(process)
                raise
            self._idle.append(process)
            return reply
        raise SandboxError(
            "an evaluator process to answer",
            "two that ended while working on the same program",
            "check the messages above and the free memory, then resume the run",
        )

    async def _start(self) -> Process:
        core = await self._cores.take()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "selftaught.app.evaluator_process",
            self._arguments,
            "" if core is None else str(core),
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        self._all.append(process)
        self._core_of[process.pid] = core
        return process

    def _drop(self, process: Process) -> None:
        self._cores.give(self._core_of.pop(process.pid))
        with suppress(ProcessLookupError):
            process.kill()


async def _exchange(process: Process, request: bytes) -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(LENGTH.pack(len(request)) + request)
    await process.stdin.drain()
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    reply: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
    return reply


def _outcome(reply: dict[str, Any]) -> Outcome:
    if "task_code_error" in reply:
        raise TaskCodeError(**reply["task_code_error"])
    if "error" in reply:
        parts = reply["error"]
        raise SandboxError(parts["expected"], parts["found"], parts["next"])
    return OUTCOME.validate_python(reply["outcome"])
