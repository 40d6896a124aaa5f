"""The host's end of a child's channel: never blocks on a child, never believes it."""

from __future__ import annotations

import select
import socket
import threading
import time
from typing import Any

from selftaught.sandbox.inside import wire

SEND_SECONDS = 10.0
"""How long a child may leave what we send unread."""

_CHUNK = 1 << 18


class StuckError(Exception):
    """The child does not read what it was sent."""


class GoneError(Exception):
    """The child closed its end."""


class Channel:
    """A stream socket to a child. Reads with ``recv``: no descriptor can come in."""

    def __init__(self, connection: socket.socket) -> None:
        """Own ``connection``."""
        connection.setblocking(False)
        self._socket = connection
        self._sending = threading.Lock()
        self._data = bytearray()

    def fileno(self) -> int:
        """Return the descriptor, for polling."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close our end. May be called twice."""
        with self._sending:
            self._socket.close()

    def send(self, value: Any) -> None:
        """Send one frame; whole frames from several threads never mix.

        Raises:
            NotPlainError: ``value`` is no plain data.
            GoneError: the child closed its end.
            StuckError: the child does not read.
        """
        data = memoryview(wire.pack(value))
        deadline = time.monotonic() + SEND_SECONDS
        with self._sending:
            while data:
                try:
                    data = data[self._socket.send(data, socket.MSG_NOSIGNAL) :]
                except BlockingIOError:
                    self._wait_writable(deadline)
                except OSError as error:
                    raise GoneError from error

    def _wait_writable(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        if left <= 0 or not poll.poll(left * 1000):
            raise StuckError

    def receive(self) -> tuple[list[Any], bool]:
        """Return the frames that are complete and whether the child closed its end.

        Raises:
            FrameError: what came is no frame.
        """
        ended = self._fill()
        frames = []
        while (frame := self._next_frame()) is not None:
            frames.append(frame[0])
        return frames, ended

    @property
    def pending(self) -> bool:
        """Whether part of a frame has come."""
        return bool(self._data)

    def _fill(self) -> bool:
        """Read what is there, no more than one frame may hold; return whether it was the end."""
        most = wire.LENGTHS.size + wire.MAX_HEADER + wire.MAX_BUFFERS
        while len(self._data) < most:
            try:
                chunk = self._socket.recv(_CHUNK)
            except BlockingIOError:
                return False
            except OSError:
                return True
            if not chunk:
                return True
            self._data += chunk
            if len(chunk) < _CHUNK:
                return False  # that was all there is; an end shows at the next look
        return False

    def _next_frame(self) -> tuple[Any] | None:
        start = wire.LENGTHS.size
        if len(self._data) < start:
            return None
        header, body = wire.lengths(bytes(self._data[:start]))
        end = start + header + body
        if len(self._data) < end:
            return None
        with memoryview(self._data) as view:
            value = wire.unpack(view[start : start + header], view[start + header : end])
        del self._data[:end]
        return (value,)
