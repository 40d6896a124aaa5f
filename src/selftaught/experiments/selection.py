"""Selecting: which program ``improve`` ends with, decided on instances that no search saw.

A program that leads on train may do so by luck, or because it fits those instances. So the
leaders are compared with the seed program on fresh draws of the gate split, pair by pair, by the
test that decides about improvers (`analysis.gate`). The first leader that passes is the
winner; where none passes the seed program stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from selftaught.analysis.gate import SPENT, Gate
from selftaught.analysis.intervals import mean_interval
from selftaught.engine.engine import Engine
from selftaught.engine.utility import EARLY, Account
from selftaught.values.facts import SESSIONS, Compared, Evaluated
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split, Task

SHARES = (0.5, 0.3, 0.2)
"""Parts of alpha for the leader, the second and the third: how many are compared, at most.
Most of it goes to the leader, which is the likeliest to be better."""
PAIRS = 40
"""Fresh instances on which a program is compared, at least where it stays undecided; they are
bought in draws of the gate split's size."""
DRAW = "winner"
"""Names these draws among all of the gate split."""


def draws(task: Task) -> int:
    """Return how many draws of the gate split a comparison can take; 0: it takes train."""
    size = gate_size(task)
    return math.ceil(PAIRS / size) if size else 0


def gate_size(task: Task) -> int:
    """Return how many instances one fresh draw has; 0 where a task holds no instances out.

    Such a task (one fixed instance, for example) is decided on train.
    """
    counts = task.instances
    if not (counts.get(Split.GATE, 0) or counts.get(Split.TEST, 0)):
        return 0
    return counts.get(Split.GATE, 0) or counts[Split.TRAIN]


def fresh_instances(task: Task) -> int:
    """Return how many instances the seed program and one leader are compared on, at most."""
    return 2 * draws(task) * gate_size(task)


def most_evaluations(task: Task) -> int:
    """Return how many evaluations the selection makes at most, the seed program's included."""
    return (1 + len(SHARES)) * draws(task)


class Selecting:
    """Compares leaders with the seed program, one after the other."""

    def __init__(self, engine: Engine, task: Task, *, early: bool) -> None:
        """Bind a task.

        Args:
            engine: of the run.
            task: the run's.
            early: the run ends before its time: what is found is recorded among the sessions.
        """
        self._engine = engine
        self._task = task
        self._early = early

    async def winner(self, leaders: Sequence[Program]) -> Compared | None:
        """Return the comparison of the first leader that is better, or of the best leader.

        None where there are no leaders. The run's limits do not count here: there are
        `most_evaluations` at most.
        """
        found: list[Compared] = []
        for rank, leader in enumerate(leaders[: len(SHARES)]):
            found.append(await self._compared(rank, leader))
            if found[-1].status == "better":
                return found[-1]
        return found[0] if found else None

    async def _compared(self, rank: int, program: Program) -> Compared:
        journal, early = self._engine.journal, EARLY if self._early else ""
        key = f"{early}compared:{rank}:{program.id}"
        known = journal.find(key)
        if not isinstance(known, Compared):
            fact = await self._measured(rank, program)
            known = journal.write(SESSIONS if self._early else "", fact, key)
        assert isinstance(known, Compared)
        return known

    async def _measured(self, rank: int, program: Program) -> Compared:
        task, seed = self._task, self._engine.settings.seed
        size = gate_size(task)
        if not size:
            instances = InstanceSet(Split.TRAIN, seed)
            before, after = [await self._scores(p, instances) for p in (task.seed, program)]
            return told(task, program, (before, after), verdict="adopt")
        gate = Gate(SHARES[rank] * SPENT, pairs=draws(task) * size, bound=_bound(task))
        pairs: tuple[list[float], list[float]] = ([], [])
        for number in range(draws(task)):
            instances = InstanceSet(Split.GATE, seed, (DRAW, number))
            before, after = [await self._scores(p, instances) for p in (task.seed, program)]
            gate = gate.add([new - old for old, new in zip(before, after, strict=True)])
            pairs[0].extend(before)
            pairs[1].extend(after)
            if gate.verdict != "undecided":
                break
        return told(task, program, pairs, verdict=gate.verdict)

    async def _scores(self, program: Program, instances: InstanceSet) -> list[float]:
        evaluations, task = self._engine.evaluations, self._task
        if self._early:
            fact: Evaluated = await evaluations.look_early(task, program, instances)
        else:
            fact = await evaluations.evaluate(task, program, instances, Account(DRAW, None))
        return [task.scale.low if each.score is None else each.score for each in fact.instances]


def told(
    task: Task, program: Program, pairs: tuple[Sequence[float], Sequence[float]], *, verdict: str
) -> Compared:
    """Return what a comparison came to, in figures and in words.

    Args:
        task: whose instances these are.
        program: that was compared with the task's seed program.
        pairs: the seed program's scores and the program's, instance by instance.
        verdict: ``adopt`` where the program is better.
    """
    before, after = pairs
    gain = mean_interval([new - old for old, new in zip(before, after, strict=True)])
    assert gain.mean is not None
    fresh = bool(gate_size(task))
    where = f"on {gain.n} fresh instances" if fresh else f"on the {gain.n} of train, the only ones"
    if verdict == "adopt":
        status, reason = "better", f"better {where}"
    elif gain.high is not None and gain.high < 0:
        status, reason = "worse", f"worse {where}"
    else:
        status, reason = "unclear", f"no gain could be shown {where}"
    return Compared(
        program=program.id,
        against=task.seed.id,
        what="score",
        status=status,
        reason=reason,
        before=tuple(before),
        after=tuple(after),
        gain=gain,
        figures={"split": str(Split.GATE if fresh else Split.TRAIN), "unseen": fresh},
    )


def _bound(task: Task) -> float:
    """Return the largest difference that counts in full; without a range, any does."""
    bound = task.scale.high - task.scale.low
    return bound if bound > 0 else math.inf
