from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.memory_store import MemoryStore
from selftaught.errors import StoreError, UnknownNameError
from selftaught.store.parquet import write_parquet
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Noted


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    store.create(RunInfo("run-1", "run", ("tour",), "offline", "done", 12.5))
    for number, text in enumerate(("one", "lone \ud800")):
        fact = Noted(topic="t", text=store.put(text))
        store.append("run-1", [Event("r1", number, fact, f"key/{number}", 0.5)])
    return store


def test_events_and_texts_are_tables(store: MemoryStore, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    events, texts = write_parquet(store, "run", tmp_path / "new" / "folder")
    rows = parquet.read_table(events).to_pylist()
    assert [(row["run"], row["invocation"], row["sequence"], row["kind"]) for row in rows] == [
        ("run-1", "r1", 0, "noted"),
        ("run-1", "r1", 1, "noted"),
    ]
    assert [row["at"] for row in rows] == [0.5, 0.5]
    assert rows[0]["position"] < rows[1]["position"]
    named = {row["id"]: row["text"] for row in parquet.read_table(texts).to_pylist()}
    assert named[json.loads(rows[0]["data"])["text"]] == "one"
    assert named[json.loads(rows[1]["data"])["text"]] == r"lone \ud800"


def test_a_run_without_events_gives_empty_tables(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    store = MemoryStore()
    store.create(RunInfo("run-1", "run", (), "offline", "done", 1.0))
    events, texts = write_parquet(store, "run-1", tmp_path)
    assert parquet.read_table(events).num_rows == 0
    assert parquet.read_table(texts).num_rows == 0


def test_an_unknown_run_and_a_folder_that_cannot_be_made(
    store: MemoryStore, tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(UnknownNameError):
        write_parquet(store, "run-2", tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="write access and free space"):
        write_parquet(store, "run-1", tmp_path / "file" / "folder")


WITHOUT_PYARROW = """
import sys
from pathlib import Path
from selftaught.errors import UsageError
from fakes.memory_store import MemoryStore
from selftaught.store.parquet import write_parquet
assert "pyarrow" not in sys.modules
sys.modules["pyarrow"] = None
try:
    write_parquet(MemoryStore(), "run-1", Path(sys.argv[1]))
except UsageError as refused:
    print(refused)
"""


def test_without_pyarrow_the_command_that_installs_it_is_named(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYARROW, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "pip install 'selftaught[parquet]'" in said
