"""Cores: which one an evaluator process stays on, with the programs that it runs.

An evaluator and a program that it calls take turns. On two cores each turn wakes one that
sleeps, which costs more than a short call does; on one core it is a switch.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable

_LOOK_SECONDS = 0.05
_IDLE = slice(3, 5)
"""Of a core's line in /proc/stat, behind its name: time without work, and waiting for a disk."""

Busy = Callable[[], dict[int, int]]


def busy(source: str = "/proc/stat") -> dict[int, int]:
    """Return how long each core has worked since the machine started, in clock ticks.

    Nothing where the machine does not tell: then one core is as good as another.
    """
    try:
        with open(source, encoding="ascii") as file:
            lines = [line.split() for line in file if line.startswith("cpu")]
    except OSError:
        return {}
    times = {name[3:]: list(map(int, numbers)) for name, *numbers in lines}
    return {int(core): sum(all_) - sum(all_[_IDLE]) for core, all_ in times.items() if core}


class Cores:
    """The cores that evaluators of one run may be on, each taken by one at most."""

    def __init__(
        self, workers: int, usable: Iterable[int] | None = None, busy: Busy = busy
    ) -> None:
        """Let everybody be on any core where there are more workers than cores.

        Args:
            workers: evaluators at most.
            usable: numbers of cores; None: those that this process may be on.
            busy: how long each core has worked so far.
        """
        found = sorted(os.sched_getaffinity(0) if usable is None else usable)
        self._free = found if workers <= len(found) else []
        self._busy = busy

    async def take(self) -> int | None:
        """Return the free core with the least to do at the moment; None: any."""
        if not self._free:
            return None
        before = self._busy()
        await asyncio.sleep(_LOOK_SECONDS)
        after = self._busy()
        if not self._free:
            return None
        core = min(self._free, key=lambda each: after.get(each, 0) - before.get(each, 0))
        self._free.remove(core)
        return core

    def give(self, core: int | None) -> None:
        """Let another evaluator have a core that was taken."""
        if core is not None:
            self._free.append(core)
