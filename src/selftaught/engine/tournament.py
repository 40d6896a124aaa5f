"""Tournaments: improvers side by side on the same tasks, instances and budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selftaught.budget import Budget
from selftaught.engine.concurrency import all_or_first_failure
from selftaught.engine.engine import Engine
from selftaught.engine.meta_utility import PlannedMeasurement, TaskDraw, measure, meta_evaluated
from selftaught.engine.trajectory import Trajectories
from selftaught.engine.utility import Account
from selftaught.values.program import Program
from selftaught.values.task import InstanceSet, Split, Task


@dataclass(frozen=True)
class Entrant:
    """An improver in a tournament, under a name that no other has."""

    name: str
    program: Program


class Tournament:
    """Improvers × tasks × repeats, in blocks.

    A block is a repeat: every improver on every task once, on instances and model samples
    that are the same for all improvers. Blocks come one after another, so that whatever
    drifts (a model, the machine's load) drifts for all alike.
    """

    def __init__(
        self,
        engine: Engine,
        label: str,
        *,
        checkpoints: bool = False,
        split: Split | None = None,
    ) -> None:
        """Prepare a tournament.

        Args:
            engine: its tasks and budgets are the tournament's.
            label: begins the names of its invocations, and names its draws of instances.
            checkpoints: score on held-out instances also what was best after each model
                call, for the score against calls.
            split: on which seed programs and what is returned are scored; None: test, where
                a task has one.
        """
        self._engine = engine
        self._label = label
        self._checkpoints = checkpoints
        self._split = split

    async def run(self, entrants: Sequence[Entrant], repeats: range) -> None:
        """Go through the blocks ``repeats``; what came of them is in the log.

        Raises:
            LimitReached: a limit is spent; whole blocks before it are in the log.
        """
        for repeat in repeats:
            await self._block(entrants, repeat)

    async def _block(self, entrants: Sequence[Entrant], repeat: int) -> None:
        engine, ledger = self._engine, Budget(parent=self._engine.ledger)
        account = Account(f"{self._label}/seed", ledger)
        await all_or_first_failure(
            engine.evaluations.evaluate(
                task, task.seed, self._scored_on(task, (self._label, repeat)), account
            )
            for task in engine.tasks
        )
        works = [self._work(entrant, repeat) for entrant in entrants]
        measured = await all_or_first_failure(measure(engine, work, ledger) for work in works)
        if self._checkpoints:
            await self._score_checkpoints([each for work in works for each in work], ledger)
        for entrant, work, each in zip(entrants, works, measured, strict=True):
            key = f"block:{self._label}:{entrant.name}:{repeat}"
            engine.journal.write(f"{self._label}/{entrant.name}", meta_evaluated(work, each), key)

    def _work(self, entrant: Entrant, repeat: int) -> list[PlannedMeasurement]:
        """Return what an improver does in a block."""
        draw = (self._label, repeat)
        return [
            PlannedMeasurement(
                f"{self._label}/{entrant.name}/{task.name}/{repeat}",
                entrant.program,
                TaskDraw(task, draw, self._scored_on(task, draw).split, repeat),
            )
            for task in self._engine.tasks
        ]

    async def _score_checkpoints(self, work: Sequence[PlannedMeasurement], ledger: Budget) -> None:
        engine = self._engine
        trajectories = Trajectories(engine.journal.events())
        wanted = {
            (place.task.name, point.program): (place, each.name)
            for each in work
            for place in [each.place]
            for point in trajectories.of(each.name)
            if point.program
        }
        await all_or_first_failure(
            engine.evaluations.evaluate(
                place.task,
                Program(engine.journal.get(program)),
                self._scored_on(place.task, place.draw),
                Account(name, ledger),
            )
            for (_, program), (place, name) in wanted.items()
        )

    def _scored_on(self, task: Task, draw: tuple[str | int, ...]) -> InstanceSet:
        split = self._split or held_out_split(task)
        return InstanceSet(split, self._engine.settings.seed, draw)


def held_out_split(task: Task) -> Split:
    """Return the test split; where a task has none, train: its instances are drawn afresh."""
    return Split.TEST if task.held_out else Split.TRAIN


def held_out(engine: Engine, task: Task, draw: tuple[str | int, ...]) -> InstanceSet:
    """Return the fresh instances of a draw on which no improver's calls were answered."""
    return InstanceSet(held_out_split(task), engine.settings.seed, draw)
