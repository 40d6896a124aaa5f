"""The digest of a run: equal for equal runs, whatever the clock and the number of workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from selftaught.values.event import Event
from selftaught.values.facts import SESSIONS, Compared

LEFT_OUT = frozenset({"run", "path", "seconds", "started"})
"""Fields that may differ between equal runs (design: "Equal runs")."""
SCORE, EQUALITY = "score", "equality"
"""A comparison of scores, and its figure that tells whether results were equal."""


def digest(events: Iterable[Event]) -> str:
    """Return the SHA-256 over the events sorted by (invocation, sequence)."""
    lines = [
        (event.invocation, event.sequence, _line(event))
        for event in events
        if event.invocation != SESSIONS
    ]
    total = hashlib.sha256()
    for _, _, line in sorted(lines, key=lambda each: each[:2]):
        total.update(line)
    return total.hexdigest()


def _line(event: Event) -> bytes:
    """Return what counts of an event: its place and its fact, as one line of JSON."""
    fact = _kept(event.fact.model_dump(mode="json"))
    if (
        isinstance(event.fact, Compared)
        and event.fact.what == SCORE
        and EQUALITY in fact["figures"]
    ):
        # On how many inputs depends on which calls took too long.
        fact["figures"][EQUALITY] = fact["figures"][EQUALITY]["status"]
    content = [event.invocation, event.sequence, fact]
    return json.dumps(content, sort_keys=True).encode() + b"\n"


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _kept(part) for name, part in value.items() if name not in LEFT_OUT}
    if isinstance(value, list):
        return [_kept(part) for part in value]
    return value
