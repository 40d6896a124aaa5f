"""Sends the requests of `benchmarks/models.py` through one client and prints what it took.

A client's file calls `run` with a function that takes the server's address and returns
(ask, close, whether it bounds the requests in flight itself); `ask(number)` returns a text.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path

PROMPT = "Improve this program.\n" + "x = x + 1\n" * 100
EXPERTISE = "You are an expert."
MESSAGES = [{"role": "system", "content": EXPERTISE}, {"role": "user", "content": PROMPT}]
TEMPERATURE = 0.7


def resident_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def run(opened):
    url, requests, in_flight = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(asyncio.run(_measure(opened, url, requests, in_flight))))


async def _measure(opened, url, requests, in_flight):
    ask, close, bounds = opened(url, in_flight)
    slots = contextlib.nullcontext() if bounds else asyncio.Semaphore(in_flight)
    memory, answered = [], 0

    async def one(number):
        nonlocal answered
        async with slots:
            text = await ask(number)
        assert text == "y = 1\n" * 50, text
        answered += 1
        if answered in (requests // 2, requests):
            memory.append(round(resident_mb(), 1))

    await ask(-1)  # imports and the first connection
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one(number) for number in range(requests)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await close()
    assert answered == requests
    return {"wall_seconds": wall, "cpu_ms": cpu / requests * 1000, "resident_mb": memory}
