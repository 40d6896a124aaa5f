"""How long one evaluation takes: this sandbox beside other ways, interleaved in one run.

    python benchmarks/sandbox.py [--rounds N] [--write]

An evaluation is: a program's text in, its module body run, one call, its answer back, its
process gone. Every way does the same program. ``--write`` keeps the table in
docs/sandbox_figures.md.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from selftaught.errors import SandboxUnavailableError
from selftaught.ports import Confinement
from selftaught.sandbox import ForkingSandbox, open_sandbox
from selftaught.sandbox.inside.forkserver import PRELOADED

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import numpy as np

def solve(n):
    values = np.arange(n)
    return int(values.sum())
"""
ARGUMENT, ANSWER = 1000, 499500
READING = """## How to read it

Two rows have no isolation and serve as baselines:

- **plain fork** is the minimum that a fork can cost: a server of thirty lines that receives a
  program, bounds its memory, runs it, sends one answer and waits for its end. It has no scratch
  folder, no deadline, no seeds, no second call, and no requests to the host.
- **unconfined, forked on demand** is this launcher with all of these and no isolation. The
  difference from this row is the cost of isolation.

The median is the waiting time: a parked child is forked and confined before it is requested. The
evaluations per second show the total cost, since nothing can be prepared in advance while two
workers keep two cores busy. Most of that time is not spent on confinement but in the kernel, which
copies each page of a large Python process that a child touches (looking at an object writes its
reference count).
"""
BLOCK = 10
SLOW_BLOCK = 2

FORK_SERVER = """
import gc, importlib, json, os, resource, struct, sys
for name in sys.argv[1].split():
    importlib.import_module(name)
gc.collect()
gc.freeze()
with open("/proc/self/statm") as statm:
    limit = int(statm.read().split()[0]) * resource.getpagesize() + 512 * 2**20
def read(size):
    data = b""
    while len(data) < size:
        chunk = os.read(0, size - len(data))
        if not chunk: os._exit(0)
        data += chunk
    return data
while True:
    order = json.loads(read(*struct.unpack("I", read(4))))
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        space = {}
        exec(order["source"], space)
        answer = json.dumps(space["solve"](order["argument"])).encode()
        os.write(1, struct.pack("I", len(answer)) + answer)
        os._exit(0)
    os.waitpid(pid, 0)
"""

ONCE = PROGRAM + f"\nprint(solve({ARGUMENT}))\n"


class PlainFork:
    """A launcher with the same modules that forks for every program and does nothing else.

    It receives the program, bounds its memory, compiles and runs it, sends the answer and
    waits for its end. No scratch folder, no deadline, no seed, no second call, no requests,
    no confinement: the least that a fork can cost.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORK_SERVER, PRELOADED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={"OPENBLAS_NUM_THREADS": "1"},
        )
        self._order = json.dumps({"source": PROGRAM, "argument": ARGUMENT}).encode()

    def evaluate(self) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(struct.pack("I", len(self._order)) + self._order)
        (size,) = struct.unpack("I", stdout.read(4))
        assert json.loads(stdout.read(size)) == ANSWER

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def in_sandbox(sandbox: ForkingSandbox) -> Callable[[], None]:
    def evaluate() -> None:
        with sandbox.open(Confinement(PROGRAM, "solve")) as child:
            assert child.call(ARGUMENT, seconds=5).output == ANSWER

    return evaluate


def new_interpreter(*prefix: str) -> Callable[[], None]:
    def evaluate() -> None:
        command = [*prefix, sys.executable, "-I", "-c", ONCE]
        done = subprocess.run(command, capture_output=True, check=True)
        assert int(done.stdout) == ANSWER

    return evaluate


def in_process() -> None:
    space: dict[str, object] = {}
    exec(PROGRAM, space)
    assert space["solve"](ARGUMENT) == ANSWER  # type: ignore[operator]


def bubblewrap() -> list[str] | None:
    """The command that runs what follows in bubblewrap; None where it does not work."""
    command = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "--die-with-parent"]
    if shutil.which("bwrap") is None:
        return None
    works = subprocess.run([*command, sys.executable, "-c", ""], capture_output=True, check=False)
    return command if works.returncode == 0 else None


class Ways:
    """Every way to evaluate a program, by name."""

    def __init__(self) -> None:
        self.once: dict[str, Callable[[], None]] = {}
        self.slow = {"new interpreter (python -I -c)", "bubblewrap + python"}
        self._close: list[Callable[[], None]] = []
        self._add_forks()
        self._add_sandboxes()
        self.once["new interpreter (python -I -c)"] = new_interpreter()
        prefix = bubblewrap()
        if prefix is not None:
            self.once["bubblewrap + python"] = new_interpreter(*prefix)
        self.once["in-process exec"] = in_process

    def _add_forks(self) -> None:
        fork = PlainFork()
        self._close.append(fork.close)
        self.once["plain fork"] = fork.evaluate

    def _add_sandboxes(self) -> None:
        for mode in ("namespaces", "landlock", "unconfined"):
            for parked in (0, 2):
                name = f"{mode}, {'parked' if parked else 'forked on demand'}"
                try:
                    sandbox = open_sandbox(mode=mode, unsafe=mode == "unconfined", parked=parked)
                except SandboxUnavailableError as error:
                    print(f"left out: {name}: {error}")
                    continue
                self._close.append(sandbox.close)
                self.once[name] = in_sandbox(sandbox)

    def close(self) -> None:
        for close in self._close:
            close()


def latency(ways: Ways, rounds: int) -> dict[str, list[float]]:
    """Milliseconds per evaluation, one after the other, a block of each way in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in ways.once}
    for number in range(rounds + 1):
        for name, evaluate in ways.once.items():
            block = SLOW_BLOCK if name in ways.slow else BLOCK
            for _ in range(block):
                begin = time.perf_counter()
                evaluate()
                if number:
                    seconds[name].append((time.perf_counter() - begin) * 1000)
    return seconds


def worker(orders: Connection, core: int) -> None:
    """Evaluate in the way that is named, for as long as told; tell how often. None ends it."""
    os.sched_setaffinity(0, {core})
    ways = Ways()
    try:
        orders.send(list(ways.once))
        while order := orders.recv():
            name, seconds = order
            begin, count = time.perf_counter(), 0
            while time.perf_counter() - begin < seconds:
                ways.once[name]()
                count += 1
            orders.send(count / (time.perf_counter() - begin))
    finally:
        ways.close()


def throughput(rounds: int, seconds: float = 0.4) -> dict[str, float]:
    """Evaluations per second of two workers together, a slice of each way in turn.

    A worker is a process of its own that stays on a core, as each of a run's evaluators is.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, processes = [], []
    cores = sorted(os.sched_getaffinity(0))
    for number in range(2):
        mine, theirs = spawn.Pipe()
        core = cores[number % len(cores)]
        process = spawn.Process(target=worker, args=(theirs, core), daemon=True)
        process.start()
        theirs.close()
        ours.append(mine)
        processes.append(process)
    (names, _) = [each.recv() for each in ours]
    rates: dict[str, list[float]] = {name: [] for name in names if name != "in-process exec"}
    for _ in range(rounds):
        for name, found in rates.items():
            for each in ours:
                each.send((name, seconds))
            found.append(sum(each.recv() for each in ours))
    for each in ours:
        each.send(None)
    for process in processes:
        process.join()
    return {name: statistics.mean(found) for name, found in rates.items()}


def parked_memory() -> float:
    """MiB that a parked child holds of its own: what would be freed with it."""
    with open_sandbox(parked=8) as sandbox:
        in_sandbox(sandbox)()
        in_sandbox(sandbox)()
        time.sleep(0.5)
        (launcher,) = sandbox._launchers.values()
        sizes = [private_mib(fledgling.pid) for fledgling in launcher._ready]
    return statistics.mean(size for size in sizes if size)


def private_mib(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    kib = sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_"))
    return kib / 1024


def table(rounds: int) -> str:
    ways = Ways()
    try:
        times = latency(ways, rounds)
    finally:
        ways.close()
    rates = throughput(max(rounds // 5, 2))
    fork_ms = statistics.median(times["plain fork"])
    new_ms = statistics.median(times["new interpreter (python -I -c)"])
    fork_rate, new_rate = rates["plain fork"], rates["new interpreter (python -I -c)"]
    open_rate = rates["unconfined, forked on demand"]
    rows = [
        "| method | ms (median) | quartiles | n | / plain fork | new interpreter / this "
        "| evaluations/s, 2 workers | / plain fork | / unconfined, on demand "
        "| / new interpreters |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, values in times.items():
        low, median, high = statistics.quantiles(values, n=4)
        rate = rates.get(name)
        shown = (
            f"{rate:.0f} | {rate / fork_rate:.2f} | {rate / open_rate:.2f} | {rate / new_rate:.1f}"
            if rate
            else "- | - | - | -"
        )
        rows.append(
            f"| {name} | {median:.2f} | {low:.2f}–{high:.2f} | {len(values)} "
            f"| {median / fork_ms:.2f} | {new_ms / median:.1f} | {shown} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = table(options.rounds)
    real_time = os.sched_getscheduler(0) in (os.SCHED_RR, os.SCHED_FIFO)
    machine = (
        f"Linux {platform.release().split('-')[0]}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
        + (", run at real-time priority (`chrt -r 10`)." if real_time else ".")
    )
    memory = f"A parked child uses {parked_memory():.1f} MiB of private memory."
    print(text, machine, memory, sep="\n\n")
    if options.write:
        page = (
            "# What the sandbox costs\n\n"
            "Written by `python benchmarks/sandbox.py --write`; times vary by a quarter between "
            "runs.\nAll rows run the same small numpy program and are measured in turns.\n\n"
            f"{machine}\n\n{text}\n\n{memory}\n\n{READING}"
        )
        (ROOT / "docs/sandbox_figures.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
