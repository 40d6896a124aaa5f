"""The store in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from selftaught.errors import StoreError, UnknownNameError, UsageError
from selftaught.ports import ControlRequest
from selftaught.store.database import Database
from selftaught.store.lease import Leases
from selftaught.store.rows import Row, mentioned, must_be_synced, to_event, to_row
from selftaught.store.summary import ATTEMPTED, READ_KINDS, add_sums
from selftaught.store.text_table import TextTable, drop_uses
from selftaught.values.event import Event, RunInfo
from selftaught.values.state import RunState, fold

PAGE = 500
"""Events read at once: no reader holds a snapshot that would keep the log from shrinking."""

RUN_COLUMNS = "id, kind, tasks, model, state, started"
_OF_KINDS = "kind IN (SELECT value FROM json_each(?))"
ADD_EVENT = """INSERT INTO events (run, invocation, sequence, kind, key, at, data)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


ACTIONS = ("pause", "resume", "stop", "approve")
"""What can be asked of a run from outside."""


class SqliteStore:
    """A `ports.RunStore` in one SQLite file, for several processes and threads at once.

    Each process opens its own. Reading never waits for a writer; writers of different runs
    take turns. Lock files for the runs that are going on lie in ``<path>-locks``.
    """

    def __init__(
        self, path: Path | str, *, create: bool = True, lock_seconds: float = 30.0
    ) -> None:
        """Open the store, bring it to the newest version, make it where it is missing.

        Args:
            path: the database file; its folder is made, too.
            create: False: a missing file is an error, as reading commands want it.
            lock_seconds: how long a write waits for writers of other runs.

        Raises:
            StoreError: it can't be opened, or is no store that this version can read.
        """
        self.path = Path(path)
        self._database = Database(self.path, create=create, lock_seconds=lock_seconds)
        self._leases = Leases(self.path.with_name(self.path.name + "-locks"))
        self._texts = TextTable(self._database)
        self._numbers: dict[str, int] = {}
        self._lock = threading.RLock()

    # ------------------------------------------------------------------------ runs

    def create(self, info: RunInfo) -> None:
        """Add a run and claim it.

        Raises:
            StoreError: its id exists, or the store can't be written.
        """
        values = (info.run, info.kind, json.dumps(info.tasks), info.model, info.state)
        try:
            with self._database.transaction() as db:
                db.execute(
                    f"INSERT INTO runs ({RUN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
                    (*values, info.started),
                )
        except sqlite3.IntegrityError as error:
            raise StoreError(
                "a new run id", f"{info.run}, which is taken", "choose another"
            ) from error
        self.claim(info.run)

    def runs(self) -> list[RunInfo]:
        """Return all runs, newest first."""
        found = self._database.query(
            f"SELECT {RUN_COLUMNS} FROM runs ORDER BY started DESC, number DESC"
        )
        return [_run_info(row) for row in found]

    def run(self, run: str) -> RunInfo:
        """Return one run by its id or an unambiguous beginning of it.

        Raises:
            UnknownNameError: there is none.
            UsageError: several begin like that.
        """
        found = self._database.query(
            f"SELECT {RUN_COLUMNS} FROM runs WHERE substr(id, 1, length(?1)) = ?1 AND ?1 <> ''"
            " ORDER BY id",
            (run,),
        )
        if len(found) == 1 or (found and found[0][0] == run):
            return _run_info(found[0])
        if not found:
            raise self._unknown(run)
        raise UsageError(
            "the id of one run",
            f"{run!r}, with which {len(found)} begin: {', '.join(row[0] for row in found[:8])}",
            "give more of the id",
        )

    def set_state(self, run: str, state: str) -> None:
        """Set a run's state."""
        number = self._number(run)
        with self._database.transaction() as db:
            db.execute("UPDATE runs SET state = ? WHERE number = ?", (state, number))

    def delete(self, run: str) -> None:
        """Remove a run with its events, requests and the texts that only it uses.

        Raises:
            StoreError: the run is going on elsewhere.
        """
        number = self._number(run)
        self.claim(run)
        with self._database.transaction() as db:
            drop_uses(db, number)
            for table, column in (("events", "run"), ("requests", "run"), ("runs", "number")):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))
        self.release(run)
        self._numbers.pop(run, None)
        self._database.shrink()

    # ---------------------------------------------------------------------- events

    def append(self, run: str, events: Iterable[Event]) -> None:
        """Write events, and texts that were put, durably, all or none; claim the run.

        Waits for the disk where something was paid for or decided; what can be computed
        again for nothing survives kill -9 at once, and a power loss with the next of those.

        Raises:
            StoreError: an event's place or key is taken, or the store can't be written.
        """
        new = list(events)
        rows = [to_row(event) for event in new]
        number = self._number(run)
        with self._lock:
            self.claim(run)
            try:
                self._write(number, rows, synced=any(must_be_synced(event) for event in new))
            except sqlite3.IntegrityError as error:
                raise StoreError(
                    f"events of run {run} at new places (invocation, sequence) with new keys",
                    f"{error}, first of them {rows[0][:4] if rows else ()}",
                    "report this as a fault of selftaught; what was written before is kept",
                ) from error

    def _write(self, number: int, rows: list[Row], *, synced: bool) -> None:
        with self._database.transaction(synced=synced) as db:
            self._texts.write(db)
            db.executemany(ADD_EVENT, ((number, *row) for row in rows))
            self._texts.use(db, number, set[str]().union(*map(mentioned, rows)))
        self._texts.written()

    def events(
        self, run: str, *, kinds: Iterable[str] | None = None, after: int = 0
    ) -> Iterator[tuple[int, Event]]:
        """Yield ``(position, event)`` in the order of writing, positions above ``after``."""
        wanted = None if kinds is None else json.dumps(sorted(set(kinds)))
        if wanted is None:
            yield from self._pages(run, after, "", ())
        else:
            yield from self._pages(run, after, _OF_KINDS, (wanted,))

    def state(self, run: str) -> RunState:
        """Return the fold over the run's events; what it holds only sums of is not read."""
        chosen = f"({_OF_KINDS} OR {ATTEMPTED})"
        events = self._pages(run, 0, chosen, (json.dumps(READ_KINDS),))
        state = fold(event for _, event in events)
        add_sums(state, self.counts(run), self._database.query, self._number(run))
        return state

    def _pages(
        self, run: str, after: int, condition: str, values: tuple[Any, ...]
    ) -> Iterator[tuple[int, Event]]:
        """Yield the events that meet an SQL condition, a page at a time."""
        number = self._number(run)
        sql = (
            "SELECT position, invocation, sequence, kind, key, at, data FROM events"
            " WHERE run = ? AND position > ?"
            + (f" AND {condition}" if condition else "")
            + " ORDER BY position LIMIT ?"
        )
        while True:
            page = self._database.query(sql, (number, after, *values, PAGE))
            for position, *row in page:
                yield position, self._event(run, row)
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def last(self, run: str, kind: str) -> Event | None:
        """Return the newest event of that kind, None where there is none."""
        found = self._database.query(
            "SELECT invocation, sequence, kind, key, at, data FROM events"
            " WHERE run = ? AND kind = ? ORDER BY position DESC LIMIT 1",
            (self._number(run), kind),
        )
        return self._event(run, found[0]) if found else None

    def counts(self, run: str) -> dict[str, int]:
        """Return how many events of each kind the run has; reads no event."""
        found = self._database.query(
            "SELECT kind, count(*) FROM events WHERE run = ? GROUP BY kind ORDER BY kind",
            (self._number(run),),
        )
        return {kind: number for kind, number in found}

    def _event(self, run: str, row: Any) -> Event:
        return to_event(tuple(row), f"{self.path}, run {run}, {row[0]!r} {row[1]}")

    # ----------------------------------------------------------------------- texts

    def put(self, text: str) -> str:
        """Keep a text; return its SHA-256. Durable with the next append, or at close."""
        with self._lock:
            return self._texts.put(text)

    def get(self, text_id: str) -> str:
        """Return a text.

        Raises:
            StoreError: it is not kept, or is damaged.
        """
        with self._lock:
            return self._texts.get(text_id)

    def texts(self, run: str) -> list[str]:
        """Return the ids of the texts that the run uses, sorted."""
        return self._texts.used_by(self._number(run))

    # --------------------------------------------------------------------- control

    def claim(self, run: str) -> None:
        """Become the run's one writer until ``release``, ``close`` or this process's end.

        Raises:
            StoreError: another process or store object is the writer.
        """
        with self._lock:
            self._leases.claim(self._number(run), run)

    def release(self, run: str) -> None:
        """Let another become the run's writer; no error where it was not claimed."""
        with self._lock:
            self._texts.let_go()
            self._leases.release(self._number(run))

    def owner(self, run: str) -> int | None:
        """Return the id of the process that is the run's writer, None where none is alive."""
        with self._lock:
            return self._leases.owner(self._number(run))

    def request(self, run: str, action: str, detail: str = "") -> None:
        """Ask ``pause``, ``resume``, ``stop`` or ``approve`` of a run, from any process.

        Raises:
            UsageError: another action.
        """
        check_action(action)
        values = (self._number(run), action, detail)
        with self._database.transaction() as db:
            db.execute("INSERT INTO requests (run, action, detail) VALUES (?, ?, ?)", values)

    def control(self, run: str) -> tuple[ControlRequest, ...]:
        """Return the requests that are not settled, oldest first; cheap enough to poll."""
        found = self._database.query(
            "SELECT number, action, detail FROM requests WHERE run = ? ORDER BY number",
            (self._number(run),),
        )
        return tuple(ControlRequest(*row) for row in found)

    def settle(self, run: str, number: int) -> None:
        """Take a request off the list, once it has been acted on."""
        values = (self._number(run), number)
        with self._database.transaction() as db:
            db.execute("DELETE FROM requests WHERE run = ? AND number = ?", values)

    # ----------------------------------------------------------------------- close

    def close(self) -> None:
        """Keep what was put, let go of every run, close the database. May be called twice."""
        with self._lock:
            try:
                self._texts.flush()
            finally:
                self._leases.close()
                self._database.close()

    def __enter__(self) -> Self:
        """Return the store, which leaving the block closes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _number(self, run: str) -> int:
        """Return the number of the run with exactly this id.

        Raises:
            UnknownNameError: there is none.
        """
        if run not in self._numbers:
            found = self._database.query("SELECT number FROM runs WHERE id = ?", (run,))
            if not found:
                raise self._unknown(run)
            self._numbers[run] = found[0][0]
        return self._numbers[run]

    def _unknown(self, run: str) -> UnknownNameError:
        known = [row[0] for row in self._database.query("SELECT id FROM runs")]
        return UnknownNameError("run", run, known, "`selftaught runs` lists them")


def _run_info(row: tuple[Any, ...]) -> RunInfo:
    run, kind, tasks, model, state, started = row
    return RunInfo(run, kind, tuple(json.loads(tasks)), model, state, started)


def check_action(action: str) -> None:
    """Refuse what a run can't be asked.

    Raises:
        UsageError: ``action`` is none of `ACTIONS`.
    """
    if action not in ACTIONS:
        raise UsageError(f"one of {', '.join(ACTIONS)}", repr(action), "choose one of them")
