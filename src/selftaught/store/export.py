"""A run as JSON lines, and back: what is imported equals what was exported.

The first line is the run; then come its events in the order of writing, each after the texts
that it is the first to mention; the last line counts both, so that half a file is noticed.
Every line is an object with a ``type``: ``run``, ``text``, ``event`` or ``end``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from selftaught.errors import SelftaughtError, UsageError
from selftaught.ports import RunStore
from selftaught.store.rows import fact_data, mentioned, to_fact, to_json, to_row
from selftaught.values.event import Event, RunInfo
from selftaught.values.program import text_id

FORMAT = 1
BATCH = 200
"""Events that an import writes at once."""


def export_lines(store: RunStore, run: str) -> Iterator[str]:
    """Yield a run's lines, without line ends, in ASCII.

    Args:
        store: where the run is kept.
        run: its id, or an unambiguous beginning of it.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: the store can't be read.
    """
    info = store.run(run)
    yield to_json({"type": "run", "format": FORMAT, **asdict(info)})
    known = set(store.texts(info.run))
    texts: set[str] = set()
    events = 0
    for _, event in store.events(info.run):
        first_here = (mentioned(to_row(event)) & known) - texts
        yield from _text_lines(store, first_here)
        texts |= first_here
        yield _event_line(event)
        events += 1
    # What was put but not mentioned, and what a run that is going on wrote meanwhile.
    rest = set(store.texts(info.run)) - texts
    yield from _text_lines(store, rest)
    yield to_json({"type": "end", "events": events, "texts": len(texts | rest)})


def _text_lines(store: RunStore, ids: Iterable[str]) -> Iterator[str]:
    for name in sorted(ids):
        yield to_json({"type": "text", "id": name, "text": store.get(name)})


def _event_line(event: Event) -> str:
    return to_json(
        {
            "type": "event",
            "invocation": event.invocation,
            "sequence": event.sequence,
            "key": event.key,
            "at": event.at,
            "fact": fact_data(event.fact),
        }
    )


def import_lines(store: RunStore, lines: Iterable[str]) -> RunInfo:
    """Add the run that ``export_lines`` wrote to a store; return it. All or nothing.

    Raises:
        UsageError: the lines are no export, or not a whole one.
        StoreError: the store has that run already, or can't be written.
    """
    numbered = enumerate(lines, start=1)
    info = _run_info(_parsed(*next(numbered, (1, ""))))
    store.create(info)
    try:
        _Import(store, info.run).read(numbered)
    except BaseException:
        store.delete(info.run)
        raise
    store.release(info.run)
    return info


class _Import:
    """The lines after the first, on their way into the store."""

    def __init__(self, store: RunStore, run: str) -> None:
        self._store = store
        self._run = run
        self._waiting: list[Event] = []
        self._counted = {"events": 0, "texts": 0}

    def read(self, numbered: Iterator[tuple[int, str]]) -> None:
        for number, line in numbered:
            record = _parsed(number, line)
            if record["type"] == "end":
                self._finish(number, record, numbered)
                return
            try:
                self._take(record)
            except (KeyError, TypeError, ValueError, SelftaughtError) as error:
                raise _refused(number, f"{type(error).__name__}: {error}") from error
            if len(self._waiting) >= BATCH:
                self._flush()
        raise UsageError(
            "a complete export, with a last line that counts events and texts",
            f"its end after {self._counted['events']} events",
            "export the run again",
        )

    def _take(self, record: dict[str, Any]) -> None:
        if record["type"] == "text":
            if text_id(record["text"]) != record["id"]:
                raise ValueError(f"text {record['id']} has another SHA-256")
            self._store.put(record["text"])
            self._counted["texts"] += 1
        elif record["type"] == "event":
            fact = to_fact(record["fact"], "fact")
            place = (str(record["invocation"]), int(record["sequence"]))
            self._waiting.append(Event(*place, fact, str(record["key"]), float(record["at"])))
            self._counted["events"] += 1
        else:
            raise ValueError(f"a line of type {record['type']!r}")

    def _finish(
        self, number: int, record: dict[str, Any], numbered: Iterator[tuple[int, str]]
    ) -> None:
        counted = {name: record.get(name) for name in self._counted}
        if counted != self._counted:
            raise _refused(number, f"{self._counted} before a line that counts {counted}")
        if any(line.strip() for _, line in numbered):
            raise _refused(number + 1, "more lines after the end")
        self._flush()

    def _flush(self) -> None:
        self._store.append(self._run, self._waiting)
        self._waiting = []


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _refused(number, f"no JSON: {error}") from error
    if not isinstance(record, dict) or "type" not in record:
        raise _refused(number, "no object with a type")
    return record


def _run_info(record: dict[str, Any]) -> RunInfo:
    if record["type"] != "run" or record.get("format") != FORMAT:
        raise _refused(1, f"type {record['type']!r}, format {record.get('format')!r}")
    try:
        return RunInfo(
            run=str(record["run"]),
            kind=str(record["kind"]),
            tasks=tuple(str(name) for name in record["tasks"]),
            model=str(record["model"]),
            state=str(record["state"]),
            started=float(record["started"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(1, f"{type(error).__name__}: {error}") from error


def _refused(number: int, found: str) -> UsageError:
    return UsageError(
        f"an export of a run, format {FORMAT}",
        f"in line {number}: {found}",
        "export the run again with `selftaught export RUN`",
    )
