from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from selftaught.errors import StoreError
from selftaught.store.database import Database
from selftaught.store.schema import STEPS, migrate, version_of
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import InvocationStarted, Noted, RoundStarted

STORED_1 = Path(__file__).with_name("stored_1.sql")
"""A store of version 1 as text; made by tests/store/make_stored.py, never edited."""

NEXT = (
    ("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''",),
    (
        "CREATE TABLE kinds (kind TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT",
        "INSERT INTO kinds SELECT kind, count(*) FROM events GROUP BY kind",
    ),
)
"""Two versions that might come."""


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as db:
        db.executescript(STORED_1.read_text(encoding="utf-8"))
    db.close()
    return path


def test_a_store_that_is_being_made_is_seen_as_it_was_before_or_after(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.db"
        maker = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        maker.execute("PRAGMA journal_mode = WAL")
        reader = sqlite3.connect(path, isolation_level=None)
        making = threading.Thread(target=migrate, args=(maker,))
        making.start()
        while making.is_alive():
            assert version_of(reader) in (0, len(STEPS))
        making.join()
        assert version_of(reader) == len(STEPS)
        reader.close()
        maker.close()


def test_a_stored_older_file_is_read(stored: Path) -> None:
    with SqliteStore(stored) as store:
        assert store.runs() == [RunInfo("run-1", "run", ("tour", "é"), "offline", "done", 12.5)]
        assert [event for _, event in store.events("run-1")] == [
            Event("", 0, RoundStarted(round=1, improver="a" * 64), "round/1"),
            Event(
                "r1/tour/0",
                0,
                InvocationStarted(improver="a" * 64, task="tour", initial="b" * 64, seed=7),
            ),
            Event("", 1, Noted(topic="lone", text="\ud800")),
        ]
        texts = [store.get(name) for name in store.texts("run-1")]
        assert sorted(texts) == sorted(["a short text \ud800", "a long text " * 40])
        assert [request.action for request in store.control("run-1")] == ["pause"]
        store.append("run-1", [Event("", 2, Noted(topic="t", text="goes on"))])


def test_an_older_store_is_brought_to_a_newer_version_with_its_data(stored: Path) -> None:
    database = Database(stored, steps=(*STEPS, *NEXT))
    assert database.query("PRAGMA user_version") == [(len(STEPS) + 2,)]
    assert database.query("SELECT id, note FROM runs") == [("run-1", "")]
    assert database.query("SELECT sum(number) FROM kinds") == [(3,)]
    database.close()


def test_a_newer_store_is_refused_with_the_reason_and_left_alone(stored: Path) -> None:
    Database(stored, steps=(*STEPS, *NEXT)).close()
    before = stored.read_bytes()
    with pytest.raises(StoreError, match=f"found version {len(STEPS) + 2}, written by a newer"):
        SqliteStore(stored)
    assert stored.read_bytes() == before


def test_a_step_that_fails_changes_nothing(stored: Path) -> None:
    broken = (*STEPS, NEXT[0], ("CREATE TABLE runs (again)",))
    with pytest.raises(StoreError, match="already exists"):
        Database(stored, steps=broken)
    with SqliteStore(stored) as store:
        assert store.counts("run-1") == {"invocation_started": 1, "noted": 1, "round_started": 1}


def test_migrating_twice_does_nothing_the_second_time() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    assert migrate(db) == 0
    assert migrate(db) == len(STEPS)
    assert version_of(db) == len(STEPS)
    db.close()


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program's"):
        SqliteStore(path)
    assert path.read_bytes() == before
