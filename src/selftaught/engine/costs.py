"""Costs: what parts of a run cost, each reckoned as if it had run alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from selftaught.values.event import Event
from selftaught.values.facts import Evaluated, InvocationFinished, UtilityCalled
from selftaught.values.records import Spent


class Costs:
    """What the invocations of a log cost.

    A score that several improvers asked for ran once and is charged to each of them: so
    nobody is cheaper because another came first. The scoring of what was returned on
    held-out instances is no expense of an improver.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        """Read a whole log."""
        self._ended: dict[str, Spent] = {}
        self._seconds: dict[str, float] = {}
        self._asked: defaultdict[str, list[str]] = defaultdict(list)
        for event in events:
            fact = event.fact
            if isinstance(fact, InvocationFinished):
                self._ended[event.invocation] = fact.spent
            elif isinstance(fact, Evaluated):
                self._seconds[event.key] = fact.seconds
            elif isinstance(fact, UtilityCalled):
                self._asked[event.invocation].append(fact.evaluation)

    def of(self, prefix: str) -> Spent:
        """Return what the invocations cost whose names begin with ``prefix``.

        Each evaluation counts once. Utility calls that measured an improver are counted as
        calls; what they cost is that of the invocations below them.
        """
        names = [name for name in self._ended if name.startswith(prefix)]
        total = sum((self._ended[name] for name in names), Spent())
        keys = {key for name in names for key in self._asked[name] if key in self._seconds}
        return total + Spent(
            evaluations=len(keys), seconds=sum(self._seconds[key] for key in sorted(keys))
        )

    def scored_programs(self, prefix: str) -> int:
        """Return how many utility calls scored a program on a task, not an improver."""
        names = [name for name in self._ended if name.startswith(prefix)]
        return sum(key in self._seconds for name in names for key in self._asked[name])
