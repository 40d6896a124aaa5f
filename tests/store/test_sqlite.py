from __future__ import annotations

import re
import sqlite3
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fakes.memory_store import MemoryStore
from selftaught.errors import SelftaughtError, StoreError
from selftaught.store.sqlite import PAGE, SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Fact, Noted, Responded, RoundStarted

RUNS = ("run-1", "run-2", "run-22")


def info(run: str = "run-1", started: float = 1.0) -> RunInfo:
    return RunInfo(run, "run", ("tour",), "offline", "running", started)


def noted(number: int, text: str = "x") -> Event:
    return Event("r1", number, Noted(topic="t", text=text))


def test_a_store_is_kept_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "store.db"
    with SqliteStore(path) as store:
        store.create(info())
        name = store.put("a text")
        store.append("run-1", [noted(0)])
    with SqliteStore(str(path), create=False) as store:
        assert store.runs() == [info()]
        assert [event for _, event in store.events("run-1")] == [noted(0)]
        assert store.get(name) == "a text"


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "100% ?ö#.db"
    SqliteStore(path).close()
    assert path.exists()


def test_texts_that_no_event_came_after_are_kept_on_closing(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "store.db") as store:
        name = store.put("a text")
    with SqliteStore(tmp_path / "store.db") as store:
        assert store.get(name) == "a text"


def test_more_events_than_a_page_come_in_order(tmp_store: SqliteStore) -> None:
    tmp_store.create(info())
    count = 2 * PAGE + 3
    tmp_store.append("run-1", [noted(number) for number in range(count)])
    assert [event.sequence for _, event in tmp_store.events("run-1")] == list(range(count))
    kinds = [event.sequence for _, event in tmp_store.events("run-1", kinds=["noted"])]
    assert kinds == list(range(count))


def test_a_reader_in_another_connection_sees_a_run_that_is_going_on(tmp_store: SqliteStore) -> None:
    tmp_store.create(info())
    with SqliteStore(tmp_store.path, create=False) as reader:
        for number in range(3):
            tmp_store.append("run-1", [noted(number, tmp_store.put(str(number)))])
            events = [event for _, event in reader.events("run-1", after=0)]
            assert len(events) == number + 1
            assert reader.get(tmp_store.put(str(number))) == str(number)
        reader.request("run-1", "stop")
    assert [request.action for request in tmp_store.control("run-1")] == ["stop"]


def test_reading_may_be_given_up_half_way_while_writing_goes_on(tmp_store: SqliteStore) -> None:
    tmp_store.create(info())
    tmp_store.append("run-1", [noted(number) for number in range(PAGE + 1)])
    events = tmp_store.events("run-1")
    next(events)
    tmp_store.append("run-1", [noted(PAGE + 1)])
    assert sum(1 for _ in events) == PAGE + 1


def test_a_text_put_again_after_its_run_was_deleted_elsewhere_is_kept_again(
    tmp_store: SqliteStore,
) -> None:
    for run in ("run-1", "run-2"):
        tmp_store.create(info(run))
    name = tmp_store.put("shared")
    tmp_store.append("run-1", [noted(0, name)])
    tmp_store.release("run-1")
    tmp_store.put("shared")
    with SqliteStore(tmp_store.path) as other:
        other.delete("run-1")
    tmp_store.append("run-2", [noted(0, name)])
    with SqliteStore(tmp_store.path) as other:
        assert other.get(name) == "shared"


def test_deleting_a_run_gives_its_space_back(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sizes = []
    for _ in range(2):
        with SqliteStore(path) as store:
            if store.runs():
                store.delete("run-1")
            else:
                store.create(info())
                store.append("run-1", [noted(number, "x" * 1_000) for number in range(1_000)])
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0] / 5


def test_threads_share_a_store(tmp_store: SqliteStore) -> None:
    tmp_store.create(info())
    faults: list[BaseException] = []

    def write(place: str) -> None:
        try:
            for number in range(20):
                text = tmp_store.put(f"{place} {number}")
                tmp_store.append("run-1", [Event(place, number, Noted(topic="t", text=text))])
        except SelftaughtError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(f"r{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert tmp_store.counts("run-1") == {"noted": 120}
    assert len(tmp_store.texts("run-1")) == 120


@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.counts("run-1"),
        lambda store: store.last("run-1", "decided"),
        lambda store: list(store.events("run-1", kinds=["decided"])),
    ],
    ids=["counts", "last", "events of kinds"],
)
def test_what_is_not_shown_is_not_read(tmp_store: SqliteStore, read: object) -> None:
    """Counting and choosing by kind look at an index only, which holds no event's data."""
    assert callable(read)
    tmp_store.create(info())
    seen: list[str] = []
    database = tmp_store._database._db
    database.set_trace_callback(seen.append)
    read(tmp_store)
    database.set_trace_callback(None)
    (query,) = [sql for sql in seen if "FROM events" in sql]
    plan = " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert re.search(r"USING (COVERING )?INDEX events_order \(run=\?", plan), plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_events_out_of_the_log_say_where_they_are_damaged(tmp_store: SqliteStore) -> None:
    tmp_store.create(info())
    tmp_store.append("run-1", [noted(0)])
    with sqlite3.connect(tmp_store.path) as db:
        db.execute("UPDATE events SET data = '{}'")
    db.close()
    with pytest.raises(StoreError, match=r"run run-1, 'r1' 0"):
        list(tmp_store.events("run-1"))


def responded(number: int, cost_usd: float | None) -> Event:
    fact = Responded(
        call=0,
        prompt=0,
        sample=number,
        text="a" * 64,
        tokens_in=1,
        tokens_out=1,
        cost_usd=cost_usd,
        estimated=False,
        model="m",
        fingerprint="",
        finish="stop",
    )
    return Event("r1", number, fact)


@pytest.mark.parametrize(
    ("events", "is_synced"),
    [
        ([noted(1)], False),
        ([responded(1, 0.0)], False),
        ([responded(1, 0.01)], True),
        ([responded(1, None)], True),
        ([noted(1), responded(2, 0.01), noted(3)], True),
        ([Event("", 1, RoundStarted(round=1, improver="a"))], False),
    ],
)
def test_what_was_paid_for_waits_for_the_disk(
    tmp_store: SqliteStore, events: list[Event], *, is_synced: bool
) -> None:
    tmp_store.create(info())
    tmp_store.append("run-1", events)
    levels = {False: 1, True: 2}  # NORMAL, FULL
    assert tmp_store._database.query("PRAGMA synchronous") == [(levels[is_synced],)]
    tmp_store.set_state("run-1", "done")
    assert tmp_store._database.query("PRAGMA synchronous") == [(2,)]


class LikeMemory(RuleBasedStateMachine):
    """Whatever is done, the SQLite store answers as the one in memory."""

    runs = st.sampled_from(RUNS)

    @initialize()
    def make(self) -> None:
        self.memory = MemoryStore()
        self.folder = tempfile.TemporaryDirectory()
        self.sqlite = SqliteStore(Path(self.folder.name) / "store.db")

    def both(self, action: str, *args: object, **options: object) -> None:
        answers: list[object] = []
        for store in (self.memory, self.sqlite):
            try:
                answer = getattr(store, action)(*args, **options)
                if action == "control":
                    answer = [(request.action, request.detail) for request in answer]
                answers.append(answer)
            except SelftaughtError as refused:
                answers.append(type(refused))
        assert answers[0] == answers[1]

    @rule(run=runs, started=st.integers(0, 3))
    def create(self, run: str, started: int) -> None:
        self.both("create", info(run, started))

    @rule(
        run=runs,
        places=st.lists(st.tuples(st.sampled_from(["", "r1"]), st.integers(0, 9)), max_size=4),
        key=st.sampled_from(["", "", "k", "l"]),
        text=st.sampled_from("abc"),
        is_round=st.booleans(),
    )
    def append(
        self, run: str, places: list[tuple[str, int]], key: str, text: str, *, is_round: bool
    ) -> None:
        self.both("put", text)
        name = self.memory.put(text)
        fact: Fact = Noted(topic="t", text=name)
        if is_round:
            fact = RoundStarted(round=1, improver=name)
        events = [Event(*place, fact, key if place == places[0] else "") for place in places]
        self.both("append", run, events)

    @rule(run=runs)
    def delete(self, run: str) -> None:
        self.both("delete", run)

    @rule(run=runs, action=st.sampled_from(["stop", "pause", "nonsense"]))
    def request(self, run: str, action: str) -> None:
        self.both("request", run, action)

    @rule(run=runs, state=st.sampled_from(["done", "failed"]))
    def set_state(self, run: str, state: str) -> None:
        self.both("set_state", run, state)

    @rule(run=runs, action=st.sampled_from(["claim", "release"]))
    def own(self, run: str, action: str) -> None:
        self.both(action, run)

    @invariant()
    def equal(self) -> None:
        self.both("runs")
        for run in (*RUNS, "run", ""):
            self.both("run", run)
        for run in RUNS:
            for action in ("counts", "texts", "control", "owner"):
                self.both(action, run)
            self.both("last", run, "round_started")
            events = [self.listed(store, run) for store in (self.memory, self.sqlite)]
            assert events[0] == events[1]

    def listed(self, store: MemoryStore | SqliteStore, run: str) -> list[Event] | None:
        try:
            return [event for _, event in store.events(run)]
        except SelftaughtError:
            return None

    def teardown(self) -> None:
        if hasattr(self, "sqlite"):
            self.sqlite.close()
            self.folder.cleanup()


TestLikeMemory = LikeMemory.TestCase
TestLikeMemory.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
