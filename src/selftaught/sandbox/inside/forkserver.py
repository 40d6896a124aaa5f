"""The launcher's own loop: imports once, then forks a child for every program.

The host asks over a socket for children; each answer carries two descriptors, the host's
end of the child's channel and a pidfd. A child confines itself, says hello on its channel
and waits there for its program, so that children can be made ahead of need.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from . import audit, confine, kernel, orders, places, program
from .kernel import MissingFeatureError
from .talk import Talk

PRELOADED = (
    "numpy numpy.random numpy.linalg numpy.fft hashlib ssl asyncio ctypes math cmath statistics "
    "random itertools functools collections heapq bisect json re dataclasses typing threading "
    "concurrent.futures concurrent.futures.thread queue time datetime decimal fractions copy "
    "string textwrap ast difflib inspect traceback logging operator enum abc contextlib io "
    "tempfile pathlib shutil glob struct array base64 binascii zlib pickle csv uuid secrets hmac "
    "socket signal select numbers types warnings unicodedata tokenize keyword pprint weakref "
    "timeit graphlib zoneinfo calendar encodings.idna encodings.ascii encodings.latin_1"
)
"""Modules that programs use, so that children need not open files for them later."""

_NESTS = 8
"""Nests that are made at once."""

_CALM_AFTER_MS = 100
"""After how long without an order the launcher waits for deaths of children too."""

_REHEARSALS = 32
"""How often the launcher does what children will do: by then, the interpreter has adapted."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; end now if it already has."""
    with contextlib.suppress(OSError):
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in (parent, 0):
        os._exit(1)


def preload() -> list[str]:
    """Import what programs use and return what this interpreter lacks."""
    missing = []
    for name in PRELOADED.split():
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    gc.collect()
    gc.freeze()
    return missing


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


@dataclass(frozen=True)
class Readied:
    """A nest that waits for its child, with the child's number and the size of its scratch."""

    number: int
    scratch_mb: int
    nest: confine.Nest


class ForkServer:
    """Forks children on request and knows how they ended."""

    def __init__(self, control: socket.socket, mode: confine.Mode, base_bytes: int) -> None:
        """Serve ``control``, a sequenced-packet socket to the host.

        Args:
            control: where requests come from.
            mode: how children are confined.
            base_bytes: address space of the interpreter's own.
        """
        self.control, self.mode = control, mode
        self.life = program.Life(Talk(confine.CHANNEL), base_bytes)
        for _ in range(_REHEARSALS):
            self.life.rehearse()
        self.plain_fork = kernel.fork if threading.active_count() == 1 else os.fork
        self.numbers: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.asked: set[int] = set()
        self.nests: deque[Readied] = deque()
        self.count = 0
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD,))
        self.unblock = kernel.unblocking_signals()
        self.deaths = kernel.signal_descriptor(signal.SIGCHLD)

    def tell(self, message: dict[str, Any]) -> None:
        """Send the host a longer message."""
        self.control.send(json.dumps(message).encode())

    def serve(self) -> None:
        """Answer until the host closes its end.

        While orders come in, children that have ended are looked after along with them;
        else they would wake this process as often again.
        """
        busy, idle = select.poll(), select.poll()
        for poll in (busy, idle):
            poll.register(self.control, select.POLLIN)
        idle.register(self.deaths, select.POLLIN)
        calm = True
        while True:
            events = idle.poll() if calm or self.asked else busy.poll(_CALM_AFTER_MS)
            calm = not any(descriptor == self.control.fileno() for descriptor, _ in events)
            if not calm and not self._answer():
                return
            self._reap()

    def _answer(self) -> bool:
        message = self.control.recv(orders.ORDER_BYTES)
        if not message:
            return False
        order = orders.read_order(message)
        for number in order.forget:
            self.ends.pop(number, None)
            self.asked.discard(number)
        if order.end_of:
            self.asked.add(order.end_of)
            self._tell_end(order.end_of)
        for _ in range(order.fork):
            self._fork(order.scratch_mb)
        return True

    def _fork(self, scratch_mb: int) -> None:
        try:
            readied = self._take_nest(scratch_mb)
            try:
                self._hatch(readied.number, readied.nest, scratch_mb)
            finally:
                readied.nest.close()
        except (OSError, MissingFeatureError) as error:
            self.tell({"failed": f"no child could be forked: {error}", "scratch_mb": scratch_mb})

    def _take_nest(self, scratch_mb: int) -> Readied:
        """Return a nest; several are made at once, since each fork makes memory dear again.

        Raises:
            MissingFeatureError: this machine does not allow it.
            OSError: the machine has too little of something.
        """
        while self.nests and self.nests[0].scratch_mb != scratch_mb:
            unwanted = self.nests.popleft()
            unwanted.nest.close()
            self.mode.tidy(unwanted.number)
        for _ in range(0 if self.nests else _NESTS if self.count else 1):
            self.count += 1
            nest = self.mode.ready(self.count, scratch_mb)
            self.nests.append(Readied(self.count, scratch_mb, nest))
        return self.nests.popleft()

    def _hatch(self, number: int, nest: confine.Nest, scratch_mb: int) -> None:
        parent = os.getpid()
        ours, theirs = socket.socketpair()
        try:
            pid = self.mode.fork(self.plain_fork)
            if pid == 0:
                self._become_child(parent, theirs, nest)
            self.numbers[pid] = number
            pidfd = os.pidfd_open(pid)
            try:
                message = orders.word(orders.BORN, number, scratch_mb)
                rights = orders.rights((ours.fileno(), pidfd))
                self.control.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            finally:
                os.close(pidfd)
        finally:
            ours.close()
            theirs.close()

    def _become_child(self, parent: int, theirs: socket.socket, nest: confine.Nest) -> None:
        """Run one program and never return."""
        status = 70
        try:
            os.dup2(theirs.fileno(), confine.CHANNEL, False)
            self.unblock()
            os.setsid()
            listener = self._settle(parent, nest)
            self.life.live(listener)
            status = 0
        finally:
            os._exit(status)

    def _settle(self, parent: int, nest: confine.Nest) -> int:
        """Confine this process and tell the host how; end it where that fails."""
        talk = self.life.talk
        try:
            listener = self.mode.settle(nest)
            if os.getppid() not in (parent, 0):
                os._exit(1)
        except MissingFeatureError as error:
            talk.send({"kind": "hello", "missing": [error.layer, error.reason]})
            os._exit(70)
        except OSError as error:
            talk.send({"kind": "hello", "failed": str(error)})
            os._exit(70)
        if listener not in (-1, confine.LISTENER):
            os._exit(70)
        talk.send_packed(nest.hello)
        return listener

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.deaths, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self.numbers.pop(pid, 0)
            if number:
                self.mode.tidy(number)
                self.ends[number] = os.waitstatus_to_exitcode(status)
                self._tell_end(number)

    def _tell_end(self, number: int) -> None:
        """Tell the host how a child ended, once it has and the host has asked."""
        if number in self.asked and number in self.ends:
            self.control.send(orders.word(orders.ENDED, number, self.ends[number]))


def silence() -> None:
    """Let standard input be empty and drop whatever is printed."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def take_control(descriptor: int) -> socket.socket:
    """Return the socket to the host, and keep the descriptor of children's channels taken."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, confine.CHANNEL + 1)
    os.close(descriptor)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if ours.fileno() != confine.CHANNEL:
            os.dup2(ours.fileno(), confine.CHANNEL, inheritable=False)
        else:
            ours.detach()
    return socket.socket(fileno=moved)


def prepare(options: dict[str, Any]) -> tuple[confine.Mode, dict[str, Any]]:
    """Return the mode, ready to fork children, and what the host should know.

    Raises:
        MissingFeatureError: this machine does not allow the mode.
    """
    missing = preload()
    readable = places.readable(options["read"])
    confine.keep_to_own_modules(readable)
    mode = confine.choose(options["mode"], options["folder"], readable)
    audit.watch_environment()
    base = address_space()
    facts = mode.prepare()
    version = sys.version.split()[0]
    return mode, {
        "readable": readable,
        "lacks": missing,
        "version": version,
        "base": base,
        **facts,
    }


def main(control: int, settings: str) -> None:
    """Prepare this process, say that it is ready, and serve until the host goes."""
    options = json.loads(settings)
    die_with_parent(options["parent"])
    with take_control(control) as channel:
        try:
            mode, greeting = prepare(options)
        except MissingFeatureError as error:
            message = {"missing": [error.layer, error.reason]}
            channel.send(json.dumps(message).encode())
            return
        server = ForkServer(channel, mode, greeting["base"])
        server.tell({"ready": True, **greeting})
        silence()
        os.umask(0o077)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            server.serve()
