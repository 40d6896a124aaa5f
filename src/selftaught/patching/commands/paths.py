"""Counts paths that are none of a command's business, and keeps what a user could allow."""

from __future__ import annotations

import errno
import os
import re
from collections import Counter as Tally
from collections.abc import Callable
from fnmatch import fnmatchcase

from selftaught.patching.commands.inside import policy, root
from selftaught.patching.commands.plan import NOT_WHOLE
from selftaught.sandbox.benign import reason
from selftaught.sandbox.inside import rules
from selftaught.sandbox.ledger import Ledger
from selftaught.sandbox.observer import GO_ON, Notice, absolute, is_parent, read_text, within
from selftaught.values.command import Refusal
from selftaught.values.outcome import Counter

MOST_REFUSALS = 50

BENIGN = (
    ("*/__pycache__", "Python keeps what it compiled"),
    ("*/__pycache__/*", "Python keeps what it compiled"),
    ("*/.pytest_cache*", "pytest keeps what it ran"),
    ("*/pytest-cache-files-*", "pytest keeps what it ran"),
    ("*/.hypothesis*", "Hypothesis keeps examples"),
    ("/dev/tty", "a program looks for a terminal"),
    ("/dev/ptmx", "a program looks for a terminal"),
    ("/etc/inputrc", "readline reads its settings"),
    ("/etc/gitconfig", "git reads its settings"),
    ("/etc/bash.bashrc", "a shell reads its settings"),
    ("/etc/profile", "a shell reads its settings"),
    ("/etc/environment", "a shell reads its settings"),
    ("/run/nscd/socket", "the C library asks for users and hosts"),
    ("/var/run/nscd/socket", "the C library asks for users and hosts"),
)
"""What ordinary commands try that is refused all the same, as patterns, and the reason."""

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_PROCESS = re.compile(r"/proc/(\d+)(/.*)?")
_LINKING = frozenset({"link", "linkat", "symlink", "symlinkat"})
_MAKING = ("mkdir", "mkdirat")
_HARMLESS = ("", "/stat", "/statm", "/status", "/cmdline", "/comm", "/task", "/cgroup")
_ARGUMENTS = {
    **rules.WATCHED,
    "mknod": (0,),
    "mknodat": (1,),
    "truncate": (0,),
}


def benign(action: str, target: str) -> str:
    """Return why an attempt of a command is innocent; empty where it is not on a list."""
    if known := reason(action, target):
        return known
    return next((why for pattern, why in BENIGN if fnmatchcase(target, pattern)), "")


class PathWatch:
    """Counts the paths of one command in its ledger."""

    def __init__(
        self,
        ledger: Ledger,
        readable: tuple[str, ...],
        writable: tuple[str, ...],
        scratches: tuple[str, ...],
        is_own: Callable[[int], bool],
        *,
        is_private: bool,
    ) -> None:
        """Count what is in neither list.

        Args:
            ledger: where it is counted.
            readable: what the command may read.
            writable: what it may write as well.
            scratches: its scratch folders, as it names them.
            is_own: which processes are the command's.
            is_private: whether it has a root of its own, which it may list.
        """
        streams = ("/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr")
        terminals = (root.TERMINALS, "/dev/ptmx") if is_private else ()
        devices = (*root.DEVICES, *streams, root.TERMINAL, *terminals)
        self._ledger = ledger
        self._named, self._scratches = (*readable, *writable), scratches
        self._readable = (*self._named, *scratches, *devices)
        self._writable = (*writable, *devices)
        self._is_own, self._is_private = is_own, is_private
        self._refused: Tally[tuple[str, str]] = Tally()

    def watch(self, name: str, notice: Notice) -> int:
        """Count a call about paths and let the kernel decide."""
        for argument in _ARGUMENTS.get(name, ()):
            text = read_text(notice.thread, notice.arguments[argument])
            if text is None and notice.arguments[argument] and _hidden(notice.thread):
                self._ledger.count(Counter.ATTESTED, "inspect", name, "by a hidden process")
                return errno.EPERM
            if text:
                path = absolute(name, notice, argument, text)
                led_to = name in _LINKING and argument == _ARGUMENTS[name][0]
                self._look_at(name, path or text, notice, writes(name, notice) and not led_to)
        return GO_ON

    def note_socket(self, action: str, path: str, thread: int) -> None:
        """Count a unix socket that is none of the command's own."""
        if path.startswith("@"):
            own = self._is_private
        elif self._is_private and self._is_scratch(path):
            own = _exists_for(thread, path) or not _exists(path)
        else:
            own = within(path, self._readable) or not _exists(path)
        if own:
            return
        self._ledger.count(Counter.ATTESTED, "network", action, path)

    def refuse_network(self, target: str) -> None:
        """Note an address that the user can allow."""
        self._note("network", target)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return what was refused and can be allowed, in order of first appearance."""
        return tuple(
            Refusal(category, target, _flag(category, target), count)
            for (category, target), count in self._refused.items()
        )

    def _note(self, category: str, target: str) -> None:
        key = (category, target)
        if key in self._refused or len(self._refused) < MOST_REFUSALS:
            self._refused[key] += 1

    def _look_at(self, name: str, path: str, notice: Notice, written: bool) -> None:
        process = _PROCESS.fullmatch(path)
        if process or path.startswith("/proc"):
            self._look_at_proc(name, path, process)
        elif self._is_scratch(path):
            self._look_at_scratch(name, path, notice.thread, written)
        elif written:
            self._look_at_written(name, path)
        else:
            self._look_at_read(name, path)

    def _is_scratch(self, path: str) -> bool:
        return within(path, self._scratches) and not within(path, self._named)

    def _look_at_scratch(self, name: str, path: str, thread: int, written: bool) -> None:
        """Count what the machine has where the command's own scratch covers it."""
        if not self._is_private:
            self._look_at_read(name, path)
            return
        what = os.path.dirname(path) if written else path
        if not _exists(what) or _exists_for(thread, what):
            return
        self._ledger.count(Counter.ATTESTED, "filesystem", name, path)
        if not written:
            self._note("filesystem", path)

    def _look_at_written(self, name: str, path: str) -> None:
        if within(path, self._writable) and self._leads_nowhere(path, os.path.realpath(path)):
            return
        made_again = name in _MAKING and _exists(path)
        if not made_again and _exists(os.path.dirname(path)):
            self._ledger.count(Counter.ATTESTED, "filesystem", name, path)

    def _look_at_read(self, name: str, path: str) -> None:
        own = within(path, self._readable)
        real = os.path.realpath(path) if own else path
        if own and self._leads_nowhere(path, real):
            return
        if self._is_private and is_parent(path, self._readable):
            return
        if _exists(real):
            self._ledger.count(Counter.ATTESTED, "filesystem", name, path)
            if not benign(name, path) and real not in NOT_WHOLE:
                self._note("filesystem", real)

    def _leads_nowhere(self, path: str, real: str) -> bool:
        """Return whether a path of the command's own is no link to what is not."""
        return real == path or within(real, self._readable) or not _exists(real)

    def _look_at_proc(self, name: str, path: str, process: re.Match[str] | None) -> None:
        if process is None:
            return
        pid, rest = int(process[1]), process[2] or ""
        if self._is_own(pid) or (pid == 1 and rest in _HARMLESS) or not _exists(path):
            return
        self._ledger.count(Counter.ATTESTED, "inspect", name, "/proc/<another>" + rest)


def writes(name: str, notice: Notice) -> bool:
    """Return whether a call writes where its path leads; linking reads as well."""
    if name in ("open", "openat"):
        flags = notice.arguments[1 if name == "open" else 2]
        return bool(flags & _WRITE_FLAGS)
    return name in policy.CHANGING or name == "creat"


def _flag(category: str, target: str) -> str:
    if category == "filesystem":
        return f"--read {target}"
    return f"--allow-network {target if ':' in target else 'HOST:PORT'}"


def _exists(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def _exists_for(thread: int, path: str) -> bool:
    """Return whether there is such a path in the root that a thread has."""
    return _exists(f"/proc/{thread}/root{path}")


def _hidden(thread: int) -> bool:
    """Return whether a thread that lives does not let us read its memory."""
    try:
        os.close(os.open(f"/proc/{thread}/mem", os.O_RDONLY | os.O_CLOEXEC))
    except PermissionError:
        return True
    except OSError:
        return False
    return False
