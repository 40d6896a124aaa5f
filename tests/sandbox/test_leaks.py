"""After thousands of evaluations everything is as it was: nothing is kept, nothing is left."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from selftaught.ports import Confinement
from selftaught.sandbox import ForkingSandbox, open_sandbox
from selftaught.values.outcome import Status

WRITES = """
import os
def solve(n):
    with open("left", "wb") as file:
        file.write(bytes(100_000))
    return n
"""
MIB = 2**20
WARM_UP = 200


def descendants(pid: int) -> int:
    """How many processes come from ours, by way of launchers."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0
    return len(children) + sum(descendants(int(child)) for child in children)


def started() -> int:
    """How many processes our threads have started that live, with theirs."""
    total = 0
    for task in Path("/proc/self/task").iterdir():
        children = (task / "children").read_text().split()
        total += len(children) + sum(descendants(int(child)) for child in children)
    return total


def settled(most: int, seconds: float = 2.0) -> int:
    """How many processes there are once those that were killed have gone, which takes a moment."""
    deadline = time.monotonic() + seconds
    while (count := started()) > most and time.monotonic() < deadline:
        time.sleep(0.05)
    return count


def measure(sandbox: ForkingSandbox) -> dict[str, int]:
    """What could leak: processes, descriptors, mounts and memory, ours and the launcher's."""
    (launcher,) = sandbox._launchers.values()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    theirs = int(Path(f"/proc/{launcher.pid}/statm").read_text().split()[1])
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "launcher's descriptors": len(os.listdir(f"/proc/{launcher.pid}/fd")),
        "mounts": len(Path(f"/proc/{launcher.pid}/mounts").read_text().splitlines()),
        "our mounts": len(Path("/proc/self/mounts").read_text().splitlines()),
        "files": len(os.listdir(launcher.folder)),
        "threads": len(os.listdir("/proc/self/task")),
        "MiB": pages * os.sysconf("SC_PAGE_SIZE") // MIB,
        "launcher's MiB": theirs * os.sysconf("SC_PAGE_SIZE") // MIB,
    }


def evaluate(sandbox: ForkingSandbox, times: int) -> None:
    for n in range(times):
        with sandbox.open(Confinement(WRITES, "solve")) as child:
            result = child.call(n, seconds=1)
        assert (result.status, result.output) == (Status.OK, n)


def check(mode: str, times: int) -> None:
    with open_sandbox(mode=mode, parked=2) as sandbox:
        evaluate(sandbox, WARM_UP)
        before = measure(sandbox)
        evaluate(sandbox, times)
        after = measure(sandbox)
        processes = settled(8)
    for name in ("MiB", "launcher's MiB"):
        assert after.pop(name) - before.pop(name) <= 4, name
    for name, value in before.items():
        assert abs(after[name] - value) <= 8, (name, value, after[name])
    assert processes <= 8


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_hundreds_of_evaluations_leave_nothing(mode: str) -> None:
    check(mode, 400)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_ten_thousand_evaluations_leave_nothing(mode: str) -> None:
    check(mode, 10_000)
