"""Detaching: a command carried out by a process of its own, in the background."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from selftaught.app.session import Options
from selftaught.errors import SelftaughtError, StoreError
from selftaught.store.sqlite import SqliteStore

POLL_SECONDS = 0.1
TAIL_CHARACTERS = 2_000
"""Of the log, shown where the command ends before its run begins."""


@dataclass(frozen=True)
class Detached:
    """A run in the background.

    Attributes:
        run: its id.
        process: the id of the process that works on it.
        log: the file that what it prints goes to.
    """

    run: str
    process: int
    log: str


def detach(words: Sequence[str], options: Options) -> Detached:
    """Start a command of ``selftaught`` in the background; return its run once it has begun.

    The process has a session of its own, so that no terminal's end reaches it, and no
    standard input.

    Args:
        words: the command line without the program's name, and without ``--detach``.
        options: where the store is; the log is made beside it.

    Raises:
        SelftaughtError: the command ended before its run had begun; the log's end is shown.
        StoreError: the log can't be written.
    """
    log = options.folder / f"detached-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch(exist_ok=False)
    except OSError as error:
        raise StoreError(f"{log} to be writable", str(error)) from error
    earlier = {info.run for info in _runs(options.store)}
    process = _spawn([sys.executable, "-m", "selftaught", *words], log)
    try:
        return Detached(_run_of(process, options.store, earlier, log), process, str(log))
    except KeyboardInterrupt:  # whoever stops waiting for it does not want it
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
        raise


def _spawn(command: list[str], log: Path) -> int:
    """Start a command in a session of its own, without input; return its process id."""
    null, output = os.devnull, os.fspath(log)
    files = [
        (os.POSIX_SPAWN_OPEN, 0, null, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_APPEND, 0),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], command, os.environ, file_actions=files, setsid=True)


def _run_of(process: int, store: Path, earlier: set[str], log: Path) -> str:
    """Return the run that a process works on, as soon as it does."""
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        for info in _runs(store):
            quick = ended and info.run not in earlier and os.waitstatus_to_exitcode(status) != 2
            if info.owner == process or quick:
                return info.run
        if ended:
            text = log.read_text(encoding="utf-8", errors="replace")
            raise SelftaughtError(
                "the command to start its run in the background",
                f"it ended with:\n{text[-TAIL_CHARACTERS:]}",
                f"fix the reported problem, or see {log}",
            )
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class _Run:
    """A run in the store and the process that works on it, None where none does."""

    run: str
    owner: int | None


def _runs(store: Path) -> list[_Run]:
    """Return the runs of a store that may not be there yet, newest first."""
    if not store.exists():
        return []
    with SqliteStore(store, create=False) as opened:
        return [_Run(info.run, opened.owner(info.run)) for info in opened.runs()]
