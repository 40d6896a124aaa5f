"""Reading: a run as its log tells it, whether it goes on, has ended, or broke off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from selftaught.app.patch.names import COMMAND as PATCH
from selftaught.app.patch.names import FILE as PATCH_FILE
from selftaught.app.record import Record
from selftaught.app.session import Options, open_store
from selftaught.errors import StoreError
from selftaught.ports import RunStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import (
    RunStarted,
)
from selftaught.values.records import Record as FactRecord
from selftaught.values.state import RunState

Told = TypeVar("Told", bound=FactRecord)
GOING_ON = ("running", "paused", "waiting")
"""States that a run has only while a process works on it."""

FILES = {"improve": "best.py", "run": "improver.py", PATCH: PATCH_FILE}
"""What a run writes beside the store when it ends."""


@dataclass(frozen=True)
class Log:
    """The events of one run, which are read from the store whenever they are gone through."""

    store: RunStore
    run: str

    def __iter__(self) -> Iterator[Event]:
        """Yield every event in the order of writing."""
        return (event for _, event in self.store.events(self.run))

    def facts(self, kind: type[Told]) -> Iterator[Told]:
        """Yield the facts of one kind in the order of writing; reads no others."""
        name = kind.model_fields["kind"].default
        for _, event in self.store.events(self.run, kinds=[name]):
            if isinstance(event.fact, kind):
                yield event.fact


@dataclass(frozen=True)
class Reading:
    """A run that was read from its store.

    Attributes:
        info: its line in the list of runs.
        started: how it began.
        state: the fold over its events.
        events: all of them, in the order of writing; read from the store each time.
        counts: number of events by kind.
        owner: the process that works on it, None where none does.
        folder: where its files are.
    """

    info: RunInfo
    started: RunStarted
    state: RunState
    events: Log
    counts: dict[str, int]
    owner: int | None
    folder: Path

    @property
    def going_on(self) -> bool:
        """Whether a process works on the run now."""
        return self.owner is not None

    @property
    def stopped(self) -> str | None:
        """How its last session ended; None while it goes on or where it broke off."""
        return None if self.going_on or not self.state.session else self.state.session.stopped


def read(store: RunStore, run: str, folder: Path) -> Reading:
    """Return a run with everything that its log tells.

    Args:
        store: where the run is.
        run: its id or the beginning of it.
        folder: the folder of all runs' files.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: it has no first event.
    """
    info = store.run(run)
    info = replace(info, state=known_state(store, info))
    state = store.state(info.run)
    if state.started is None:
        raise StoreError(f"run {info.run} to have started", "no first event", "start a new run")
    return Reading(
        info=info,
        started=state.started,
        state=state,
        events=Log(store, info.run),
        counts=store.counts(info.run),
        owner=store.owner(info.run),
        folder=folder / info.run,
    )


def list_runs(options: Options) -> list[RunInfo]:
    """Return all runs, newest first; none where there is no store yet.

    Raises:
        StoreError: the store can't be read.
    """
    if not options.store.exists():
        return []
    with open_store(options, create=False) as store:
        return [replace(info, state=known_state(store, info)) for info in store.runs()]


def known_state(store: RunStore, info: RunInfo) -> str:
    """Return a run's state; one whose process died without a word is ``stopped``."""
    if info.state in GOING_ON and store.owner(info.run) is None:
        return "stopped"
    return info.state


@contextmanager
def read_run(options: Options, run: str) -> Iterator[tuple[RunStore, Reading]]:
    """Yield the open store and one run of it.

    Raises:
        UnknownNameError: there is no such run.
        StoreError: the store is missing or can't be read.
    """
    with open_store(options, create=False) as store:
        yield store, read(store, run, options.folder)


def record_of(reading: Reading) -> Record:
    """Return a run that was read as the record that results are made of."""
    reason = reading.state.session.reason if reading.state.session and reading.stopped else ""
    run, started = reading.info.run, reading.started
    get = reading.events.store.get
    return Record(run, started, reading.events, reading.state, reading.stopped, reason, get)
