"""Whole runs of the command line in processes of their own, on a task that is quick to score."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from runs.counting_server import CountingServer
from selftaught.engine.settings import Caps, Settings, scale_named
from selftaught.experiments.improve import improve_plan
from selftaught.experiments.run import run_plan
from selftaught.models.options import ModelOptions
from selftaught.runs.experiment import Plan
from selftaught.runs.resources import Options
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event

MANIFEST = """
name = "square"
summary = "Square a number"
entry_point = "solve"
[limits]
seconds_per_call = 5.0
[instances]
train = 2
gate = 2
test = 2
"""
SEED = "def solve(x):\n    return x + 0.25\n"
UTILITY = """
def make_instance(rng):
    x = float(rng.random())
    return (x,), x * x


def score(inputs, key, output):
    return max(0.0, 1.0 - abs(output - key))
"""
IMPROVER = '''"""Asks twice, scores every answer, and returns the best."""

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    best, best_score = initial_solution, utility(initial_solution)
    for number in range(language_model.budget):
        message = f"{number}\\n```python\\n{initial_solution}\\n```\\n{utility.str}"
        answers = language_model.prompt("expert", message, n_responses=2)
        for program in extract_code(answers):
            score = utility(program)
            if score > best_score:
                best, best_score = program, score
    return best
'''
IMPROVE = ("improve", "square", "--calls", "3", "--responses", "2", "--utility-calls", "8")
RUN = (
    *("run", "square", "--calls", "2", "--responses", "2", "--utility-calls", "5"),
    *("--meta-calls", "2", "--repeats", "1", "--rounds", "1", "--gate-pairs", "6"),
)
"""In the folder that `Place` makes; some seconds each."""
RULES = ("seed", "adopt", "freeze_improver", "control", "approve")


@dataclass
class Place:
    """A folder with a task, an improver, and a store; starts processes there and ends them."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        task = self.folder / "square"
        task.mkdir(parents=True)
        (task / "task.toml").write_text(MANIFEST)
        (task / "seed.py").write_text(SEED)
        (task / "utility.py").write_text(UTILITY)
        (self.folder / "asks.py").write_text(IMPROVER)

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.folder / "store.db"

    def start(self, *words: str, store: Path | None = None) -> subprocess.Popen[str]:
        """Start a command in a session of its own, as a terminal or a service would."""
        begin = [sys.executable, "-m", "selftaught", *words, "--json"]
        process = subprocess.Popen(
            [*begin, "--store", str(store or self.path)],
            cwd=self.folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def finish(self, *words: str, store: Path | None = None, status: int = 0) -> dict[str, Any]:
        """Carry a command out; return its object."""
        return answer(self.start(*words, store=store), status)

    def events(self, run: str = "", path: Path | None = None) -> list[Event]:
        """The log of the run that begins with ``run``, by default of the newest."""
        with SqliteStore(path or self.path, create=False) as store:
            found = store.run(run).run if run else store.runs()[0].run
            return [event for _, event in store.events(found)]

    def state(self, path: Path | None = None) -> str:
        """The newest run's state."""
        with SqliteStore(path or self.path, create=False) as store:
            return store.runs()[0].state

    def newest(self, path: Path | None = None) -> str:
        """The newest run's id."""
        with SqliteStore(path or self.path, create=False) as store:
            return store.runs()[0].run

    def until(self, true: Callable[[list[Event]], bool], path: Path | None = None) -> None:
        """Wait until something is true of the newest run's events."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self.path if path is None else path
            if found.exists() and _any_run(found) and true(self.events(path=path)):
                return
            time.sleep(0.02)
        raise TimeoutError("it never came true")

    def until_state(self, state: str) -> None:
        """Wait until the newest run is in a state."""
        self.until(lambda _: self.state() == state)

    def close(self) -> None:
        """End what is left of every process."""
        for process in self.started:
            if process.poll() is None:
                kill(process)
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()


def _any_run(path: Path) -> bool:
    with SqliteStore(path, create=False) as store:
        return bool(store.runs())


def answer(process: subprocess.Popen[str], status: int = 0) -> dict[str, Any]:
    """Wait for a command's end; return its object."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == status, f"{process.returncode}\n{out}\n{err}"
    assert "never retrieved" not in err, err
    assert "Traceback" not in err, err
    found: dict[str, Any] = json.loads(out)
    return found


def kill(process: subprocess.Popen[str]) -> None:
    """End a process with its whole group at once, as a power loss would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Here:
    """The same folder, for runs in this process."""

    place: Place

    @property
    def options(self) -> Options:
        """Options with the place's store."""
        return Options(store=self.place.path, workers=1)

    def other(self, **changes: Any) -> Options:
        """Options with another store, for what is compared."""
        return replace(self.options, store=self.place.folder / "other" / "store.db", **changes)

    def priced(self, server: CountingServer, price: float | None = 1000.0) -> Options:
        """Options with the counting server at this price."""
        prices = None if price is None else (price, price)
        model = ModelOptions(base_url=server.options[3], price_usd_per_million=prices)
        return replace(self.options, model=model)

    def improve(self, **changes: Any) -> Plan:
        """A plan to improve the task's seed program."""
        given: dict[str, Any] = {"calls": 3, "responses": 2, "utility_calls": 8} | changes
        return self.plan("improve", **given)

    def run(self, **changes: Any) -> Plan:
        """A plan of one round."""
        small = {"calls": 2, "responses": 2, "utility_calls": 5, "meta_calls": 2, "repeats": 1}
        given: dict[str, Any] = small | {"rounds": 1, "gate_pairs": 5} | changes
        return self.plan("run", **given)

    def plan(
        self, command: str, *, model: str = "offline", caps: Caps | None = None, **numbers: Any
    ) -> Plan:
        """A plan for the task, with the improver that asks."""
        rules = {name: numbers.pop(name) for name in RULES if name in numbers}
        scale = scale_named("tiny", **numbers)
        task = str(self.place.folder / "square")
        given: dict[str, Any] = {
            "improver": str(self.place.folder / "asks.py"),
            "model": model,
            "settings": Settings(scale=scale, caps=caps or Caps(), **rules),
        }
        if command == "improve":
            return improve_plan(task, **given)
        return run_plan([task], controls=False, **given)


@pytest.fixture
def here(place: Place) -> Here:
    return Here(place)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "here")
    yield made
    made.close()


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with CountingServer() as found:
        yield found
