"""Answers the kernel's questions about system calls of all children, on one thread."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import threading

from selftaught.sandbox.inside import kernel
from selftaught.sandbox.observer import GO_ON, Notice, Observer

_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_NOTICE = struct.Struct("=QIIiIQ6Q")
_REPLY = struct.Struct("=QqiI")
_CONTINUE = 1


def steal(pidfd: int, descriptor: int) -> int:
    """Return our own copy of a descriptor of another process.

    Raises:
        OSError: the process has gone, or the kernel refuses.
    """
    copy = kernel.syscall("pidfd_getfd", pidfd, descriptor, 0)
    os.set_inheritable(copy, False)
    return copy


class Notifier:
    """A thread that serves the listeners of any number of children."""

    def __init__(self) -> None:
        """Start the thread."""
        self._poll = select.epoll()
        self._lock = threading.Lock()
        self._observers: dict[int, Observer] = {}
        self._closed = False
        self._wake, self._waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._poll.register(self._wake, select.EPOLLIN)
        self._thread = threading.Thread(target=self._serve, name="sandbox notifier", daemon=True)
        self._thread.start()

    def add(self, listener: int, observer: Observer) -> None:
        """Own the descriptor ``listener`` and let ``observer`` judge what comes there."""
        with self._lock:
            self._observers[listener] = observer
            self._poll.register(listener, select.EPOLLIN)

    def remove(self, listener: int) -> None:
        """Close a listener; calls that are still under way there fail."""
        with self._lock:
            if self._observers.pop(listener, None) is None:
                return
            with contextlib.suppress(OSError):
                self._poll.unregister(listener)
            os.close(listener)

    def close(self) -> None:
        """End the thread and close all listeners. May be called twice."""
        if self._closed:
            return
        self._closed = True
        os.write(self._waker, b"x")
        self._thread.join()
        for listener in list(self._observers):
            self.remove(listener)
        self._poll.close()
        os.close(self._wake)
        os.close(self._waker)

    def _serve(self) -> None:
        while not self._closed:
            for listener, _ in self._poll.poll():
                with self._lock:
                    self._look_at(listener)

    def _look_at(self, listener: int) -> None:
        """Answer what waits at a listener, while the lock is held.

        The event may be about an earlier listener of the same number, so look again.
        """
        observer = self._observers.get(listener)
        if observer is None:
            return
        now = select.poll()
        now.register(listener, select.POLLIN)
        for _, events in now.poll(0):
            if events & select.POLLIN:
                _answer(listener, observer)
            else:
                self._poll.unregister(listener)


def _answer(listener: int, observer: Observer) -> None:
    """Take one notice and answer it; the thread that asked may have gone meanwhile."""
    asked = receive(listener)
    if asked is None:
        return
    key, notice = asked
    try:
        answer = observer.judge(notice)
    except (OSError, ValueError):
        answer = errno.EPERM
    reply(listener, key, answer)


def receive(listener: int) -> tuple[int, Notice] | None:
    """Return a notice and the key to answer it by; None: the thread that asked has gone."""
    buffer = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
    except (FileNotFoundError, InterruptedError):
        return None
    key, thread, _, number, machine, _, *arguments = _NOTICE.unpack(buffer)
    return key, Notice(thread, number, machine, arguments)


def reply(listener: int, key: int, answer: int, value: int = 0) -> None:
    """Answer a notice as ``Observer.judge`` says; nothing happens if the thread has gone.

    Where the call seems to have worked, it seems to have returned ``value``.
    """
    flags, refusal = (_CONTINUE, 0) if answer == GO_ON else (0, answer)
    with contextlib.suppress(FileNotFoundError):
        fcntl.ioctl(listener, _ANSWER, _REPLY.pack(key, value, -refusal, flags))
