"""The processes of a command, as the host sees them."""

from __future__ import annotations

import contextlib
import os
from typing import Protocol

from selftaught.patching.commands.inside.keeper import descendants

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
_LOOKS = 3
"""How often a process that seems to be a stranger is looked at."""


class Tree(Protocol):
    """The processes that a command consists of, and their use of the machine."""

    def folders(self) -> list[str]:
        """Return a folder below ``/proc`` for each process."""
        ...

    def owns(self, pid: int, thread: int) -> bool:
        """Return whether ``pid``, as ``thread`` calls it, is the command's own."""
        ...

    def exists(self, pid: int) -> bool:
        """Return whether there is such a process or thread at all, on this machine."""
        ...

    def close(self) -> None:
        """Let go of descriptors. May be called twice."""
        ...


class NamespaceTree:
    """The processes of a pid namespace, seen through its own ``/proc``."""

    def __init__(self, view: int) -> None:
        """Own ``view``, a descriptor of that ``/proc``."""
        self._view = view

    def folders(self) -> list[str]:
        """Return a folder for each process but the keeper."""
        return [
            f"/proc/self/fd/{self._view}/{name}"
            for name in os.listdir(self._view)
            if name.isdigit() and name != "1"
        ]

    def owns(self, pid: int, thread: int) -> bool:
        """Return whether there is such a process or thread in the namespace."""
        return pid > 1 and self.exists(pid)

    def exists(self, pid: int) -> bool:
        """Return whether there is such a process or thread in the namespace."""
        return os.path.exists(f"/proc/self/fd/{self._view}/{pid}")

    def close(self) -> None:
        """Let go of the view."""
        if self._view >= 0:
            os.close(self._view)
            self._view = -1


class DescendantTree:
    """The processes below a keeper in the host's own pid namespace."""

    def __init__(self, keeper: int) -> None:
        """See what descends from the process ``keeper``."""
        self._keeper = keeper

    def folders(self) -> list[str]:
        """Return a folder for each process."""
        with contextlib.suppress(OSError):
            return [f"/proc/{pid}" for pid in _children(self._keeper)]
        return [f"/proc/{pid}" for pid in descendants(self._keeper)]

    def owns(self, pid: int, thread: int) -> bool:
        """Return whether a process or thread descends from the keeper.

        Where an ancestor ends during the look, its children have got another parent.
        """
        return any(self._reaches(pid) for _ in range(_LOOKS))

    def _reaches(self, pid: int) -> bool:
        for _ in range(10_000):
            if pid <= 1:
                return False
            pid = _parent(pid)
            if pid == self._keeper:
                return True
        return False

    def exists(self, pid: int) -> bool:
        """Return whether there is such a process or thread on this machine."""
        return os.path.exists(f"/proc/{pid}")

    def close(self) -> None:
        """There is nothing."""


def _children(ancestor: int) -> list[int]:
    """Return all descendants by the kernel's lists of children.

    Raises:
        OSError: the kernel has none, or the ancestor has gone.
    """
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = _direct_children(waiting.pop(), first=not found)
        found += below
        waiting += below
    return found


def _direct_children(pid: int, *, first: bool) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        texts = []
        for thread in threads:
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                texts.append(file.read())
    except OSError:
        if first:
            raise
        return []
    return [int(word) for text in texts for word in text.split()]


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def count_tasks(tree: Tree) -> int:
    """Return how many processes and threads there are."""
    total = 0
    for folder in tree.folders():
        with contextlib.suppress(OSError):
            total += max(1, os.stat(folder + "/task").st_nlink - 2)
    return total


def memory_mb(tree: Tree, limit: float) -> float:
    """Return the MiB that all processes hold together.

    What several of them share is counted once for each, unless that is more than ``limit``;
    then it is looked at more closely, which takes longer.
    """
    folders = tree.folders()
    resident = sum(map(_resident, folders))
    return resident if resident <= limit else sum(map(_proportional, folders))


def _resident(folder: str) -> float:
    try:
        with open(folder + "/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * _PAGE_MB
    except (OSError, ValueError, IndexError):
        return 0.0


def _proportional(folder: str) -> float:
    try:
        with open(folder + "/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass
    return _resident(folder)


def own_numbers(thread: int, kind: str) -> set[int]:
    """Return the numbers of a thread's user or group, as we and as it call them.

    Args:
        thread: its id.
        kind: ``uid`` or ``gid``.
    """
    label = kind.capitalize() + ":"
    try:
        with open(f"/proc/{thread}/status", encoding="utf-8", errors="replace") as file:
            line = next(each for each in file if each.startswith(label))
        with open(f"/proc/{thread}/{kind}_map", encoding="utf-8") as file:
            ranges = [tuple(map(int, each.split())) for each in file]
    except (OSError, StopIteration):
        return set()
    ours = {int(each) for each in line.split()[1:]}
    theirs = {
        inside + number - outside
        for number in ours
        for inside, outside, count in ranges
        if outside <= number < outside + count
    }
    return ours | theirs
