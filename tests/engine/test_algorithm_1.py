from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.conftest import MakeSmall, Small, guess, make_task
from selftaught.engine.adoption import Verdict
from selftaught.engine.algorithm_1 import Algorithm1
from selftaught.engine.meta_utility import MetaUtility
from selftaught.engine.round_steps import RoundSteps, chained
from selftaught.engine.settings import Caps
from selftaught.engine.succession import Succession
from selftaught.errors import LimitReached, ModelError
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import ModelRequest
from selftaught.values.digest import digest
from selftaught.values.facts import Decided, InvocationStarted, MetaEvaluated, RoundFinished
from selftaught.values.program import Program


@dataclass(frozen=True)
class MeanGate:
    """Decides after four pairs, by the mean alone."""

    differences: tuple[float, ...] = ()
    evidence: float = 1.0
    threshold: float = 20.0

    @property
    def verdict(self) -> Verdict:
        if len(self.differences) < 4:
            return "undecided"
        return "adopt" if sum(self.differences) > 0 else "reject"

    def add(self, differences: list[float]) -> MeanGate:
        return MeanGate((*self.differences, *differences))


def improver(number: float, *, comment: str = "") -> str:
    """An improver that asks once; on the meta-task for an improver, on a task for a guess."""
    return f"""{comment}
from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    kind = "improver" if "improve_algorithm" in initial_solution else "guess {number}"
    answer = extract_code(language_model.prompt("expert", kind + initial_solution)[0])
    utility(answer)
    return answer""".strip()


def script(*improvers: str) -> ScriptedModel:
    """Answers a guess with itself, and the n-th wish for an improver with the n-th of these."""
    wanted = iter(improvers)

    def reply(request: ModelRequest, sample: int) -> str:
        text = request.messages[-1].content
        if text.startswith("improver"):
            return f"```python\n{next(wanted)}\n```"
        return f"```python\n{guess(float(text.split()[1].split('def')[0]))}\n```"

    return ScriptedModel(reply)


async def stop(world: Small, start: str, prefix: str = "") -> tuple[Algorithm1, Program]:
    steps = RoundSteps(world.engine, lambda number, rounds: MeanGate(), prefix)
    recursion = Algorithm1(steps, Succession.founded_frozen if prefix else Succession.founded)
    return recursion, await recursion.run(Program(start))


async def test_the_gate_keeps_a_better_incumbent(small: MakeSmall) -> None:
    world = small(script(improver(0.2), improver(0.9)))
    recursion, final = await stop(world, improver(0.5))
    assert [each.decision.adopted for each in recursion.rounds] == [False, True]
    assert final.source == improver(0.9)


async def test_the_papers_rule_takes_a_worse_one(small: MakeSmall) -> None:
    world = small(script(improver(0.2), improver(0.1)), adopt="paper")
    recursion, final = await stop(world, improver(0.5))
    assert [each.decision.adopted for each in recursion.rounds] == [True, True]
    assert final.source == improver(0.1)


async def test_the_papers_rule_keeps_the_old_one_where_the_new_one_fails(small: MakeSmall) -> None:
    world = small(
        script("x = 1", "def improve_algorithm(a, b, c):\n    raise ValueError"), adopt="paper"
    )
    recursion, final = await stop(world, improver(0.5))
    assert [each.decision.adopted for each in recursion.rounds] == [False, False]
    assert "no program" in recursion.rounds[0].decision.reason
    assert "fails" in recursion.rounds[1].decision.reason
    assert final.source == improver(0.5)


async def test_ties_go_to_the_shorter_source(small: MakeSmall) -> None:
    start = improver(0.5, comment="# " + "long " * 20)
    world = small(script(improver(0.5), improver(0.5, comment="# longer")))
    recursion, final = await stop(world, start)
    assert [each.decision.adopted for each in recursion.rounds] == [True, False]
    assert final.source == improver(0.5)


async def test_the_proposal_that_changes_nothing_costs_no_pairs(small: MakeSmall) -> None:
    world = small(script(improver(0.5), improver(0.5)))
    recursion, _ = await stop(world, improver(0.5))
    assert recursion.rounds[0].decision.incumbent_scores == ()
    assert "in force" in recursion.rounds[0].decision.reason


async def test_the_next_round_is_the_new_improvers(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)))
    await stop(world, improver(0.5))
    workers = {
        event.invocation: event.fact.improver
        for event in world.engine.journal.events()
        if isinstance(event.fact, InvocationStarted)
    }
    assert workers["r1"] == Program(improver(0.5)).id
    assert workers["r2"] == Program(improver(0.7)).id


async def test_the_control_uses_the_starting_improver_in_every_round(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)))
    _, final = await stop(world, improver(0.5), "control/")
    started = [e for e in world.engine.journal.events() if isinstance(e.fact, InvocationStarted)]
    workers = {event.invocation: event.fact for event in started}
    facts = [workers[f"control/r{n}"] for n in (1, 2)]
    assert [fact.improver for fact in facts] == [Program(improver(0.5)).id] * 2  # type: ignore[union-attr]
    assert facts[1].initial == Program(improver(0.7)).id  # type: ignore[union-attr]
    assert final.source == improver(0.9)


async def test_improvers_are_compared_on_common_seeds(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)), tasks=(make_task("a"), make_task("b")))
    await stop(world, improver(0.5))
    seeds: dict[tuple[str, str], set[int]] = {}
    for event in world.engine.journal.events():
        if isinstance(event.fact, InvocationStarted) and "/c" in event.invocation:
            place = tuple(event.invocation.split("/")[-2:])
            seeds.setdefault(place, set()).add(event.fact.seed)  # type: ignore[arg-type]
    assert len(seeds) == 4
    assert all(len(found) == 1 for found in seeds.values())


async def test_an_improver_is_measured_once(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.7)))
    await stop(world, improver(0.5))
    facts = world.engine.journal.facts()
    measured = [fact.improver for fact in facts if isinstance(fact, MetaEvaluated)]
    assert len(measured) == len(set(measured)) == 2


async def test_the_gate_draws_afresh_for_every_decision(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)))
    await stop(world, improver(0.5))
    draws = [str(i) for _, i in world.evaluator.asked if "GATE" in i or "gate." in i]
    assert any("gate.r1" in draw for draw in draws)
    assert any("gate.r2" in draw for draw in draws)


async def test_a_limit_ends_the_rounds_in_good_order(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)), caps=Caps(responses=20))
    recursion = Algorithm1(
        RoundSteps(world.engine, lambda number, rounds: MeanGate()), Succession.founded
    )
    with pytest.raises(LimitReached, match="responses"):
        await recursion.run(Program(improver(0.5)))
    assert len(recursion.rounds) <= 1
    assert world.engine.ledger.taken("responses") <= 20


async def test_every_decision_is_chained(small: MakeSmall) -> None:
    world = small(script(improver(0.7), improver(0.9)))
    await stop(world, improver(0.5))
    decisions = [f for f in world.engine.journal.facts() if isinstance(f, Decided)]
    assert decisions[1].head == chained(decisions[0].head, decisions[1])
    assert chained(decisions[0].head, decisions[1]) == decisions[1].head
    changed = decisions[1].model_copy(update={"adopted": not decisions[1].adopted})
    assert chained(decisions[0].head, changed) != decisions[1].head


async def test_the_rounds_resume_to_the_same_end(small: MakeSmall) -> None:
    proposals = (improver(0.7), improver(0.9))
    whole = small(script(*proposals))
    await stop(whole, improver(0.5))
    expected = digest(whole.engine.journal.events())

    def failing(request: ModelRequest, sample: int) -> str:
        if request.invocation.startswith("r2/gate"):
            raise ModelError("the server is gone")
        return answers._answer(request, sample)

    answers = script(*proposals)
    broken = small(ScriptedModel(failing))
    with pytest.raises(ModelError):
        await stop(broken, improver(0.5))
    again = small(answers, store=broken.store)
    recursion, final = await stop(again, improver(0.5))
    assert final.source == improver(0.9)
    assert len(recursion.rounds) == 2
    assert digest(again.engine.journal.events()) == expected
    ends = [f.charged for f in again.engine.journal.facts() if isinstance(f, RoundFinished)]
    firsts = [f.charged for f in whole.engine.journal.facts() if isinstance(f, RoundFinished)]
    assert [end.responses for end in ends] == [first.responses for first in firsts]


async def test_the_meta_utility_tells_what_it_measures(small: MakeSmall) -> None:
    world = small(tasks=(make_task("a"), make_task("b")))
    text = MetaUtility(world.engine, "r1").text
    assert "a, b" in text
    compile(text, "meta", "exec")
