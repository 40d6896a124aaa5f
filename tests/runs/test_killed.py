"""Runs that are killed at any moment: nothing is lost, nothing is paid twice."""

from __future__ import annotations

import random
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from runs.conftest import IMPROVE, RUN, Place, answer, kill
from runs.counting_server import TOKEN, CountingServer
from selftaught.store.sqlite import SqliteStore
from selftaught.values.digest import digest
from selftaught.values.facts import Responded

COMMANDS = {
    "improve": (*IMPROVE, "--improver", "asks.py"),
    "run": (*RUN, "--improver", "asks.py"),
}


def received(path: Path) -> set[str]:
    """The marks of the answers that the newest run's log holds."""
    if not path.exists():
        return set()
    with SqliteStore(path, create=False) as store:
        runs = store.runs()
        events = store.events(runs[0].run, kinds=["responded"]) if runs else iter(())
        texts = [store.get(e.fact.text) for _, e in events if isinstance(e.fact, Responded)]
    return {mark for text in texts for mark in TOKEN.findall(text)}


def whole(place: Place, command: tuple[str, ...]) -> tuple[str, int]:
    """The digest of an uninterrupted run, and its number of events."""
    path = place.folder / "whole.db"
    digest = str(place.finish(*command, store=path)["digest"])
    return digest, len(place.events(path=path))


def killed_at(process: subprocess.Popen[str], path: Path, events: int, seconds: float) -> bool:
    """Kill a process that long after its log has so many events; False where it had ended."""
    while process.poll() is None and logged(path) < events:
        time.sleep(0.005)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return False
    kill(process)
    return True


def logged(path: Path) -> int:
    if not path.exists():
        return 0
    with SqliteStore(path, create=False) as store:
        runs = store.runs()
        return sum(store.counts(runs[0].run).values()) if runs else 0


def start_or_resume(
    place: Place, path: Path, command: tuple[str, ...], options: tuple[str, ...]
) -> subprocess.Popen[str]:
    with SqliteStore(path) as store:
        runs = store.runs()
    if runs and store_has_begun(path, runs[0].run):
        kept = options[2:] if options[:1] == ("--model",) else options  # the run knows its model
        return place.start("resume", runs[0].run, *kept, store=path)
    return place.start(*command, *options, store=path)


def store_has_begun(path: Path, run: str) -> bool:
    with SqliteStore(path, create=False) as store:
        return store.last(run, "run_started") is not None


def test_a_run_killed_twice_on_its_way_ends_like_one_that_was_not(
    place: Place, server: CountingServer
) -> None:
    command, chance = COMMANDS["run"], random.Random(5)
    expected, count = whole(place, (*command, *server.options))
    for moment in sorted(chance.sample(range(count), 2)):
        known = received(place.path)
        asked = len(server.asked)
        process = start_or_resume(place, place.path, command, server.options)
        assert killed_at(process, place.path, moment, chance.uniform(0, 0.05))
        assert not known & set(server.asked[asked:]), "paid twice"
    known, asked = received(place.path), len(server.asked)
    found = answer(start_or_resume(place, place.path, command, server.options))
    assert not known & set(server.asked[asked:]), "paid twice"
    assert found["stopped"] == "done"
    assert found["digest"] == expected == digest(place.events())


@pytest.fixture(scope="module")
def uninterrupted(
    tmp_path_factory: pytest.TempPathFactory, server: CountingServer
) -> dict[str, tuple[str, int]]:
    """The digest and the number of events of each command."""
    return {
        name: whole(Place(tmp_path_factory.mktemp(name) / "here"), (*command, *server.options))
        for name, command in COMMANDS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(50))
def test_a_run_killed_at_any_moment_ends_like_one_that_was_not(
    place: Place,
    server: CountingServer,
    uninterrupted: dict[str, tuple[str, int]],
    moment: int,
) -> None:
    name, chance = ("run", "improve")[moment % 2], random.Random(moment)
    command, (expected, count) = COMMANDS[name], uninterrupted[name]
    asked = len(server.asked)
    process = place.start(*command, *server.options)
    killed_at(process, place.path, chance.randrange(count), chance.uniform(0, 0.1))
    known = received(place.path)
    assert known <= set(server.asked[asked:])
    asked = len(server.asked)
    found = answer(start_or_resume(place, place.path, command, server.options))
    assert not known & set(server.asked[asked:]), "paid twice"
    assert found["digest"] == expected
