"""Running commands: in which mode, and what came of each."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Self

from selftaught.errors import SandboxError
from selftaught.patching.commands import plan as plans
from selftaught.patching.commands import probe
from selftaught.patching.commands.launcher import Launcher
from selftaught.patching.commands.output import Collector
from selftaught.patching.commands.plan import Plan
from selftaught.patching.commands.supervision import Supervision
from selftaught.sandbox.inside.kernel import MissingFeatureError
from selftaught.sandbox.modes import Trial, failed, settle
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus


class ConfinedCommands:
    """Runs commands; implements the port ``Commands``. ``close`` ends all of them."""

    def __init__(self, mode: str | None, trials: list[Trial] | None = None) -> None:
        """Settle the mode.

        Args:
            mode: ``namespaces``, ``landlock`` or ``unconfined``; None: the strongest that holds.
            trials: what came of each mode that was tried is appended here.

        Raises:
            SandboxUnavailableError: no mode holds, or not the one that is wanted.
            SandboxError: the launcher does not start.
        """
        self._lock = threading.Lock()
        self._closed = False
        self._running: set[Supervision] = set()
        self._launcher = Launcher()
        try:
            self._mode = settle(mode, self._try, [] if trials is None else trials)
        except BaseException:
            self.close()
            raise

    @property
    def mode(self) -> str:
        """``namespaces``, ``landlock`` or ``unconfined``."""
        return self._mode

    def run(self, request: CommandRequest) -> CommandResult:
        """Run a command and wait for its end (see the port)."""
        try:
            return self._run(request, self._mode)
        except MissingFeatureError as error:
            raise SandboxError(f"the mode {self._mode} for commands", error.reason) from None

    def end(self) -> None:
        """End every command under way, from another thread (see the port)."""
        with self._lock:
            running = list(self._running)
        for supervision in running:
            supervision.stop()

    def close(self) -> None:
        """End every command under way, and run no more. May be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self.end()
        self._launcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _try(self, mode: str) -> Trial:
        """Run the probe in a mode and see what it witnesses."""
        if mode == "unconfined":
            return Trial(mode)
        try:
            return Trial(mode, probe.examine(mode, lambda request: self._run(request, mode)))
        except MissingFeatureError as error:
            return failed(mode, error)

    def _run(self, request: CommandRequest, mode: str) -> CommandResult:
        plan = plans.make(request, mode)
        if plan is None:
            detail = f"no program {request.argv[0]}"
            return CommandResult(
                CommandStatus.NOT_FOUND, None, "", "", 0.0, 0.0, detail=detail, sandbox=mode
            )
        try:
            return self._supervise(request, plan)
        finally:
            plan.close()

    def _supervise(self, request: CommandRequest, plan: Plan) -> CommandResult:
        pipes = [os.pipe2(os.O_CLOEXEC) for _ in range(2)]
        streams = tuple(Collector(reading, request.output_bytes) for reading, _ in pipes)
        try:
            channel = self._living_launcher().start(plan.spec(request), (pipes[0][1], pipes[1][1]))
        finally:
            for _, writing in pipes:
                os.close(writing)
        supervision = Supervision(request, plan, channel)
        try:
            with self._lock:
                if self._closed:
                    channel.close()
                    raise SandboxError("commands that are open", "commands that were closed")
                self._running.add(supervision)
            return supervision.run((streams[0], streams[1]))
        finally:
            with self._lock:
                self._running.discard(supervision)
            for stream in streams:
                stream.close()

    def _living_launcher(self) -> Launcher:
        """Return the launcher, a new one where it has ended."""
        with self._lock:
            if self._closed:
                raise SandboxError("commands that are open", "commands that were closed")
            if not self._launcher.alive:
                self._launcher.close()
                self._launcher = Launcher()
            return self._launcher


def open_commands(
    *, unsafe: bool = False, mode: str | None = None, trials: list[Trial] | None = None
) -> ConfinedCommands:
    """Return a runner of commands in the strongest mode that this machine allows.

    Args:
        unsafe: run commands without confinement; every result says ``unconfined``.
        mode: ``namespaces`` or ``landlock``: this one or none; None: the strongest.
        trials: a list to which is appended what came of each mode that was tried.

    Raises:
        SandboxUnavailableError: the machine allows no confinement and ``unsafe`` is False.
        SandboxError: the launcher does not start.
    """
    return ConfinedCommands("unconfined" if unsafe else mode, trials)
