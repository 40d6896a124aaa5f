"""What an invocation had found after each of its calls."""

from __future__ import annotations

from selftaught.engine.costs import Costs
from selftaught.engine.trajectory import Point, Trajectories
from selftaught.values.event import Event
from selftaught.values.facts import (
    Evaluated,
    Fact,
    InvocationFinished,
    Prompted,
    Responded,
    UtilityCalled,
)
from selftaught.values.records import Charged, Spent


def prompted(call: int) -> Prompted:
    return Prompted(call=call, messages=(), samples=((0,),), parameters={})


def responded(cost: float | None = 0.5) -> Responded:
    return Responded(
        call=0,
        prompt=0,
        sample=0,
        text="",
        tokens_in=1,
        tokens_out=1,
        cost_usd=cost,
        estimated=False,
        model="m",
        fingerprint="",
        finish="stop",
    )


def scored(program: str, score: float, evaluation: str = "") -> UtilityCalled:
    return UtilityCalled(
        program=program, score=score, status="ok", evaluation=evaluation, charged=True
    )


def finished(program: str | None, **spent: int) -> InvocationFinished:
    return InvocationFinished(
        status="ok", program=program, detail="", spent=Spent(**spent), charged=Charged()
    )


def evaluated(seconds: float) -> Evaluated:
    return Evaluated(
        program="a",
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


def log(invocation: str, *facts: Fact) -> list[Event]:
    return [Event(invocation, number, fact) for number, fact in enumerate(facts)]


def test_a_point_a_call_with_the_best_so_far_and_at_last_what_was_returned() -> None:
    events = log(
        "i",
        scored("seed", 0.1),
        prompted(0),
        responded(),
        scored("a", 0.3),
        scored("b", 0.2),
        prompted(1),
        responded(),
        responded(),
        finished("c"),
    )
    assert Trajectories(events).of("i") == [Point(1, 1, 0.5, "a"), Point(2, 3, 1.5, "c")]
    assert Trajectories(events).scored("i") == ["seed", "a", "a"]


def test_the_order_is_that_of_the_sequence_not_of_writing() -> None:
    events = log("i", prompted(0), responded(), scored("a", 0.3), finished("a"))
    assert Trajectories(events[::-1]).of("i") == Trajectories(events).of("i")


def test_an_unknown_price_makes_the_cost_unknown_from_then_on() -> None:
    events = log("i", prompted(0), responded(), prompted(1), responded(None), finished("a"))
    assert [point.cost_usd for point in Trajectories(events).of("i")] == [0.5, None]


def test_an_invocation_without_calls_has_no_points() -> None:
    assert Trajectories(log("i", finished("a"))).of("i") == []
    assert Trajectories([]).scored("elsewhere") == []


def test_an_evaluation_is_charged_to_everyone_who_asked_for_it() -> None:
    shared = [Event("evaluations/t", 0, evaluated(2.0), key="e")]
    events = shared + [
        event
        for name in ("a/1", "a/2", "b/1")
        for event in log(name, scored("p", 1.0, "e"), finished("p", responses=3))
    ]
    expenses = Costs(events)
    assert expenses.of("b/") == Spent(responses=3, evaluations=1, seconds=2.0)
    assert expenses.of("a/") == Spent(responses=6, evaluations=1, seconds=2.0)
    assert expenses.scored_programs("a/") == 2


def test_a_measured_improver_costs_what_its_invocations_do() -> None:
    events = log("r1", scored("improver", 0.5, "meta:x"), finished("improver", utility_calls=1))
    assert Costs(events).of("r1") == Spent(utility_calls=1)
    assert Costs(events).scored_programs("r1") == 0
