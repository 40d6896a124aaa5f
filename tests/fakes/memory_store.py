"""A fake of the RunStore port in memory: nothing is kept past the process."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from selftaught.errors import StoreError, UnknownNameError, UsageError
from selftaught.ports import ControlRequest
from selftaught.store.rows import mentioned, to_row
from selftaught.store.sqlite import check_action
from selftaught.values.event import Event, RunInfo
from selftaught.values.program import text_id
from selftaught.values.state import RunState, fold


@dataclass
class _Run:
    info: RunInfo
    number: int
    events: list[tuple[int, Event]] = field(default_factory=list)
    places: set[tuple[str, int]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    requests: dict[int, ControlRequest] = field(default_factory=dict)
    claimed: bool = False


class MemoryStore:
    """A `ports.RunStore` in memory."""

    def __init__(self) -> None:
        """Make an empty store."""
        self._runs: dict[str, _Run] = {}
        self._texts: dict[str, str] = {}
        self._fresh: set[str] = set()
        self._count = count(1)
        self._lock = threading.RLock()

    def create(self, info: RunInfo) -> None:
        """Add a run and claim it.

        Raises:
            StoreError: its id exists.
        """
        with self._lock:
            if info.run in self._runs:
                raise StoreError("a new run id", f"{info.run}, which is taken", "choose another")
            self._runs[info.run] = _Run(info, next(self._count), claimed=True)

    def append(self, run: str, events: Iterable[Event]) -> None:
        """Add events, all or none; claim the run.

        Raises:
            StoreError: an event's place or key is taken.
        """
        new = list(events)
        with self._lock:
            kept = self._run(run)
            kept.claimed = True
            places = [(event.invocation, event.sequence) for event in new]
            keys = [event.key for event in new if event.key]
            if _clash(kept.places, places) or _clash(kept.keys, keys):
                raise StoreError(
                    f"events of run {run} at new places (invocation, sequence) with new keys",
                    f"one that is taken among {places}",
                    "report this as a fault of selftaught; what was written before is kept",
                )
            kept.places.update(places)
            kept.keys.update(keys)
            kept.uses |= self._fresh.union(*(mentioned(to_row(event)) for event in new))
            self._fresh.clear()
            kept.events.extend((next(self._count), event) for event in new)

    def events(
        self, run: str, *, kinds: Iterable[str] | None = None, after: int = 0
    ) -> Iterator[tuple[int, Event]]:
        """Yield ``(position, event)`` in the order of writing, positions above ``after``."""
        wanted = None if kinds is None else frozenset(kinds)
        for position, event in self._run(run).events:
            if position > after and (wanted is None or event.fact.kind in wanted):
                yield position, event

    def last(self, run: str, kind: str) -> Event | None:
        """Return the newest event of that kind, None where there is none."""
        newest_first = reversed(self._run(run).events)
        return next((event for _, event in newest_first if event.fact.kind == kind), None)

    def counts(self, run: str) -> dict[str, int]:
        """Return how many events of each kind the run has."""
        return dict(sorted(Counter(event.fact.kind for _, event in self._run(run).events).items()))

    def state(self, run: str) -> RunState:
        """Return the fold over the run's events."""
        return fold(event for _, event in self._run(run).events)

    def put(self, text: str) -> str:
        """Keep a text; return its SHA-256."""
        name = text_id(text)
        with self._lock:
            self._texts[name] = text
            self._fresh.add(name)
        return name

    def get(self, text_id: str) -> str:
        """Return a text.

        Raises:
            StoreError: it is not kept.
        """
        try:
            return self._texts[text_id]
        except KeyError:
            raise StoreError(
                f"text {text_id} in memory", "none", "was the run that used it deleted?"
            ) from None

    def texts(self, run: str) -> list[str]:
        """Return the ids of the texts that the run uses, sorted."""
        return sorted(self._run(run).uses & self._texts.keys())

    def runs(self) -> list[RunInfo]:
        """Return all runs, newest first."""
        newest_first = sorted(
            self._runs.values(), key=lambda kept: (kept.info.started, kept.number), reverse=True
        )
        return [kept.info for kept in newest_first]

    def run(self, run: str) -> RunInfo:
        """Return one run by its id or an unambiguous beginning of it.

        Raises:
            UnknownNameError: there is none.
            UsageError: several begin like that.
        """
        if run in self._runs:
            return self._runs[run].info
        found = sorted(name for name in self._runs if run and name.startswith(run))
        if len(found) > 1:
            raise UsageError(
                "the id of one run",
                f"{run!r}, with which {len(found)} begin: {', '.join(found[:8])}",
                "give more of the id",
            )
        return self._run(found[0] if found else run).info

    def set_state(self, run: str, state: str) -> None:
        """Set a run's state."""
        with self._lock:
            kept = self._run(run)
            kept.info = replace(kept.info, state=state)

    def delete(self, run: str) -> None:
        """Remove a run with its events, requests and the texts that only it uses."""
        with self._lock:
            gone = self._run(run)
            del self._runs[run]
            others = (kept.uses for kept in self._runs.values())
            for text in gone.uses.difference(self._fresh, *others):
                self._texts.pop(text, None)

    def claim(self, run: str) -> None:
        """Become the run's one writer; there is no other."""
        self._run(run).claimed = True

    def release(self, run: str) -> None:
        """End the claim; no error where there was none."""
        self._run(run).claimed = False

    def owner(self, run: str) -> int | None:
        """Return this process's id where the run is claimed, else None."""
        return os.getpid() if self._run(run).claimed else None

    def request(self, run: str, action: str, detail: str = "") -> None:
        """Ask ``pause``, ``resume``, ``stop`` or ``approve`` of a run.

        Raises:
            UsageError: another action.
        """
        check_action(action)
        with self._lock:
            request = ControlRequest(next(self._count), action, detail)
            self._run(run).requests[request.number] = request

    def control(self, run: str) -> tuple[ControlRequest, ...]:
        """Return the requests that are not settled, oldest first."""
        with self._lock:
            return tuple(self._run(run).requests.values())

    def settle(self, run: str, number: int) -> None:
        """Take a request off the list, once it has been acted on."""
        with self._lock:
            self._run(run).requests.pop(number, None)

    def close(self) -> None:
        """End all claims; what is kept stays readable."""
        for kept in self._runs.values():
            kept.claimed = False

    def _run(self, run: str) -> _Run:
        try:
            return self._runs[run]
        except KeyError:
            raise UnknownNameError("run", run, self._runs, "`selftaught runs` lists them") from None


def _clash(taken: set[str] | set[tuple[str, int]], new: list[str] | list[tuple[str, int]]) -> bool:
    return len(set(new)) < len(new) or not taken.isdisjoint(new)
