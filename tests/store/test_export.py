from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.memory_store import MemoryStore
from selftaught.errors import SelftaughtError, StoreError, UnknownNameError, UsageError
from selftaught.store.export import BATCH, export_lines, import_lines
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import Noted

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def filled(texts: list[str], at: float = 0.5, unmentioned: str = "only put") -> MemoryStore:
    store = MemoryStore()
    store.create(RunInfo("run-1", "run", ("tour", "é"), "offline", "done", 12.5))
    store.put(unmentioned)
    for number, text in enumerate(texts):
        fact = Noted(topic=text, text=store.put(text))
        store.append("run-1", [Event("r1", number, fact, f"key/{number}", at)])
    return store


@given(st.lists(ANY_TEXT, max_size=8), st.floats(0, 1e12))
def test_export_then_import_is_the_identity(texts: list[str], at: float) -> None:
    store, other = filled(texts, at), MemoryStore()
    lines = list(export_lines(store, "run-1"))
    assert import_lines(other, lines) == store.run("run-1")
    assert list(export_lines(other, "run-1")) == lines
    events = [[event for _, event in each.events("run-1")] for each in (store, other)]
    assert events[0] == events[1]
    assert {other.get(name) for name in other.texts("run-1")} == {*texts, "only put"} - (
        set() if texts else {"only put"}
    )


def test_a_large_run_goes_from_file_to_file(tmp_path: Path, tmp_store: SqliteStore) -> None:
    source = filled([f"text {number % 7}" for number in range(2 * BATCH + 1)])
    lines = list(export_lines(source, "run"))
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    with file.open(encoding="ascii") as stream:
        import_lines(tmp_store, stream)
    assert list(export_lines(tmp_store, "run-1")) == lines
    assert tmp_store.owner("run-1") is None


def test_each_text_comes_once_and_before_the_event_that_mentions_it() -> None:
    seen: list[str] = []
    for line in export_lines(filled(["a", "b", "a"]), "run-1"):
        record = json.loads(line)
        if record["type"] == "text":
            assert record["id"] not in seen
            seen.append(record["id"])
        if record["type"] == "event":
            assert record["fact"]["text"] in seen
    assert len(seen) == 3


def test_an_unknown_run() -> None:
    with pytest.raises(UnknownNameError):
        next(export_lines(filled([]), "run-2"))


def replaced(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [line.replace(old, new) for line in lines]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda lines: [], "line 1: no JSON"),
        (lambda lines: lines[1:], "line 1: type"),
        (lambda lines: lines[:-1], "its end after 2 events"),
        (lambda lines: [*lines[:-1], lines[-1].replace("2", "3")], "events"),
        (lambda lines: lines[:2] + lines[3:], "a line that counts"),
        (lambda lines: [*lines, lines[1]], "more lines after the end"),
        (lambda lines: [*lines[:2], "[]", *lines[2:]], "line 3: no object"),
        (lambda lines: [*lines[:2], '{"type":"x"}', *lines[2:]], "type 'x'"),
        (replaced('"format":1', '"format":2'), "format 2"),
        (replaced('"started"', '"start"'), "KeyError: 'started'"),
        (replaced('"sequence"', '"place"'), "KeyError: 'sequence'"),
        (replaced('"noted"', '"nonsense"'), "nonsense"),
        (replaced('"text":"one"', '"text":"two"'), "another SHA-256"),
    ],
)
def test_what_is_no_whole_export_is_refused_and_leaves_nothing(
    tmp_store: SqliteStore, spoil: Callable[[list[str]], list[str]], found: str
) -> None:
    lines = spoil(list(export_lines(filled(["one", "other"]), "run-1")))
    with pytest.raises(UsageError) as refused:
        import_lines(tmp_store, lines)
    assert found in str(refused.value)
    assert refused.value.next_step
    assert tmp_store.runs() == []


def test_a_run_that_is_there_already_is_left_alone() -> None:
    store = filled(["one"])
    lines = list(export_lines(store, "run-1"))
    with pytest.raises(StoreError, match="taken"):
        import_lines(store, lines)
    assert list(export_lines(store, "run-1")) == lines


def test_a_place_that_comes_twice_is_refused_and_leaves_nothing(tmp_store: SqliteStore) -> None:
    lines = replaced('"sequence":1', '"sequence":0')(
        list(export_lines(filled(["one", "other"]), "run-1"))
    )
    with pytest.raises(SelftaughtError, match="new places"):
        import_lines(tmp_store, lines)
    assert tmp_store.runs() == []
