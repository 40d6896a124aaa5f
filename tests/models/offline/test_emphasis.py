from __future__ import annotations

from selftaught.models.offline.mutation import EMPHASIS, FAMILIES, MEANINGS, emphasis


def test_a_hint_speaks_for_the_families_that_it_names() -> None:
    assert emphasis("tune the constants and thresholds")["constants"] == EMPHASIS
    assert emphasis("tune the constants and thresholds")["statements"] == 1.0
    assert emphasis("join the best ideas of both")["crossover"] == EMPHASIS


def test_no_hint_leaves_every_family_as_it_is() -> None:
    assert set(emphasis("make it better").values()) == {1.0}


def test_every_family_can_be_asked_for() -> None:
    assert set(MEANINGS) == set(FAMILIES)
