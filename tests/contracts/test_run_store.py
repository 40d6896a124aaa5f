"""One suite for every `RunStore`: the contract that the engine and the command line rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.memory_store import MemoryStore
from selftaught.errors import StoreError, UnknownNameError, UsageError
from selftaught.ports import RunStore
from selftaught.store.sqlite import SqliteStore
from selftaught.values.event import Event, RunInfo
from selftaught.values.facts import (
    SESSIONS,
    Evaluated,
    Noted,
    Prompted,
    Refused,
    Responded,
    RoundStarted,
    UtilityCalled,
)
from selftaught.values.program import text_id
from selftaught.values.records import AttemptRecord
from selftaught.values.state import fold


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunStore]:
    made: RunStore
    made = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "store.db")
    yield made
    made.close()


def info(run: str = "run-1", started: float = 1.0) -> RunInfo:
    return RunInfo(run, "run", ("tour", "maxcut"), "offline", "running", started)


def noted(sequence: int, text: str = "x", *, key: str = "", invocation: str = "r1") -> Event:
    return Event(invocation, sequence, Noted(topic="t", text=text), key)


def listed(store: RunStore, run: str = "run-1") -> list[Event]:
    return [event for _, event in store.events(run)]


def test_events_come_back_as_they_were_in_the_order_of_writing(store: RunStore) -> None:
    store.create(info())
    written = [noted(5), noted(2, key="k"), Event("", 0, RoundStarted(round=1, improver="a"))]
    store.append("run-1", written[:2])
    store.append("run-1", written[2:])
    assert listed(store) == written


def test_the_time_of_an_event_is_kept(store: RunStore) -> None:
    store.create(info())
    store.append("run-1", [Event("r1", 0, Noted(topic="t", text="x"), at=12.5)])
    assert listed(store)[0].at == 12.5


def test_positions_grow_and_reading_goes_on_after_one(store: RunStore) -> None:
    store.create(info())
    store.append("run-1", [noted(number) for number in range(10)])
    positions = [position for position, _ in store.events("run-1")]
    assert positions == sorted(set(positions))
    rest = [event.sequence for _, event in store.events("run-1", after=positions[6])]
    assert rest == [7, 8, 9]


def test_events_of_kinds(store: RunStore) -> None:
    store.create(info())
    rounds = [Event("", number, RoundStarted(round=number, improver="a")) for number in range(3)]
    store.append("run-1", [noted(0), *rounds, noted(1)])
    assert [event for _, event in store.events("run-1", kinds=["round_started"])] == rounds
    assert [event for _, event in store.events("run-1", kinds=[])] == []
    assert store.last("run-1", "round_started") == rounds[-1]
    assert store.last("run-1", "decided") is None
    assert store.counts("run-1") == {"noted": 2, "round_started": 3}


TRIED = AttemptRecord(counter="attested", category="network", action="connect", target="x")


def called(program: str, score: float) -> UtilityCalled:
    return UtilityCalled(program=program, score=score, status="ok", evaluation="e", charged=True)


def scored(program: str, split: str, attempts: tuple[AttemptRecord, ...]) -> Evaluated:
    return Evaluated(
        program=program,
        task="tour",
        split=split,
        draw=(),
        status="ok",
        score=0.5,
        instances=(),
        attempts=attempts,
        sandbox="namespaces",
        seconds=0.25,
    )


FACTS = [
    Prompted(call=0, messages=((("user", "a" * 64),),), samples=((0, 1),), parameters={}),
    Responded(
        call=0,
        prompt=0,
        sample=0,
        text="a" * 64,
        tokens_in=10,
        tokens_out=3,
        cost_usd=0.25,
        estimated=True,
        model="m",
        fingerprint="",
        finish="stop",
    ),
    called("b", 0.25),
    called("c", 0.75),
    called("d", 0.75),
    Refused(what="utility", reason="past the budget"),
]


@pytest.mark.parametrize("price", [0.5, None])
@pytest.mark.parametrize("invocation", ["improve", "r1/c0/tour/0", SESSIONS])
def test_the_state_of_a_run_is_the_fold_over_its_events(
    store: RunStore, invocation: str, price: float | None
) -> None:
    store.create(info())
    unpriced = FACTS[1].model_copy(update={"sample": 1, "cost_usd": price})
    calm = scored("b", "test", ())
    wild = scored("c", "train", (TRIED,))
    facts = [*FACTS, unpriced, calm, wild, scored("d", "test", (TRIED,)), calm]
    rounds = [RoundStarted(round=1, improver="a"), Noted(topic="t", text="x")]
    written = [Event(invocation, number, fact) for number, fact in enumerate([*facts, *rounds])]
    store.append("run-1", written)
    assert store.state("run-1") == fold(written)


def test_the_state_of_a_run_without_events_is_empty(store: RunStore) -> None:
    store.create(info())
    assert store.state("run-1") == fold([])


@pytest.mark.parametrize(
    "second",
    [[noted(1), noted(0)], [noted(1), noted(1)], [noted(1), noted(2, key="k")]],
    ids=["place taken", "place twice", "key taken"],
)
def test_a_taken_place_or_key_refuses_the_whole_append(
    store: RunStore, second: list[Event]
) -> None:
    store.create(info())
    store.append("run-1", [noted(0, key="k")])
    with pytest.raises(StoreError, match="new places"):
        store.append("run-1", second)
    assert listed(store) == [noted(0, key="k")]
    store.append("run-1", [noted(1)])


def test_places_and_keys_of_two_runs_are_apart(store: RunStore) -> None:
    for run in ("run-1", "run-2"):
        store.create(info(run))
        store.append(run, [noted(0, key="k"), noted(1)])
    assert listed(store, "run-2") == listed(store, "run-1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_text_comes_back(store: RunStore, text: str) -> None:
    assert store.put(text) == text_id(text)
    assert store.get(text_id(text)) == text


def test_a_text_that_is_not_kept(store: RunStore) -> None:
    for wrong in (text_id("nowhere"), "no id", ""):
        with pytest.raises(StoreError, match=r"text .* none"):
            store.get(wrong)


def test_texts_of_a_run_are_those_put_and_those_its_events_mention(store: RunStore) -> None:
    store.create(info("run-1"))
    store.create(info("run-2"))
    put, shared = store.put("put"), store.put("shared")
    store.append("run-1", [noted(0, f"see {put}")])
    store.append("run-2", [noted(0, shared)])
    assert store.texts("run-1") == sorted([put, shared])
    assert store.texts("run-2") == [shared]


def test_runs_are_listed_newest_first(store: RunStore) -> None:
    for run, started in (("b", 2.0), ("c", 3.0), ("a", 1.0), ("d", 3.0)):
        store.create(info(run, started))
    assert [found.run for found in store.runs()] == ["d", "c", "b", "a"]
    assert store.runs()[0] == info("d", 3.0)


def test_a_run_is_found_by_the_beginning_of_its_id(store: RunStore) -> None:
    for run in ("alpha", "alphabet", "beta"):
        store.create(info(run))
    assert store.run("b").run == "beta"
    assert store.run("alpha").run == "alpha"
    with pytest.raises(UsageError, match="alpha, alphabet"):
        store.run("alp")


@pytest.mark.parametrize("name", ["", "alpka", "ALPHA", "%", "*"])
def test_an_unknown_run_is_refused_with_the_nearest_names(store: RunStore, name: str) -> None:
    store.create(info("alpha"))
    with pytest.raises(UnknownNameError, match="alpha"):
        store.run(name)


def test_every_method_refuses_an_unknown_run(store: RunStore) -> None:
    calls = (
        lambda: store.append("x", [noted(0)]),
        lambda: list(store.events("x")),
        lambda: store.last("x", "noted"),
        lambda: store.counts("x"),
        lambda: store.texts("x"),
        lambda: store.set_state("x", "done"),
        lambda: store.delete("x"),
        lambda: store.claim("x"),
        lambda: store.release("x"),
        lambda: store.owner("x"),
        lambda: store.request("x", "stop"),
        lambda: store.control("x"),
        lambda: store.settle("x", 1),
    )
    for call in calls:
        with pytest.raises(UnknownNameError, match="known run"):
            call()


def test_a_run_id_is_taken_once(store: RunStore) -> None:
    store.create(info())
    with pytest.raises(StoreError, match="taken"):
        store.create(info())


def test_the_state_of_a_run_changes(store: RunStore) -> None:
    store.create(info())
    store.set_state("run-1", "done")
    assert store.run("run-1").state == "done"


def test_deleting_a_run_takes_what_only_it_uses(store: RunStore) -> None:
    store.create(info("run-1"))
    store.create(info("run-2"))
    mine, shared = store.put("mine"), store.put("shared")
    store.append("run-1", [noted(0, mine), noted(1, shared)])
    store.append("run-2", [noted(0, shared)])
    store.request("run-1", "stop")
    store.delete("run-1")
    assert [found.run for found in store.runs()] == ["run-2"]
    assert store.get(shared) == "shared"
    assert listed(store, "run-2") == [noted(0, shared)]
    with pytest.raises(StoreError, match="none"):
        store.get(mine)
    with pytest.raises(UnknownNameError):
        store.control("run-1")


def test_a_text_put_before_another_run_that_used_it_is_deleted_is_kept(store: RunStore) -> None:
    store.create(info("run-1"))
    store.create(info("run-2"))
    text = store.put("shared")
    store.append("run-1", [noted(0, text)])
    store.put("shared")
    store.delete("run-1")
    store.append("run-2", [noted(0, text)])
    assert store.get(text) == "shared"
    assert store.texts("run-2") == [text]


def test_a_deleted_run_can_be_made_anew_and_is_empty(store: RunStore) -> None:
    for _ in range(2):
        store.create(info())
        assert listed(store) == []
        store.append("run-1", [noted(0, key="k")])
        store.delete("run-1")


def test_a_run_has_an_owner_while_it_is_claimed(store: RunStore) -> None:
    store.create(info())
    assert store.owner("run-1") is not None
    store.release("run-1")
    assert store.owner("run-1") is None
    store.release("run-1")
    store.append("run-1", [noted(0)])
    assert store.owner("run-1") is not None
    store.release("run-1")
    store.claim("run-1")
    store.claim("run-1")
    assert store.owner("run-1") is not None


def test_requests_stay_until_they_are_settled(store: RunStore) -> None:
    store.create(info("run-1"))
    store.create(info("run-2"))
    assert store.control("run-1") == ()
    store.request("run-1", "pause")
    store.request("run-2", "stop")
    store.request("run-1", "approve", "a program")
    first, second = store.control("run-1")
    assert [(each.action, each.detail) for each in (first, second)] == [
        ("pause", ""),
        ("approve", "a program"),
    ]
    assert first.number < second.number
    store.settle("run-1", first.number)
    store.settle("run-2", second.number)
    assert store.control("run-1") == (second,)
    assert [request.action for request in store.control("run-2")] == ["stop"]


def test_an_unknown_action_is_refused(store: RunStore) -> None:
    store.create(info())
    with pytest.raises(UsageError, match="pause, resume, stop, approve"):
        store.request("run-1", "explode")
    assert store.control("run-1") == ()


def test_closing_twice_is_no_error(store: RunStore) -> None:
    store.close()
    store.close()
