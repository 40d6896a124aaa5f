"""Equal runs: equal digests whatever the number of workers; what the log then promises."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace

import pytest

from fakes.memory_store import MemoryStore
from runs.conftest import Here
from selftaught.engine.settings import Settings, scale_named
from selftaught.errors import LedgerError
from selftaught.experiments.run import run_plan
from selftaught.runs.decisions import verify
from selftaught.runs.executor import Audience, execute
from selftaught.runs.experiment import Plan
from selftaught.runs.resources import SystemClock
from selftaught.runs.results import RunResult
from selftaught.store.export import export_lines, import_lines
from selftaught.store.sqlite import SqliteStore
from selftaught.values.digest import digest
from selftaught.values.event import Event
from selftaught.values.facts import Decided, Evaluated
from selftaught.values.state import RunState, fold

SMALL = {"calls": 1, "responses": 2, "utility_calls": 2, "meta_calls": 2, "repeats": 1}


def of_two_tasks(here: Here, seed: int = 0) -> Plan:
    """A run on the small task and a bundled one, with the seed improver."""
    scale = scale_named("tiny", **SMALL, rounds=1, gate_pairs=6)
    names = [str(here.place.folder / "square"), "string_grid"]
    settings = Settings(seed=seed, scale=scale)
    return run_plan(names, improver="seed", model="offline", settings=settings, controls=False)


def test_one_worker_and_four_give_equal_digests(here: Here) -> None:
    plan = here.run(rounds=2)
    digests = {execute(plan, here.other(workers=workers)).digest for workers in (1, 4)}
    assert len(digests) == 1
    other = execute(here.run(rounds=2, seed=1), here.options)
    assert other.digest not in digests


@pytest.mark.slow
def test_ten_equal_runs_give_ten_equal_digests(here: Here) -> None:
    digests = [
        execute(of_two_tasks(here), here.other(workers=(1, 4)[number % 2])).digest
        for number in range(10)
    ]
    assert len(set(digests)) == 1
    assert execute(of_two_tasks(here, 1), here.options).digest != digests[0]


def test_the_log_tells_what_was_seen_live(here: Here) -> None:
    heard: list[Event] = []
    states: list[RunState] = []

    def listener(run: str, event: Event, state: RunState) -> None:
        heard.append(event)
        states.append(state)

    found = execute(here.run(control=True), here.options, Audience(listener))
    with SqliteStore(here.options.store, create=False) as store:
        stored = [event for _, event in store.events(found.run)]
        assert stored == heard
        assert fold(stored) == states[-1]
        assert digest(stored) == found.digest

        # no program runs twice on the same instances
        runs = Counter(e.key for e in stored if isinstance(e.fact, Evaluated))
        assert runs
        assert set(runs.values()) == {1}

        # what is exported can be imported, unchanged
        lines = list(export_lines(store, found.run))
        other = MemoryStore()
        import_lines(other, lines)
        assert [event for _, event in other.events(found.run)] == stored
        assert list(export_lines(other, found.run)) == lines


class BackwardClock(SystemClock):
    """A clock that somebody sets back all the time."""

    def __init__(self) -> None:
        self.time = 2e9

    def now(self) -> float:
        self.time -= 1000
        return self.time


def test_a_clock_that_goes_back_changes_nothing(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = execute(here.improve(), here.other()).digest
    monkeypatch.setattr("selftaught.runs.resources.SystemClock", BackwardClock)
    found = execute(here.improve(), here.options)
    assert found.digest == expected
    with SqliteStore(here.options.store, create=False) as store:
        times = [event.at for _, event in store.events(found.run)]
    assert times == sorted(times, reverse=True)


CHANGES = {
    "the verdict": "json_set(data, '$.adopted', json(NOT json_extract(data, '$.adopted')))",
    "a score": "json_set(data, '$.proposed_scores', json('[0.5]'))",
    "the reason": "json_set(data, '$.reason', 'because')",
    "the head": "json_set(data, '$.head', '" + "0" * 64 + "')",
}


def test_a_tampered_ledger_is_found(here: Here) -> None:
    found = execute(here.run(rounds=3, adopt="paper"), here.options)
    assert isinstance(found, RunResult)
    path = here.options.store
    whole = here.place.events()
    with SqliteStore(path, create=False) as store:
        assert verify(store, whole, found.head).decisions == 3
    for change in CHANGES.values():
        check_found(here, f"UPDATE events SET data = {change} WHERE key = 'decided:r2'", found.head)
    check_found(here, "DELETE FROM events WHERE key = 'decided:r2'", found.head)
    check_found(here, "DELETE FROM events WHERE key = 'decided:r3'", found.head)
    first, second = (e for e in whole if isinstance(e.fact, Decided) and e.fact.round < 3)
    swapped = [replace(second, key=first.key), replace(first, key=second.key)]
    rest = [e for e in whole if e.key not in (first.key, second.key)]
    with SqliteStore(path, create=False) as store, pytest.raises(LedgerError):
        verify(store, [*swapped, *rest], found.head)


def check_found(here: Here, change: str, head: str) -> None:
    """Change a copy of the store by hand; verifying finds it."""
    copy = here.place.folder / "copy.db"
    copy.unlink(missing_ok=True)
    source = sqlite3.connect(here.options.store)
    with sqlite3.connect(copy) as target:
        source.backup(target)
        assert target.execute(change).rowcount == 1
    source.close()
    target.close()
    with SqliteStore(copy, create=False) as store:
        events = [event for _, event in store.events(store.runs()[0].run)]
        with pytest.raises(LedgerError):
            verify(store, events, head)
