"""Control from outside: signals, stop, pause, approval, and what may not be done to a run."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.conftest import IMPROVE, RUN, Here, Place, answer, kill
from app.counting_server import CountingServer
from selftaught.app.requests import approve, ask
from selftaught.app.working import execute, resume
from selftaught.engine.settings import Caps
from selftaught.errors import StoreError, UsageError
from selftaught.store.sqlite import SqliteStore
from selftaught.values.digest import digest
from selftaught.values.event import Event
from selftaught.values.facts import Approved, Decided, Responded

ASKS = ("--improver", "asks.py")


def responded(count: int) -> Callable[[list[Event]], bool]:
    return lambda events: sum(isinstance(event.fact, Responded) for event in events) >= count


@pytest.fixture
def slow_server() -> Iterator[CountingServer]:
    with CountingServer(seconds=0.3) as found:
        yield found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_good_order(
    here: Here, slow_server: CountingServer, number: signal.Signals
) -> None:
    place = here.place
    process = place.start(*IMPROVE, *ASKS, *slow_server.options)
    place.until(responded(2))
    process.send_signal(number)
    found = answer(process, 130)
    assert (found["stopped"], found["reason"]) == ("interrupted", number.name)
    assert place.state() == "stopped"
    again = resume(found["run"], here.priced(slow_server))
    assert again.stopped == "done"
    assert again.digest == digest(place.events())
    assert again.spent.responses == 6


def test_a_detached_run_goes_on_by_itself(place: Place, slow_server: CountingServer) -> None:
    started = place.start(*IMPROVE, *ASKS, *slow_server.options, "--detach")
    told = answer(started)
    assert told["run"] == place.newest()
    assert os.getsid(told["process"]) == told["process"] != os.getsid(0)
    log = place.folder / told["log"]
    place.until(lambda _: log.read_text().endswith("}\n"))
    found = json.loads(log.read_text().splitlines()[-1])
    assert (found["run"], found["stopped"]) == (told["run"], "done")
    assert found["digest"] == digest(place.events())


def test_a_detached_command_that_can_not_begin_says_why(place: Place) -> None:
    refused = place.finish(*IMPROVE, *ASKS, "--model", "replay:none", "--detach", status=1)
    assert "none" in refused["error"]["found"]
    assert refused["error"]["next"]


def test_a_run_can_be_stopped_through_the_store(here: Here, slow_server: CountingServer) -> None:
    place = here.place
    process = place.start(*IMPROVE, *ASKS, *slow_server.options)
    place.until(responded(2))
    ask(here.options, place.newest(), "stop")
    found = answer(process, 130)
    assert (found["stopped"], found["reason"]) == ("interrupted", "asked to stop")


def test_a_paused_run_asks_nothing_until_it_goes_on(
    place: Place, slow_server: CountingServer
) -> None:
    process = place.start(*IMPROVE, *ASKS, *slow_server.options)
    place.until(responded(2))
    run = place.newest()
    ask(Here(place).options, run, "pause")
    place.until_state("paused")
    place.until(responded(len(set(slow_server.asked))))
    paused = len(slow_server.asked)
    time.sleep(1.0)  # three answers' time
    assert len(slow_server.asked) == paused < 6
    ask(Here(place).options, run, "resume")
    found = answer(process)
    assert found["stopped"] == "done"
    assert place.state() == "done"


def test_a_stop_that_came_too_late_does_not_stop_the_next_session(here: Here) -> None:
    found = execute(here.improve(), here.options)
    with SqliteStore(here.options.store) as store:
        store.request(found.run, "stop")
        store.request(found.run, "pause")
    assert resume(found.run, here.options).stopped == "done"


def test_a_run_that_goes_on_can_be_neither_resumed_nor_deleted(
    here: Here, slow_server: CountingServer
) -> None:
    place = here.place
    process = place.start(*IMPROVE, *ASKS, *slow_server.options)
    place.until(responded(1))
    with pytest.raises(StoreError, match=str(process.pid)):
        resume(place.newest(), here.priced(slow_server))
    with (
        SqliteStore(place.path, create=False) as store,
        pytest.raises(StoreError, match=str(process.pid)),
    ):
        store.delete(place.newest())
    assert answer(process)["stopped"] == "done"


def test_wall_time_counts_over_all_sessions(here: Here, slow_server: CountingServer) -> None:
    options = here.priced(slow_server)
    slow_server.seconds = 5.0
    found = execute(here.improve(model="openai/counting", caps=Caps(seconds=1.0)), options)
    assert found.stopped == "budget"
    assert "1 seconds" in found.reason
    again = resume(found.run, options)
    assert again.stopped == "budget"
    assert again.spent.responses == 0


@pytest.mark.slow
def test_a_store_that_is_removed_during_a_run_ends_it(
    here: Here, slow_server: CountingServer
) -> None:
    place = here.place
    process = place.start(*IMPROVE, *ASKS, *slow_server.options)
    place.until(responded(2))
    run = place.newest()
    for file in place.folder.glob("store.db*"):
        if file.is_file():
            file.unlink()
    found = answer(process, 1)
    assert found["error"]["kind"] == "StoreError"
    assert "removed" in found["error"]["found"]
    (rescued,) = place.folder.glob("store.db.rescued-*")
    rescued.rename(place.path)
    again = resume(run, here.priced(slow_server))
    assert again.stopped == "done"
    assert again.spent.responses == 6


# ------------------------------------------------------------------------------ approval


def test_a_run_waits_for_a_persons_word(place: Place, server: CountingServer) -> None:
    command = (*RUN, *ASKS, "--adopt", "paper", "--approve", "--rounds", "2", *server.options)
    process = place.start(*command)
    options, decided = Here(place).options, list[str]()
    for number in (1, 2):
        place.until(lambda events, n=number: len(_decisions(events)) == n)
        place.until_state("waiting")
        decided.append(str(_decisions(place.events())[-1].proposed))
        approve(options, place.newest(), reject=number == 2)
        place.until(lambda events, n=number: len(_words(events)) == n)
        with SqliteStore(place.path) as store:  # said again, too late: it is about nothing else
            store.request(place.newest(), "approve", decided[-1])
    found = answer(process)
    words = [(word.program, word.approved) for word in _words(place.events())]
    assert words == [(decided[0], True), (decided[1], False)]
    assert found["final"]["id"] == decided[0]


def test_only_a_run_that_waits_can_be_approved(here: Here) -> None:
    found = execute(here.improve(), here.options)
    with pytest.raises(UsageError, match="waits"):
        approve(here.options, found.run)


@pytest.mark.slow
def test_a_run_killed_while_it_waits_hears_the_word_when_it_is_resumed(
    here: Here, server: CountingServer
) -> None:
    place = here.place
    process = place.start(*RUN, *ASKS, "--adopt", "paper", "--approve", *server.options)
    place.until_state("waiting")
    kill(process)
    approve(here.options, place.newest())
    assert resume(place.newest(), here.priced(server)).stopped == "done"
    assert [word.approved for word in _words(place.events())] == [True]


def _decisions(events: list[Event]) -> list[Decided]:
    return [event.fact for event in events if isinstance(event.fact, Decided)]


def _words(events: list[Event]) -> list[Approved]:
    return [event.fact for event in events if isinstance(event.fact, Approved)]


# ---------------------------------------------------------------------- changed since then


def test_changed_task_files_are_named_and_refused(here: Here, tmp_path: Path) -> None:
    found = execute(here.improve(), here.options)
    utility = here.place.folder / "square" / "utility.py"
    utility.write_text(utility.read_text() + "\n# changed\n")
    with pytest.raises(UsageError, match=r"changes in square \(digest") as refused:
        resume(found.run, here.options)
    assert "--rebase" in str(refused.value)
    assert resume(found.run, here.options, rebase=True).stopped == "done"


@pytest.mark.parametrize("version", ["0.0.9", "7.1.0"])
def test_a_log_of_another_version_is_refused_with_the_reason(here: Here, version: str) -> None:
    found = execute(here.improve(), here.options)
    with SqliteStore(here.options.store) as store:
        db = store._database._db
        db.execute(
            "UPDATE events SET data = json_set(data, '$.version', ?) WHERE kind = 'run_started'",
            (version,),
        )
    with pytest.raises(StoreError, match=version):
        resume(found.run, here.options)
