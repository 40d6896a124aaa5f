from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftaught.budget import RESOURCES, Budget
from selftaught.errors import LimitReached, UsageError


def test_concurrent_spenders_get_exactly_the_budget() -> None:
    ledger = Budget({"responses": 100})
    inner = [Budget(parent=ledger) for _ in range(4)]
    start = threading.Barrier(64)
    served: list[int] = []

    def spend(number: int) -> None:
        start.wait()
        for _ in range(10):
            if inner[number % 4].try_reserve(responses=1):
                served.append(number)

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(served) == 100
    assert ledger.remaining("responses") == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle", "spend"]), st.integers(0, 5), st.integers(0, 5))
)


@given(STEPS, st.integers(0, 20), st.integers(0, 20))
def test_what_is_left_never_falls_below_zero(
    steps: list[tuple[str, int, int]], outer_limit: int, inner_limit: int
) -> None:
    outer = Budget({"responses": outer_limit})
    inner = Budget({"responses": inner_limit}, outer)
    held = []
    for what, amount, used in steps:
        if what == "reserve":
            left = inner.remaining("responses")
            got = inner.try_reserve(responses=amount)
            assert (got is not None) == (amount <= left)
            held += [got] if got else []
        elif what == "settle" and held:
            inner.settle(held.pop(), responses=used)
        elif what == "spend":
            inner.spend(responses=used)
        assert inner.remaining("responses") >= 0
        assert outer.remaining("responses") >= 0
        assert outer.taken("responses") == inner.taken("responses") >= 0


def test_a_reservation_takes_everything_or_nothing() -> None:
    ledger = Budget({"responses": 5, "model_calls": 0})
    with pytest.raises(LimitReached, match="model_calls"):
        ledger.reserve(responses=3, model_calls=1)
    assert ledger.taken("responses") == 0


def test_prepaid_resources_are_not_charged_twice() -> None:
    outer = Budget({"responses": 10})
    held = outer.reserve(responses=6)
    group = Budget({"responses": 6}, outer, prepaid=True)
    group.reserve(responses=6)
    group.spend(tokens=7)
    assert (outer.taken("responses"), outer.taken("tokens")) == (6, 7)
    outer.settle(held, responses=group.taken("responses"))
    assert outer.taken("responses") == 6
    assert group.try_reserve(responses=1) is None


def test_check_refuses_once_an_outer_limit_is_overdrawn() -> None:
    outer = Budget({"cost_usd": 1.0})
    inner = Budget(parent=outer)
    inner.check("cost_usd")
    inner.spend(cost_usd=1.5)
    with pytest.raises(LimitReached, match="1 cost_usd"):
        inner.check("cost_usd")


def test_what_is_charged_can_be_charged_again() -> None:
    first, second = Budget(), Budget()
    first.spend(**{resource: 2 for resource in RESOURCES if resource != "seconds"})
    second.charge(first.charged())
    assert second.charged() == first.charged()


@pytest.mark.parametrize("limit", [-1, float("nan")])
def test_limits_that_mean_nothing_are_refused(limit: float) -> None:
    with pytest.raises(UsageError):
        Budget({"responses": limit})


def test_unknown_resources_are_refused() -> None:
    with pytest.raises(UsageError, match="bananas"):
        Budget({"bananas": 1})


@given(st.permutations([0.1, 0.2, 0.3, 1e-9, 1 / 3, 7.7]), st.integers(0, 6))
def test_neither_order_nor_grouping_changes_a_sum(costs: list[float], first: int) -> None:
    one_by_one, in_two = Budget(), Budget()
    for cost in costs:
        one_by_one.spend(cost_usd=cost)
    for part in (costs[:first], costs[first:]):
        group = Budget()
        for cost in part:
            group.spend(cost_usd=cost)
        in_two.charge(group.charged())
    assert one_by_one.charged().cost_usd == in_two.charged().cost_usd == 8.633333334
