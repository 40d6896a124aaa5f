"""A probe command tries what each layer must deny, and so witnesses that the layer holds."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from selftaught.sandbox.inside.namespaces import WITNESS
from selftaught.sandbox.probe import Layer
from selftaught.values.command import CommandRequest, CommandResult, CommandStatus

SECONDS = 30.0
_SCRATCH_MB = 4

SOURCE = """
import ctypes, json, os, signal, socket, sys

def refusal(work, *arguments):
    try:
        work(*arguments)
    except MemoryError:
        return 12
    except OSError as error:
        return error.errno
    return 0

def fill(name):
    with open(name, "wb", buffering=0) as file:
        for _ in range(24):
            file.write(bytes(1 << 18))

def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)

def privileges():
    # effective, permitted, inheritable; then whether none can be gained
    library = ctypes.CDLL(None)
    data = (ctypes.c_uint32 * 6)()
    library.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data)
    return [*data, library.prctl(39, 0, 0, 0, 0)]

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
witness, outside, host = sys.argv[1], sys.argv[2], int(sys.argv[3])
out = socket.socket()
out.settimeout(2)
print(json.dumps({
    "pid": os.getpid(),
    "seen": [path for path in ("/etc/shadow", outside) if os.path.lexists(path)],
    "read": refusal(open, witness),
    "write": refusal(open, os.path.join(os.path.dirname(os.__file__), "x.pth"), "w"),
    "connect": refusal(out.connect, ("192.0.2.1", 9)),
    "raw": refusal(socket.socket, socket.AF_PACKET, socket.SOCK_RAW),
    "kill": refusal(os.kill, host, 0),
    "fork": refusal(fork),
    "fill": refusal(fill, os.path.join(os.environ["HOME"], "file")),
    "memory": refusal(bytearray, 1 << 36),
    "privileges": privileges(),
}))
"""

_EPERM, _ESRCH, _ENOMEM, _EACCES, _EROFS = 1, 3, 12, 13, 30
_FULL = (27, 28)

Seen = Mapping[str, Any]

_WITNESSES: dict[str, Callable[[Seen], bool]] = {
    "namespaces": lambda seen: seen["pid"] == 2 and seen["kill"] == _ESRCH,
    "private root": lambda seen: not seen["seen"],
    "scratch": lambda seen: seen["fill"] in _FULL,
    "landlock": lambda seen: (
        seen["read"] == _EACCES and seen["write"] in (_EACCES, _EROFS) and seen["connect"] != 0
    ),
    "seccomp": lambda seen: seen["raw"] == _EACCES and seen["kill"] in (_EPERM, _ESRCH),
    "privileges": lambda seen: seen["privileges"] == [0, 0, 0, 0, 0, 0, 1],
    "limits": lambda seen: seen["memory"] == _ENOMEM and seen["fork"] == 0,
}
LAYERS = {
    "namespaces": tuple(_WITNESSES),
    "landlock": ("scratch", "landlock", "seccomp", "privileges", "limits"),
}
_COUNTED = {"socket", "openat"}


def examine(mode: str, run: Callable[[CommandRequest], CommandResult]) -> tuple[Layer, ...]:
    """Return each layer of a mode as a probe command witnesses it."""
    with tempfile.TemporaryDirectory(prefix="selftaught-") as folder:
        outside = Path(folder, "outside")
        outside.write_text("no command reads this\n", encoding="ascii")
        inside = Path(folder, "inside")
        inside.mkdir()
        witness = WITNESS if mode == "namespaces" else str(outside)
        words = ("-I", "-S", "-c", SOURCE, witness, str(outside), str(os.getpid()))
        result = run(
            CommandRequest(
                (sys.executable, *words), inside, seconds=SECONDS, scratch_mb=_SCRATCH_MB
            )
        )
    names = LAYERS[mode]
    if result.status is not CommandStatus.OK:
        why = f"the probe ended: {result.status} {result.detail} {result.stderr[-500:]}".strip()
        return tuple(Layer(name, True, False, why) for name in names)
    seen = json.loads(result.stdout)
    counted = {attempt.action for attempt in result.attempts}
    return tuple(_witness(name, seen, counted) for name in names)


def _witness(name: str, seen: Seen, counted: set[str]) -> Layer:
    if not _WITNESSES[name](seen):
        return Layer(name, True, False, f"the probe was not denied what it should be: {seen}")
    if name == "seccomp" and not counted.issuperset(_COUNTED):
        return Layer(name, True, False, f"the kernel told of {sorted(counted)} only")
    return Layer(name, True, True)
