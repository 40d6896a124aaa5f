"""Arms: self-improvement against what the same spend buys without it.

A: the starting improver with the whole budget in one invocation. B: the starting improver
in every round. C: STOP. D: best-of-N and sequential sampling. What B and C spent on their
rounds is added, in equal parts, to what A and D may spend on each downstream task.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from selftaught.budget import Budget
from selftaught.engine.adoption import GateFactory
from selftaught.engine.algorithm_1 import Algorithm1
from selftaught.engine.archive import Archive
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.costs import Costs
from selftaught.engine.engine import Engine
from selftaught.engine.improver_population import Founder
from selftaught.engine.round_steps import RoundSteps
from selftaught.engine.settings import Scale, Settings
from selftaught.engine.succession import Succession
from selftaught.engine.tournament import Entrant, Tournament, held_out
from selftaught.engine.trajectory import Trajectories
from selftaught.engine.utility import Account
from selftaught.values.program import Program
from selftaught.values.seeds import derive
from selftaught.values.task import Task

WHOLE, FROZEN, STOP, UNTOUCHED, PROBE = "A", "B", "C", "untouched", "one answer"


@dataclass(frozen=True)
class Contestants:
    """The improvers of the arms.

    Attributes:
        start: the improver that A, B and C begin with.
        sampling: the controls of arm D by their arms' names.
        probe: gives one answer of the model; shows the tasks without headroom.
    """

    start: Program
    sampling: Mapping[str, Program]
    probe: Program


class Arms:
    """Independent replicates of all arms; each has a seed of its own."""

    def __init__(self, engine: Engine, gate: GateFactory, contestants: Contestants) -> None:
        """Bind an engine, whose tasks are those that the rounds improve on."""
        self._engine = engine
        self._gate = gate
        self._contestants = contestants

    async def replicate(self, number: int, sets: Mapping[str, Sequence[Task]]) -> None:
        """Run all arms once and measure them on the downstream tasks of each set.

        Raises:
            LimitReached: a limit is spent; what was done is in the log.
        """
        engine = self._engine.sibling(settings=self.settings(number))
        frozen, stop = await all_or_first_failure(
            [self._rounds(engine, number, FROZEN), self._rounds(engine, number, STOP)]
        )
        for name, tasks in sets.items():
            downstream = engine.sibling(tasks=tasks)
            await self._downstream(downstream, f"arms/{number}/{name}", (frozen, stop))

    def settings(self, number: int) -> Settings:
        """Return the settings of a replicate: it has a seed of its own."""
        seed = derive(self._engine.settings.seed, "arms", number)
        return replace(self._engine.settings, seed=seed)

    async def _rounds(self, engine: Engine, number: int, arm: str) -> Program:
        """Return the improver that an arm's rounds end with; they share nothing with others."""
        seed = derive(engine.settings.seed, arm)
        own = engine.sibling(settings=replace(engine.settings, seed=seed))
        steps = RoundSteps(own, self._gate, rounds_prefix(number, arm))
        if own.settings.adopt == "archive" and arm == STOP:
            founder: Founder = Archive.founded
        else:
            founder = Succession.founded_frozen if arm == FROZEN else Succession.founded
        return await Algorithm1(steps, founder).run(self._contestants.start)

    async def _downstream(self, engine: Engine, label: str, improved: Sequence[Program]) -> None:
        frozen, stop = improved
        start = self._contestants.start
        ordinary = [
            Entrant(UNTOUCHED, start),
            Entrant(FROZEN, frozen),
            Entrant(STOP, stop),
            Entrant(PROBE, self._contestants.probe),
        ]
        await Tournament(engine, label).run(ordinary, range(1))
        expenses = Costs(engine.journal.events())
        number = int(label.split("/")[1])
        whole = whole_budget(
            engine.settings.scale, expenses, rounds_prefix(number, STOP), len(engine.tasks)
        )
        sampling = [Entrant(name, each) for name, each in self._contestants.sampling.items()]
        await _with_budget(engine, whole, label, sampling)
        untouched = expenses.of(f"{label}/{UNTOUCHED}/")
        if untouched.model_calls <= len(engine.tasks):  # it never makes a second call
            whole = replace(whole, calls=1, responses=whole.calls * whole.responses)
        await _with_budget(engine, whole, label, [Entrant(WHOLE, start)])
        await self._score_whole(engine, label)

    async def _score_whole(self, engine: Engine, label: str) -> None:
        """Score what arm A had found on the way, for the break-even."""
        trajectories = Trajectories(engine.journal.events())
        for task in engine.tasks:
            name = f"{label}/{WHOLE}/{task.name}/0"
            account = Account(name, Budget(parent=engine.ledger))
            found = trajectories.scored(name)
            for calls in doublings(engine.settings.scale.utility_calls, len(found)):
                program = Program(engine.journal.get(found[calls - 1]))
                instances = held_out(engine, task, (label, 0))
                await engine.evaluations.evaluate(task, program, instances, account)


async def _with_budget(
    engine: Engine, scale: Scale, label: str, entrants: Sequence[Entrant]
) -> None:
    """Run a block with another budget for each invocation, CPU time in proportion."""
    settings = engine.settings
    times = scale.calls * scale.responses / (settings.scale.calls * settings.scale.responses)
    seconds = settings.improver_seconds * max(1.0, times)
    larger = replace(settings, scale=scale, improver_seconds=seconds)
    await Tournament(engine.sibling(settings=larger), label).run(entrants, range(1))


def rounds_prefix(number: int, arm: str) -> str:
    """Return how the invocations of an arm's rounds begin in a replicate."""
    return f"arms/{number}/{arm}/"


def whole_budget(scale: Scale, expenses: Costs, rounds: str, tasks: int) -> Scale:
    """Return what an invocation on one of ``tasks`` may spend that had no rounds before.

    Its own ordinary budget and an equal part of what the rounds spent: responses in calls
    of the ordinary size, rounded up, and scores of programs.
    """
    spent = expenses.of(rounds)
    responses = scale.calls * scale.responses + spent.responses / tasks
    scores = scale.utility_calls + expenses.scored_programs(rounds) / tasks
    return replace(
        scale,
        calls=math.ceil(responses / scale.responses),
        utility_calls=math.ceil(scores),
    )


def doublings(first: int, most: int) -> Iterator[int]:
    """Yield ``first``, twice that and so on up to ``most``, then ``most`` itself."""
    count = first
    while count < most:
        yield count
        count *= 2
    if most:
        yield most
