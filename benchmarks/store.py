"""Figures of the store: appends a second, runs listed, events shown. Run: `make bench`.

The store lies in the folder given as the first argument (default: a temporary one), so that
the disk of interest is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from selftaught.engine.settings import Settings
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Responded, RunStarted
from selftaught.values.records import TaskRecord

RUNS, EVENTS, BATCH = 1_000, 100_000, 10


def responded(store: SqliteStore, number: int, cost_usd: float) -> Event:
    text = store.put(f"# answer {number}\n" + "def solve(x):\n    return x\n" * 20)
    return Event(
        f"r1/c{number % 50}/tour/0",
        number,
        Responded(
            call=0,
            prompt=0,
            sample=number,
            text=text,
            tokens_in=900,
            tokens_out=300,
            cost_usd=cost_usd,
            estimated=False,
            model="offline",
            fingerprint="",
            finish="stop",
        ),
        key=f"response/{number}",
    )


def started_run() -> RunStarted:
    return RunStarted(
        command="run",
        version="0",
        seed=0,
        model="offline",
        improver="0" * 64,
        tasks=(TaskRecord(name="tour", path="", digest="0" * 64),),
        settings=Settings().as_data(),
        sandbox="namespaces",
    )


def seconds(action: Callable[[], object], repeats: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(repeats):
        action()
    return (time.perf_counter() - started) / repeats


def fill(store: SqliteStore) -> dict[str, float]:
    for number in range(RUNS):
        store.create(RunInfo(f"run-{number:04}", "run", ("tour",), "offline", "done", number))
        store.release(f"run-{number:04}")
    paid = seconds(lambda: [_append(store, "run-0000", n, 1) for n in range(200)]) / 200
    free = seconds(lambda: [_append(store, "run-0002", n, 1, cost_usd=0.0) for n in range(200)])
    store.append("run-0001", [Event("", 0, started_run())])
    started = time.perf_counter()
    for first in range(0, EVENTS, BATCH):
        _append(store, "run-0001", first, BATCH)
    batched = time.perf_counter() - started
    return {
        "append of 1 that was paid for, ms": 1e3 * paid,
        "append of 1 that was free, ms": 1e3 * free / 200,
        "append of 10 that were paid for, ms": 1e3 * batched * BATCH / EVENTS,
    }


def _append(
    store: SqliteStore, run: str, first: int, count: int, *, cost_usd: float = 0.01
) -> None:
    numbers = range(first, first + count)
    store.append(run, [responded(store, number, cost_usd) for number in numbers])


def read(path: Path) -> dict[str, float]:
    figures = {"open, ms": 1e3 * seconds(lambda: SqliteStore(path, create=False).close(), 20)}
    with SqliteStore(path, create=False) as store:
        figures["runs() of 1,000, ms"] = 1e3 * seconds(store.runs, 20)
        figures["run(beginning), ms"] = 1e3 * seconds(lambda: store.run("run-0777"), 20)
        figures["counts() of 100,000, ms"] = 1e3 * seconds(lambda: store.counts("run-0001"), 5)
        last = seconds(lambda: store.last("run-0001", "responded"), 20)
        figures["last(), found, ms"] = 1e3 * last
        absent = seconds(lambda: store.last("run-0001", "decided"), 5)
        figures["last(), none, ms"] = 1e3 * absent
        few = seconds(lambda: list(store.events("run-0001", kinds=["decided"])), 5)
        figures["events(kinds) with none, ms"] = 1e3 * few
        figures["events() of 100,000, s"] = seconds(
            lambda: sum(1 for _ in store.events("run-0001"))
        )
        figures["state() of 100,000, s"] = seconds(lambda: store.state("run-0001"))
        figures["control(), ms"] = 1e3 * seconds(lambda: store.control("run-0001"), 200)
    return figures


def commands(path: Path) -> dict[str, float]:
    """Seconds of whole commands, the start of the interpreter included."""
    program = [sys.executable, "-m", "selftaught"]

    def run(*words: str) -> None:
        subprocess.run([*program, *words, "--store", str(path)], check=True, capture_output=True)

    return {
        "`selftaught --version`, s": seconds(
            lambda: subprocess.run([*program, "--version"], check=True, capture_output=True), 3
        ),
        "`runs` of 1,000, s": seconds(lambda: run("runs"), 3),
        "`show` of 100,000 events, s": seconds(lambda: run("show", "run-0001"), 3),
        "`show --json` of them, whose digest reads all, s": seconds(
            lambda: run("show", "run-0001", "--json")
        ),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        path = Path(folder) / "store.db"
        with SqliteStore(path) as store:
            figures = fill(store)
        figures |= read(path)
        figures |= commands(path)
        figures["file, MB"] = path.stat().st_size / 1e6
        with SqliteStore(path) as store:
            figures["delete() of 100,000, s"] = seconds(lambda: store.delete("run-0001"))
        figures["file after it, MB"] = path.stat().st_size / 1e6
    print(json.dumps({name: round(figure, 3) for name, figure in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
