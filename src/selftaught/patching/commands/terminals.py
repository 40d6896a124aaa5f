"""Pseudo-terminals of a command that sees the machine's own ``/dev``.

There the folder ``/dev/pts`` holds the terminals of the person who started us, so Landlock keeps
all of it closed. We open a new pair instead, hand over its ends, and keep the pair as long as
the command runs: while we hold it nobody else's terminal can get its number.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select

MOST = 128
"""Pseudo-terminals that one command may use at once."""

PTMX = "/dev/ptmx"
_END = re.compile(r"/dev/pts/(\d+)")
_NUMBER_OF, _OTHER_END = 0x80045430, 0x5441


class Terminals:
    """The pseudo-terminals that were made for one command."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: dict[int, int] = {}

    def open(self, path: str, flags: int) -> int | None:
        """Return a descriptor of a new pair, or of the other end of one that we made.

        Args:
            path: what the command opens.
            flags: how.

        Returns:
            None where the path is no pseudo-terminal of the command's.

        Raises:
            OSError: there are too many, or the machine has none.
        """
        how = flags & (os.O_ACCMODE | os.O_NONBLOCK) | os.O_NOCTTY | os.O_CLOEXEC
        if path == PTMX:
            return self._new(how)
        match = _END.fullmatch(path)
        if match is None or int(match[1]) not in self._held:
            return None
        return fcntl.ioctl(self._held[int(match[1])], _OTHER_END, how)

    def close(self) -> None:
        """Let go of all of them. May be called twice."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held = {}

    def _new(self, how: int) -> int:
        if len(self._held) >= MOST:
            self._drop_unused()
        if len(self._held) >= MOST:
            raise OSError(errno.ENOSPC, "no more pseudo-terminals for this command")
        held = os.open(PTMX, how)
        number = int.from_bytes(fcntl.ioctl(held, _NUMBER_OF, bytes(4)), "little")
        self._held[number] = held
        return os.dup(held)

    def _drop_unused(self) -> None:
        """Let go of pairs whose other end nobody has open."""
        poll = select.poll()
        for descriptor in self._held.values():
            poll.register(descriptor, 0)
        unused = {descriptor for descriptor, events in poll.poll(0) if events & select.POLLHUP}
        for number, descriptor in list(self._held.items()):
            if descriptor in unused:
                os.close(self._held.pop(number))
