"""What a command printed: the first and the last of it, however much it was."""

from __future__ import annotations

import os
import select

CHUNK = 1 << 16


class Collector:
    """Keeps the first and the last half of what comes out of a pipe."""

    def __init__(self, descriptor: int, most: int) -> None:
        """Own ``descriptor``, the reading end; keep ``most`` bytes."""
        self._descriptor = descriptor
        self._head_room = most - most // 2
        self._tail_room = most // 2
        self._head, self._tail = bytearray(), bytearray()
        self._dropped = 0
        os.set_blocking(descriptor, False)

    def fileno(self) -> int:
        """Return the descriptor, for polling."""
        return self._descriptor

    def read(self) -> bool:
        """Take what waits, a chunk at most; return False at the end."""
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        if room := self._head_room - len(self._head):
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        surplus = len(self._tail) - self._tail_room
        if surplus > 0:
            del self._tail[:surplus]
            self._dropped += surplus
        return True

    def drain(self) -> None:
        """Take all that waits, once nobody writes any more."""
        while self.read():
            if not _waits(self._descriptor):
                return

    def close(self) -> None:
        """Let go of the pipe. May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def text(self) -> str:
        """Return what was kept; what is left out in the middle is named where it was."""
        if not self._dropped:
            return bytes(self._head + self._tail).decode(errors="replace")
        middle = f"\n… {self._dropped} bytes left out …\n"
        head, tail = (bytes(part).decode(errors="replace") for part in (self._head, self._tail))
        return head + middle + tail


def _waits(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])
