from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.conftest import Clock
from fakes.memory_store import MemoryStore
from selftaught.engine.journal import Journal
from selftaught.values.event import RunInfo
from selftaught.values.facts import Noted


def store_with_run() -> MemoryStore:
    store = MemoryStore()
    store.create(RunInfo("run", "run", (), "m", "running", 0.0))
    return store


def note(text: str) -> Noted:
    return Noted(topic="t", text=text)


def test_a_fact_is_written_once_under_its_key() -> None:
    store = store_with_run()
    journal = Journal(store, "run", Clock())
    journal.write("a", note("first"), "k")
    assert journal.write("a", note("second"), "k") == note("first")
    assert [event.fact for _, event in store.events("run")] == [note("first")]


def test_listeners_hear_of_what_is_already_stored() -> None:
    store = store_with_run()
    journal = Journal(store, "run", Clock())
    seen: list[int] = []
    journal.listen(lambda event: seen.append(len(list(store.events("run")))))
    journal.write("a", note("x"), "k")
    assert seen == [1]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.data())
def test_a_resumed_run_gets_the_places_that_it_had(asked: list[str], data: st.DataObject) -> None:
    """Places are asked in one order and written in any; what was lost in between comes again."""
    keys = [f"{name}{number}" for number, name in enumerate(asked)]
    whole = Journal(store_with_run(), "run", Clock())
    for key in keys:
        whole.write("i", note(key), key)
    expected = [(event.sequence, event.fact) for event in whole.events()]

    store = store_with_run()
    first = Journal(store, "run", Clock())
    reached = data.draw(st.integers(0, len(keys)))
    places = [(key, first.place("i", key)) for key in keys[:reached]]
    kept = data.draw(st.sets(st.sampled_from(keys[:reached]))) if reached else set()
    for key, place in places:
        if key in kept:
            first.write_at("i", place, note(key), key)

    again = Journal(store, "run", Clock())
    for key in keys:
        again.write("i", note(key), key)
    found = sorted((e.sequence, e.fact) for _, e in store.events("run")) if keys else []
    assert sorted(found, key=lambda pair: pair[0]) == expected


def test_what_is_forgotten_stays_in_the_log() -> None:
    store = store_with_run()
    journal = Journal(store, "run", Clock())
    for place in ("b1", "b1/2", "b10"):
        journal.write(place, note(place), f"key:{place}")
    journal.forget("b1")
    assert [event.invocation for event in journal.events()] == ["b10"]
    assert journal.find("key:b1/2") is None
    assert [event.invocation for event in journal.stored()] == ["b1", "b1/2", "b10"]
    assert Journal(store, "run", Clock()).find("key:b1/2") == note("b1/2")
