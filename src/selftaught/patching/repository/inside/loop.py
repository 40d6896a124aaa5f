"""Calls a benchmark function in a loop and tells how long it takes.

Job: ``{root, path, name, core, loops, samples, warm_ns, sample_ns, enough_ns}``. Where ``loops``
is None it is found first: the number of calls that takes ``sample_ns``. Answer: ``{loops, first,
samples, whole}``: the first call, then ``samples`` samples of ``loops`` calls each, as CPU and wall
nanoseconds; and the process's own CPU time for all calls. Where ``samples`` is None there are as
many as fit in ``enough_ns``, from one to `MOST_SAMPLES`.
"""

from __future__ import annotations

import functools
import gc
import inspect
from collections.abc import Callable
from typing import Any

from .answer import Answer, read_job
from .clock import cpu_ns, timed
from .target import load, pin

MOST_LOOPS = 10_000_000
MOST_SAMPLES = 5


def apply(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Return the function's value: what a benchmark's parameter ``benchmark`` does."""
    return function(*arguments, **named)


def without_parameters(bench: Callable[..., Any]) -> Callable[[], Any]:
    """Return a call of the benchmark function."""
    if "benchmark" in inspect.signature(bench).parameters:
        return functools.partial(bench, apply)
    return bench


def enough_loops(call: Callable[[], Any], sample_ns: int) -> int:
    """Return how many calls take about ``sample_ns`` of CPU or wall time."""
    loops = 1
    while loops < MOST_LOOPS:
        taken = max(timed(call, loops))
        if taken >= sample_ns:
            break
        loops = max(loops + 1, min(10 * loops, int(1.2 * loops * sample_ns / max(taken, 1))))
    return loops


def enough_samples(samples: list[tuple[int, int]], enough_ns: int) -> int:
    """Return how many samples like these to take: no more once they took ``enough_ns``."""
    return len(samples) if sum(map(max, samples)) >= enough_ns else MOST_SAMPLES


def main() -> None:
    """Do the job."""
    job, answer = read_job(), Answer()
    pin(job["core"])
    call = without_parameters(load(job["root"], job["path"], job["name"]))
    start = cpu_ns()
    first = timed(call, 1)
    warm = first[0]
    while 0 < warm < job["warm_ns"]:
        warm += max(timed(call, 1)[0], job["warm_ns"] // 1000)
    loops = job["loops"] or enough_loops(call, job["sample_ns"])
    gc.collect()
    samples = [timed(call, loops)]
    while len(samples) < (job["samples"] or enough_samples(samples, job["enough_ns"])):
        samples.append(timed(call, loops))
    answer.write({"loops": loops, "first": first, "samples": samples, "whole": cpu_ns() - start})


if __name__ == "__main__":
    main()
