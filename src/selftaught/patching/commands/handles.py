"""Descriptors of a command's processes: our own copies of them, and ours given to them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct

from selftaught.sandbox.inside import kernel
from selftaught.sandbox.notifier import steal

_IS_VALID, _ADD = 0x40082102, 0x40182103
_ADDITION = struct.Struct("=QIIII")
_AT = 1

RESOLVE_NO_MAGIC, RESOLVE_BENEATH, RESOLVE_IN_ROOT = 0x02, 0x08, 0x10
_HOW = struct.Struct("=QQQ")


class Listener:
    """The descriptor at which the kernel asks about a command's system calls."""

    def __init__(self, descriptor: int) -> None:
        """Own ``descriptor``."""
        self.descriptor = descriptor

    def is_valid(self, key: int) -> bool:
        """Return whether the thread that asked still waits, so that its number is its own."""
        try:
            fcntl.ioctl(self.descriptor, _IS_VALID, struct.pack("=Q", key))
        except OSError:
            return False
        return True

    def grab(self, key: int, thread: int, descriptor: int) -> int:
        """Return our own copy of a descriptor of a thread that waits for our answer.

        Raises:
            OSError: there is none, or the thread has gone.
        """
        pidfd = os.pidfd_open(process_of(thread))
        try:
            if not self.is_valid(key):
                raise ProcessLookupError(thread)
            return steal(pidfd, descriptor)
        finally:
            os.close(pidfd)

    def give(self, key: int, source: int, *, at: int | None = None, inherited: bool = False) -> int:
        """Put a copy of our descriptor into the process of a thread that waits; return its number.

        Args:
            key: of the notice.
            source: our descriptor.
            at: the number that it shall have, in place of another; None: any.
            inherited: whether it stays open when the process executes a program.

        Raises:
            OSError: the thread has gone, or has too many descriptors.
        """
        how = 0 if at is None else _AT
        flags = 0 if inherited else os.O_CLOEXEC
        addition = bytearray(_ADDITION.pack(key, how, source, at or 0, flags))
        number: int = fcntl.ioctl(self.descriptor, _ADD, addition)
        return number

    def copy(self) -> Listener:
        """Return another handle, for use on another thread."""
        return Listener(os.dup(self.descriptor))

    def close(self) -> None:
        """Let go of it; calls that wait for an answer fail. May be called twice."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def process_of(thread: int) -> int:
    """Return the process that a thread belongs to.

    Raises:
        OSError: it has gone.
    """
    with open(f"/proc/{thread}/status", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("Tgid:"):
                return int(line.split()[1])
    raise ProcessLookupError(thread)


def is_inherited(thread: int, descriptor: int) -> bool:
    """Return whether a descriptor of a thread stays open when a program is executed."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open(f"/proc/{thread}/fdinfo/{descriptor}", encoding="ascii") as file,
    ):
        for line in file:
            if line.startswith("flags:"):
                return not int(line.split()[1], 8) & os.O_CLOEXEC
    return False


def open_below(folder: int, path: str, resolve: int, flags: int = os.O_PATH) -> int:
    """Return a descriptor of what lies below a folder, whatever links are there.

    Raises:
        OSError: there is no such thing, or it lies outside.
    """
    how = _HOW.pack(flags | os.O_CLOEXEC, 0, resolve | RESOLVE_NO_MAGIC)
    return kernel.syscall("openat2", folder, os.fsencode(path), how, len(how))
