"""Clocks: CPU and wall time, taken before any program could put its own in their place."""

from __future__ import annotations

import resource
from collections.abc import Callable
from time import perf_counter_ns, process_time_ns

_CHILDREN = resource.RUSAGE_CHILDREN
_usage = resource.getrusage


def cpu_ns() -> int:
    """Return the CPU time of this process and of its children that have ended."""
    ended = _usage(_CHILDREN)
    return process_time_ns() + int((ended.ru_utime + ended.ru_stime) * 1e9)


def timed(
    call: Callable[[], object],
    loops: int,
    cpu: Callable[[], int] = cpu_ns,
    wall: Callable[[], int] = perf_counter_ns,
) -> tuple[int, int]:
    """Return the CPU and wall nanoseconds of ``loops`` calls."""
    numbers = range(loops)
    wall_start, cpu_start = wall(), cpu()
    for _ in numbers:
        call()
    return cpu() - cpu_start, wall() - wall_start
