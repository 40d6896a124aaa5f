"""Ends of invocations and of runs: nothing goes on behind their back, timing decides nothing."""

from __future__ import annotations

import asyncio
import threading

import pytest

from engine.conftest import MakeSmall, answers, make_task
from engine.test_task_improvement import BEST_OF, improver
from fakes.sandbox import FakeChild, FakeSandbox
from selftaught.engine.meta_utility import PlannedMeasurement, measure, paired_draws
from selftaught.engine.settings import Caps, Scale
from selftaught.engine.task_improvement import TaskImprovement
from selftaught.errors import LimitReached
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import Confinement, ModelRequest
from selftaught.values.digest import digest
from selftaught.values.facts import Attempted, InvocationFinished, UtilityCalled
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.task import Split


async def test_scores_that_were_begun_are_recorded_though_the_child_has_ended(
    small: MakeSmall,
) -> None:
    """The last of many calls past the budget ends the child while the first are scored."""
    world = small()
    body = "utility.batch([initial_solution + '#' * n for n in range(80)])"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert ended.status == Status.OVER_BUDGET
    events = world.engine.journal.events()
    assert sum(isinstance(event.fact, UtilityCalled) for event in events) == 6
    assert isinstance(events[-1].fact, InvocationFinished)


async def test_what_an_improver_tried_is_recorded_with_its_end(small: MakeSmall) -> None:
    world = small()
    body = "utility.budget = 99\nutility.budget = 99\nreturn initial_solution"
    await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    facts = world.engine.journal.facts()
    (attempted,) = [fact for fact in facts if isinstance(fact, Attempted)]
    assert attempted.attempt.count == 2


class SlowSandbox(FakeSandbox):
    """Opens a child only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()

    def open(self, confinement: Confinement) -> FakeChild:
        self.asked.set()
        self.go_on.wait(30)
        return super().open(confinement)


async def test_a_child_that_opens_after_the_end_does_not_begin(small: MakeSmall) -> None:
    asked: list[ModelRequest] = []

    def reply(request: ModelRequest, sample: int) -> str:
        asked.append(request)
        return ""

    world = small(ScriptedModel(reply))
    sandbox = SlowSandbox()
    world.engine.invocations.sandbox = sandbox
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    run = asyncio.ensure_future(single.run(Program(BEST_OF)))
    while not sandbox.asked.is_set():
        await asyncio.sleep(0.01)
    run.cancel()
    await asyncio.sleep(0.05)
    sandbox.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert asked == []
    assert world.engine.invocations.under_way == set()


async def test_closing_ends_an_improver_that_is_still_at_work(small: MakeSmall) -> None:
    world = small()
    world.engine.pause()
    run = asyncio.ensure_future(
        TaskImprovement(world.engine, world.engine.tasks[0]).run(Program(BEST_OF))
    )
    await asyncio.sleep(0.05)
    world.engine.close()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_equal_prompts_of_a_batch_are_one_request(small: MakeSmall) -> None:
    requests: list[tuple[int, ...]] = []

    def reply(request: ModelRequest, sample: int) -> str:
        if request.samples not in requests:
            requests.append(request.samples)
        return str(sample)

    world = small(ScriptedModel(reply))
    body = "assert language_model.batch_prompt('e', ['m'] * 3) == ['0', '1', '2']\n"
    body += "return initial_solution"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")
    assert requests == [(0, 1, 2)]


@pytest.mark.parametrize("delays", [(0.0, 0.05), (0.05, 0.0)])
async def test_who_asks_first_for_a_score_makes_no_difference(
    small: MakeSmall, delays: tuple[float, float]
) -> None:
    """Two invocations on the same instances want the same scores; each pays for them."""
    world = small()
    body = "import time\ntime.sleep({})\nutility(initial_solution)\nreturn initial_solution"
    place = paired_draws(world.engine, "gate", Split.GATE, 0, 1)[0]
    work = [
        PlannedMeasurement(
            f"{name}/numbers/0", Program(improver(body.format("0.05")).source + mark), place
        )
        for name, mark in (("old", ""), ("new", "# another"))
    ]
    order = work if delays[0] < delays[1] else work[::-1]
    await measure(world.engine, order, world.engine.ledger)
    assert len(world.evaluator.asked) == len(set(world.evaluator.asked)) == 2
    charged = [
        fact.charged.evaluations
        for fact in world.engine.journal.facts()
        if isinstance(fact, InvocationFinished)
    ]
    assert charged == [1, 1]
    # by hand, since both orders must give this very digest
    found = digest(world.engine.journal.events())
    other = small()
    await measure(other.engine, order[::-1], other.engine.ledger)
    assert digest(other.engine.journal.events()) == found


async def test_measurements_that_can_not_all_be_paid_do_not_begin(small: MakeSmall) -> None:
    world = small(answers(0.5), caps=Caps(responses=20), scale=Scale(2, 3, 6, 4, 2, 2, 4))
    places = paired_draws(world.engine, "gate", Split.GATE, 0, 4)
    work = [PlannedMeasurement(f"x/{n}", Program(BEST_OF), place) for n, place in enumerate(places)]
    with pytest.raises(LimitReached, match="responses"):
        await measure(world.engine, work, world.engine.ledger)
    assert world.engine.journal.events() == []
    await measure(world.engine, work[:3], world.engine.ledger)
    assert world.engine.ledger.taken("responses") == 9


async def test_an_early_look_leaves_the_end_as_it_would_have_been(small: MakeSmall) -> None:
    whole = small(tasks=(make_task(),))
    task = whole.engine.tasks[0]
    await TaskImprovement(whole.engine, task).test(task.seed)
    looked = small(tasks=(task,))
    single = TaskImprovement(looked.engine, task)
    early = await single.test(task.seed, early=True)
    assert digest(looked.engine.journal.events()) == digest([])
    assert await single.test(task.seed) == early
    assert len(looked.evaluator.asked) == 1
    assert digest(looked.engine.journal.events()) == digest(whole.engine.journal.events())
