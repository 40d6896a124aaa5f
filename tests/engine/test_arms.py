"""Arms: what the rounds spent is what the controls may spend more."""

from __future__ import annotations

import pytest

from engine.conftest import MakeSmall, answers, make_task
from engine.test_algorithm_1 import MeanGate
from selftaught.engine.arms import STOP, Arms, Contestants, doublings, rounds_prefix, whole_budget
from selftaught.engine.costs import Costs
from selftaught.engine.settings import Scale
from selftaught.engine.trajectory import Trajectories
from selftaught.improver import registry
from selftaught.values.facts import MetaEvaluated, RoundFinished

CONTESTANTS = Contestants(
    registry.find("seed"),
    {"D best_of_n": registry.find("best_of_n")},
    registry.find("chain_of_thought"),
)


@pytest.mark.parametrize(
    ("first", "most", "expected"),
    [(6, 20, [6, 12, 20]), (6, 12, [6, 12]), (6, 3, [3]), (6, 0, [])],
)
def test_checkpoints_double_up_to_the_end(first: int, most: int, expected: list[int]) -> None:
    assert list(doublings(first, most)) == expected


def test_without_rounds_the_whole_budget_is_the_ordinary_one() -> None:
    scale = Scale(2, 3, 6)
    assert whole_budget(scale, Costs([]), "arms/0/C/", 2) == scale


async def test_the_controls_may_spend_what_the_rounds_did(small: MakeSmall) -> None:
    tasks = (make_task("one"), make_task("two"))
    world = small(
        answers(0.1, 0.9, 0.4), tasks=tasks, scale=Scale(2, 3, 6, 2, 1, 1, 4), adopt="gate"
    )
    arms = Arms(world.engine, lambda decision, decisions: MeanGate(), CONTESTANTS)
    await arms.replicate(0, {"tasks": tasks, "unseen": [make_task("three")]})
    events = world.engine.journal.events()
    expenses, found = Costs(events), Trajectories(events)
    rounds = expenses.of(rounds_prefix(0, STOP))
    assert rounds.responses > 0
    for label, count in (("arms/0/tasks", 2), ("arms/0/unseen", 1)):
        most = 6 + rounds.responses / count
        sampled = expenses.of(f"{label}/D best_of_n/").responses / count
        assert 6 < sampled <= most + 3
    whole = found.of("arms/0/tasks/A/one/0")
    assert [point.calls for point in whole] == [1]
    measured = [event.invocation for event in events if isinstance(event.fact, MetaEvaluated)]
    assert {name for name in measured if name.startswith("arms/0/tasks/")} == {
        f"arms/0/tasks/{arm}" for arm in ("untouched", "A", "B", "C", "D best_of_n", "one answer")
    }
    ended = [event for event in events if isinstance(event.fact, RoundFinished)]
    assert sorted(event.invocation for event in ended) == ["arms/0/B/", "arms/0/C/"]


async def test_replicates_share_no_measurement(small: MakeSmall) -> None:
    tasks = (make_task("one"),)
    world = small(answers(0.5), tasks=tasks, scale=Scale(1, 2, 2, 1, 1, 1, 4), adopt="paper")
    arms = Arms(world.engine, lambda decision, decisions: MeanGate(), CONTESTANTS)
    await arms.replicate(0, {"tasks": tasks})
    await arms.replicate(1, {"tasks": tasks})
    names = [
        event.invocation
        for event in world.engine.journal.events()
        if isinstance(event.fact, MetaEvaluated) and event.invocation.endswith("r0")
    ]
    assert sorted(names) == [f"arms/{n}/{arm}/r0" for n in (0, 1) for arm in "BC"]
