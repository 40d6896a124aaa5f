"""Judges what the kernel tells of a command's processes: counts, lets go on, or refuses.

What may be opened is decided by the mount namespace and Landlock; paths are read from
memory that other threads can change meanwhile, so they are counted and decide nothing.
Decisions here rest on registers, which nobody can change, or on our own copy of what was
read, and then we act ourselves (``Deeds``).
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Protocol

from selftaught.patching.commands.addresses import Named, read_address
from selftaught.patching.commands.handles import Listener
from selftaught.patching.commands.inside import policy
from selftaught.patching.commands.paths import PathWatch
from selftaught.patching.commands.tree import Tree, count_tasks, own_numbers
from selftaught.sandbox.inside import kernel, rules
from selftaught.sandbox.ledger import Ledger
from selftaught.sandbox.observer import GO_ON, PRETEND, Notice, read_bytes, signed
from selftaught.values.outcome import Counter

LATER = -2
"""The answer is given by somebody else, later or already."""

_NAMES = {number: name for name, number in kernel.NUMBERS.items()}
_MACHINE = kernel.MACHINES.get(kernel.MACHINE, 0)
_NEW_NAMESPACES = 0x7E020080
_TYPE_BITS = 0xF
_LONGEST_ADDRESS = 128
_INET = (socket.AF_INET, socket.AF_INET6)
_FAMILIES: dict[int, str] = {
    socket.AF_UNIX: "unix",
    socket.AF_INET: "inet",
    socket.AF_INET6: "inet6",
    socket.AF_NETLINK: "netlink",
}
_DNS_PORT = 53


class Files(Protocol):
    """Opens and changes files for a command that has no root of its own."""

    def serve(self, listener: Listener, key: int, name: str, notice: Notice) -> int | None:
        """Answer a call about a path, or return None where it is none of ours."""
        ...

    def change(self, listener: Listener, key: int, name: str, notice: Notice) -> int:
        """Change modes, times or owners of files that the command may write."""
        ...


class Sockets(Protocol):
    """Connects and listens for a command."""

    def connect(self, listener: Listener, key: int, notice: Notice, named: Named | None) -> int:
        """Connect a socket of the command, now or later."""
        ...

    def listen(self, listener: Listener, key: int, notice: Notice) -> int:
        """Let a socket of the command listen."""
        ...


class Judge:
    """Judges the calls of one command."""

    def __init__(
        self,
        ledger: Ledger,
        paths: PathWatch,
        tree: Tree,
        listener: Listener,
        *,
        own_namespaces: bool,
        processes: int,
    ) -> None:
        """Judge what ``listener`` tells.

        Args:
            ledger: where attempts are counted.
            paths: watches paths.
            tree: the command's processes.
            listener: where answers go that we give by deeds.
            own_namespaces: whether namespaces bound what the command reaches.
            processes: how many processes and threads there may be at once.
        """
        self._ledger, self._paths, self._tree, self._listener = ledger, paths, tree, listener
        self._own_namespaces = own_namespaces
        self.files: Files | None = None
        """Who opens files in place of the machine's; None: nobody needs to."""
        self.sockets: Sockets | None = None
        """Who connects and listens; None: the command may itself."""
        self._most, self._at_most_now = processes, 1
        self.frozen = False
        """Whether nothing more may be started: the command is being ended."""

    def judge(self, key: int, notice: Notice) -> int:
        """Return ``GO_ON``, ``PRETEND``, ``LATER`` or the error that the call fails with."""
        try:
            return self._judge(key, notice)
        except OSError as error:
            return error.errno or errno.EIO
        except ValueError:
            return errno.EINVAL

    def _judge(self, key: int, notice: Notice) -> int:
        name = _NAMES.get(notice.number)
        if notice.machine != _MACHINE:
            self.count("privilege", f"number {notice.number} of another architecture")
            return errno.EPERM
        if name is None:
            self.count("privilege", f"number {notice.number}")
            return errno.ENOSYS
        for names, judge in self._parts():
            if name in names:
                return judge(key, name, notice)
        self.count(rules.category(name), name)
        return errno.EPERM

    def _parts(self) -> tuple[tuple[frozenset[str], Callable[[int, str, Notice], int]], ...]:
        return (
            (policy.OPENING | policy.CHANGING, self._path),
            (policy.FORKING, self._fork),
            (frozenset(policy.PIDS), self._other),
            (_SOCKETS, self._socket),
            (policy.ATTRIBUTES, self._attribute),
            (frozenset(policy.IDENTITY), self._identity),
            (frozenset({"inotify_add_watch"}), self._inotify),
            (frozenset({"ioctl"}), self._ioctl),
        )

    def count(self, category: str, action: str, target: str = "") -> None:
        """Count an attempt."""
        self._ledger.count(Counter.ATTESTED, category, action, target)

    # --------------------------------------------------------------------------- files

    def _path(self, key: int, name: str, notice: Notice) -> int:
        if self.files is not None:
            answer = self.files.serve(self._listener, key, name, notice)
            if answer is not None:
                return answer
        return self._paths.watch(name, notice)

    def _attribute(self, key: int, name: str, notice: Notice) -> int:
        if self.files is None:
            return errno.EPERM
        return self.files.change(self._listener, key, name, notice)

    def _inotify(self, key: int, name: str, notice: Notice) -> int:
        self.count("filesystem", name)
        return errno.EACCES

    def _ioctl(self, key: int, name: str, notice: Notice) -> int:
        self.count("filesystem", name, f"request {notice.arguments[1] & 0xFFFFFFFF:#x}")
        return errno.ENOTTY

    # ----------------------------------------------------------------------- processes

    def _fork(self, key: int, name: str, notice: Notice) -> int:
        if name == "clone" and notice.arguments[0] & _NEW_NAMESPACES:
            self.count("privilege", "clone", "new namespaces")
            return errno.EPERM
        if self.frozen:
            return errno.EAGAIN
        if self._at_most_now >= self._most:
            self._at_most_now = count_tasks(self._tree)
        if self._at_most_now >= self._most:
            self.count("process", name, f"more than {self._most} processes and threads")
            return errno.EAGAIN
        self._at_most_now += 1
        return GO_ON

    def _other(self, key: int, name: str, notice: Notice) -> int:
        """Judge a call about a process by its number: it must be the command's own."""
        if name == "sched_setaffinity" and notice.arguments[0] == 0:
            return PRETEND
        tree = self._tree
        for argument in policy.PIDS[name]:
            pid = signed(notice.arguments[argument])
            if pid == 0 or (self._own_namespaces and pid < 0):
                continue
            if self._own_namespaces and pid != 1:
                continue
            if tree.owns(abs(pid), notice.thread) and pid != -1:
                continue
            if pid > 1 and not tree.exists(pid):
                return errno.ESRCH  # it has ended, as children do: an answer, and no attempt
            self.count("process", name, "a process that is not its own")
            return errno.EPERM
        return GO_ON

    def _identity(self, key: int, name: str, notice: Notice) -> int:
        """Let numbers be set that the process has already; the kernel decides all the same."""
        given = {signed(each) for each in notice.arguments[: policy.IDENTITY[name]]}
        if given <= {-1, *own_numbers(notice.thread, "gid" if "gid" in name else "uid")}:
            return GO_ON
        self.count(rules.category(name), name)
        return errno.EPERM

    # ------------------------------------------------------------------------- sockets

    def _socket(self, key: int, name: str, notice: Notice) -> int:
        if name in ("socket", "socketpair"):
            return self._make(name, notice)
        if name == "connect":
            named = self._name(notice, 1, 2)
            return self._connect(key, notice, named)
        if name == "listen":
            return self._listen(key, notice)
        if name == "bind":
            return self._bind(notice)
        return self._send(name, notice)

    def _make(self, name: str, notice: Notice) -> int:
        family, kind, protocol = (argument & 0xFFFFFFFF for argument in notice.arguments[:3])
        kind &= _TYPE_BITS
        stream = (socket.SOCK_STREAM, socket.SOCK_SEQPACKET)
        if family == socket.AF_UNIX:
            good = self._own_namespaces or kind in stream
        elif family in _INET:
            plain = protocol in (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP)
            kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
            good = plain and kind in (kinds if self._own_namespaces else kinds[:1])
        else:
            good = self._own_namespaces and family == socket.AF_NETLINK and protocol == 0
        if good:
            return GO_ON
        self.count("network", name, f"{_FAMILIES.get(family, f'family {family}')} {kind}")
        return errno.EACCES

    def _connect(self, key: int, notice: Notice, named: Named | None) -> int:
        if self.sockets is not None:
            return self.sockets.connect(self._listener, key, notice, named)
        if named is not None:
            self.note_connection("connect", named, notice)
        return GO_ON

    def _listen(self, key: int, notice: Notice) -> int:
        if self.sockets is None:
            return errno.EACCES
        return self.sockets.listen(self._listener, key, notice)

    def note_connection(self, action: str, named: Named, notice: Notice) -> None:
        """Count a connection that leads out; note one to a service that is not inside."""
        if named.family == socket.AF_UNIX:
            self._paths.note_socket(action, named.host, notice.thread)
        elif named.port == _DNS_PORT:
            self.count("network", action, f"a name server ({named.spoken})")
            self._paths.refuse_network("a name server")
        elif not named.is_loopback or not self._own_namespaces:
            self.count("network", action, str(named))
            self._paths.refuse_network(named.spoken)
        elif not listens(notice.thread, named.port):
            self._paths.refuse_network(named.spoken)

    def _bind(self, notice: Notice) -> int:
        named = self._name(notice, 1, 2)
        if named is not None and named.family in _INET:
            self.count("network", "bind", str(named))
            return errno.EACCES
        return GO_ON

    def _send(self, name: str, notice: Notice) -> int:
        flags = notice.arguments[{"sendto": 3, "sendmsg": 2, "sendmmsg": 3}[name]]
        if flags & policy.MSG_FASTOPEN:
            self.count("network", name, "a connection by sending")
            return errno.EOPNOTSUPP
        named = self._name(notice, 4, 5)
        if named is not None and named.family != socket.AF_NETLINK:
            self.note_connection("sendto", named, notice)
        return GO_ON if self._own_namespaces else errno.EACCES

    def _name(self, notice: Notice, pointer: int, length: int) -> Named | None:
        size = min(notice.arguments[length] & 0xFFFFFFFF, _LONGEST_ADDRESS)
        data = read_bytes(notice.thread, notice.arguments[pointer], size)
        return read_address(data) if data is not None else None


_SOCKET_WORDS = "socket socketpair connect listen bind sendto sendmsg sendmmsg"
_SOCKETS = frozenset(_SOCKET_WORDS.split())


def listens(thread: int, port: int) -> bool:
    """Return whether somebody listens at a TCP port in the network namespace of a thread."""
    wanted = f":{port:04X}"
    for name in ("tcp", "tcp6"):
        try:
            with open(f"/proc/{thread}/net/{name}", encoding="ascii") as table:
                rows = [line.split() for line in table][1:]
        except OSError:
            continue
        if any(row[1].endswith(wanted) and row[3] == "0A" for row in rows):
            return True
    return False
