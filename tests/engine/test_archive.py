from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.conftest import MakeSmall, Small
from engine.test_algorithm_1 import MeanGate, improver, script
from selftaught.engine.algorithm_1 import Algorithm1
from selftaught.engine.archive import Archive, Member, descendants, weights
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.digest import digest
from selftaught.values.program import Program

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def arm(world: Small) -> Algorithm1:
    return Algorithm1(RoundSteps(world.engine, lambda n, r: MeanGate()), Archive.founded)


def family(scores: list[float]) -> list[Member]:
    return [
        Member(Program(f"x = {place}\n" * (place + 1)), score, place // 2 if place else None)
        for place, score in enumerate(scores)
    ]


@given(SCORES)
def test_every_member_can_become_a_parent(scores: list[float]) -> None:
    assert all(weight > 0 for weight in weights(family(scores)))


def test_a_parent_is_preferred_for_its_score_and_for_its_line() -> None:
    alike = [Member(Program(text), 0.5, None) for text in ("a = 1", "b = 2", "c = 3")]
    better = [*alike[:2], Member(alike[2].program, 0.9, None)]
    assert weights(better)[2] > weights(better)[0]
    barren = [*alike, Member(Program("d = 4"), 0.1, 0)]
    fruitful = [*alike, Member(Program("d = 4"), 1.0, 0)]
    assert weights(fruitful)[0] > weights(barren)[0]


def test_a_parent_with_children_is_drawn_less_often() -> None:
    members = [Member(Program(text), 0.5, None) for text in ("a = 1", "b = 2")]
    child = Member(Program("c = 3"), 0.5, 0)
    after = weights([*members, child])
    assert after[0] < after[1]


def test_descendants_are_found_over_generations() -> None:
    members = family([0.1] * 6)
    assert descendants(members, 1) == [2, 3, 4, 5]
    assert descendants(members, 4) == []


async def test_worse_improvers_enter_but_the_end_is_gated(small: MakeSmall) -> None:
    world = small(script(improver(0.2), improver(0.3)), adopt="archive")
    archive = arm(world)
    final = await archive.run(Program(improver(0.5)))
    assert isinstance(archive.population, Archive)
    assert [round(member.score, 9) for member in archive.population.members] == [0.5, 0.2, 0.3]
    assert final == Program(improver(0.5))


async def test_the_best_member_passes_the_gate(small: MakeSmall) -> None:
    world = small(script(improver(0.9), improver(0.3)), adopt="archive")
    archive = arm(world)
    final = await archive.run(Program(improver(0.5)))
    assert final == Program(improver(0.9))
    assert len(archive.rounds) == 3
    assert len(archive.rounds[-1].decision.proposed_scores) == 4


async def test_an_archive_resumes_to_the_same_end(small: MakeSmall) -> None:
    whole = small(script(improver(0.9), improver(0.3)), adopt="archive")
    await arm(whole).run(Program(improver(0.5)))
    again = small(script(), store=whole.store, adopt="archive")
    await arm(again).run(Program(improver(0.5)))
    assert digest(again.engine.journal.events()) == digest(whole.engine.journal.events())
