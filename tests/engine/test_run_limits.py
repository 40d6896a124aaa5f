from __future__ import annotations

import asyncio

import pytest

from selftaught.engine.run_limits import RunLimits
from selftaught.engine.settings import Caps
from selftaught.errors import LimitReached, UsageError
from selftaught.values.event import Event
from selftaught.values.facts import Evaluated, Responded


def answered(number: int, *, cost_usd: float | None = 0.1, tokens: int = 10) -> Event:
    fact = Responded(
        call=0,
        prompt=0,
        sample=number,
        text="t",
        tokens_in=0,
        tokens_out=tokens,
        cost_usd=cost_usd,
        estimated=False,
        model="m",
        fingerprint="",
        finish="stop",
    )
    return Event("i", number, fact, f"k{number}")


def scored(seconds: float) -> Event:
    fact = Evaluated(
        program="p",
        task="t",
        split="train",
        draw=(),
        status="ok",
        score=1.0,
        instances=(),
        attempts=(),
        sandbox="unconfined",
        seconds=seconds,
    )
    return Event("evaluations", 0, fact, "e")


async def test_what_the_log_holds_is_paid_for_already() -> None:
    spending = RunLimits(Caps(cost_usd=0.35), [answered(0), answered(1), answered(2)])
    with pytest.raises(LimitReached, match="cost_usd"):
        async with spending.asking(1):
            raise AssertionError("asked past the limit")


async def test_calls_under_way_can_not_pass_the_limit_together() -> None:
    spending = RunLimits(Caps(cost_usd=1.0), [answered(0)])
    served: list[int] = []

    async def ask(number: int) -> None:
        async with spending.asking(1) as held:
            await asyncio.sleep(0)
            served.append(number)
            held.release(1)
            spending.apply(answered(number))

    done = await asyncio.gather(*map(ask, range(1, 65)), return_exceptions=True)
    assert len(served) == 9
    assert sum(isinstance(each, LimitReached) for each in done) == 64 - 9


async def test_the_first_call_of_a_limited_run_goes_alone() -> None:
    spending = RunLimits(Caps(cost_usd=0.5), [])
    under_way, most = 0, 0

    async def ask(number: int) -> None:
        nonlocal under_way, most
        async with spending.asking(1) as held:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            if number == 0:
                assert most == 1
            held.release(1)
            spending.apply(answered(number))
            under_way -= 1

    done = await asyncio.gather(*map(ask, range(20)), return_exceptions=True)
    assert sum(each is None for each in done) == 5
    assert not any(isinstance(each, AssertionError) for each in done)


async def test_without_limits_nothing_waits() -> None:
    spending = RunLimits(Caps(), [])
    async with spending.asking(3), spending.asking(3):
        pass


async def test_what_did_not_come_is_given_back() -> None:
    spending = RunLimits(Caps(tokens=30), [answered(0)])
    for _ in range(5):
        with pytest.raises(ConnectionError):
            async with spending.asking(2):
                raise ConnectionError
    async with spending.asking(2):
        pass


def test_cpu_time_is_a_fold_over_the_log() -> None:
    spending = RunLimits(Caps(cpu_seconds=3.0), [scored(2.0)])
    spending.check()
    spending.apply(scored(1.5))
    with pytest.raises(LimitReached, match="cpu_seconds"):
        spending.check()


def test_dollars_without_a_price_are_refused_only_where_they_are_limited() -> None:
    RunLimits(Caps(tokens=100), [answered(0, cost_usd=None)]).check()
    with pytest.raises(UsageError, match="--price-in"):
        RunLimits(Caps(cost_usd=1.0), [answered(0, cost_usd=None)]).check()
