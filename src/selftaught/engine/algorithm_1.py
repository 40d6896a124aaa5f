"""STOP: improvers that improve themselves, round after round (the paper, algorithm 1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from selftaught.budget import Budget
from selftaught.engine.adoption import Verdicts, unusable
from selftaught.engine.invocation import Ended
from selftaught.engine.meta_utility import MetaUtility
from selftaught.engine.round_steps import RoundSteps
from selftaught.values.facts import Decided
from selftaught.values.outcome import Status
from selftaught.values.program import Program


@dataclass(frozen=True)
class Round:
    """What one round came to: ``improver`` is the one in force after it."""

    number: int
    incumbent: Program
    proposed: Program | None
    decision: Decided
    improver: Program


Approval = Callable[[str, Decided, Program], Awaitable[bool]]
"""``approval(invocation, decision, proposed)`` returns a person's word."""


class Recursion:
    """The rounds of one arm: STOP itself, or the control without recursion."""

    def __init__(
        self, steps: RoundSteps, *, frozen: bool = False, approval: Approval | None = None
    ) -> None:
        """Prepare an arm.

        Args:
            steps: of this arm.
            frozen: use the starting improver in every round.
            approval: asked before an adopted improver is put to work.
        """
        self._steps = steps
        self._frozen = frozen
        self._approval = approval
        self.rounds: list[Round] = []

    async def run(self, start: Program) -> Program:
        """Return the improver in force after the last round.

        ``I_t = I_{t-1}(meta_utility, I_{t-1}, L)``, adopted by the run's rule.

        Raises:
            LimitReached: a limit is spent; `rounds` holds those that ended.
        """
        incumbent, engine = start, self._steps.engine
        await self._steps.measure(self._steps.name(0), start, Budget(parent=engine.ledger))
        for number in range(1, engine.settings.scale.rounds + 1):
            incumbent = await self._round(number, start, incumbent)
        return incumbent

    async def _round(self, number: int, start: Program, incumbent: Program) -> Program:
        steps = self._steps
        name, ledger = steps.name(number), steps.begin(number, incumbent)
        worker = start if self._frozen else incumbent
        ended = await steps.improve(number, worker, incumbent, ledger)
        proposed = ended.program
        verdicts = await self._judge(number, incumbent, ended, ledger)
        decision = steps.decide(name, number, (incumbent, proposed), verdicts)
        improver = incumbent
        if (
            proposed
            and decision.adopted
            and (self._approval is None or await self._approval(name, decision, proposed))
        ):
            improver = proposed
        self.rounds.append(Round(number, incumbent, proposed, decision, improver))
        steps.finish(decision, improver, ledger)
        return improver

    async def _judge(
        self, number: int, incumbent: Program, ended: Ended, ledger: Budget
    ) -> Verdicts:
        steps, proposed = self._steps, ended.program
        name = steps.name(number)
        why_not = unusable(proposed)
        if proposed is None or why_not:
            return Verdicts(False, f"{why_not} ({ended.status}: {ended.detail})")
        if proposed == incumbent:
            return Verdicts(False, "the proposal is the improver in force")
        measured = await steps.measure(f"{name}/proposed", proposed, ledger)
        if steps.engine.settings.adopt == "paper":
            if measured.status != Status.OK and measured.score <= MetaUtility.low:
                return Verdicts(False, f"the proposal fails: {measured.status}")
            return Verdicts(True, "the paper's rule: the output becomes the next improver")
        return await steps.pairs(
            name, (number, steps.engine.settings.scale.rounds), (incumbent, proposed), ledger
        )
