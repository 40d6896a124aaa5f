"""Keeps a command: starts it, reaps what it leaves, ends all of it, and reports.

In the mode ``namespaces`` a keeper is the first process of the command's pid namespace; in
the others it adopts what loses its parent (a "subreaper"), so that nothing gets away. It
ends everything as soon as the host says so or has gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import time
from typing import Any

from selftaught.patching.commands.inside import lock, root
from selftaught.sandbox.inside import kernel
from selftaught.sandbox.inside.kernel import MissingFeatureError

_PR_SET_CHILD_SUBREAPER = 36
_PAUSE = 0.001


def keep(spec: dict[str, Any], channel: socket.socket, streams: tuple[int, int]) -> None:
    """Run the command that ``spec`` describes, to its end or until the host ends it."""
    command = lock.Command(**spec["command"])
    try:
        if command.mode == "namespaces":
            root.leave()
            pid = os.fork()
            if pid:
                channel.close()
                for stream in streams:
                    os.close(stream)
                os.waitpid(pid, 0)
                return
            root.enter(root.Layout(**spec["layout"]))
        else:
            kernel.prctl(_PR_SET_CHILD_SUBREAPER, 1)
        Keeper(channel, own_pids=command.mode == "namespaces").run(command, streams)
    except MissingFeatureError as error:
        _tell(channel, {"missing": [error.layer, error.reason]})
    except OSError as error:
        _tell(channel, {"failed": str(error), "errno": 0})


def _tell(channel: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        channel.send(json.dumps(message).encode())


class Keeper:
    """The parent of a command and of all orphans that it leaves."""

    def __init__(self, channel: socket.socket, *, own_pids: bool) -> None:
        """Talk to the host on ``channel``; ``own_pids``: in a pid namespace of our own."""
        self._channel, self._own_pids = channel, own_pids
        self._main = 0
        self._wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self, command: lock.Command, streams: tuple[int, int]) -> None:
        """Start the command and wait for its end or the host's word; then end and report."""
        if self._own_pids:
            self._offer_proc()
        else:
            _tell(self._channel, {"keeper": os.getpid()})
        self._main = os.fork()
        if self._main == 0:
            lock.become(command, self._channel, streams)
        for stream in streams:
            os.close(stream)
        if command.mode != "unconfined":
            kernel.drop_capabilities()
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            events = [descriptor for descriptor, _ in poll.poll()]
            if self._wake in events:
                self._reap()
            if self._channel.fileno() in events:
                self._channel.recv(16)
                break
        self._end_all()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        full = self._own_pids and _is_full(root.BOX)
        _tell(self._channel, {"cpu": cpu, "peak_mb": peak, "full": full})

    def _offer_proc(self) -> None:
        """Give the host a view of the namespace's own processes."""
        view = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        facts = {"proc": True, "interfaces": [name for _, name in socket.if_nameindex()]}
        socket.send_fds(self._channel, [json.dumps(facts).encode()], [view])
        os.close(view)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._note(pid, status)

    def _note(self, pid: int, status: int) -> None:
        if pid == self._main:
            ended = {"code": os.waitstatus_to_exitcode(status), "ended": time.monotonic()}
            _tell(self._channel, ended)

    def _end_all(self) -> None:
        """Kill and reap until there is nobody left; the host lets no more be forked."""
        while True:
            self._kill_all()
            try:
                while True:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                    if pid == 0:
                        break
                    self._note(pid, status)
            except ChildProcessError:
                return
            time.sleep(_PAUSE)

    def _kill_all(self) -> None:
        if self._own_pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            return
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _is_full(folder: str) -> bool:
    room = os.statvfs(folder)
    return room.f_bavail == 0 or room.f_ffree == 0


def descendants(ancestor: int) -> list[int]:
    """Return the processes below ``ancestor``, in any order."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open(f"/proc/{name}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
