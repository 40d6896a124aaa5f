"""Connections that the host makes for a command, to addresses that it read itself.

The command's thread waits meanwhile. An address that is allowed is connected to by a socket
of the host's, which then takes the place of the command's own. Every other address is
connected to on a copy of the command's own socket, so that it reaches what that socket can
reach: the command's own loopback, or a unix socket in its own folders.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import threading
from collections.abc import Callable

from selftaught.patching.commands.addresses import Allowed, Named
from selftaught.patching.commands.handles import (
    RESOLVE_BENEATH,
    RESOLVE_IN_ROOT,
    Listener,
    is_inherited,
    open_below,
)
from selftaught.patching.commands.judge import LATER
from selftaught.sandbox import notifier
from selftaught.sandbox.observer import PRETEND, Notice, within

CONNECT_SECONDS = 30.0

_COPIED = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_NODELAY))

Work = Callable[[Listener], None]


class Connections:
    """Makes connections for one command."""

    def __init__(
        self,
        allowed: Allowed,
        folders: tuple[str, ...] | None,
        refuse: Callable[[str, Named, Notice], None],
        count: Callable[[str, str, str], None],
    ) -> None:
        """Connect to what is ``allowed``.

        Args:
            allowed: addresses outside.
            folders: where unix sockets may be, as they really are; None: the command has
                namespaces of its own, and all that is there may be connected to.
            refuse: counts an address that is not allowed, and notes it for the user.
            count: counts an attempt by category, action and target.
        """
        self._allowed, self._folders = allowed, folders
        self._refuse, self._count = refuse, count

    def connect(self, listener: Listener, key: int, notice: Notice, named: Named | None) -> int:
        """Connect a socket of the command, now or later; return what to answer.

        Raises:
            OSError: it can't be done; the error is the command's.
        """
        number = notice.arguments[0] & 0xFFFFFFFF
        theirs = socket.socket(fileno=listener.grab(key, notice.thread, number))
        try:
            work = self._work(theirs, key, notice, named)
        except BaseException:
            theirs.close()
            raise
        if work is None:
            theirs.close()
            return PRETEND
        _later(listener, key, work, theirs)
        return LATER

    def listen(self, listener: Listener, key: int, notice: Notice) -> int:
        """Let a unix socket listen, and no other.

        Raises:
            OSError: it can't be done; the error is the command's.
        """
        number = notice.arguments[0] & 0xFFFFFFFF
        with socket.socket(fileno=listener.grab(key, notice.thread, number)) as theirs:
            name = theirs.getsockname()
            if theirs.family == socket.AF_UNIX and isinstance(name, str) and name:
                theirs.listen(notice.arguments[1] & 0xFFFF)
                return PRETEND
        self._count("network", "listen", "")
        return errno.EACCES

    def _work(
        self, theirs: socket.socket, key: int, notice: Notice, named: Named | None
    ) -> Work | None:
        """Return what makes the connection; None: nothing needs to be done.

        Raises:
            OSError: it must not be made, or can't.
        """
        if named is None:
            if theirs.type == socket.SOCK_DGRAM:
                return None
            raise OSError(errno.EAFNOSUPPORT, "no address")
        if _is_connected(theirs):
            raise OSError(errno.EISCONN, "connected already")
        if named.family == socket.AF_UNIX:
            return self._to_unix(theirs, notice, named)
        is_stream = theirs.type == socket.SOCK_STREAM and theirs.family != socket.AF_UNIX
        if is_stream and (named.host, named.port) in self._allowed.addresses:
            return _outside(theirs, key, notice, named)
        self._refuse("connect", named, notice)
        if self._folders is not None:
            code = errno.ECONNREFUSED if named.is_loopback else errno.ENETUNREACH
            raise OSError(code, "not allowed")
        return lambda listener: theirs.connect(_spelled(named, theirs.family))

    def _to_unix(self, theirs: socket.socket, notice: Notice, named: Named) -> Work:
        if self._folders is None:
            if named.host.startswith("@"):
                name = "\0" + named.host[1:]
                return lambda listener: theirs.connect(name)
            folder, path = f"/proc/{notice.thread}/root", _joined(notice, named.host)
            resolve = RESOLVE_IN_ROOT
        else:
            path = _joined(notice, named.host)
            folder = next((each for each in self._folders if within(path, (each,))), "")
            resolve = RESOLVE_BENEATH
            if named.host.startswith("@") or not folder:
                self._refuse("connect", named, notice)
                raise OSError(errno.EACCES, "not its own")
            path = os.path.relpath(path, folder)
        base = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            place = open_below(base, path.lstrip("/"), resolve)
        finally:
            os.close(base)
        if not stat.S_ISSOCK(os.fstat(place).st_mode):
            os.close(place)
            raise OSError(errno.ECONNREFUSED, "no socket")
        return lambda listener: _connect_at(theirs, place)


def _later(listener: Listener, key: int, work: Work, theirs: socket.socket) -> None:
    """Do the work on a thread of its own, since connecting takes time, and answer then."""
    ours = listener.copy()

    def run() -> None:
        answer = PRETEND
        try:
            work(ours)
        except TimeoutError:
            answer = errno.ETIMEDOUT
        except OSError as error:
            answer = error.errno or errno.EIO
        with theirs, contextlib.suppress(OSError):
            notifier.reply(ours.descriptor, key, answer)
        ours.close()

    threading.Thread(target=run, name="connection of a command", daemon=True).start()


def _outside(theirs: socket.socket, key: int, notice: Notice, named: Named) -> Work:
    """Return what connects a socket of the host's and puts it in place of the command's."""
    number = notice.arguments[0] & 0xFFFFFFFF

    def work(listener: Listener) -> None:
        with socket.create_connection((named.host, named.port), CONNECT_SECONDS) as connected:
            connected.setblocking(os.get_blocking(theirs.fileno()))
            for level, option in _COPIED:
                connected.setsockopt(level, option, theirs.getsockopt(level, option))
            inherited = is_inherited(notice.thread, number)
            listener.give(key, connected.fileno(), at=number, inherited=inherited)

    return work


def _connect_at(theirs: socket.socket, place: int) -> None:
    try:
        theirs.connect(f"/proc/self/fd/{place}")
    finally:
        os.close(place)


def _is_connected(theirs: socket.socket) -> bool:
    if theirs.type == socket.SOCK_DGRAM:
        return False
    try:
        theirs.getpeername()
    except OSError:
        return False
    return True


def _joined(notice: Notice, path: str) -> str:
    """Return an absolute path, as the command's thread means it."""
    base = "/" if path.startswith("/") else os.readlink(f"/proc/{notice.thread}/cwd")
    return os.path.normpath(os.path.join(base, path))


def _spelled(named: Named, family: int) -> tuple[str, int]:
    """Return an address as a socket of that family wants it."""
    mapped = family == socket.AF_INET6 and ":" not in named.host
    return (f"::ffff:{named.host}" if mapped else named.host), named.port
