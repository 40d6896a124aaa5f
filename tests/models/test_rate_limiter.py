from __future__ import annotations

import asyncio

from fakes.waiter import FakeWaiter
from selftaught.models.rate_limiter import RateLimiter


async def test_a_burst_of_refusals_narrows_once_and_answers_widen_again() -> None:
    waiter = FakeWaiter()
    pace = RateLimiter(100, waiter)
    for _ in range(50):
        pace.throttled(0.0, None)
    assert pace.width == 70
    waiter.now = 1.0
    for began in range(1, 40):
        waiter.now += 1.0
        pace.throttled(float(began) + 0.5, None)
    assert pace.width == 12
    for _ in range(10_000):
        pace.succeeded()
    assert pace.width == 100


async def test_everyone_waits_out_a_retry_after() -> None:
    waiter = FakeWaiter()
    pace = RateLimiter(4, waiter)
    pace.throttled(0.0, 30.0)
    async with pace.slot(0):
        assert waiter.now == 30.0


async def test_old_requests_go_first_and_a_cancelled_one_leaves_no_hole() -> None:
    pace, order = RateLimiter(1, FakeWaiter()), list[int]()

    async def enter(ticket: int) -> None:
        async with pace.slot(ticket):
            order.append(ticket)
            await asyncio.sleep(0)

    async with pace.slot(0):
        waiting = [asyncio.ensure_future(enter(ticket)) for ticket in (5, 3, 9, 1)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*waiting, return_exceptions=True)
    assert order == [1, 5, 9]


async def test_a_slot_given_to_a_cancelled_request_goes_on_to_the_next() -> None:
    pace = RateLimiter(1, FakeWaiter())
    entered = []

    async def enter(ticket: int) -> None:
        async with pace.slot(ticket):
            entered.append(ticket)

    async with pace.slot(0):
        first, second = (asyncio.ensure_future(enter(ticket)) for ticket in (1, 2))
        await asyncio.sleep(0)
    first.cancel()  # it has its slot, and has not run since
    await asyncio.gather(first, second, return_exceptions=True)
    assert entered == [2]
