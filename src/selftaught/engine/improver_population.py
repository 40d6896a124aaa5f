"""Populations: the improvers that rounds start from, as values; each step returns the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.facts import MetaEvaluated
from selftaught.values.program import Program


@dataclass(frozen=True)
class Turn:
    """Who improves whom in a round.

    Attributes:
        parent: the improver to improve.
        worker: the improver that does it; the same but in the control without recursion.
        place: the parent's place in its population.
    """

    parent: Program
    worker: Program
    place: int = 0


class Population(Protocol):
    """One improver in force (`succession`) or many (`archive`)."""

    def turn(self, steps: RoundSteps, number: int) -> Turn:
        """Return who improves whom in a round."""
        ...

    def known(self, proposed: Program) -> str:
        """Return why a proposal is nothing new; empty where it is."""
        ...

    async def judge(
        self,
        steps: RoundSteps,
        number: int,
        measured: MetaEvaluated,
        proposed: Program,
        budget: Budget,
    ) -> Verdicts:
        """Return whether a proposal is adopted, given its meta-utility on train."""
        ...

    def adopt(self, turn: Turn, proposed: Program, verdicts: Verdicts) -> Self:
        """Return the population with a proposal in it."""
        ...

    @property
    def improver(self) -> Program:
        """The improver in force after the last round, unless the challenger passes the gate."""
        ...

    @property
    def challenger(self) -> Program | None:
        """Who has to pass the gate against the improver in force at the end; None: nobody."""
        ...


Founder = Callable[[Program, float], Population]
"""``founder(start, train)`` returns the population of the starting improver alone."""
