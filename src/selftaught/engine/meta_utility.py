"""The meta-task: improvers as solutions, and the mean score of what they return."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from selftaught.budget import Budget, WallTime
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.invocation import Ended, Invocations
from selftaught.engine.invocation_spec import InvocationSpec
from selftaught.engine.journal import Journal
from selftaught.engine.model_calls import MeteredModel, ModelBudget
from selftaught.engine.run_limits import RunLimits
from selftaught.engine.settings import Settings
from selftaught.engine.utility import Account, Evaluations, Scored, TaskUtility, Utility
from selftaught.improver import contract
from selftaught.ports import Clock, Evaluator, LanguageModel, RunStore, Sandbox
from selftaught.values.facts import MetaEvaluated, Returned
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.records import Charged
from selftaught.values.seeds import derive
from selftaught.values.task import InstanceSet, Split, Task

META_TASK = "meta"
"""The name of the meta-task in invocations and facts."""


@dataclass(frozen=True)
class World:
    """What an engine needs from outside, put together by the application."""

    store: RunStore
    model: LanguageModel
    sandbox: Sandbox
    evaluator: Evaluator
    clock: Clock


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


class Engine:
    """Runs improvers on tasks and measures improvers; one a run."""

    def __init__(
        self,
        world: World,
        run: str,
        *,
        tasks: Sequence[Task],
        settings: Settings,
        wall: WallTime | None = None,
    ) -> None:
        """Open the run's journal; what the log already holds will not be done again.

        Args:
            world: what is needed from outside.
            run: its id.
            tasks: what is worked on.
            settings: every number.
            wall: the time that is left; None: the settings' limit, from now on.
        """
        self.wall = wall or WallTime(settings.caps.seconds)
        self.tasks = tuple(tasks)
        self.settings = settings
        self.model = world.model.name
        self.journal = Journal(world.store, run, world.clock)
        caps = settings.caps
        self.ledger = Budget({"responses": caps.responses, "evaluations": caps.evaluations})
        spending = RunLimits(caps, self.journal.events())
        self.journal.listen(spending.apply)
        self._going = asyncio.Event()
        self._going.set()
        self.evaluations = Evaluations(self.journal, world.evaluator, spending, self._going)
        source = MeteredModel(world.model, self.journal, spending, self._going)
        self.invocations = Invocations(source, world.sandbox)
        self._charged: set[str] = set()

    def sibling(
        self, *, tasks: Sequence[Task] | None = None, settings: Settings | None = None
    ) -> Engine:
        """Return an engine of the same run, log and limits, with other tasks or settings.

        Limits stay this engine's. What siblings do needs names that no other has.
        """
        other = copy(self)
        other.tasks = self.tasks if tasks is None else tuple(tasks)
        other.settings = settings or self.settings
        return other

    def pause(self) -> None:
        """Ask and evaluate nothing further until `go_on`; what is under way comes to its end."""
        self._going.clear()

    def go_on(self) -> None:
        """Ask and evaluate again."""
        self._going.set()

    def close(self) -> None:
        """End what is still under way, and let the threads go."""
        self.invocations.close()

    def invocation_spec(
        self, name: str, improver: Program, initial: Program, utility: Utility, seed: int
    ) -> InvocationSpec:
        """Return an invocation with this run's budgets."""
        settings = self.settings
        return InvocationSpec(
            name=name,
            improver=improver,
            initial=initial,
            utility=utility,
            seed=seed,
            model_budget=ModelBudget(settings.scale.calls, settings.scale.responses),
            utility_budget=settings.scale.utility_calls,
            seconds=settings.improver_seconds,
            memory_mb=settings.improver_memory_mb,
        )

    def meta_invocation_spec(self, job: InvocationSpec) -> InvocationSpec:
        """Return a job on the meta-task: its utility calls are the round's meta-calls."""
        return replace(job, utility_budget=self.settings.scale.meta_calls)

    async def measure(self, work: Sequence[PlannedMeasurement], ledger: Budget) -> Measured:
        """Run improvers at places, all at the same time.

        What they may use is reserved before, so that timing decides nothing.

        Raises:
            LimitReached: the run can't pay for all of them; none has begun.
        """
        scale, count = self.settings.scale, len(work)
        most = {
            "model_calls": count * scale.calls,
            "responses": count * scale.calls * scale.responses,
            "evaluations": count * (scale.utility_calls + 1),
        }
        reservation = ledger.reserve(**most)
        group = Budget(most, parent=ledger, prepaid=True)
        try:
            results = await all_or_first_failure(self._measure_one(each, group) for each in work)
        finally:
            ledger.settle(reservation, **{resource: group.taken(resource) for resource in most})
        return Measured(tuple(results), group.charged())

    async def _measure_one(self, work: PlannedMeasurement, group: Budget) -> tuple[Ended, float]:
        """Return how an improver ended and the score of what it returned.

        None, an invalid program and a failed improver count the task's low.
        """
        place, seed, ledger = work.place, self.settings.seed, Budget(parent=group)
        task = place.task
        answers = InstanceSet(place.split.answering, seed, place.draw)
        utility = TaskUtility(task, answers, self.evaluations)
        job_seed = derive(seed, "invocation", task.name, *place.draw)
        job = self.invocation_spec(work.name, work.improver, task.seed, utility, job_seed)
        ended = await self.invocations.run(job, ledger)
        if ended.program is None:
            return ended, task.scale.low
        scored_on = InstanceSet(place.split, seed, place.draw)
        account = Account(work.name, ledger)
        fact = await self.evaluations.evaluate(task, ended.program, scored_on, account)
        return ended, task.scale.low if fact.score is None else fact.score

    async def meta_evaluate(
        self, name: str, improver: Program, places: Sequence[TaskDraw], ledger: Budget
    ) -> MetaEvaluated:
        """Return how an improver does at all ``places``; an improver is measured there once.

        Raises:
            LimitReached: the run can't pay for all of them.
        """
        split, draw = places[0].split, places[0].draw[:-1]
        label = ".".join(str(part) for part in draw)
        key = f"meta:{improver.id}:{split}:{self.settings.seed}:{label}:{len(places)}"
        known = self.journal.find(key)
        if isinstance(known, MetaEvaluated):
            if key not in self._charged and self.journal.place_of(key) == name:
                ledger.charge(known.charged)
            self._charged.add(key)
            return known
        self._charged.add(key)
        work = [PlannedMeasurement(f"{name}/{p.task.name}/{p.repeat}", improver, p) for p in places]
        fact = meta_evaluated(work, await self.measure(work, ledger))
        written = self.journal.write(name, fact, key)
        assert isinstance(written, MetaEvaluated)
        return written

    def train_draws(self) -> list[TaskDraw]:
        """Return the places of the meta-utility: every task, ``repeats`` times."""
        return [
            TaskDraw(task, ("meta", repeat), Split.TRAIN, repeat)
            for task in self.tasks
            for repeat in range(self.settings.scale.repeats)
        ]

    def paired_draws(self, what: str, split: Split, first: int, count: int) -> list[TaskDraw]:
        """Return ``count`` places from number ``first`` on, tasks taking turns.

        Where a task has no such split its train instances, drawn afresh, take its place.
        """
        places = []
        for number in range(first, first + count):
            task = self.tasks[number % len(self.tasks)]
            own = split if task.instances.get(split, 0) else Split.TRAIN
            places.append(TaskDraw(task, (what, number), own, number // len(self.tasks)))
        return places


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
        fact = await self._engine.meta_evaluate(
            name, program, self._engine.train_draws(), account.ledger or Budget()
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
