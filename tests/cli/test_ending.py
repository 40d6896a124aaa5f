"""Ends of runs on a repository: at a signal in every phase, and where no wall time is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cli.conftest import say
from repository.conftest import Make, make, run_git
from repository.shop import BENCH, FAST, FILES, TARGET
from selftaught.store.sqlite import SqliteStore

__all__ = ["make"]

ANSWER = f"An idea.\n\n```python\n{FAST}```\n"
WAITS = """import os, pathlib, time
told = pathlib.Path({told!r})
number = len(list(told.glob("ran-*"))) + 1
(told / f"ran-{{number}}").write_text(str(os.getpid()))
while (told / f"wait-{{number}}").exists():
    time.sleep(0.02)
"""
"""Begins the benchmark: says that it runs, and waits while a file is there."""
BEGUN = {"preflight": 1, "search": 4, "comparison": 6}
"""The first run of the benchmark in each phase: three of the preflight, one of each version.

Results are not compared, which would take runs of its own."""


@dataclass
class Bench:
    """A repository whose benchmark waits where it is told to, and the process that runs it."""

    root: Path
    told: Path
    copies: Path
    model: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "selftaught", *words, "--unsafe"],
            cwd=self.root,
            env={**os.environ, "TMPDIR": str(self.copies), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def improve(self, *more: str) -> subprocess.Popen[str]:
        return self.start(
            "improve", TARGET, "--check", "python check.py", "--score", "python bench.py",
            "--minimise", "--score-runs", "4", "--python", sys.executable, "--yes",
            "--scale", "tiny", "--calls", "1", "--responses", "1", "--utility-calls", "2",
            "--no-best-of-n", "--model", f"command:{sys.executable} {self.model}",
            "--results-may-differ", *more,
        )  # fmt: skip

    def wait_at(self, number: int) -> None:
        (self.told / f"wait-{number}").touch()

    def process(self, number: int) -> int:
        """The benchmark's process id, once it has run so often."""
        file, deadline = self.told / f"ran-{number}", time.monotonic() + 300
        while not (file.exists() and file.read_text()):
            assert self.started[-1].poll() is None, self.started[-1].communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return int(file.read_text())


@pytest.fixture
def bench(make: Make, tmp_path: Path) -> Iterator[Bench]:
    told, copies, model = tmp_path / "told", tmp_path / "copies", tmp_path / "model.py"
    told.mkdir()
    copies.mkdir()
    model.write_text(f"import sys\nsys.stdin.read()\nprint({ANSWER!r})\n")
    root = make({**FILES, "bench.py": WAITS.format(told=str(told)) + BENCH})
    found = Bench(root, told, copies, model)
    yield found
    for process in found.started:
        if process.poll() is None:
            process.kill()
            process.wait()


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def state(bench: Bench) -> str:
    path = bench.root / ".selftaught" / "store.db"
    if not path.exists():
        return ""
    with SqliteStore(path, create=False) as store:
        return "".join(info.state for info in store.runs())


@pytest.mark.parametrize(
    ("phase", "number", "more"),
    [
        ("preflight", signal.SIGINT, ()),
        ("search", signal.SIGTERM, ()),
        ("comparison", signal.SIGHUP, ()),
        ("comparison", signal.SIGTERM, ("--max-evaluations", "3")),
    ],
    ids=["preflight", "search", "comparison", "after a spent limit"],
)
def test_a_signal_ends_every_phase_in_good_order(
    bench: Bench, phase: str, number: signal.Signals, more: tuple[str, ...]
) -> None:
    bench.wait_at(BEGUN[phase])
    process = bench.improve(*more)
    child = bench.process(BEGUN[phase])
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130, said
    assert number.name in said
    assert "Traceback" not in said
    assert not alive(child)
    assert not list(bench.copies.glob("selftaught-repository-*"))
    assert len(run_git(bench.root, "worktree", "list").splitlines()) == 1
    assert state(bench) == ("" if phase == "preflight" else "stopped")


def test_a_version_that_no_time_is_left_to_confirm_is_named_and_not_offered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.wait_at(BEGUN["comparison"])
    process = bench.improve()
    bench.process(BEGUN["comparison"])
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=300)
    (bench.told / f"wait-{BEGUN['comparison']}").unlink()
    monkeypatch.chdir(bench.root)
    with SqliteStore(Path(".selftaught/store.db"), create=False) as store:
        run = store.runs()[0].run
    ended = say("resume", run, "--max-seconds", "0.01", "--unsafe", "--yes")
    assert ended.status == 3, ended.err
    assert "no version is offered" in ended.out
    assert "no time was left to confirm it" in ended.out
    assert (Path(".selftaught") / run / "candidate.py").read_text().strip() == FAST.strip()
    again = re.search(r"continue with: selftaught (resume \S+ --max-seconds \S+)", ended.err)
    assert again, ended.err
    done = say(*again[1].split()[:-1], "100000", "--unsafe", "--yes")
    assert done.status == 0, done.err
    assert "apply it with:\n  git -C" in done.out


def test_a_preflight_that_takes_all_of_the_time_is_refused(bench: Bench) -> None:
    process = bench.improve("--max-seconds", "0.001")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 2, said
    assert "a --max-seconds that leaves time for a search" in said
    assert not list(bench.copies.glob("selftaught-repository-*"))
