"""What the interpreter itself tells of a program: forgeable, so shown apart."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from .places import DECOY_KEY
from .talk import Talk

MAX_ADVICE = 50
"""Different events of one child that are told."""

_EVENTS = {
    "inspect": (
        "gc.get_objects gc.get_referrers gc.get_referents sys._current_frames sys.settrace "
        "sys.setprofile ctypes.dlopen ctypes.dlsym ctypes.string_at ctypes.wstring_at "
        "ctypes.cdata ctypes.cdata/buffer code.__new__ sys.addaudithook"
    ),
    "process": (
        "os.system os.exec os.fork os.forkpty os.posix_spawn os.spawn os.kill os.killpg "
        "subprocess.Popen pty.spawn signal.pthread_kill"
    ),
    "network": (
        "socket.connect socket.bind socket.getaddrinfo socket.gethostbyname socket.sendto "
        "urllib.Request http.client.connect smtplib.connect ftplib.connect"
    ),
    "privilege": "os.setuid os.chroot resource.setrlimit resource.prlimit",
}
_CATEGORY = {event: kind for kind, events in _EVENTS.items() for event in events.split()}
_NOTABLE = ("selftaught", "inside", "multiprocessing", "subprocess", "_posixsubprocess", "pty")


class Audit:
    """Tells the host of notable events, each different one once."""

    def __init__(self, talk: Talk) -> None:
        """Tell over ``talk``; nothing is told before ``start``."""
        self._talk = talk
        self._told: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Listen from now on; this can't be undone."""
        _listening.append(self)
        sys.addaudithook(self._hear)

    def note(self, category: str, action: str, target: str) -> None:
        """Tell the host of one event unless it knows."""
        known = (action, target)
        if known in self._told or len(self._told) >= MAX_ADVICE:
            return
        self._told.add(known)
        self._talk.advise(category, action, target)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        category = _CATEGORY.get(event)
        if category is not None:
            self.note(category, event, _words(arguments))
        elif event == "import" and str(arguments[0]).partition(".")[0] in _NOTABLE:
            self.note("inspect", event, str(arguments[0])[:80])


def _words(arguments: Iterable[Any]) -> str:
    """Return the arguments that are plain text or numbers."""
    plain = [str(a) for a in arguments if type(a) in (str, int, tuple)]
    return " ".join(plain)[:80]


class WatchedEnvironment(type(os.environ)):  # type: ignore[misc]
    """Environment variables that note whoever reads the decoy key."""

    def __getitem__(self, key: Any) -> Any:
        """Return a variable's value."""
        value = super().__getitem__(key)
        if value == DECOY_KEY:
            for audit in _listening:
                audit.note("inspect", "os.environ", f"decoy {key}")
        return value


def watch_environment() -> None:
    """Let whoever reads the decoy key from the environment be noted, once an audit listens."""
    os.environ.__class__ = WatchedEnvironment


_listening: list[Audit] = []
