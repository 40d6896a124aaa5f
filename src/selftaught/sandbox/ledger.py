"""What a child tried, counted by who saw it; bounded, however much it tries."""

from __future__ import annotations

import threading
from collections.abc import Collection

from selftaught.sandbox.benign import reason
from selftaught.values.outcome import Attempt, Counter

MAX_ENTRIES = 200
"""Different attempts that are kept apart; further ones are counted without their target."""

MAX_TARGET = 200
"""Characters of a target that are kept."""

Key = tuple[Counter, str, str, str]


class Ledger:
    """The attempts of one child; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Key, int] = {}

    def count(self, counter: Counter, category: str, action: str, target: str = "") -> None:
        """Count one attempt (see ``values.outcome.Attempt`` for the words)."""
        key = (counter, category, action, target[:MAX_TARGET])
        with self._lock:
            if key not in self._counts and len(self._counts) >= MAX_ENTRIES:
                key = (counter, category, action, "…")
            self._counts[key] = self._counts.get(key, 0) + 1

    def attempts(self) -> tuple[Attempt, ...]:
        """Return what was counted, in order of first appearance."""
        with self._lock:
            counts = list(self._counts.items())
        return tuple(_attempt(key, count) for key, count in counts)

    def tampering(self, report_only: Collection[str]) -> Attempt | None:
        """Return an attested attempt that is not benign, if there is one.

        Args:
            report_only: categories that are counted and decide nothing.
        """
        if not self._counts:
            return None
        for attempt in self.attempts():
            attested = attempt.counter is Counter.ATTESTED
            if attested and not attempt.benign and attempt.category not in report_only:
                return attempt
        return None


def _attempt(key: Key, count: int) -> Attempt:
    counter, category, action, target = key
    return Attempt(counter, category, action, target, count, reason(action, target))
