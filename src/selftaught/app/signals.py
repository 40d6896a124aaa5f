"""Signals: SIGINT, SIGTERM and SIGHUP end what is under way in good order."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Act = Callable[[str], None]
"""Told the name of a signal; runs between any two steps of the main thread."""


def interrupt(name: str) -> None:
    """Raise KeyboardInterrupt, for work that has no other way to end.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt(name)


class Signals:
    """A context in which the first signal acts, and clean-up can't be cut short by the second.

    The third ends the process at once. A SIGHUP that the caller had ignored (``nohup``) stays
    ignored. Outside of the main thread, which alone gets signals, the context does nothing.
    """

    def __init__(self, act: Act) -> None:
        """Call ``act`` for the first signal."""
        self.names: list[str] = []
        self._act = act
        self._held = self._waiting = False
        self._before: dict[signal.Signals, Any] = {}

    def hold(self) -> None:
        """Keep a signal that comes until `release`: what is under way has to be whole."""
        self._held = True

    def release(self) -> None:
        """Act on the signal that came meanwhile."""
        self._held = False
        if self._waiting:
            self._waiting = False
            self._act(self.names[0])

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                before = signal.getsignal(number)
                if number is signal.SIGHUP and before is signal.SIG_IGN:
                    continue
                self._before[number] = before
                signal.signal(number, self._received)
            _ACTIVE.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_DFL if before is None else before)
        if self in _ACTIVE:
            _ACTIVE.remove(self)

    def take(self, name: str) -> None:
        """Act as on a signal of this name; one that is not the first changes nothing."""
        self.names.append(name)
        if len(self.names) == 1:
            self._waiting = self._held
            if not self._held:
                self._act(name)

    def _received(self, number: int, frame: FrameType | None) -> None:
        self.take(signal.Signals(number).name)
        if len(self.names) == 1:
            return
        if len(self.names) == 2:
            _say("ending the run and removing copies; repeat the signal to end immediately")
        else:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)


_ACTIVE: list[Signals] = []


def end(reason: str) -> None:
    """End what is under way as the first signal does; nothing where no context is entered."""
    if _ACTIVE:
        _ACTIVE[-1].take(reason)


@contextmanager
def whole() -> Iterator[None]:
    """A context that no signal interrupts: one that comes acts at its end."""
    active = _ACTIVE[-1] if _ACTIVE else None
    if active is None:
        yield
        return
    active.hold()
    try:
        yield
    finally:
        active.release()


def _say(text: str) -> None:
    """Write a line to standard error past its buffer, which may be in use."""
    try:
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{text}\n".encode())
    except (OSError, ValueError):  # nobody is there to read it
        return
