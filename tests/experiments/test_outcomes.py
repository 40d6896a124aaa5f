"""What ``improve`` ends with and says, for scripted answers of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from engine.conftest import MakeSmall, answer, guess, make_task, small
from fakes.memory_store import MemoryStore
from selftaught.engine.settings import Caps, Scale
from selftaught.experiments.improve import IMPROVE, ImproveWork
from selftaught.experiments.stored import result
from selftaught.improver import registry as improvers
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import ModelRequest
from selftaught.runs.answer_monitor import AnswerMonitor
from selftaught.runs.executor import Interrupts, concluded, conduct
from selftaught.runs.experiment import Parameters, Plan
from selftaught.runs.plans import begin
from selftaught.runs.reader import read
from selftaught.runs.results import ImproveResult
from selftaught.tasks.instances import instance
from selftaught.values.digest import digest
from selftaught.values.event import RunInfo
from selftaught.values.facts import SESSIONS, Compared, Evaluated, Noted, Responded
from selftaught.values.program import Program
from selftaught.values.state import fold
from selftaught.values.task import InstanceSet, ScoreRange, Split, Task

__all__ = ["small"]

SPLITS = {Split.TRAIN: 4, Split.GATE: 10, Split.TEST: 10}
MODEST = "def solve(x):\n    return 0.5\n"


def seen(inputs: tuple[Any, ...], key: Any, output: Any) -> float:
    return max(0.0, 1.0 - abs(inputs[0] - output))


def echo_task(**changes: Any) -> Task:
    """The nearer to the input the better; the seed program answers 0.5 to everything."""
    given = {"instances": SPLITS, "scale": ScoreRange(0.0, 1.0), "seed": Program(MODEST)}
    return Task(**{**vars(make_task()), "score": seen} | given | changes)


def fenced(source: str) -> str:
    return f"An idea.\n\n```python\n{source}```\n"


def overfitted(small: MakeSmall) -> str:
    """A program that knows the train instances' answers and is wrong about all others."""
    engine = small(tasks=(echo_task(),)).engine
    train = InstanceSet(Split.TRAIN, engine.settings.seed)
    known = [instance(engine.tasks[0], train, number)[0][0] for number in range(4)]
    return f"def solve(x):\n    return x if x in {known!r} else 9.0\n"


@dataclass
class Ran:
    """A run that has ended."""

    found: ImproveResult
    shown: ImproveResult
    events: list[Any]
    digest: str

    def notes(self, topic: str) -> list[str]:
        facts = [event.fact for event in self.events]
        return [fact.text for fact in facts if isinstance(fact, Noted) and fact.topic == topic]


Run = Callable[..., Any]


@pytest.fixture
def run(small: MakeSmall, tmp_path: Path) -> Run:
    """Run ``improve`` with these answers, over and over, on a task."""

    async def go(*answers: str, task: Task, improver: str = "greedy", **given: Any) -> Ran:
        model = ScriptedModel(lambda request, sample: answers[sample % len(answers)])
        store = MemoryStore()
        store.create(RunInfo("run", "improve", (task.name,), model.name, "running", 0.0))
        engine = small(model, tasks=(task,), store=store, **given).engine
        wanted = Plan(
            IMPROVE,
            Parameters(),
            (task,),
            improvers.find(improver),
            model.name,
            engine.settings,
        )
        begin(engine, wanted, "unconfined")
        engine.journal.listen(AnswerMonitor(engine.journal))
        work = ImproveWork(engine, wanted)
        with Interrupts() as interrupts:
            end = await conduct(engine, store, work.run, interrupts, wind_up=work.wind_up)
        assert end.error is None
        state = fold(engine.journal.events())
        found = concluded(wanted, work, (engine, state), end, tmp_path)
        assert isinstance(found, ImproveResult)
        events = engine.journal.events()
        shown = result(replace(read(store, "run", tmp_path.parent), owner=None))
        assert isinstance(shown, ImproveResult)
        return Ran(found, shown, events, digest(events))

    return go


BETTER = "def solve(x):\n    return 0.9 * x + 0.05\n"
WORSE = "def solve(x):\n    return 5.0\n"
CRASHES = "def solve(x):\n    return missing\n"
BROKEN = "def solve(x:\n"


async def test_a_better_program_is_the_result(run: Run) -> None:
    ran = await run(fenced(WORSE), fenced(BETTER), task=echo_task())
    found = ran.found
    assert found.better is True
    assert found.comparison.status == "better"
    assert found.comparison.unseen
    assert found.comparison.gain.n in (10, 20, 30, 40)
    assert found.comparison.gain.low > 0
    assert found.best.train > found.seed_program.train
    assert Path(found.best.path).read_text() == BETTER.rstrip("\n")
    assert (found.answers.better, found.answers.worse) == (1, 1)


async def test_an_overfitted_program_is_no_result(run: Run, small: MakeSmall) -> None:
    special = overfitted(small)
    ran = await run(fenced(special), task=echo_task())
    found = ran.found
    assert found.better is False
    assert found.best.id == found.seed_program.id
    assert found.best.test == found.seed_program.test
    assert found.leader.id == Program(special.rstrip("\n")).id
    assert found.leader.train == 1.0
    assert found.comparison.status == "worse"
    assert found.comparison.gain.mean < 0
    assert Path(found.best.path).read_text() == MODEST


async def test_a_second_leader_wins_where_the_first_is_overfitted(
    run: Run, small: MakeSmall
) -> None:
    special = overfitted(small)
    ran = await run(fenced(special), fenced(BETTER), task=echo_task())
    assert ran.found.better is True
    assert Path(ran.found.best.path).read_text() == BETTER.rstrip("\n")
    assert ran.found.leader.id == Program(special.rstrip("\n")).id
    compared = [event.fact for event in ran.events if isinstance(event.fact, Compared)]
    assert [fact.status for fact in compared] == ["worse", "better"]


async def test_selection_never_looks_at_test(run: Run, small: MakeSmall) -> None:
    ran = await run(fenced(overfitted(small)), task=echo_task())
    scored = [event.fact for event in ran.events if isinstance(event.fact, Evaluated)]
    tested = {fact.program for fact in scored if fact.split == Split.TEST}
    assert tested == {ran.found.seed_program.id}
    drawn = {fact.draw for fact in scored if fact.split == Split.GATE}
    assert drawn <= {("winner", number) for number in range(4)}


async def test_no_gain_by_luck_is_delivered(run: Run) -> None:
    """Programs that answer at random around the seed's answer, the best of six kept."""
    delivered = 0
    for number in range(12):
        lucky = [
            f"import random\n\ndef solve(x):\n    return 0.5 + random.uniform(-0.3, 0.3)  # {n}\n"
            for n in range(number, number + 3)
        ]
        ran = await run(*map(fenced, lucky), task=echo_task())
        delivered += ran.found.better is True
    assert delivered == 0


async def test_one_fixed_instance_decides_on_train(run: Run) -> None:
    task = echo_task(instances={Split.TRAIN: 1})
    ran = await run(fenced(BETTER), task=task)
    assert ran.found.better is True
    assert not ran.found.comparison.unseen
    assert "on the 1 of train" in ran.found.comparison.reason
    assert ran.found.best.test is None


async def test_a_seed_that_crashes_is_said_with_its_error(run: Run) -> None:
    ran = await run(fenced(CRASHES + "# too\n"), task=echo_task(seed=Program(CRASHES)))
    found = ran.found
    assert found.seed_status == "crashed"
    assert "crashed on 4 of 4 instances: NameError" in found.seed_detail
    assert found.better is False
    assert found.answers.failed["crashed"].count == 1
    assert "NameError" in found.answers.failed["crashed"].error


async def test_every_answer_is_accounted_for(run: Run) -> None:
    given = ["", "Just use a set.", fenced(BROKEN), fenced(CRASHES), fenced(MODEST), fenced(WORSE)]
    ran = await run(*given, task=echo_task(), scale=Scale(1, 6, 7))
    answers = ran.found.answers
    assert answers.received == 6
    assert answers.without_program == {
        "no text: empty": 1,
        "no code block": 1,
        "does not parse": 1,
        "same as what was sent": 1,
    }
    assert answers.failed["crashed"].count == 1
    assert (answers.equal, answers.worse, answers.better) == (1, 1, 0)
    assert ran.found.next


async def test_answers_without_programs_are_said_while_the_run_goes_on(run: Run) -> None:
    ran = await run("Just use a set.", task=echo_task())
    assert len(ran.notes("answers")) == 1
    note = ran.notes("answers")[0]
    assert "answers in a row hold no program: no code block" in note
    assert "Just use a set." in note
    assert "next:" in note
    heard = [event for event in ran.events if isinstance(event.fact, Noted)]
    assert all(event.invocation == SESSIONS for event in heard)


async def test_the_log_alone_tells_the_same(run: Run, small: MakeSmall) -> None:
    for texts in ([fenced(BETTER), ""], [fenced(overfitted(small))], ["no program"]):
        ran = await run(*texts, task=echo_task())
        apart = {"best": None, "spent": None}
        assert ran.shown.model_copy(update=apart) == ran.found.model_copy(update=apart)
        assert ran.shown.best.id == ran.found.best.id


async def test_equal_runs_have_equal_digests(run: Run) -> None:
    first, second = [await run(fenced(BETTER), fenced(WORSE), task=echo_task()) for _ in range(2)]
    assert first.digest == second.digest


async def test_a_limit_decides_from_what_was_scored(run: Run, small: MakeSmall) -> None:
    for source, better in ((BETTER, True), (overfitted(small), False)):
        ran = await run(fenced(source), task=echo_task(), caps=Caps(responses=4))
        assert ran.found.stopped == "budget"
        assert ran.found.better is better
        assert ran.shown.best.id == ran.found.best.id
        assert ran.shown.better is better


# ------------------------------------------------------------------------------ the goal


def exact(**changes: Any) -> Task:
    """The task of the engine's tests, whose known best is 1."""
    return make_task(instances=SPLITS, **changes)


async def test_the_known_best_ends_the_search(run: Run) -> None:
    ran = await run(answer(1), task=exact())
    found = ran.found
    assert found.better is True
    assert found.answers.received == 3
    assert found.reached == "stopped: reached the known best, 1, after 3 of 6 answers"
    assert (found.status, found.stopped) == ("ok", "done")
    assert found.returned_best
    assert found.attempts.outcomes == 0


async def test_a_search_without_its_goal_goes_on(run: Run) -> None:
    ran = await run(answer(0.9), task=exact())
    assert ran.found.reached == ""
    assert ran.found.answers.received == 6


async def test_a_score_that_was_asked_for_ends_the_search(run: Run) -> None:
    ran = await run(answer(0.9), task=exact(), stop_at=0.8)
    assert ran.found.reached == "stopped: reached --stop-at 0.8, after 3 of 6 answers"
    further = await run(answer(1), task=exact(), stop_at=2.0)
    assert further.found.reached == ""
    assert further.found.answers.received == 6


async def test_a_seed_at_the_goal_buys_nothing(run: Run) -> None:
    ran = await run(answer(1), task=Task(**{**vars(exact()), "seed": Program(guess(1))}))
    assert ran.found.answers.received == 0
    assert ran.found.better is False
    assert ran.found.seed_program.id == Program(guess(1)).id
    assert "after 0 of 6 answers" in ran.shown.reached


@pytest.mark.parametrize("cut", range(3, 22, 3))
async def test_a_run_cut_anywhere_reaches_its_goal_alike(
    small: MakeSmall, tmp_path: Path, cut: int
) -> None:
    """What was received is not asked for again, and nothing beyond the goal is."""
    asked: list[int] = []

    def reply(request: ModelRequest, sample: int) -> str:
        asked.append(sample)
        return answer(1 if sample == 1 else 0.4)

    async def go(store: Any) -> Any:
        world = small(ScriptedModel(reply), tasks=(exact(),), store=store)
        wanted = Plan(
            IMPROVE,
            Parameters(),
            (exact(),),
            improvers.find("greedy"),
            "scripted",
            world.engine.settings,
        )
        begin(world.engine, wanted, "unconfined")
        await ImproveWork(world.engine, wanted).run()
        return world

    whole = await go(None)
    events = whole.engine.journal.events()
    assert len(asked) == 3
    part = small(tasks=(exact(),))
    for name in whole.store.texts("run"):
        part.store.put(whole.store.get(name))
    part.store.append("run", events[:cut])
    asked.clear()
    again = await go(part.store)
    received = sum(isinstance(event.fact, Responded) for event in events[:cut])
    assert len(asked) == 3 - received
    assert digest(again.engine.journal.events()) == digest(events)
