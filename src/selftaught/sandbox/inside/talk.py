"""The child's end of its channel: frames in and out, and requests to the host.

While only calls come in, the main thread reads and writes by itself. A program that may
ask the host gets two threads for it, so that a signal handler that raises in the middle of
a request can't tear a frame in two.
"""

from __future__ import annotations

import builtins
import itertools
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from . import wire

Frame = dict[str, Any]


class HostGoneError(Exception):
    """The host closed the channel: there is nothing left to live for."""


class Talk:
    """A channel to the host."""

    def __init__(self, descriptor: int) -> None:
        """Own the descriptor of a stream socket, which may be connected later."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, proto=0, fileno=descriptor)
        self._threaded = False
        self._calls: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._answers: dict[int, queue.SimpleQueue[Frame]] = {}
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        self._advice: list[Frame] = []

    def close(self) -> None:
        """Close our end."""
        self._socket.close()

    def start_threads(self) -> None:
        """Read and write on threads from now on."""
        self._threaded = True
        for work in (self._read_on, self._write_on):
            threading.Thread(target=work, daemon=True).start()

    def next_call(self) -> Frame:
        """Return the next frame that is no answer to a request.

        Raises:
            HostGoneError: the host closed the channel.
        """
        frame = self._calls.get() if self._threaded else self._receive()
        if not frame:
            raise HostGoneError
        return frame

    def send(self, frame: Frame) -> None:
        """Send one frame, and before it what could not be told earlier.

        Raises:
            NotPlainError: it holds something that is no plain data.
        """
        data = wire.pack(frame)
        with self._sending:
            earlier, self._advice = self._advice, []
            for advice in earlier:
                self._put(wire.pack(advice))
            self._put(data)

    def send_packed(self, data: bytes) -> None:
        """Send a frame that was packed beforehand, by the launcher."""
        self._socket.sendall(data)

    def advise(self, category: str, action: str, target: str) -> None:
        """Tell the host of an event now, or with the next frame where one is being sent."""
        frame = {"kind": "advice", "category": category, "action": action, "target": target}
        if not self._sending.acquire(blocking=False):
            self._advice.append(frame)
            return
        try:
            self._put(wire.pack(frame))
        finally:
            self._sending.release()

    def _put(self, data: bytes) -> None:
        if self._threaded:
            self._outbox.put(data)
        else:
            self._socket.sendall(data)

    def request(self, name: str, *args: Any) -> Any:
        """Return the host's answer to a request; may be called from several threads.

        Raises:
            Exception: what the host raised, by the name of a builtin exception.
        """
        number = next(self._numbers)
        answer = self._answers[number] = queue.SimpleQueue()
        try:
            self.send({"kind": "request", "number": number, "name": name, "args": args})
            frame = answer.get()
        finally:
            self._answers.pop(number, None)
        if "exception" in frame:
            raise _exception(frame["exception"])(frame["message"])
        return frame["value"]

    def _receive(self) -> Frame:
        """Return the next frame; empty at the end."""
        prefix = self._receive_exactly(wire.LENGTHS.size)
        if not prefix:
            return {}
        header, body = wire.LENGTHS.unpack(prefix)
        data = memoryview(self._receive_exactly(header + body))
        frame: Frame = wire.unpack(data[:header], data[header:])
        return frame

    def _receive_exactly(self, size: int) -> bytearray:
        data, offset = bytearray(size), 0
        view = memoryview(data)
        while offset < size:
            count = self._socket.recv_into(view[offset:])
            if not count:
                return bytearray()
            offset += count
        return data

    def _read_on(self) -> None:
        while frame := self._receive():
            if frame["kind"] == "answer":
                waiting = self._answers.get(frame["number"])
                if waiting is not None:
                    waiting.put(frame)
            else:
                self._calls.put(frame)
        self._calls.put({})

    def _write_on(self) -> None:
        while True:
            self._socket.sendall(self._outbox.get())


def _exception(name: str) -> Callable[[str], BaseException]:
    """Return the builtin exception of that name, RuntimeError where there is none."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        return kind
    return RuntimeError
