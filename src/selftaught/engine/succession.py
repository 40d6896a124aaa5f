"""Succession: one improver in force, which the next one replaces, as in the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts
from selftaught.engine.improver_population import Turn
from selftaught.engine.meta_utility import MetaUtility
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.facts import MetaEvaluated
from selftaught.values.outcome import Status
from selftaught.values.program import Program


@dataclass(frozen=True)
class Succession:
    """A `Population` of one.

    Attributes:
        start: the starting improver.
        improver: the improver in force.
        frozen: the starting improver does the work in every round: the control without recursion.
    """

    start: Program
    improver: Program
    frozen: bool = False

    challenger = None
    """Nobody: each adoption was decided in its round."""

    @classmethod
    def founded(cls, start: Program, train: float) -> Succession:
        """Return that of the starting improver; its score on train decides nothing."""
        return cls(start, start)

    @classmethod
    def founded_frozen(cls, start: Program, train: float) -> Succession:
        """Return that of the control without recursion."""
        return cls(start, start, frozen=True)

    def turn(self, steps: RoundSteps, number: int) -> Turn:
        """Return that the improver in force is improved, by itself unless frozen."""
        return Turn(self.improver, self.start if self.frozen else self.improver)

    def known(self, proposed: Program) -> str:
        """Return why a proposal is nothing new; empty where it is."""
        return "the proposal is the improver in force" if proposed == self.improver else ""

    async def judge(
        self,
        steps: RoundSteps,
        number: int,
        measured: MetaEvaluated,
        proposed: Program,
        budget: Budget,
    ) -> Verdicts:
        """Return the verdict of the run's rule: the paper's, or the gate's on fresh pairs.

        Raises:
            LimitReached: a limit is spent.
        """
        settings = steps.engine.settings
        if settings.adopt != "paper":
            share = (number, settings.scale.rounds)
            return await steps.compare(number, share, (self.improver, proposed), budget)
        if measured.status != Status.OK and measured.score <= MetaUtility.low:
            return Verdicts(False, f"the proposal fails: {measured.status}")
        return Verdicts(True, "the paper's rule: the output becomes the next improver")

    def adopt(self, turn: Turn, proposed: Program, verdicts: Verdicts) -> Succession:
        """Return the succession with the proposal in force."""
        return replace(self, improver=proposed)
