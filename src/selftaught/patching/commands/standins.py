"""Files in place of the machine's own, where there is no private root to put them.

Without namespaces a command sees the machine's own ``/dev/shm``, ``/etc/passwd`` and
``/proc``, and Landlock keeps it out of them. What it may have of them is opened here, from
our copy of the path, and handed over: its own shared memory, its own pseudo-terminals, harmless
texts, and facts about its own processes. Modes and times, which Landlock does not govern, are
changed here, too, below the folders that it may write and nowhere else.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import struct
import time
from collections.abc import Callable

from selftaught.patching.commands.handles import (
    RESOLVE_BENEATH,
    Listener,
    open_below,
    process_of,
)
from selftaught.patching.commands.judge import LATER
from selftaught.patching.commands.terminals import Terminals
from selftaught.sandbox import notifier
from selftaught.sandbox.observer import PRETEND, Notice, absolute, read_bytes, read_text, within

_SHM = "/dev/shm/"
_OWN = re.compile(r"/proc/(self|thread-self|\d+)/([\w/]+)")
_FACT_WORDS = (
    "stat statm status cmdline comm maps smaps smaps_rollup limits io cgroup fd task oom_score "
    "oom_score_adj schedstat sched"
)
_FACTS = frozenset(_FACT_WORDS.split())
_OPEN_FLAGS = os.O_ACCMODE | os.O_CREAT | os.O_EXCL | os.O_TRUNC | os.O_APPEND
_NOW, _OMIT = 0x3FFFFFFF, 0x3FFFFFFE
_AT_NOFOLLOW = 0x100
_MODES = 0o777 | stat.S_ISVTX

_PATHS = {"chmod": 0, "fchmodat": 1, "fchmodat2": 1, "chown": 0, "lchown": 0, "fchownat": 1}
_PATHS |= {"utime": 0, "utimes": 0, "utimensat": 1, "futimesat": 1, "truncate": 0}
_FLAGS = {"fchmodat2": 3, "utimensat": 3, "fchownat": 4}
"""Where the argument is that says whether links are followed."""


class StandIns:
    """Opens and changes files for one command of the mode ``landlock``."""

    def __init__(
        self,
        scratch: str,
        writable: tuple[str, ...],
        files: dict[str, str],
        owns: Callable[[int], bool],
        count: Callable[[str, str, str], None],
    ) -> None:
        """Serve a command.

        Args:
            scratch: its scratch folder.
            writable: folders that it may write, as they really are, ``scratch`` among them.
            files: texts by the path of the machine's file that they stand for.
            owns: whether a process is the command's.
            count: counts an attempt by category, action and target.
        """
        self._roots = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in writable}
        self._shm = os.open(scratch + "/shm", os.O_RDONLY | os.O_DIRECTORY)
        self._files, self._owns, self._count = files, owns, count
        self._texts: dict[str, int] = {}
        self._terminals = Terminals()

    def close(self) -> None:
        """Let go of all descriptors. May be called twice."""
        for descriptor in (*self._roots.values(), *self._texts.values(), self._shm):
            if descriptor >= 0:
                os.close(descriptor)
        self._roots, self._texts, self._shm = {}, {}, -1
        self._terminals.close()

    # ------------------------------------------------------------------------- opening

    def serve(self, listener: Listener, key: int, name: str, notice: Notice) -> int | None:
        """Answer a call about a path that somebody stands in for; None: nobody does."""
        if name in ("link", "linkat", "unlink", "unlinkat"):
            return self._shared_name(name, notice)
        if name == "truncate":
            return self._change(name, notice, lambda place: _truncate(place, notice))
        if name not in ("open", "openat"):
            return None
        first = 1 if name == "openat" else 0
        path = self._path(name, notice, first)
        flags, mode = notice.arguments[first + 1], notice.arguments[first + 2]
        opened = self._open(path, flags, mode, notice.thread)
        if opened is None:
            return None
        try:
            inherited = not flags & os.O_CLOEXEC
            number = listener.give(key, opened, inherited=inherited)
        finally:
            os.close(opened)
        notifier.reply(listener.descriptor, key, 0, number)
        return LATER

    def _open(self, path: str, flags: int, mode: int, thread: int) -> int | None:
        if path.startswith(_SHM) and _is_plain(path[len(_SHM) :]):
            return self._open_shared(path[len(_SHM) :], flags, mode)
        terminal = self._terminals.open(path, flags)
        if terminal is not None:
            return terminal
        if flags & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC):
            return None
        if path in self._files:
            return os.open(f"/proc/self/fd/{self._text(path)}", os.O_RDONLY | os.O_CLOEXEC)
        return self._open_facts(path, thread)

    def _open_shared(self, name: str, flags: int, mode: int) -> int:
        wanted = flags & _OPEN_FLAGS | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        found = os.open(name, wanted, mode & 0o700, dir_fd=self._shm)
        if not stat.S_ISREG(os.fstat(found).st_mode):
            os.close(found)
            raise PermissionError(errno.EACCES, "no regular file")
        os.set_blocking(found, True)
        return found

    def _text(self, path: str) -> int:
        if path not in self._texts:
            found = os.memfd_create("file", os.MFD_CLOEXEC)
            os.write(found, self._files[path].encode())
            os.fchmod(found, 0o444)
            self._texts[path] = found
        return self._texts[path]

    def _open_facts(self, path: str, thread: int) -> int | None:
        match = _OWN.fullmatch(path)
        if match is None or match[2] not in _FACTS:
            return None
        pid = process_of(thread) if match[1] in ("self", "thread-self") else int(match[1])
        if not self._owns(pid):
            return None
        return os.open(f"/proc/{pid}/{match[2]}", os.O_RDONLY | os.O_CLOEXEC)

    def _shared_name(self, name: str, notice: Notice) -> int | None:
        """Link or unlink a name of shared memory, as semaphores do."""
        places = {"link": (0, 1), "linkat": (1, 3), "unlink": (0,), "unlinkat": (1,)}[name]
        paths = [self._path(name, notice, place) for place in places]
        names = [path[len(_SHM) :] for path in paths if path.startswith(_SHM)]
        if len(names) < len(paths) or not all(map(_is_plain, names)):
            return None
        if name.startswith("unlink"):
            os.unlink(names[0], dir_fd=self._shm)
        else:
            os.link(names[0], names[1], src_dir_fd=self._shm, dst_dir_fd=self._shm)
        return PRETEND

    # ------------------------------------------------------------------------ changing

    def change(self, listener: Listener, key: int, name: str, notice: Notice) -> int:
        """Change a mode or times, below the folders that may be written."""
        if "xattr" in name:
            return errno.EOPNOTSUPP
        if name.startswith(("fchmod", "fchown")) and not name.startswith(("fchmodat", "fchownat")):
            return self._change_open(listener, key, name, notice)
        if name == "utimensat" and not notice.arguments[1]:
            return self._change_open(listener, key, name, notice)
        deed = {"chmod": _chmod, "utime": _utime}.get(_kind(name), _nothing)
        return self._change(name, notice, lambda place: deed(place, name, notice))

    def _change(self, name: str, notice: Notice, deed: Callable[[str], None]) -> int:
        path = self._path(name, notice, _PATHS[name])
        root = next((root for root in self._roots if within(path, (root,))), None)
        if root is None:
            self._count("filesystem", name, path)
            return errno.EPERM
        inside = os.path.relpath(path, root)
        place = _FLAGS.get(name)
        stays = place is not None and notice.arguments[place] & _AT_NOFOLLOW
        flags = os.O_PATH | os.O_NOFOLLOW if stays or name == "lchown" else os.O_PATH
        found = open_below(self._roots[root], inside, RESOLVE_BENEATH, flags)
        try:
            if not stat.S_ISLNK(os.fstat(found).st_mode):
                deed(f"/proc/self/fd/{found}")
        finally:
            os.close(found)
        return PRETEND

    def _change_open(self, listener: Listener, key: int, name: str, notice: Notice) -> int:
        """Change what a descriptor of the command's stands for."""
        found = listener.grab(key, notice.thread, notice.arguments[0] & 0xFFFFFFFF)
        try:
            place = f"/proc/self/fd/{found}"
            path = os.readlink(place)
            shared = within(path, tuple(self._roots))
            if not shared and not path.startswith(("/memfd:", "pipe:", "socket:")):
                self._count("filesystem", name, path)
                return errno.EPERM
            if shared and name == "fchmod":
                _chmod(place, name, notice)
            elif shared and name == "utimensat":
                _utime(place, name, notice)
        finally:
            os.close(found)
        return PRETEND

    def _path(self, name: str, notice: Notice, argument: int) -> str:
        text = read_text(notice.thread, notice.arguments[argument])
        return absolute(name, notice, argument, text) if text else ""


def _is_plain(name: str) -> bool:
    return bool(name) and "/" not in name and name not in (".", "..")


def _kind(name: str) -> str:
    if name.startswith(("chmod", "fchmod")):
        return "chmod"
    return "utime" if name.startswith("utime") else ""


def _nothing(place: str, name: str, notice: Notice) -> None:
    """Owners stay as they are, and seem to have been changed."""


def _chmod(place: str, name: str, notice: Notice) -> None:
    mode = notice.arguments[2 if name.startswith("fchmodat") else 1]
    os.chmod(place, mode & _MODES)


def _truncate(place: str, notice: Notice) -> None:
    os.truncate(place, notice.arguments[1])


def _utime(place: str, name: str, notice: Notice) -> None:
    """Set times as ``utimensat`` means them; the older calls set the present."""
    about = os.stat(place)
    times = [about.st_atime_ns, about.st_mtime_ns]
    pointer = notice.arguments[2] if name == "utimensat" else 0
    data = read_bytes(notice.thread, pointer, 32) if pointer else None
    if data is None:
        os.utime(place)
        return
    words = struct.unpack("=qqqq", data)
    now = time.time_ns()
    for index in range(2):
        seconds, nanoseconds = words[2 * index], words[2 * index + 1]
        if nanoseconds == _NOW:
            times[index] = now
        elif nanoseconds != _OMIT:
            times[index] = seconds * 10**9 + nanoseconds
    with contextlib.suppress(OverflowError):
        os.utime(place, ns=(times[0], times[1]))
