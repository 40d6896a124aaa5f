"""How many requests are under way at once, and when the next may go out."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine

from selftaught.models.waiter import Waiter

SHRINK = 0.7
LEAST_SHARE = 8
"""Throttling narrows the width to an eighth at most: waits do the rest."""


class Slot:
    """A slot of a limiter, held within ``async with``; thousands may be waited for at once."""

    __slots__ = ("_limiter", "_ticket")

    def __init__(self, limiter: RateLimiter, ticket: int) -> None:
        """Keep whose slot it is, and the place in the queue."""
        self._limiter = limiter
        self._ticket = ticket

    def __aenter__(self) -> Coroutine[None, None, None]:
        """Wait for the slot."""
        return self._limiter.enter(self._ticket)

    async def __aexit__(self, *_: object) -> None:
        """Give the slot back."""
        self._limiter.leave()


class RateLimiter:
    """Slots for requests; fewer after each 429, slowly more again with each success.

    The width falls at most once for all requests that were under way together, since one
    burst over the limit is one piece of news. All requests wait out a ``Retry-After``.
    """

    def __init__(self, width: int, waiter: Waiter) -> None:
        """Start with ``width`` slots, the most there will ever be."""
        self._most = width
        self._width = float(width)
        self._waiter = waiter
        self._busy = 0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._resume_at = 0.0
        self._narrowed_at = -1.0

    @property
    def width(self) -> int:
        """Requests that may be under way at once now."""
        return max(1, int(self._width))

    def slot(self, ticket: int) -> Slot:
        """Return a slot to be held; the lowest ticket comes first, so that none is starved."""
        return Slot(self, ticket)

    async def enter(self, ticket: int) -> None:
        """Return once a slot is held and no ``Retry-After`` is to be waited out."""
        await self._queued(ticket)
        try:
            while (wait := self._resume_at - self._waiter.monotonic()) > 0:
                await self._waiter.sleep(wait)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Give a slot back."""
        self._busy -= 1
        self._admit()

    def succeeded(self) -> None:
        """Take note of an answer: about one slot more for a whole width of them."""
        self._width = min(float(self._most), self._width + 1 / self._width)
        self._admit()

    def throttled(self, began: float, wait_seconds: float | None) -> None:
        """Take note that the request begun at ``began`` was told to wait."""
        now = self._waiter.monotonic()
        if began > self._narrowed_at:
            self._narrowed_at = now
            self._width = max(1.0, self._most / LEAST_SHARE, self._width * SHRINK)
        if wait_seconds is not None:
            self._resume_at = max(self._resume_at, now + wait_seconds)

    async def _queued(self, ticket: int) -> None:
        if self._busy < self.width and not self._queue:
            self._busy += 1
            return
        self._arrivals += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (ticket, self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the slot was given and is not wanted
                self.leave()
            raise

    def _admit(self) -> None:
        while self._queue and self._busy < self.width:
            turn = heapq.heappop(self._queue)[2]
            if not turn.done():
                self._busy += 1
                turn.set_result(None)
