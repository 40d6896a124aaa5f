"""Faults of the machine: each a StoreError that says what to do, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from selftaught.errors import StoreError
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Noted

SCRIPTS = Path(__file__).with_name("fault_scripts.py")


def script(*arguments: str | Path, before: tuple[str, ...] = ()) -> str:
    command = [*before, sys.executable, str(SCRIPTS), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def noted(number: int) -> Event:
    return Event("r1", number, Noted(topic="t", text="x"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path)
    return path


def fill(path: Path) -> None:
    with SqliteStore(path) as store:
        store.create(RunInfo("run-1", "run", ("tour",), "offline", "running", 1.0))
        store.append("run-1", [noted(number) for number in range(3)])


def sequences(path: Path) -> list[int]:
    with SqliteStore(path) as store:
        return [event.sequence for _, event in store.events("run-1")]


def test_a_missing_store_is_an_error_where_it_is_not_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no such file\n.*start a run"):
        SqliteStore(tmp_path / "store.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore(path)
    assert path.read_text() == "no database at all, " * 100


def test_a_path_that_can_be_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="path is a file"):
        SqliteStore(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="a folder for the store"):
        SqliteStore(tmp_path / "file" / "store.db")


def test_a_corrupt_store_is_named_as_such(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"intact store.*malformed"), SqliteStore(path) as store:
        list(store.events("run-1"))


def test_a_damaged_text_is_named_as_such(path: Path) -> None:
    with SqliteStore(path) as store:
        name = store.put("a text " * 100)
        store.append("run-1", [noted(3)])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE texts SET data = x'00'")
    db.close()
    with SqliteStore(path) as store, pytest.raises(StoreError, match="intact"):
        store.get(name)


def test_a_store_that_another_program_locks_is_refused_then_goes_on(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with SqliteStore(path, lock_seconds=0.05) as store:
        with pytest.raises(StoreError, match="free for a moment"):
            store.append("run-1", [noted(3)])
        assert len(list(store.events("run-1"))) == 3
        other.execute("ROLLBACK")
        other.close()
        store.append("run-1", [noted(3)])
    assert sequences(path) == [0, 1, 2, 3]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("folder_mode", "file_mode"), [(0o555, 0o444), (0o555, 0o666), (0o777, 0o444)]
)
def test_a_store_that_may_not_be_written_can_still_be_read(
    open_folder: Path, folder_mode: int, file_mode: int
) -> None:
    path = open_folder / "store.db"
    fill(path)
    path.chmod(file_mode)
    open_folder.chmod(folder_mode)
    found, faults = json.loads(script("read_without_leave", path))
    assert found == [0, 1, 2]
    assert len(faults) == 3
    assert all("write access" in expected for expected, _ in faults)
    assert all("write permission" in next_step for _, next_step in faults)


def test_an_older_store_that_may_not_be_written_says_so(open_folder: Path) -> None:
    path = open_folder / "store.db"
    fill(path)
    open_folder.chmod(0o555)
    refused = script("migrate_without_leave", path)
    assert "from version 1 to 2" in refused
    assert "read-only" in refused
    assert "copy it" in refused


def test_a_full_disk_loses_nothing_and_the_same_write_succeeds_once_there_is_room(
    tmp_path: Path,
) -> None:
    small = 'mount -t tmpfs -o size=4m none "$1" && shift && exec "$@"'
    before = ("unshare", "--mount", "--map-root-user", "sh", "-c", small, "sh", str(tmp_path))
    try:
        subprocess.run([*before, "true"], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no file system of a given size can be mounted here: {error}")
    error, written, kept, after, intact = json.loads(script("fill_disk", tmp_path, before=before))
    assert error is not None
    assert "room on the disk" in error[0] or "disk" in error[0]
    assert "selftaught resume" in error[2]
    assert written > 10
    assert (kept, after, intact) == (written, written + 1, True)


def test_a_full_database_rolls_back_whole_and_goes_on(path: Path) -> None:
    with SqliteStore(path) as store:
        (pages,) = store._database.query("PRAGMA page_count")[0]
        store._database.query(f"PRAGMA max_page_count = {pages}")
        name = store.put(os.urandom(50_000).hex())
        with pytest.raises(StoreError, match=r"room on the disk.*full"):
            store.append("run-1", [noted(3), noted(4)])
        assert len(list(store.events("run-1"))) == 3
        store._database.query("PRAGMA max_page_count = 1000000")
        store.append("run-1", [noted(3), noted(4)])
    with SqliteStore(path) as store:
        assert len(store.get(name)) == 100_000
    assert sequences(path) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("what", ["file", "file and log", "folder", "replaced"])
def test_a_store_removed_during_a_run_is_noticed_and_saved(tmp_path: Path, what: str) -> None:
    path = tmp_path / "runs" / "store.db"
    fill(path)
    with SqliteStore(path) as store:
        store.append("run-1", [noted(3)])
        if what == "folder":
            shutil.rmtree(path.parent)
        elif what == "replaced":
            path.rename(tmp_path / "aside.db")
            path.write_bytes(b"")
        else:
            for each in path.parent.glob("store.db*" if "log" in what else "store.db"):
                shutil.rmtree(each) if each.is_dir() else each.unlink()
        with pytest.raises(StoreError, match="removed or replaced") as refused:
            store.append("run-1", [noted(4)])
        with pytest.raises(StoreError, match="removed or replaced"):
            store.append("run-1", [noted(5)])
    saved = path.with_name(f"store.db.rescued-{os.getpid()}")
    assert str(saved) in refused.value.next_step
    assert sequences(saved) == [0, 1, 2, 3, 4]


def test_what_was_appended_survives_kill_9(path: Path) -> None:
    path.unlink()
    with SqliteStore(path) as store:
        store.create(RunInfo("run-1", "run", ("tour",), "offline", "running", 1.0))
    for wanted in (1, 20):
        with SqliteStore(path) as store:
            if store.counts("run-1"):
                store.delete("run-1")
                store.create(RunInfo("run-1", "run", ("tour",), "offline", "running", 1.0))
        command = [sys.executable, str(SCRIPTS), "append_until_killed", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for number in writer.stdout:
                if int(number) >= wanted:
                    break
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")
            durable = max([int(number), *(int(line) for line in rest if line)])
        with SqliteStore(path) as store:
            events = [event for _, event in store.events("run-1")]
            assert [event.sequence for event in events] == list(range(len(events)))
            assert len(events) >= durable + 1
            assert all(isinstance(event.fact, Noted) for event in events)
            names = {event.fact.text for event in events if isinstance(event.fact, Noted)}
            assert names == set(store.texts("run-1"))
            assert all(len(store.get(name)) == 40_000 for name in names)
            assert store.owner("run-1") is None


def test_several_processes_make_one_store_and_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    runs = [f"run-{number}" for number in range(4)]
    command = [sys.executable, str(SCRIPTS), "append_some", str(path)]
    writers = [subprocess.Popen([*command, run, "25"]) for run in runs]
    try:
        assert [writer.wait(timeout=120) for writer in writers] == [0] * len(runs)
    finally:
        for writer in writers:
            writer.kill()
    with SqliteStore(path) as store:
        assert sorted(info.run for info in store.runs()) == runs
        assert [store.counts(run) for run in runs] == [{"noted": 25}] * len(runs)
        assert all(len(store.texts(run)) == 25 for run in runs)
