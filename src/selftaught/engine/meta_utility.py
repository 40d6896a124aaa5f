"""The meta-utility: improvers as solutions, scored by what they make of the tasks.

The paper, section 3: the mean utility of the programs that an improver returns, over tasks and
repeats. Measuring improvers at given draws, for the gate and the final test, is the same work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selftaught.budget import Budget
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.engine import Engine
from selftaught.engine.invocation import Ended
from selftaught.engine.utility import Account, Scored, TaskUtility
from selftaught.improver import contract
from selftaught.values.facts import MetaEvaluated, Returned
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.records import Charged
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task

META_TASK = "meta"
"""The name of the meta-task in invocations and facts."""


class MetaUtility:
    """The meta-utility of one round: a utility whose solutions are improvers."""

    name = META_TASK
    entry_point = contract.ENTRY_POINT
    low = 0.0

    def __init__(self, engine: Engine, parent: str) -> None:
        """Measure improvers within the invocation ``parent``, e.g. ``r2``."""
        self._engine = engine
        self._parent = parent
        self._candidates: dict[str, str] = {}
        self.text = meta_text(engine)

    async def score(self, program: Program, account: Account) -> Scored:
        """Return the mean score of what the improver returned, over tasks and repeats."""
        name = self._name(program)
        fact = await meta_evaluate(
            self._engine, name, program, train_draws(self._engine), account.ledger or Budget()
        )
        return Scored(fact.score, fact.status, f"meta:{program.id}", f"status: {fact.status}")

    def _name(self, program: Program) -> str:
        if program.id not in self._candidates:
            known = self._engine.journal.name_of(self._parent, program.id)
            self._candidates[program.id] = known or f"{self._parent}/c{len(self._candidates)}"
        return self._candidates[program.id]


def meta_text(engine: Engine) -> str:
    """Return what an improver sees of the meta-utility (the paper, section 3, figure 3)."""
    scale = engine.settings.scale
    names = ", ".join(task.name for task in engine.tasks)
    return f'''def meta_utility(improver_source: str) -> float:
    """Mean score of the programs that an improver returns, over tasks and repeats.

    Tasks: {names}. Each invocation of improve_algorithm may make {scale.calls} model calls
    of at most {scale.responses} responses and {scale.utility_calls} utility calls. An improver
    that raises, runs too long or returns no valid program counts 0 there.
    """
    improve_algorithm = load(improver_source)
    scores = []
    for task in tasks:
        for repeat in range({scale.repeats}):
            utility = task.utility(budget={scale.utility_calls})
            language_model = LanguageModel(
                budget={scale.calls}, max_responses_per_call={scale.responses}
            )
            improved = improve_algorithm(task.seed_program, utility, language_model)
            scores.append(task.score(improved))
    return sum(scores) / len(scores)
'''


@dataclass(frozen=True)
class TaskDraw:
    """One invocation that measures an improver: a task and a draw of its instances.

    Attributes:
        task: the task to work on.
        draw: names the draw of train instances that answer the improver, and of the
            instances that what it returns is scored on; also seeds its model samples, so
            that improvers which are compared get common random numbers.
        split: on which what it returns is scored.
        repeat: its number among the invocations on this task.
    """

    task: Task
    draw: tuple[str | int, ...]
    split: Split
    repeat: int


@dataclass(frozen=True)
class PlannedMeasurement:
    """An improver to run at a place, in an invocation of this name."""

    name: str
    improver: Program
    place: TaskDraw


@dataclass(frozen=True)
class Measured:
    """How measurements ended, each with the score of what was returned; what all used."""

    results: tuple[tuple[Ended, float], ...]
    charged: Charged


async def meta_evaluate(
    engine: Engine, name: str, improver: Program, places: Sequence[TaskDraw], ledger: Budget
) -> MetaEvaluated:
    """Return how an improver does at all ``places``; an improver is measured there once.

    Raises:
        LimitReached: the run can't pay for all of them.
    """
    split, draw = places[0].split, places[0].draw[:-1]
    label = ".".join(str(part) for part in draw)
    key = f"meta:{improver.id}:{split}:{engine.settings.seed}:{label}:{len(places)}"
    known = engine.journal.find(key)
    if isinstance(known, MetaEvaluated):
        if key not in engine.charged and engine.journal.place_of(key) == name:
            ledger.charge(known.charged)
        engine.charged.add(key)
        return known
    engine.charged.add(key)
    work = [PlannedMeasurement(f"{name}/{p.task.name}/{p.repeat}", improver, p) for p in places]
    fact = meta_evaluated(work, await measure(engine, work, ledger))
    written = engine.journal.write(name, fact, key)
    assert isinstance(written, MetaEvaluated)
    return written


async def measure(engine: Engine, work: Sequence[PlannedMeasurement], ledger: Budget) -> Measured:
    """Run improvers at places, all at the same time.

    What they may use is reserved before, so that timing decides nothing.

    Raises:
        LimitReached: the run can't pay for all of them; none has begun.
    """
    scale, count = engine.settings.scale, len(work)
    most = {
        "model_calls": count * scale.calls,
        "responses": count * scale.calls * scale.responses,
        "evaluations": count * (scale.utility_calls + 1),
    }
    reservation = ledger.reserve(**most)
    group = Budget(most, parent=ledger, prepaid=True)
    try:
        results = await all_or_first_failure(_measure_one(engine, each, group) for each in work)
    finally:
        ledger.settle(reservation, **{resource: group.taken(resource) for resource in most})
    return Measured(tuple(results), group.charged())


async def _measure_one(
    engine: Engine, work: PlannedMeasurement, group: Budget
) -> tuple[Ended, float]:
    """Return how an improver ended and the score of what it returned.

    None, an invalid program and a failed improver count the task's low.
    """
    place, seed, ledger = work.place, engine.settings.seed, Budget(parent=group)
    task = place.task
    answers = InstanceSet(place.split.answering, seed, place.draw)
    utility = TaskUtility(task, answers, engine.evaluations)
    job_seed = derive(seed, "invocation", task.name, *place.draw)
    job = engine.invocation_spec(work.name, work.improver, task.seed, utility, job_seed)
    ended = await engine.invocations.run(job, ledger)
    if ended.program is None:
        return ended, task.scale.low
    scored_on = InstanceSet(place.split, seed, place.draw)
    account = Account(work.name, ledger)
    fact = await engine.evaluations.evaluate(task, ended.program, scored_on, account)
    return ended, task.scale.low if fact.score is None else fact.score


def meta_evaluated(work: Sequence[PlannedMeasurement], measured: Measured) -> MetaEvaluated:
    """Return the fact that measurements of one improver are."""
    returned = tuple(
        Returned(
            task=each.place.task.name,
            repeat=each.place.repeat,
            invocation=each.name,
            program=ended.program.id if ended.program else None,
            score=score,
        )
        for each, (ended, score) in zip(work, measured.results, strict=True)
    )
    failed = [ended.status for ended, _ in measured.results if ended.status != Status.OK]
    return MetaEvaluated(
        improver=work[0].improver.id,
        split=work[0].place.split,
        score=sum(score for _, score in measured.results) / len(work),
        status=failed[0] if failed else Status.OK,
        returned=returned,
        charged=measured.charged,
    )


def train_draws(engine: Engine) -> list[TaskDraw]:
    """Return the places of the meta-utility: every task, ``repeats`` times."""
    return [
        TaskDraw(task, ("meta", repeat), Split.TRAIN, repeat)
        for task in engine.tasks
        for repeat in range(engine.settings.scale.repeats)
    ]


def paired_draws(engine: Engine, what: str, split: Split, first: int, count: int) -> list[TaskDraw]:
    """Return ``count`` places from number ``first`` on, tasks taking turns.

    Where a task has no such split its train instances, drawn afresh, take its place.
    """
    places = []
    for number in range(first, first + count):
        task = engine.tasks[number % len(engine.tasks)]
        own = split if task.instances.get(split, 0) else Split.TRAIN
        places.append(TaskDraw(task, (what, number), own, number // len(engine.tasks)))
    return places
