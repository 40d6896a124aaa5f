"""A probe child tries what each layer must deny, and so witnesses that the layer holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selftaught.ports import Confinement
from selftaught.values.outcome import Counter, Status

SECONDS = 5.0
_SCRATCH_MB = 1

SOURCE = '''
import ctypes, errno, os, socket, threading

def refusal(work, *arguments):
    """The error number with which something fails, 0 where it works."""
    try:
        work(*arguments)
    except MemoryError:
        return errno.ENOMEM
    except OSError as error:
        return error.errno
    return 0

def fill(name):
    with open(name, "wb", buffering=0) as file:
        for _ in range(8):
            file.write(bytes(1 << 18))

def fork():
    if os.fork() == 0:
        os._exit(0)

def seen(path):
    return os.path.lexists(path)

def probe(witness, mounted):
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "seen": [path for path in ("/proc", "/bin/sh", "/etc/passwd", "/home") if seen(path)],
        "read": refusal(open, witness),
        "write": refusal(open, os.path.join(os.path.dirname(os.__file__), "x.pth"), "w"),
        "socket": refusal(socket.socket),
        "fork": refusal(fork),
        "fill": [refusal(fill, "first"), refusal(fill, "second") if mounted else 0],
        "memory": refusal(bytearray, 1 << 36),
    }
'''

LAYERS = {
    "namespaces": (
        "namespaces",
        "private root",
        "scratch",
        "landlock",
        "seccomp",
        "privileges",
        "limits",
    ),
    "landlock": ("landlock", "seccomp", "privileges", "limits"),
    "unconfined": (),
}
"""The layers of each mode; all of them must be witnessed, else the mode is not used."""

ALL_LAYERS = LAYERS["namespaces"]

_EPERM, _EACCES, _ENOMEM = 1, 13, 12
_FULL = {27, 28}
"""Errors of a file that may not grow: EFBIG, ENOSPC."""


@dataclass(frozen=True)
class Layer:
    """One layer of the confinement.

    Attributes:
        name: what it is called.
        active: whether programs are confined by it.
        witnessed: whether a probe child saw it deny what it must deny.
        reason: why it is not, or what the probe saw; empty where all is well.
    """

    name: str
    active: bool
    witnessed: bool
    reason: str = ""


def confinement() -> Confinement:
    """Return the probe, a program like any other."""
    return Confinement(SOURCE, "probe", scratch_mb=_SCRATCH_MB)


Seen = Mapping[str, Any]

_WITNESSES: dict[str, Callable[[Seen, Seen], bool]] = {
    "namespaces": lambda seen, facts: (
        facts["NSpid"].split()[-1] == "1"
        and (seen["pid"], seen["parent"]) == (1, 0)
        and facts["interfaces"] == ["lo"]
    ),
    "private root": lambda seen, facts: not seen["seen"] and "proc" not in facts["root"],
    "scratch": lambda seen, facts: bool(seen["fill"][1] in _FULL),
    "landlock": lambda seen, facts: seen["read"] == _EACCES and seen["write"] in (_EACCES, 30),
    "seccomp": lambda seen, facts: seen["socket"] == seen["fork"] == _EPERM,
    "privileges": lambda seen, facts: (
        all(int(facts[f"Cap{kind}"], 16) == 0 for kind in ("Eff", "Prm", "Inh", "Amb"))
        and facts["NoNewPrivs"] == "1"
    ),
    "limits": lambda seen, facts: seen["memory"] == _ENOMEM and seen["fill"][0] in (*_FULL, 0),
}
"""For each layer, whether what the probe saw, what the launcher tells of the layers that all
children share, and what the kernel tells of the child show that it holds."""

_COUNTED = ("socket", "openat")
"""System calls of the probe that the notifier must have counted."""


def examine(child: Any, mode: str) -> tuple[Layer, ...]:
    """Return each layer of ``mode`` as a probe child, opened with the probe, witnesses it."""
    names = LAYERS[mode]
    if not names:
        return ()
    if child.loaded.status is not Status.OK:
        return tuple(Layer(name, True, False, child.loaded.detail) for name in names)
    facts = {**child.told(), **told_by_kernel(child.pid)}
    result = child.call(facts["witness"], mode == "namespaces", seconds=SECONDS)
    if result.status is not Status.OK:
        return tuple(Layer(name, True, False, result.detail) for name in names)
    counted = {a.action for a in child.attempts() if a.counter is Counter.ATTESTED}
    return tuple(_witness(name, result.output, facts, counted) for name in names)


def told_by_kernel(pid: int) -> dict[str, str]:
    """Return what the kernel tells of a process: value by name, as in its status file."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in pairs}


def _witness(name: str, seen: Seen, facts: Seen, counted: set[str]) -> Layer:
    if not _WITNESSES[name](seen, facts):
        return Layer(name, True, False, f"the probe was not denied what it should be: {seen}")
    if name == "seccomp" and not counted.issuperset(_COUNTED):
        return Layer(name, True, False, f"the kernel told of {sorted(counted)} only")
    return Layer(name, True, True)
