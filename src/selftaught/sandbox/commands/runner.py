"""Running commands: in which mode, and what came of each."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from selftaught.errors import SandboxUnavailableError
from selftaught.sandbox.modes import NEXT_STEP
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus


class ConfinedCommands:
    """Runs commands; implements the port ``Commands``."""

    def __init__(self, mode: str | None) -> None:
        """Settle the mode."""
        if mode != "unconfined":
            raise SandboxUnavailableError("confined commands", "no mode yet", NEXT_STEP)
        self._mode = mode

    @property
    def mode(self) -> str:
        """``namespaces``, ``landlock`` or ``unconfined``."""
        return self._mode

    def run(self, request: CommandRequest) -> CommandResult:
        """Run a command and wait for its end (see the port)."""
        with tempfile.TemporaryDirectory() as scratch:
            python = request.python or sys.executable
            path = f"{os.path.dirname(os.path.abspath(python))}:/usr/local/bin:/usr/bin:/bin"
            variables = {
                "PATH": path,
                "HOME": scratch,
                "TMPDIR": scratch,
                "LANG": "C.UTF-8",
                "PYTHONHASHSEED": "0",
                **request.environment,
            }
            program = shutil.which(request.argv[0], path=path)
            if program is None:
                return CommandResult(CommandStatus.NOT_FOUND, None, "", "", 0.0, 0.0)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.monotonic()
            try:
                done = subprocess.run(
                    [program, *request.argv[1:]],
                    cwd=request.folder,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=request.seconds,
                    check=False,
                )
                status = CommandStatus.FAILED if done.returncode else CommandStatus.OK
                code, out, err = done.returncode, done.stdout, done.stderr
            except subprocess.TimeoutExpired as late:
                status, code = CommandStatus.TIMEOUT, None
                out, err = late.stdout or b"", late.stderr or b""
            wall = time.monotonic() - start
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        texts = [data[: request.output_bytes].decode(errors="replace") for data in (out, err)]
        return CommandResult(status, code, texts[0], texts[1], wall, used)

    def close(self) -> None:
        """Let go of everything. May be called twice."""


def open_commands(*, unsafe: bool = False, mode: str | None = None) -> ConfinedCommands:
    """Return a runner of commands in the strongest mode that this machine allows.

    Args:
        unsafe: run commands without confinement; every result says ``unconfined``.
        mode: ``namespaces`` or ``landlock``: this one or none; None: the strongest.

    Raises:
        SandboxUnavailableError: the machine allows no confinement and ``unsafe`` is False.
    """
    return ConfinedCommands("unconfined" if unsafe else mode)
