"""The host's handle on a launcher process and on the children that it has ready."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections import Counter, deque
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from selftaught.errors import SandboxError
from selftaught.sandbox.clock import pid_of
from selftaught.sandbox.inside.kernel import MissingFeatureError
from selftaught.sandbox.inside.orders import BORN, MOST_FORGOTTEN, Order, read_word

START_SECONDS = 60.0
"""How long a launcher may take to import what programs need."""

FORK_SECONDS = 30.0
"""How long a launcher may take to fork a child."""

EXIT_SECONDS = 2.0
"""How long after a child's end its exit status may be on its way."""

_INSIDE = Path(__file__).with_name("inside")


@dataclass(frozen=True)
class LauncherSettings:
    """What launchers differ in.

    Attributes:
        mode: ``namespaces``, ``landlock`` or ``unconfined``.
        python: path of the interpreter.
        read: files and folders that programs may read besides Python's own.
        hash_seed: of ``str`` and ``bytes`` in every program.
        parked: children to have ready ahead of need.
    """

    mode: str
    python: str
    read: tuple[str, ...] = ()
    hash_seed: int = 0
    parked: int = 2


@dataclass(frozen=True)
class Fledgling:
    """A child that waits for its program: number, scratch size, channel, pidfd and pid."""

    number: int
    scratch_mb: int
    connection: socket.socket
    pidfd: int
    pid: int

    def discard(self) -> None:
        """Let go of the child; it ends by itself when its channel closes."""
        self.connection.close()
        os.close(self.pidfd)


class Launcher:
    """A process that has imported what programs need and forks a child for each.

    The process is started, and its messages are read, by a thread that lives as long as it
    does: the kernel ends a launcher with the thread that started it.
    """

    def __init__(self, settings: LauncherSettings) -> None:
        """Start it and wait until it is ready.

        Raises:
            MissingFeatureError: the machine does not allow the mode.
            SandboxError: the interpreter does not start.
        """
        self.settings = settings
        self.folder = tempfile.mkdtemp(prefix="selftaught-")
        self._control, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._changed = threading.Condition()
        self._ready: deque[Fledgling] = deque()
        self._waiting: Counter[int] = Counter()
        self._coming: Counter[int] = Counter()
        self._failure = ""
        self.greeting: dict[str, Any] = {}
        self._ended = False
        self._exits: dict[int, int] = {}
        self._forgotten: list[int] = []
        self.pid = 0
        self._thread = threading.Thread(target=self._live, name="sandbox launcher", daemon=True)
        self._thread.start()
        self._await_greeting()

    @cached_property
    def readable(self) -> tuple[str, ...]:
        """What programs may read, as named and as it really is."""
        named = self.greeting["readable"]
        return tuple(dict.fromkeys([*named, *map(os.path.realpath, named)]))

    @property
    def alive(self) -> bool:
        """Whether the launcher can fork children."""
        return not self._ended

    def take(self, scratch_mb: int) -> Fledgling:
        """Return a child that waits for its program; may be called from several threads.

        Raises:
            SandboxError: the launcher has gone, or could not fork.
        """
        with self._changed:
            self._waiting[scratch_mb] += 1
            try:
                self._order(scratch_mb)
                self._changed.wait_for(lambda: self._can_answer(scratch_mb), FORK_SECONDS)
                found = None if self._ended else self._find(scratch_mb)
                if found is not None:
                    return found
                failure, self._failure = self._failure, ""
                raise SandboxError("a child for a program", failure or "a launcher that has ended")
            finally:
                self._waiting[scratch_mb] -= 1

    def exit_code(self, number: int) -> int | None:
        """Return how a child ended (negative: by that signal); None: the launcher has gone."""
        with self._changed:
            self._say(Order(end_of=number))
            self._changed.wait_for(lambda: number in self._exits or self._ended, EXIT_SECONDS)
            return self._exits.get(number)

    def forget(self, number: int) -> None:
        """Keep nothing more about a child."""
        with self._changed:
            self._exits.pop(number, None)
            self._forgotten.append(number)

    def close(self) -> None:
        """End the launcher and every child. May be called twice."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._thread.join(EXIT_SECONDS + 1)

    # ------------------------------------------------------------- while the lock is held

    def _order(self, scratch_mb: int) -> None:
        """Ask for the children that are wanted and not under way; let go of the unwanted."""
        for other in [f for f in self._ready if not self._waiting[f.scratch_mb]]:
            if other.scratch_mb != scratch_mb:
                self._ready.remove(other)
                self._forgotten.append(other.number)
                other.discard()
        ready = sum(f.scratch_mb == scratch_mb for f in self._ready)
        wanted = self._waiting[scratch_mb] + self.settings.parked
        missing = wanted - ready - self._coming[scratch_mb]
        if missing > 0:
            self._coming[scratch_mb] += missing
            forgotten = tuple(self._forgotten[:MOST_FORGOTTEN])
            del self._forgotten[:MOST_FORGOTTEN]
            self._say(Order(missing, scratch_mb, forget=forgotten))

    def _say(self, order: Order) -> None:
        with contextlib.suppress(OSError):
            self._control.send(order.pack())

    def _find(self, scratch_mb: int) -> Fledgling | None:
        for fledgling in self._ready:
            if fledgling.scratch_mb == scratch_mb:
                self._ready.remove(fledgling)
                return fledgling
        return None

    def _can_answer(self, scratch_mb: int) -> bool:
        ready = any(fledgling.scratch_mb == scratch_mb for fledgling in self._ready)
        return ready or self._ended or (bool(self._failure) and self._coming[scratch_mb] <= 0)

    # ------------------------------------------------------------------ on our own thread

    def _live(self) -> None:
        with tempfile.TemporaryFile() as errors:
            try:
                process = self._start(errors)
            except OSError as error:
                self._finish(str(error))
                return
            self._theirs.close()
            self._read_on()
            self._end(process)
            errors.seek(0)
            self._finish(errors.read()[-2000:].decode(errors="replace").strip())

    def _start(self, errors: Any) -> subprocess.Popen[bytes]:
        descriptor = self._theirs.fileno()
        settings = json.dumps(
            {
                "parent": os.getpid(),
                "mode": self.settings.mode,
                "folder": self.folder,
                "read": self.settings.read,
            }
        )
        process = subprocess.Popen(
            [self.settings.python, "-s", "-B", str(_INSIDE), str(descriptor), settings],
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=[descriptor],
            start_new_session=True,
        )
        self.pid = process.pid
        return process

    def _environment(self) -> dict[str, str]:
        """Return the launcher's whole environment: nothing of ours but the hash seed.

        One thread for linear algebra, so that it repeats; one memory arena, since each
        would reserve address space that the program is charged with.
        """
        return {
            "MALLOC_ARENA_MAX": "1",
            "PYTHONHASHSEED": str(self.settings.hash_seed % 2**32),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }

    def _read_on(self) -> None:
        while True:
            try:
                data, descriptors, _, _ = socket.recv_fds(
                    self._control, 1 << 16, 4, socket.MSG_CMSG_CLOEXEC
                )
            except OSError:
                return
            if not data:
                return
            with self._changed:
                self._take_in(data, descriptors)
                self._changed.notify_all()

    def _take_in(self, data: bytes, descriptors: list[int]) -> None:
        short = read_word(data)
        if short is None:
            self._take_words(json.loads(data))
            return
        kind, number, value = short
        if kind == BORN:
            self._coming[value] -= 1
            connection, pidfd = socket.socket(fileno=descriptors[0]), descriptors[1]
            self._ready.append(Fledgling(number, value, connection, pidfd, pid_of(pidfd)))
        else:
            self._exits[number] = value

    def _take_words(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            self._coming[message["scratch_mb"]] -= 1
            self._failure = message["failed"]
        else:
            self.greeting = message

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _finish(self, complaint: str) -> None:
        with self._changed:
            self._ended = True
            self._failure = self._failure or complaint
            while self._ready:
                self._ready.popleft().discard()
            self._changed.notify_all()
        self._control.close()
        self._theirs.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _await_greeting(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.greeting or self._ended, START_SECONDS)
            if "ready" in self.greeting:
                return
        self.close()
        if "missing" in self.greeting:
            raise MissingFeatureError(*self.greeting["missing"])
        raise SandboxError(
            f"the interpreter {self.settings.python} to start as a launcher",
            self._failure or "no sign of life",
            "name a Python of version 3.10 or later under [environment] python",
        )
