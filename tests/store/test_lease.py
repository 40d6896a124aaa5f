from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from selftaught.errors import StoreError
from selftaught.store.lease import Leases
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Noted

OWNER = """
import sys
from selftaught.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
store.claim("run-1")
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with SqliteStore(path) as store:
        store.create(RunInfo("run-1", "run", (), "offline", "running", 1.0))
    return path


def owner_of(path: Path) -> subprocess.Popen[str]:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "claimed\n"
    return owner


def test_a_run_of_another_process_is_refused_until_that_is_killed(path: Path) -> None:
    with owner_of(path) as owner, SqliteStore(path) as store:
        try:
            assert store.owner("run-1") == owner.pid
            for refused in (
                lambda: store.claim("run-1"),
                lambda: store.append("run-1", [Event("", 0, Noted(topic="t", text="x"))]),
                lambda: store.delete("run-1"),
            ):
                with pytest.raises(
                    StoreError, match=f"process {owner.pid}, which is working"
                ) as error:
                    refused()
                assert "selftaught stop run-1" in error.value.next_step
            store.request("run-1", "stop")
            assert list(store.events("run-1")) == []
        finally:
            owner.kill()
            owner.wait()
        assert store.owner("run-1") is None
        store.claim("run-1")
        assert store.owner("run-1") == os.getpid()


def test_two_store_objects_of_one_process_exclude_each_other(path: Path) -> None:
    with SqliteStore(path) as first, SqliteStore(path) as second:
        first.claim("run-1")
        with pytest.raises(StoreError, match=f"process {os.getpid()}, which is working"):
            second.claim("run-1")
        first.release("run-1")
        second.claim("run-1")
        with pytest.raises(StoreError):
            first.claim("run-1")


def test_closing_a_store_frees_its_runs_and_leaves_no_lock_file(path: Path) -> None:
    with SqliteStore(path) as first:
        first.claim("run-1")
    with SqliteStore(path) as second:
        assert second.owner("run-1") is None
    assert list(path.with_name("store.db-locks").iterdir()) == []


def test_a_lock_file_left_by_a_dead_owner_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "7").write_text("999999999")
    leases = Leases(tmp_path)
    assert leases.owner(7) is None
    leases.claim(7, "run-7")
    assert leases.owner(7) == os.getpid()
    leases.close()
    assert not (tmp_path / "7").exists()


def test_a_lease_whose_file_was_replaced_leaves_the_new_file_alone(tmp_path: Path) -> None:
    old, new = Leases(tmp_path), Leases(tmp_path)
    old.claim(1, "run-1")
    (tmp_path / "1").unlink()
    new.claim(1, "run-1")
    old.release(1)
    assert (tmp_path / "1").exists()
    assert Leases(tmp_path).owner(1) == os.getpid()
    new.close()


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="lock files"):
        Leases(tmp_path / "file").claim(1, "run-1")
