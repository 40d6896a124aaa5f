"""One command from its start to its end: what it prints, asks for, uses and leaves."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import select
import signal
import socket
import threading
import time
from dataclasses import replace
from typing import Any

from selftaught.errors import SandboxError
from selftaught.patching.commands import paths, tree
from selftaught.patching.commands.connections import Connections
from selftaught.patching.commands.growth import Growth
from selftaught.patching.commands.handles import Listener
from selftaught.patching.commands.judge import LATER, Judge
from selftaught.patching.commands.output import Collector
from selftaught.patching.commands.plan import Plan
from selftaught.patching.commands.standins import StandIns
from selftaught.sandbox import notifier
from selftaught.sandbox.inside.kernel import MissingFeatureError
from selftaught.sandbox.ledger import Ledger
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus, unexpected

START_SECONDS = 60.0
"""How long a keeper may take to confine a command."""

END_SECONDS = 20.0
"""How long the end of all processes may take once it was ordered."""

LOOK_SECONDS = 0.05
"""How often memory is looked at."""

_MEMORY_ERROR = re.compile(r"^(\w+\.)*_?\w*MemoryError\b")
_NO_PROGRAM = (errno.ENOENT, errno.EACCES, errno.ENOTDIR)


class Supervision:
    """Watches one command; ``run`` may be called once."""

    def __init__(self, request: CommandRequest, plan: Plan, channel: socket.socket) -> None:
        """Own ``channel``, our end of the channel to the command's keeper."""
        self._request, self._plan, self._channel = request, plan, channel
        self._ledger = Ledger()
        self._listener: Listener | None = None
        self._tree: tree.Tree | None = None
        self._facts: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._reason: CommandStatus | None = None
        self._detail = ""
        self._ordered = 0.0
        self._closing = False
        self._next_look = 0.0
        self._paths = paths.PathWatch(
            self._ledger,
            (*plan.readable, *map(os.path.realpath, plan.readable), *plan.files),
            plan.writable,
            plan.scratches,
            self._is_own,
            is_private=plan.mode == "namespaces",
        )
        self._judge: Judge | None = None
        self._files: StandIns | None = None

    def stop(self) -> None:
        """End the command, from another thread."""
        self._closing = True
        self._order_end()

    def run(self, streams: tuple[Collector, Collector]) -> CommandResult:
        """Watch the command to its end.

        Raises:
            MissingFeatureError: the machine does not allow the mode.
            SandboxError: our own failure.
        """
        growth = Growth(self._plan, self._request.scratch_mb)
        open_streams = set(streams)
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        for stream in streams:
            poll.register(stream, select.POLLIN)
        begin = time.monotonic()
        try:
            while "cpu" not in self._facts:
                for descriptor, events in poll.poll(self._patience(begin)):
                    if descriptor == self._channel.fileno():
                        self._listen(poll)
                    elif self._listener and descriptor == self._listener.descriptor:
                        self._answer(poll, self._listener, events)
                    else:
                        self._collect(poll, open_streams, descriptor)
                self._look(begin, growth)
        finally:
            growth.close()
            self._let_go()
        for stream in open_streams:
            stream.drain()
        return self._result(streams[0].text(), streams[1].text())

    # ------------------------------------------------------------------------- the loop

    def _patience(self, begin: float) -> float:
        """Return for how many milliseconds nothing needs to be looked at."""
        now = time.monotonic()
        started = self._facts.get("started")
        if self._ordered:
            until = self._ordered + END_SECONDS
        elif started is None:
            until = begin + START_SECONDS
        else:
            until = min(started + self._request.seconds, self._next_look)
        return max(0.0, until - now) * 1000 + 0.5

    def _collect(self, poll: select.poll, open_streams: set[Collector], descriptor: int) -> None:
        for stream in list(open_streams):
            if stream.fileno() == descriptor and not stream.read():
                poll.unregister(stream)
                open_streams.discard(stream)

    def _listen(self, poll: select.poll) -> None:
        """Take in one message of the keeper or of the command's own process."""
        try:
            data, descriptors, _, _ = socket.recv_fds(
                self._channel, 1 << 16, 2, socket.MSG_CMSG_CLOEXEC
            )
        except OSError:
            data, descriptors = b"", []
        if not data:
            raise SandboxError("the keeper of a command to report", "its end")
        message = json.loads(data)
        if "missing" in message:
            raise MissingFeatureError(*message["missing"])
        if "failed" in message:
            self._fail(message)
            return
        if "proc" in message:
            self._tree = tree.NamespaceTree(descriptors.pop())
        if "keeper" in message:
            self._tree = tree.DescendantTree(message["keeper"])
        if descriptors:
            self._listener = Listener(descriptors.pop())
            self._appoint_judge(self._listener)
            poll.register(self._listener.descriptor, select.POLLIN)
        self._facts |= message
        if "started" in message:
            self._next_look = message["started"] + LOOK_SECONDS
        if "code" in message:
            self._order_end()

    def _fail(self, message: dict[str, Any]) -> None:
        """Report our own failure from a program that can't be executed.

        Raises:
            SandboxError: it was our own.
        """
        if "started" not in self._facts:
            raise SandboxError("a command to be confined", message["failed"])
        self._detail = f"{self._plan.program}: {message['failed']}"
        missing = message["errno"] in _NO_PROGRAM
        self._reason = CommandStatus.NOT_FOUND if missing else CommandStatus.FAILED

    def _appoint_judge(self, listener: Listener) -> None:
        plan = self._plan
        is_private = plan.mode == "namespaces"
        judge = Judge(
            self._ledger,
            self._paths,
            self._processes(),
            listener,
            own_namespaces=is_private,
            processes=self._request.processes,
        )
        mine = (*plan.writable, plan.scratch)
        if not is_private:
            self._files = StandIns(plan.scratch, mine, plan.files, self._is_own, judge.count)
            judge.files = self._files
        if plan.network.addresses or not is_private:
            folders = None if is_private else mine
            judge.sockets = Connections(plan.network, folders, judge.note_connection, judge.count)
        self._judge = judge

    def _answer(self, poll: select.poll, listener: Listener, events: int) -> None:
        if not events & select.POLLIN:
            poll.unregister(listener.descriptor)
            return
        asked = notifier.receive(listener.descriptor)
        if asked is None or self._judge is None:
            return
        key, notice = asked
        self._judge.frozen = bool(self._ordered)
        answer = self._judge.judge(key, notice)
        if answer != LATER:
            notifier.reply(listener.descriptor, key, answer)

    def _look(self, begin: float, growth: Growth) -> None:
        """End the command where a limit is passed.

        Raises:
            SandboxError: it does not start, or does not end.
        """
        now = time.monotonic()
        started = self._facts.get("started")
        if self._ordered:
            if now > self._ordered + END_SECONDS:
                raise SandboxError("a command's processes to end", "some that do not")
        elif started is None:
            if now > begin + START_SECONDS:
                raise SandboxError("a command to be confined", "nothing in a minute")
        elif now >= started + self._request.seconds:
            self._end(CommandStatus.TIMEOUT, f"more than {self._request.seconds:g} s")
        elif now >= self._next_look:
            self._look_at_use(growth)
            self._next_look = now + max(LOOK_SECONDS, 20 * (time.monotonic() - now))

    def _look_at_use(self, growth: Growth) -> None:
        most = self._request.memory_mb
        if tree.memory_mb(self._processes(), most) > most:
            self._end(CommandStatus.OUT_OF_MEMORY, f"more than {most} MiB of memory")
        elif growth.too_much:
            detail = f"more than {self._request.scratch_mb} MiB written"
            self._end(CommandStatus.DISK_FULL, detail)

    def _end(self, reason: CommandStatus, detail: str) -> None:
        if self._reason is None:
            self._reason, self._detail = reason, detail
        self._order_end()

    def _order_end(self) -> None:
        """Let no more processes be started, and have the keeper end those that there are."""
        with self._lock:
            if self._ordered:
                return
            self._ordered = time.monotonic()
        with contextlib.suppress(OSError):
            self._channel.send(b"end")

    def _let_go(self) -> None:
        """Close everything; the keeper then ends what is left."""
        self._channel.close()
        if self._listener is not None:
            self._listener.close()
        if self._files is not None:
            self._files.close()
        if self._tree is not None:
            self._tree.close()

    def _processes(self) -> tree.Tree:
        assert self._tree is not None, "the keeper speaks first"
        return self._tree

    def _is_own(self, pid: int) -> bool:
        return self._tree is not None and self._tree.owns(pid, 0)

    # ----------------------------------------------------------------------- the result

    def _result(self, out: str, err: str) -> CommandResult:
        if self._closing:
            raise SandboxError(
                "a command that may run to its end", "one that was ended from outside"
            )
        code = self._facts.get("code")
        status, detail = self._status(code, err)
        attempts = tuple(
            replace(each, benign=each.benign or paths.benign(each.action, each.target))
            for each in self._ledger.attempts()
        )
        if self._request.expected is not None:
            tried = unexpected(attempts, self._request.expected)
            if tried:
                status = CommandStatus.TAMPERED
                words = (tried[0].category, tried[0].action, tried[0].target)
                detail = " ".join(filter(None, words))
        started, ended = self._facts.get("started"), self._facts.get("ended")
        wall = max(0.0, (ended or time.monotonic()) - started) if started else 0.0
        by_us = self._reason is not None
        return CommandResult(
            status,
            None if by_us else code,
            out,
            err,
            wall,
            self._facts["cpu"],
            memory_mb=self._facts["peak_mb"],
            attempts=attempts,
            refused=self._paths.refusals(),
            detail=detail,
            sandbox=self._plan.mode,
            network=self._request.network,
        )

    def _status(self, code: int | None, err: str) -> tuple[CommandStatus, str]:
        if self._reason is not None:
            return self._reason, self._detail
        if code == 0:
            return CommandStatus.OK, ""
        last = next((line for line in reversed(err.splitlines()) if line.strip()), "")
        if _MEMORY_ERROR.match(last):
            return CommandStatus.OUT_OF_MEMORY, last.strip()
        full = self._facts.get("full") or code == -signal.SIGXFSZ
        if full:
            most = self._request.scratch_mb
            return CommandStatus.DISK_FULL, f"its scratch of {most} MiB is full, or a file as long"
        return CommandStatus.FAILED, _ending(code)


def _ending(code: int | None) -> str:
    if code is None or code >= 0:
        return f"it ended with {code}"
    with contextlib.suppress(ValueError):
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it was ended by signal {-code}"
